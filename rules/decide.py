"""decide(signal, record, policy, now) -> Decision: pure, never raises, always says why."""

from dataclasses import replace
from typing import assert_never

from rules import (
    acting,
    announcing,
    attaching,
    attention,
    bulletin,
    checkpoints,
    comparing,
    freeze,
    freezing,
    lettering,
    lifecycle,
    ordering,
    protecting,
    release_acting,
    releasing,
    rollback,
    rolling_back,
    room,
    rooming,
    silencing,
    standing,
    storming,
    watching,
)
from rules.bulletin import Bulletin
from rules.decision import Decision, Record
from rules.digests import writing
from rules.freeze import Freeze
from rules.incident import Incident
from rules.outcome import same
from rules.policy import Policy
from rules.reason import Reason
from rules.rollback import Rollback
from rules.room import Room
from rules.routing import rule
from rules.signal import Kind, Signal
from rules.standing import Standing
from rules.storm import Storm
from rules.watch import Watch


def decide(signal: Signal, record: Record | None, policy: Policy, now: int) -> Decision:
    """What to remember and to show after `signal`, given what is remembered under its key. `now`: unix milliseconds."""
    if signal.key.startswith(freeze.PREFIX):
        return freezing.decide(signal, record if isinstance(record, Freeze) else None, policy, now)
    if signal.key.startswith(rollback.PREFIX):
        return rolling_back.decide(signal, record if isinstance(record, Rollback) else None, policy, now)
    if signal.key.startswith(room.PREFIX):
        return rooming.decide(signal, record if isinstance(record, Room) else None, policy, now)
    if signal.key.startswith(bulletin.PREFIX):
        return announcing.decide(signal, record if isinstance(record, Bulletin) else None, now)
    before = record if isinstance(record, Incident) else None
    decision = _decide(signal, record, policy, now)
    after = decision.record
    if isinstance(after, Incident) and before and before.is_open != after.is_open:
        decision = replace(decision, record=silencing.timed(after) if after.is_open else silencing.closed(after))
    asked = attaching.called(attention.attended(decision, before, policy, now), before, policy, now)
    return lettering.lettered(asked, before, policy, now)


def _decide(signal: Signal, record: Record | None, policy: Policy, now: int) -> Decision:
    match signal.kind:
        case Kind.TALLY:
            ruling = rule(policy, signal.labels, signal.source)
            reason = Reason.IGNORED if ruling.ignored else Reason.TALLIED
            return Decision(reason=reason, record=record, route=ruling.route, tried=ruling.tried)
        case Kind.DIGEST:
            return writing.write(signal, record, policy, now)
        case Kind.STORM | Kind.TIMER if signal.kind is Kind.STORM or isinstance(record, Storm):
            return _stormed(signal, record if isinstance(record, Storm) else None, policy, now)
        case Kind.RELEASE:
            return releasing.begin(signal, record if isinstance(record, Watch) else None, policy, now)
        case Kind.READ | Kind.SUCCESSION | Kind.TIMER | Kind.ACT if isinstance(record, Watch):
            return _watched(signal, record, policy, now)
        case Kind.REPORT:
            return lifecycle.report(signal, record if isinstance(record, Incident) else None, policy, now)
        case Kind.DEPLOYMENT:
            return protecting.decide(signal, record, now)
        case Kind.ACT if signal.key == standing.KEY:
            return ordering.order(signal, record if isinstance(record, Standing) else None, policy, now)
        case Kind.TIMER | Kind.ACT | Kind.STORM | Kind.UNROLL | Kind.COMPARED | Kind.READ | Kind.SUCCESSION | Kind.ROOM:
            return _known(signal, record, policy, now)
        case _:
            assert_never(signal.kind)


def _stormed(signal: Signal, storm: Storm | None, policy: Policy, now: int) -> Decision:
    if storm is not None and signal.kind is Kind.TIMER:
        return storming.calm(signal, storm, now)
    return storming.gather(signal, storm, policy, now)


def _watched(signal: Signal, watch: Watch, policy: Policy, now: int) -> Decision:
    match signal.kind:
        case Kind.READ:
            return watching.read(signal, watch, policy, now)
        case Kind.SUCCESSION:
            return releasing.succeed(signal, watch, policy, now)
        case Kind.TIMER:
            return checkpoints.ring(signal, watch, policy, now)
        case _:
            return release_acting.act(signal, watch, policy, now)


def _known(signal: Signal, incident: Record | None, policy: Policy, now: int) -> Decision:
    if not isinstance(incident, Incident):
        return Decision(reason=Reason.NO_RECORD)
    match signal.kind:
        case Kind.TIMER:
            return _rung(signal, incident, policy, now)
        case Kind.COMPARED:
            return comparing.compare(signal, incident, policy, now)
        case Kind.UNROLL:
            return storming.unroll(incident)
        case Kind.ACT:
            return acting.act(signal, incident, policy, now)
        case Kind.ROOM:
            return attaching.heard(signal, incident, now)
        case _:  # what is for a release or a board
            return same(Reason.NO_RECORD, incident, None)


def _rung(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """A time that the incident asked for, and that has come; `signal.event` says which."""
    if signal.event == attention.CLOCKS:
        return attention.reset(incident, policy, now)
    due = incident.timers.get(signal.event)
    if due is None or due > now:
        return same(Reason.TIMER_STALE, incident, None)
    match signal.event.partition("/")[0]:
        case attention.REMIND | attention.ESCALATE:
            return attention.ring(signal, incident, policy, now)
        case lettering.AWAY:
            return lettering.ring(incident, policy, now)
        case silencing.NEAR | silencing.OVER:
            return silencing.ring(signal, incident, policy, now)
        case _:
            return lifecycle.timer(signal, incident, policy, now)
