"""How an incident begins, and what is remembered of an end whose beginning was never seen."""

from rules import keys, oncall
from rules.decision import Decision
from rules.hushing import hush
from rules.incident import Attention, Held, Incident, State
from rules.outcome import done
from rules.policy import Policy
from rules.reason import Reason
from rules.routing import Ruling, rule
from rules.signal import Signal


def begin(signal: Signal, ruling: Ruling, rulings: dict[str, Ruling], policy: Policy, now: int) -> Decision:
    """The first that is heard of it. `rulings`: member id -> ruling, for those that fire."""
    quiet = hush(policy, ruling.severity, ruling.channel, ruling.route, now)
    mention = oncall.resolve(policy, ruling.mention, now)
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
        members=_held(signal, ruling, rulings, policy, now),
        truncated=signal.truncated,
        opened_at=now,
        began_at=min((m.since for m in signal.members if m.since), default=now),
        source_at=signal.at,
        owner=ruling.owner,
        runbook=ruling.runbook,
        shown=ruling.shown,
        place=ruling.channel,
        mention=() if quiet else mention,
        called=ruling.mention,
        mail=ruling.mail,
        hushed=quiet if mention else None,
        origin=signal.origin,
        attention=Attention(asked_at=now, moved_at=now),
    )
    return done(Reason.OPENED if ruling.shown else Reason.COUNTED, incident, ruling)


def _held(signal: Signal, ruling: Ruling, rulings: dict[str, Ruling], policy: Policy, now: int) -> dict[str, Held]:
    ruled = {m.id: rulings.get(m.id) or rule(policy, m.labels, signal.source) for m in signal.members}
    return {
        m.id: Held(firing=m.firing, severity=ruled[m.id].severity, what=m.what, since=m.since, until=m.until, heard=now)
        for m in signal.members
        if not ruled[m.id].ignored or ruling.ignored
    }


def never_seen(signal: Signal, policy: Policy, now: int) -> Decision:
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
    return done(Reason.NEVER_SEEN, ended, None)
