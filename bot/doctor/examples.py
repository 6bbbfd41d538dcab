"""The policy: its examples, and routes that can never be reached."""

from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, wrong
from rules import examples
from rules.text import Text


async def policy(case: Case) -> list[Finding]:
    """It loads, or we would not be here."""
    faults = examples.faults(case.policy, case.text, str(case.path))
    path = str(case.path)
    todo = Text.of("mend it; `sereno check {path}` says when it is fine", path=path)
    if faults:
        return [wrong("policy", fault.text, todo) for fault in faults]
    routes = case.policy.routes
    count = sum(len(route.examples) for route in routes)
    loaded = Text.of(
        "{path} loads; routes: {routes}, none is shadowed; examples: {examples}, all pass",
        path=path, routes=len(routes), examples=count,
    )  # fmt: skip
    return [ok("policy", loaded)]
