"""The life of an incident: open, worse, partly over, resolved, open again; what is said aloud and what is not."""

from dataclasses import replace

from rules import keys, telling
from rules.decision import Decision
from rules.incident import Held, Incident, State
from rules.merging import LATE_COPY_MS, Delta, merge
from rules.policy import Policy
from rules.reason import Reason
from rules.routing import Ruling, router, rule, worst
from rules.signal import Signal
from rules.text import Span, Text
from rules.windows import is_quiet

DOUBT = "doubt"
SETTLE = "settle"


def report(signal: Signal, incident: Incident | None, policy: Policy, now: int) -> Decision:
    """Lay a report over the incident, or open one."""
    ask, source = router(policy).rule, signal.source
    rulings = {m.id: ask(m.labels, source) for m in signal.members if m.firing}
    if incident and signal.at and signal.at < incident.source_at:
        return _same(Reason.STALE, incident, None)
    if not rulings and (incident is None or _forgotten(incident, policy, now)):
        return _never_seen(signal, policy, now)
    ruling = worst(policy, list(rulings.values())) if rulings else None
    if any(ruled.ignored for ruled in rulings.values()):
        heard = tuple(m for m in signal.members if m.id not in rulings or not rulings[m.id].ignored)
        signal = replace(signal, members=heard)
    if ruling and ruling.ignored and (incident is None or not signal.members):
        return Decision(reason=Reason.IGNORED, route=ruling.route, tried=ruling.tried)
    if incident is None or _forgotten(incident, policy, now):
        return _open(signal, _known(ruling), rulings, policy, now)
    delta = merge(incident, signal, {id_: ruled.severity for id_, ruled in rulings.items()}, now)
    if not delta.altered and not delta.doubted and not delta.cleared and _says_the_same(signal, incident):
        return _same(Reason.REPEAT, incident, ruling)
    return _lay(_described(signal, incident, delta, now), incident, delta, ruling, policy, now)


def _says_the_same(signal: Signal, incident: Incident) -> bool:
    said = (signal.title, signal.summary, signal.links, signal.truncated, signal.labels)
    return said == (incident.title, incident.summary, incident.links, incident.truncated, incident.labels)


def timer(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """A time the incident asked for: `signal.event` says which."""
    due = incident.timers.get(signal.event)
    if due is None or due > now:
        return _same(Reason.TIMER_STALE, incident, None)
    waiting = replace(incident, timers={name: at for name, at in incident.timers.items() if name != signal.event})
    if signal.event == SETTLE and incident.is_open and not incident.firing:
        return _done(Reason.SETTLED, _resolved(replace(waiting, flapping=False, flips=()), now), None)
    if signal.event == DOUBT and incident.doubts:
        refired = {id_: replace(incident.members[id_], firing=True, heard=now) for id_ in incident.doubts}
        delta = Delta(members={**incident.members, **refired}, refired=tuple(refired), altered=True)
        laid = _lay(replace(waiting, members=delta.members, doubts={}), waiting, delta, None, policy, now)
        return replace(laid, reason=Reason.CONFIRMED)
    return _done(Reason.TIMER_STALE, waiting, None)


def _forgotten(incident: Incident, policy: Policy, now: int) -> bool:
    if incident.is_open:
        return False
    return not incident.members or now - incident.resolved_at > policy.reopen_within


def _known(ruling: Ruling | None) -> Ruling:
    assert ruling is not None  # noqa: S101 - a report that opens has a firing member
    return ruling


def _open(signal: Signal, ruling: Ruling, rulings: dict[str, Ruling], policy: Policy, now: int) -> Decision:
    ruled = {m.id: rulings.get(m.id) or rule(policy, m.labels, signal.source) for m in signal.members}
    held = {
        m.id: Held(firing=m.firing, severity=ruled[m.id].severity, what=m.what, since=m.since, until=m.until, heard=now)
        for m in signal.members
        if not ruled[m.id].ignored or ruling.ignored
    }
    quiet = is_quiet(policy.quiet_hours, policy.zone, now) and not policy.rule(ruling.severity).interrupts_quiet_hours
    incident = Incident(
        key=signal.key,
        id=keys.short(signal.key, now),
        source=signal.source,
        title=signal.title,
        summary=signal.summary,
        labels=signal.labels,
        links=signal.links,
        severity=ruling.severity,
        peak=ruling.severity,
        rank=policy.rank(ruling.severity),
        members=held,
        truncated=signal.truncated,
        opened_at=now,
        source_at=signal.at,
        owner=ruling.owner,
        runbook=ruling.runbook,
        shown=ruling.shown,
        place=ruling.channel,
        mention=() if quiet else ruling.mention,
        hushed=telling.QUIET_HOURS if quiet and ruling.mention else None,
    )
    return _done(Reason.OPENED if ruling.shown else Reason.COUNTED, incident, ruling)


def _never_seen(signal: Signal, policy: Policy, now: int) -> Decision:
    """Nothing is shown; where the source tells times, the end is remembered, or a late beginning would stay open."""
    if not signal.at:
        return Decision(reason=Reason.NEVER_SEEN)
    ended = Incident(
        key=signal.key,
        id=keys.short(signal.key, now),
        source=signal.source,
        title=signal.title,
        state=State.RESOLVED,
        severity=policy.default_severity,
        peak=policy.default_severity,
        opened_at=now,
        resolved_at=now,
        source_at=signal.at,
        shown=False,
        place=policy.channel("fallback"),
    )
    return _done(Reason.NEVER_SEEN, ended, None)


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
    fresh = _flapping(fresh, bool(delta.refired) or not (old.is_open or not delta.joined), policy, now)
    if not old.is_open:
        if delta.joined or delta.refired:
            return _reopened(fresh, delta, ruling, policy, now)
        return _done(Reason.LATE_COPY, fresh, ruling) if delta.doubted else _repeated(fresh, old, ruling)
    if not fresh.firing:
        if fresh.flapping:
            return _held(fresh, old, policy, now, ruling)
        return _done(Reason.RESOLVED, _resolved(fresh, now), ruling)
    severity = min((m.severity for m in fresh.firing), key=policy.rank)
    fresh = replace(fresh, severity=severity, timers={n: at for n, at in fresh.timers.items() if n != SETTLE})
    if policy.rank(severity) < policy.rank(old.peak) and ruling:
        return _done(Reason.WORSE, _worse(fresh, old, ruling, policy, now), ruling)
    if policy.rank(severity) < policy.rank(old.severity):
        return _done(Reason.WORSE, _worse_again(fresh, old, policy, now), ruling)
    if delta.joined or delta.refired:
        return _done(Reason.NEW_MEMBER, _joined(fresh, delta, now), ruling)
    if delta.ended or delta.dropped:
        told = fresh.say(now, telling.ended(fresh, delta), visible=False)
        return _done(Reason.PARTLY_RESOLVED, _redraw(told), ruling)
    if severity != old.severity:
        return _done(Reason.EASED, _redraw(fresh), ruling)
    return _repeated(fresh, old, ruling)


def _reopened(fresh: Incident, delta: Delta, ruling: Ruling | None, policy: Policy, now: int) -> Decision:
    severity = min((m.severity for m in fresh.firing), key=policy.rank)
    worse = ruling is not None and policy.rank(severity) < policy.rank(fresh.peak)
    reopened = replace(
        fresh,
        state=State.OPEN,
        severity=severity,
        taken_by="",
        taken_at=0,
        resolved_at=0,
        timers={n: at for n, at in fresh.timers.items() if n != SETTLE},
        storm="",
    )
    if worse and ruling:
        return _done(Reason.REOPENED, _worse(reopened, fresh, ruling, policy, now), ruling)
    said = _aloud(reopened, telling.reopened(fresh, delta, now), (), policy, now)
    return _done(Reason.REOPENED, _redraw(said), ruling)


def _held(fresh: Incident, old: Incident, policy: Policy, now: int, ruling: Ruling | None) -> Decision:
    if SETTLE in old.timers:
        return _repeated(fresh, old, ruling)
    waiting = replace(fresh, timers={**fresh.timers, SETTLE: now + policy.flapping.hold})
    return _done(Reason.RESOLVE_HELD, _redraw(waiting), ruling)


def _resolved(incident: Incident, now: int) -> Incident:
    closed = replace(incident, state=State.RESOLVED, resolved_at=now, severity=incident.peak)
    closed = replace(closed, timers={n: at for n, at in incident.timers.items() if n == DOUBT})
    return _redraw(closed.say(now, Text.of("Resolved after {span}.", span=Span(ms=now - incident.since))))


def _worse(fresh: Incident, old: Incident, ruling: Ruling, policy: Policy, now: int) -> Incident:
    """The worst there was so far: said aloud, with a ping; in the channel that the new severity belongs to."""
    moves = ruling.channel != old.place
    unseen = old.observed.posted is None and old.observed.sending is None
    raised = replace(
        fresh,
        peak=fresh.severity,
        rank=policy.rank(fresh.severity),
        place=ruling.channel,
        shown=ruling.shown,
        owner=ruling.owner or fresh.owner,
        runbook=ruling.runbook or fresh.runbook,
        storm="",
    )
    quiet = _is_hushed(raised, policy, now)
    raised = replace(raised, hushed=telling.QUIET_HOURS if quiet and ruling.mention else None)
    text, mention = telling.worse(raised, old), () if quiet else ruling.mention
    if moves or unseen:
        return _redraw(replace(raised, mention=mention, pinged="").say(now, text))
    raised = replace(raised, mention=())  # the line that says so has the ping, no card needs another
    return _redraw(raised.say(now, text, aloud=not quiet, mention=mention))


def _worse_again(fresh: Incident, old: Incident, policy: Policy, now: int) -> Incident:
    """As bad as it was before: said aloud, but it has had its ping."""
    text = Text.of("Worse again: {new} now, was {old}.", new=fresh.severity, old=old.severity)
    return _redraw(_aloud(fresh, text, (), policy, now))


def _joined(fresh: Incident, delta: Delta, now: int) -> Incident:
    text = telling.joined(fresh, delta)
    return _redraw(fresh.say(now, text, visible=not fresh.flapping))


def _aloud(incident: Incident, text: Text, mention: tuple[str, ...], policy: Policy, now: int) -> Incident:
    if incident.flapping:
        return incident.say(now, text, visible=False)
    if _is_hushed(incident, policy, now):
        return incident.say(now, text)
    return incident.say(now, text, aloud=True, mention=mention)


def _is_hushed(incident: Incident, policy: Policy, now: int) -> bool:
    if policy.rule(incident.severity).interrupts_quiet_hours:
        return False
    return is_quiet(policy.quiet_hours, policy.zone, now)


def _flapping(incident: Incident, flipped: bool, policy: Policy, now: int) -> Incident:
    limit = policy.flapping
    recent = tuple(at for at in incident.flips if now - at <= limit.within)
    if flipped:
        recent = (*recent, now)
    fresh = replace(incident, flips=recent)
    if len(recent) < limit.flips or incident.flapping:
        return fresh
    return replace(fresh, flapping=True).say(now, telling.flapping(len(recent), limit.within, limit.hold))


def _repeated(fresh: Incident, old: Incident, ruling: Ruling | None) -> Decision:
    if (fresh.title, fresh.summary, fresh.links, fresh.truncated) != (
        old.title,
        old.summary,
        old.links,
        old.truncated,
    ):
        return _done(Reason.UPDATED, _redraw(fresh), ruling)
    return _same(Reason.REPEAT, old, ruling) if fresh == old else _same(Reason.REPEAT, fresh, ruling, changed=True)


def _redraw(incident: Incident) -> Incident:
    return replace(incident, revision=incident.revision + 1)


def _done(reason: Reason, incident: Incident, ruling: Ruling | None) -> Decision:
    route, tried = (ruling.route, ruling.tried) if ruling else (incident.route, incident.tried)
    record = replace(incident, reason=reason, route=route, tried=tried)
    return Decision(reason=reason, record=record, changed=True, severity=record.severity, route=route, tried=tried)


def _same(reason: Reason, incident: Incident, ruling: Ruling | None, *, changed: bool = False) -> Decision:
    route, tried = (ruling.route, ruling.tried) if ruling else (incident.route, incident.tried)
    return Decision(
        reason=reason, record=incident, changed=changed, severity=incident.severity, route=route, tried=tried
    )
