"""What a report says that the record did not know: who joined, who fires again, who is over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rules.incident import Held, Incident
from rules.signal import Member, Signal

# An HA pair's slow copy of "firing" may come after the "resolved":
# a member that was just resolved and seems to fire with the same start is believed after this long without a denial.
LATE_COPY_MS = 30_000
MEMBERS_HELD = 500  # beyond this, members that are over are let go, those over longest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The members after the report, and the ids of those that changed. `doubted`: perhaps a late copy."""

    members: Mapping[str, Held]
    joined: tuple[str, ...] = ()
    refired: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    altered: bool = False


def merge(incident: Incident, signal: Signal, severities: Mapping[str, str], now: int) -> Delta:
    """Lay the report over what is held. `severities`: member id -> severity, for those that fire."""
    held = dict(incident.members)
    changes: dict[str, list[str]] = {name: [] for name in ("joined", "refired", "ended", "doubted", "cleared")}
    for member in signal.members:
        old = held.get(member.id)
        change = _change(old, member, now)
        if change in changes:
            changes[change].append(member.id)
        if change not in ("stale", "doubted", "unknown"):
            held[member.id] = _hold(old, member, severities.get(member.id), now)
    dropped = _drop(held, signal, now) if signal.complete else ()
    changes["cleared"] = [id_ for id_ in changes["cleared"] if id_ in incident.doubts]
    named = {name: tuple(ids) for name, ids in changes.items()}
    held = _bounded(held, now) if len(held) > MEMBERS_HELD else held
    return Delta(members=held, dropped=dropped, altered=held != incident.members, **named)


def _bounded(held: dict[str, Held], now: int) -> dict[str, Held]:
    over = sorted((m.heard, id_) for id_, m in held.items() if not m.firing and now - m.heard > LATE_COPY_MS)
    spare = {id_ for _, id_ in over[: len(held) - MEMBERS_HELD]}
    return {id_: member for id_, member in held.items() if id_ not in spare}


def _change(old: Held | None, member: Member, now: int) -> str:
    if old is None:
        return "joined" if member.firing else "unknown"
    if member.since and member.since < old.since:
        return "stale"
    if member.firing == old.firing:
        return "" if member.firing else "cleared"
    if not member.firing:
        return "ended"
    late = member.since == old.since and now - old.heard < LATE_COPY_MS
    return "doubted" if late else "refired"


def _hold(old: Held | None, member: Member, severity: str | None, now: int) -> Held:
    said = (member.firing, severity or old.severity, member.what or old.what, member.since) if old else ()
    if old and said == (old.firing, old.severity, old.what, old.since) and member.until == old.until:
        return old
    return Held(
        firing=member.firing,
        severity=severity or (old.severity if old else ""),
        what=member.what or (old.what if old else ""),
        since=member.since,
        until=0 if member.firing else member.until,
        heard=old.heard if old and old.firing == member.firing else now,
    )


def _drop(held: dict[str, Held], signal: Signal, now: int) -> tuple[str, ...]:
    named = {member.id for member in signal.members}
    upto = max((member.until for member in signal.members), default=0) or now  # a slow copy knows nothing of later ones
    gone = tuple(id_ for id_, m in held.items() if m.firing and id_ not in named and m.since <= upto)
    for id_ in gone:
        held[id_] = replace(held[id_], firing=False, until=now, heard=now)
    return gone
