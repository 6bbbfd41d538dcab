"""The policy: its examples, and routes that can never be reached."""

from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, wrong
from rules import examples


async def policy(case: Case) -> list[Finding]:
    """It loads, or we would not be here."""
    faults = examples.faults(case.policy, case.text, str(case.path))
    if faults:
        return [
            wrong("policy", str(fault), f"mend it; `sereno check {case.path}` says when it is fine") for fault in faults
        ]
    routes = case.policy.routes
    count = sum(len(route.examples) for route in routes)
    return [ok("policy", f"{case.path} loads; routes: {len(routes)}, none is shadowed; examples: {count}, all pass")]
