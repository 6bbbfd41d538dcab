"""Which severity, channel, ping and owner a set of labels gets, and which routes were asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.matching import covers, matches_all
from rules.policy import Policy, Route

REMEMBERED = 4096  # rulings of one policy kept for label sets that come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy says of one label set. `channel` is a #channel; `route` is "" when none matched."""

    severity: str
    channel: str
    mention: tuple[str, ...] = ()
    owner: str = ""
    runbook: str = ""
    mail: tuple[str, ...] = ()
    shown: bool = True
    ignored: bool = False
    route: str = ""
    tried: tuple[str, ...] = ()


class Router:
    """The routes of one policy, and the rulings of label sets that it cannot tell apart, kept for the next time."""

    __slots__ = ("_asked", "_known", "_policy")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        asked = {matcher.name for route in policy.routes for matcher in route.matchers}
        self._asked = tuple(sorted(asked - {"source"} | {"severity"}))
        self._known: dict[tuple[str | None, ...], Ruling] = {}

    def rule(self, labels: Mapping[str, str], source: str) -> Ruling:
        """What the policy says of these labels; the label `source` is always the sender's true name."""
        asked = (source, *map(labels.get, self._asked))
        known = self._known.get(asked)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[asked] = _ask(self._policy, {**labels, "source": source})
        return known


def rule(policy: Policy, labels: Mapping[str, str], source: str) -> Ruling:
    """What the policy says of one label set."""
    return router(policy).rule(labels, source)


def router(policy: Policy) -> Router:
    """The router of a policy, made once."""
    made: Router | None = policy.memory.get("router")
    if made is None:
        made = policy.memory["router"] = Router(policy)
    return made


def _ask(policy: Policy, labels: Mapping[str, str]) -> Ruling:
    """Ask the routes in order; what no route sets, the severity's own rules decide."""
    matched: list[Route] = []
    tried: list[str] = []
    for route in policy.routes:
        tried.append(route.name)
        if matches_all(route.matchers, labels):
            matched.append(route)
            if not route.goes_on:
                break
    return _combine(policy, labels, matched, tuple(tried))


def worst(policy: Policy, rulings: list[Ruling]) -> Ruling:
    """The ruling that a group of alerts goes by: that of its worst severity; ignored ones only when all are."""
    heard = [ruling for ruling in rulings if not ruling.ignored] or rulings
    return min(heard, key=lambda ruling: policy.rank(ruling.severity))


def shadows(policy: Policy) -> list[tuple[int, int]]:
    """Pairs (earlier, later) of route indexes where the later route can never be reached."""
    found = []
    for later, route in enumerate(policy.routes):
        for earlier, above in enumerate(policy.routes[:later]):
            if not above.goes_on and covers(above.matchers, route.matchers):
                found.append((earlier, later))
                break
    return found


def _combine(policy: Policy, labels: Mapping[str, str], matched: list[Route], tried: tuple[str, ...]) -> Ruling:
    severity = next((route.severity for route in matched if route.severity), None)
    if severity is None:
        severity = policy.severity_of(labels.get("severity", "")) or policy.default_severity
    own = policy.severities[severity]
    mention = next((route.mention for route in matched if route.mention is not None), own.mention)
    return Ruling(
        severity=severity,
        channel=policy.channel(next((route.channel for route in matched if route.channel), own.channel)),
        mention=tuple(name for name in mention if name != "none"),
        owner=next((route.owner for route in matched if route.owner), ""),
        runbook=next((route.runbook for route in matched if route.runbook), ""),
        mail=tuple(dict.fromkeys([*own.mail, *(name for route in matched for name in route.mail)])),
        shown=own.card == "shown",
        ignored=any(route.ignore for route in matched),
        route=", ".join(route.name for route in matched),
        tried=tried,
    )
