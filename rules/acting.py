"""What a person does to an incident from Slack: take it, close it."""

from dataclasses import replace

from rules.decision import Decision
from rules.incident import Incident, State
from rules.reason import Reason
from rules.signal import Signal
from rules.text import Text

ACKNOWLEDGE = "acknowledge"
RESOLVE = "resolve"


def act(signal: Signal, incident: Incident, now: int) -> Decision:
    """`signal.event` is the act, `signal.people[0]` the Slack id of who does it."""
    who = signal.people[0] if signal.people else ""
    if not incident.is_open:
        return _unchanged(Reason.NOT_OPEN, incident)
    match signal.event:
        case "acknowledge":
            return _acknowledge(incident, who, now)
        case "resolve":
            return _resolve(incident, who, now)
        case _:
            return _unchanged(Reason.TALLIED, incident)


def _acknowledge(incident: Incident, who: str, now: int) -> Decision:
    if incident.state is State.ACKNOWLEDGED:
        return _unchanged(Reason.ALREADY, incident)
    taken = replace(incident, state=State.ACKNOWLEDGED, taken_by=who, taken_at=now, revision=incident.revision + 1)
    said = taken.say(now, Text.of("{person} has it.", person=f"@{who}"))
    return _changed(Reason.ACKNOWLEDGED, said)


def _resolve(incident: Incident, who: str, now: int) -> Decision:
    closed = replace(
        incident,
        state=State.RESOLVED,
        resolved_at=now,
        timers={},
        doubts={},
        flips=(),
        flapping=False,
        revision=incident.revision + 1,
    )
    text = Text.of("{person} resolved it by hand. It opens again when it fires anew.", person=f"@{who}")
    return _changed(Reason.RESOLVED_BY_HAND, closed.say(now, text))


def _changed(reason: Reason, incident: Incident) -> Decision:
    return Decision(
        reason=reason,
        record=replace(incident, reason=reason),
        changed=True,
        severity=incident.severity,
        route=incident.route,
    )


def _unchanged(reason: Reason, incident: Incident) -> Decision:
    return Decision(reason=reason, record=incident, severity=incident.severity, route=incident.route)
