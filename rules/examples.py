"""Runs the examples of a policy, and finds routes that an earlier one shadows."""

from rules.policy import Example, Expectation, Policy
from rules.policy_file import Fault, line_of
from rules.routing import Ruling, rule, shadows
from rules.text import Text


def faults(policy: Policy, text: str, file: str) -> list[Fault]:
    """What is wrong, with the line of the example or route in `text`."""
    found = []
    for index, route in enumerate(policy.routes):
        for number, example in enumerate(route.examples):
            for message in _failures(policy, route.name, example):
                path = ("routes", index, "examples", number)
                found.append(Fault(file, line_of(text, path), f"routes[{index}].examples[{number}]", message))
    for earlier, later in shadows(policy):
        name = repr(policy.routes[earlier].name)
        message = Text.of("can never be reached: {name} above it takes all that it matches; move it up", name=name)
        found.append(Fault(file, line_of(text, ("routes", later)), f"routes[{later}]", message))
    return found


def _failures(policy: Policy, route: str, example: Example) -> list[Text]:
    ruling = rule(policy, example.labels, example.labels.get("source", ""))
    if f", {route}, " not in f", {ruling.route}, ":
        if not ruling.route:
            return [Text.of("goes to no route, not to this one")]
        return [Text.of("goes to {route}, not to this one", route=repr(ruling.route))]
    wanted, got = _wanted(policy, example.expect), _got(ruling)
    return [
        Text.of("{name} is {got}, not {wanted}", name=name, got=repr(got[name]), wanted=repr(value))
        for name, value in wanted.items()
        if got[name] != value
    ]


def _wanted(policy: Policy, expect: Expectation) -> dict[str, object]:
    wanted = {name: value for name, value in expect.model_dump().items() if value is not None}
    if "channel" in wanted and not wanted["channel"].startswith("#"):
        wanted["channel"] = policy.channels.get(wanted["channel"], wanted["channel"])
    if "mention" in wanted:
        wanted["mention"] = [name for name in wanted["mention"] if name != "none"]
    return wanted


def _got(ruling: Ruling) -> dict[str, object]:
    card = "ignored" if ruling.ignored else "shown" if ruling.shown else "counted"
    return {
        "severity": ruling.severity,
        "channel": ruling.channel,
        "mention": list(ruling.mention),
        "card": card,
    }
