"""An incident against what Alertmanager knows now: ends that never reached us, silences made there, what it forgot."""

from dataclasses import replace

from rules import lifecycle, silencing
from rules.decision import Decision
from rules.incident import Compared, Incident
from rules.outcome import done, redraw, same
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Kind, Signal
from rules.silence import Silence
from rules.text import Moment, Text

CONFIRM_MS = 45_000  # it must be missing in two looks, this far apart at least
SETTLE_MS = 600_000  # so long after its start Alertmanager may not have heard everything again from Prometheus
STARTED, OURS = "started", "ours"  # particulars: when Alertmanager started (unix ms); whether the incident is its own
HIDDEN, FLUSH = "hidden", "flush"  # whether silences hide all that fires; how long it may keep an end to itself (ms)


def compare(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """`signal.members`: those that fired here, `firing` if they do there; `signal.silences`: what hides all of them."""
    if not incident.is_open:
        return same(Reason.NOT_OPEN, incident, None)
    silenced = _silenced(incident, signal, now)
    held = incident.members
    asked = [member for member in signal.members if member.id in held and held[member.id].firing]
    gone = [member.id for member in asked if not member.firing]
    if not asked:
        return _outcome(silenced, incident)
    if not gone:
        seen = replace(silenced, compared=Compared(seen_at=now, hidden=silenced.compared.hidden))
        worth_it = incident.compared.missing_since or not incident.compared.seen_at
        return _outcome(seen if worth_it else silenced, incident)
    if not (incident.compared.seen_at or signal.labels.get(OURS)):
        return _outcome(silenced, incident)  # another Alertmanager's, or none's: its silence means nothing
    return _missing(signal, silenced, incident, gone, policy, now)


def _missing(
    signal: Signal, fresh: Incident, incident: Incident, gone: list[str], policy: Policy, now: int
) -> Decision:
    known, started = incident.compared, int(signal.labels.get(STARTED, "0"))
    again = [id_ for id_ in gone if id_ in known.missing]
    if not again or known.missing_since < incident.attention.asked_at:  # missing before it began anew says nothing
        first = replace(fresh.compared, missing_since=now, missing=tuple(gone))
        return done(Reason.MISSING_THERE, replace(fresh, compared=first), None)
    if now - known.missing_since < CONFIRM_MS + int(signal.labels.get(FLUSH, "0")):
        return _outcome(fresh, incident)  # its end is perhaps on the way: Alertmanager tells of a group in intervals
    if incident.truncated:
        return _outcome(fresh, incident)  # others of the group were never sent, and may well fire
    if started > (known.seen_at or incident.opened_at) and now - started < SETTLE_MS:
        if known.told:
            return _outcome(fresh, incident)
        told = fresh.say(now, Text.of("Alertmanager was restarted and does not know this alert (yet)."))
        return done(Reason.MISSING_THERE, replace(told, compared=replace(fresh.compared, told=True)), None)
    return _lost(signal, fresh, again, policy, now)


def _lost(signal: Signal, incident: Incident, gone: list[str], policy: Policy, now: int) -> Decision:
    """What is over there is over here, by the usual way, and the thread says how we know."""
    text = Text.of("Alertmanager no longer has {count} of these alerts; the end never reached me.", count=len(gone))
    told = replace(incident, compared=replace(incident.compared, missing_since=0, missing=())).say(now, text)
    over = tuple(
        replace(member, firing=False, since=incident.members[member.id].since, until=now)
        for member in signal.members
        if member.id in gone and member.id in incident.members
    )
    report = Signal(
        key=incident.key,
        source=incident.source,
        kind=Kind.REPORT,
        title=incident.title,
        summary=incident.summary,
        labels=incident.labels,
        links=incident.links,
        truncated=incident.truncated,
        members=over,
    )
    return replace(lifecycle.report(report, told, policy, now), reason=Reason.LOST_RESOLVE)


def _silenced(incident: Incident, signal: Signal, now: int) -> Incident:
    """The incident with the silences that were made or ended in Alertmanager itself, before it was asked."""
    there, asked_at = signal.silences, signal.at or now
    ids, fresh = {silence.id for silence in there}, incident
    for old in incident.silences:
        settled = asked_at - old.since >= CONFIRM_MS  # a peer of the one that made it may not have heard of it yet
        if old.id and old.id not in ids and not old.ending and settled and old.until > now:
            fresh = silencing.over(fresh, old, now)
    known = {silence.id for silence in incident.silences}
    tokens = {silence.token for silence in incident.silences if silence.token}
    for silence in there:
        if silence.id not in known and silence.token not in tokens:
            fresh = _found(fresh, silence, asked_at, now)
    hidden = bool(signal.labels.get(HIDDEN))
    return replace(fresh, compared=replace(fresh.compared, hidden=hidden))


def _found(incident: Incident, silence: Silence, asked_at: int, now: int) -> Incident:
    if silence.token.startswith(f"{incident.id}/"):  # ours, and we had let go of it
        acted_since = max(incident.attention.acted.values(), default=0) > asked_at
        found = replace(incident, silences=(*incident.silences, silence))
        return incident if acted_since else redraw(silencing.timed(found))
    foreign = replace(silence, token="")
    text = Text.of(
        "Silenced in Alertmanager by {person} until {at}: {why}",
        person=silence.by,
        at=Moment(at=silence.until),
        why=silence.reason or "-",
    )
    found = replace(incident, silences=(*incident.silences, foreign))
    return redraw(silencing.timed(found.say(now, text)))


def _outcome(fresh: Incident, incident: Incident) -> Decision:
    if fresh.silences != incident.silences:
        is_more = len(fresh.silences) > len(incident.silences)
        return done(Reason.SILENCED_THERE if is_more else Reason.SILENCE_OVER, fresh, None)
    changed = fresh != incident
    return same(Reason.AS_KNOWN, fresh if changed else incident, None, changed=changed)
