"""decide(signal, record, policy, now) -> Decision: pure, never raises, always says why."""

from typing import assert_never

from rules import acting, lifecycle, storming
from rules.decision import Decision, Record
from rules.incident import Incident
from rules.policy import Policy
from rules.reason import Reason
from rules.routing import rule
from rules.signal import Kind, Signal
from rules.storm import Storm


def decide(signal: Signal, record: Record | None, policy: Policy, now: int) -> Decision:
    """What to remember and to show after `signal`, given what is remembered under its key. `now`: unix milliseconds."""
    match signal.kind:
        case Kind.TALLY:
            ruling = rule(policy, signal.labels, signal.source)
            reason = Reason.IGNORED if ruling.ignored else Reason.TALLIED
            return Decision(reason=reason, record=record, route=ruling.route, tried=ruling.tried)
        case Kind.STORM:
            return storming.gather(signal, record if isinstance(record, Storm) else None, policy, now)
        case Kind.TIMER if isinstance(record, Storm):
            return storming.calm(signal, record, now)
        case Kind.REPORT:
            return lifecycle.report(signal, record if isinstance(record, Incident) else None, policy, now)
        case Kind.TIMER | Kind.ACT | Kind.UNROLL:
            if not isinstance(record, Incident):
                return Decision(reason=Reason.NO_RECORD)
            return _known(signal, record, policy, now)
        case _:
            assert_never(signal.kind)


def _known(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    match signal.kind:
        case Kind.TIMER:
            return lifecycle.timer(signal, incident, policy, now)
        case Kind.UNROLL:
            return storming.unroll(incident)
        case _:
            return acting.act(signal, incident, now)
