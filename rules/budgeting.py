"""An error budget as an incident: it burns too fast, comes near its end, or is spent."""

from collections.abc import Sequence

from rules.incident import Incident
from rules.policy import Policy
from rules.signal import Kind, Member, Signal
from rules.slo import Budget, Burning, Standing, span
from rules.slo_plan import Objective

SOURCE = "error-budget"


def key_of(name: str) -> str:
    """The key of the incident of an SLO's budget."""
    return f"slo:{name}"


def report(
    name: str, objective: Objective, found: Budget, burning: Sequence[Burning], summary: str, policy: Policy, now: int
) -> Signal:
    """What is known of a budget now. What cannot be told says nothing: it neither opens nor ends anything."""
    labels = {"slo": name, "service": objective.service, "owner": objective.owner}
    labels = {key: value for key, value in labels.items() if value}
    members = [
        _member(
            f"burn {span(burn.short)}/{span(burn.long)} {burn.severity}", burn.severity, says is Burning.YES, labels
        )
        for burn, says in zip(objective.burn, burning, strict=True)
        if says is not Burning.NOT_ENOUGH_DATA
    ]
    if found.spent is not None:
        severity, is_spent = _mildest(objective, policy), found.standing is Standing.SPENT
        members.append(
            _member("budget nearly spent", severity, is_spent or found.standing is Standing.APPROACHING, labels)
        )
        members.append(_member("budget spent", severity, is_spent, labels))
    what = f"{summary} {objective.when_spent}" if found.standing is Standing.SPENT else summary
    return Signal(
        key=key_of(name),
        source=SOURCE,
        kind=Kind.REPORT,
        event="budget",
        at=now,
        title=f"Error budget: {objective.words}",
        summary=what.strip() if any(member.firing for member in members) else "",
        labels=labels,
        members=tuple(members),
    )


def withdrawn(key: str, now: int) -> Signal:
    """The policy has this SLO no longer: what its budget opened is over."""
    return Signal(key=key, source=SOURCE, kind=Kind.REPORT, event="budget", at=now, complete=True)


def times(incident: Incident) -> list[tuple[int, int | None]]:
    """When an incident was open, for an SLO that is measured by incidents: (from, until), None while it is open."""
    latest = (incident.since, None if incident.is_open else incident.resolved_at)
    return [*incident.past, latest]


def _member(what: str, severity: str, firing: bool, labels: dict[str, str]) -> Member:
    return Member(id=what, firing=firing, labels={**labels, "severity": severity, "window": what}, what=what)


def _mildest(objective: Objective, policy: Policy) -> str:
    return max((burn.severity for burn in objective.burn), key=policy.rank, default=policy.default_severity)
