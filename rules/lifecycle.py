"""The life of an incident: open, worse, partly over, resolved, open again; what is said aloud and what is not."""

from dataclasses import replace

from rules import telling
from rules.aloud import aloud, flip
from rules.attaching import graded
from rules.decision import Decision
from rules.incident import Incident, State
from rules.lettering import unsent
from rules.merging import LATE_COPY_MS, Delta, merge
from rules.opening import begin, never_seen
from rules.outcome import done, redraw, same
from rules.policy import Policy
from rules.projection import next_step
from rules.reason import Reason
from rules.routing import Ruling, router, worst
from rules.signal import Signal
from rules.text import Span, Text
from rules.worsening import worse, worse_again

DOUBT = "doubt"
SETTLE = "settle"
PAST_KEPT = 50


def report(signal: Signal, incident: Incident | None, policy: Policy, now: int) -> Decision:
    """Lay a report over the incident, or open one."""
    ask, source = router(policy).rule, signal.source
    rulings = {m.id: ask(m.labels, source) for m in signal.members if m.firing}
    if incident and signal.at and signal.at < incident.source_at:
        return same(Reason.STALE, incident, None)
    if not rulings and (incident is None or _forgotten(incident, policy, now)):
        return never_seen(signal, policy, now)
    ruling = worst(policy, list(rulings.values())) if rulings else None
    if any(ruled.ignored for ruled in rulings.values()):
        heard = tuple(m for m in signal.members if m.id not in rulings or not rulings[m.id].ignored)
        signal = replace(signal, members=heard)
    if ruling and ruling.ignored and (incident is None or not signal.members):
        return Decision(reason=Reason.IGNORED, route=ruling.route, tried=ruling.tried)
    if incident is None or _forgotten(incident, policy, now):
        begun = begin(signal, worst(policy, list(rulings.values())), rulings, policy, now)
        return _remembering(begun, incident) if incident and incident.members else begun
    delta = merge(incident, signal, {id_: ruled.severity for id_, ruled in rulings.items()}, now)
    if not delta.altered and not delta.doubted and not delta.cleared and _says_the_same(signal, incident):
        return same(Reason.REPEAT, incident, ruling)
    return _lay(_described(signal, incident, delta, now), incident, delta, ruling, policy, now)


def _says_the_same(signal: Signal, incident: Incident) -> bool:
    said = (signal.title, signal.summary, signal.links, signal.truncated, signal.labels)
    return said == (incident.title, incident.summary, incident.links, incident.truncated, incident.labels)


def timer(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """A held resolve has lasted, or what looked like a late copy was not taken back: `signal.event` says which."""
    waiting = replace(incident, timers={name: at for name, at in incident.timers.items() if name != signal.event})
    if signal.event == SETTLE and incident.is_open and not incident.firing:
        return done(Reason.SETTLED, _resolved(replace(waiting, flapping=False, flips=()), now), None)
    if signal.event == DOUBT and incident.doubts:
        doubted = [id_ for id_ in incident.doubts if id_ in incident.members]
        refired = {id_: replace(incident.members[id_], firing=True, heard=now) for id_ in doubted}
        delta = Delta(members={**incident.members, **refired}, refired=tuple(refired), altered=True)
        laid = _lay(replace(waiting, members=delta.members, doubts={}), waiting, delta, None, policy, now)
        return replace(laid, reason=Reason.CONFIRMED)
    return done(Reason.TIMER_STALE, waiting, None)


def _forgotten(incident: Incident, policy: Policy, now: int) -> bool:
    if incident.is_open or incident.firing or next_step(incident) or unsent(incident):
        return False  # open, closed by hand while it fires, or not yet told as it ended
    return not incident.members or now - incident.resolved_at > policy.reopen_within


def _remembering(begun: Decision, before: Incident) -> Decision:
    """The same, and when it was open before."""
    record = begun.record
    return replace(begun, record=replace(record, past=_past(before))) if isinstance(record, Incident) else begun


def _past(incident: Incident) -> tuple[tuple[int, int], ...]:
    """The times that it was open before, and the one that has just ended."""
    return (*incident.past, (incident.since, incident.resolved_at))[-PAST_KEPT:]


def _described(signal: Signal, incident: Incident, delta: Delta, now: int) -> Incident:
    fresh = replace(
        incident,
        members=delta.members,
        title=signal.title or incident.title,
        summary=signal.summary or incident.summary,
        links=signal.links or incident.links,
        labels=signal.labels or incident.labels,
        truncated=signal.truncated,
        doubts={
            **{id_: at for id_, at in incident.doubts.items() if id_ not in delta.cleared},
            **{id_: incident.doubts.get(id_, now) for id_ in delta.doubted},
        },
        source_at=signal.at or incident.source_at,
    )
    if not fresh.doubts:
        return replace(fresh, timers={n: at for n, at in fresh.timers.items() if n != DOUBT})
    return replace(fresh, timers={**fresh.timers, DOUBT: min(fresh.doubts.values()) + LATE_COPY_MS})


def _lay(fresh: Incident, old: Incident, delta: Delta, ruling: Ruling | None, policy: Policy, now: int) -> Decision:
    fresh = flip(fresh, policy, now, flipped=_flips(fresh, old, delta, policy))
    if not old.is_open:
        if delta.joined or delta.refired or _is_worse(fresh, old, policy):
            return _reopened(fresh, delta, ruling, policy, now)
        return done(Reason.LATE_COPY, fresh, ruling) if delta.doubted else _repeated(fresh, old, ruling)
    if not fresh.firing:
        if fresh.flapping:
            return _held(fresh, old, policy, now, ruling)
        return done(Reason.RESOLVED, _resolved(fresh, now), ruling)
    severity = min((m.severity for m in fresh.firing), key=policy.rank)
    fresh = replace(fresh, severity=severity, timers={n: at for n, at in fresh.timers.items() if n != SETTLE})
    if _is_worse(fresh, old, policy) and ruling:
        return done(Reason.WORSE, worse(fresh, old, ruling, policy, now), ruling)
    if policy.rank(severity) < policy.rank(old.severity):
        return done(Reason.WORSE, worse_again(fresh, old, policy, now), ruling)
    if delta.joined or delta.refired:
        return done(Reason.NEW_MEMBER, _joined(fresh, delta, now), ruling)
    if delta.ended or delta.dropped:
        told = fresh.say(now, telling.ended(fresh, delta), visible=False)
        return done(Reason.PARTLY_RESOLVED, redraw(told), ruling)
    if severity != old.severity:
        return done(Reason.EASED, redraw(fresh), ruling)
    return _repeated(fresh, old, ruling)


def _flips(fresh: Incident, old: Incident, delta: Delta, policy: Policy) -> bool:
    """Whether something is back that was over: a member, the whole incident, or a severity."""
    if delta.refired or (delta.joined and not old.is_open):
        return True
    rises = any(policy.rank(member.severity) < policy.rank(old.severity) for member in fresh.firing)
    return old.is_open and rises and not _is_worse(fresh, old, policy)


def _is_worse(fresh: Incident, old: Incident, policy: Policy) -> bool:
    return any(policy.rank(member.severity) < policy.rank(old.peak) for member in fresh.firing)


def _reopened(fresh: Incident, delta: Delta, ruling: Ruling | None, policy: Policy, now: int) -> Decision:
    severity = min((m.severity for m in fresh.firing), key=policy.rank)
    reopened = replace(
        fresh,
        state=State.OPEN,
        severity=severity,
        past=_past(fresh),
        taken_by="",
        taken_id="",
        taken_at=0,
        resolved_at=0,
        timers={n: at for n, at in fresh.timers.items() if n != SETTLE},
        storm="",
        hushed=None,
        members={id_: m for id_, m in fresh.members.items() if m.firing or id_ in fresh.doubts},
        began_at=min((m.since for m in fresh.firing if m.since), default=now),
    )
    if ruling and _is_worse(fresh, fresh, policy):
        return done(Reason.REOPENED, worse(reopened, fresh, ruling, policy, now), ruling)
    mention = ruling.mention if ruling and not fresh.pinged else ()  # what never pinged may do so now
    reopened = replace(reopened, mention=())  # the line that says so has the ping, no card needs another
    said = aloud(reopened, telling.reopened(fresh, delta, now), mention, policy, now)
    return done(Reason.REOPENED, redraw(said), ruling)


def _held(fresh: Incident, old: Incident, policy: Policy, now: int, ruling: Ruling | None) -> Decision:
    if SETTLE in old.timers:
        return _repeated(fresh, old, ruling)
    waiting = replace(fresh, timers={**fresh.timers, SETTLE: now + policy.flapping.hold})
    return done(Reason.RESOLVE_HELD, redraw(waiting), ruling)


def _resolved(incident: Incident, now: int) -> Incident:
    closed = replace(incident, state=State.RESOLVED, resolved_at=now, severity=graded(incident))
    closed = replace(closed, timers={n: at for n, at in incident.timers.items() if n == DOUBT})
    return redraw(closed.say(now, Text.of("Resolved after {span}.", span=Span(ms=now - incident.since))))


def _joined(fresh: Incident, delta: Delta, now: int) -> Incident:
    text = telling.joined(fresh, delta)
    return redraw(fresh.say(now, text, visible=not fresh.flapping))


def _repeated(fresh: Incident, old: Incident, ruling: Ruling | None) -> Decision:
    if (fresh.title, fresh.summary, fresh.links, fresh.truncated) != (
        old.title,
        old.summary,
        old.links,
        old.truncated,
    ):
        return done(Reason.UPDATED, redraw(fresh), ruling)
    return same(Reason.REPEAT, old, ruling) if fresh == old else same(Reason.REPEAT, fresh, ruling, changed=True)
