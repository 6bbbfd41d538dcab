"""What a war-room learns of its incidents: how they stand, and from it when it began, was taken, and was over."""

from collections.abc import Mapping
from dataclasses import replace

from rules.incident import Incident, State
from rules.matching import matches_all
from rules.policy import Policy
from rules.room import Known, Milestone, Room, Status
from rules.signal import Link, Signal
from rules.text import Span, Text

KEY, ID, TITLE, SEVERITY, STATE, PLACE, TAKEN_BY, PRIVATE = (
    "incident", "id", "title", "severity", "state", "place", "taken_by", "private",
)  # fmt: skip
SINCE, OPENED_AT, TAKEN_AT, RESOLVED_AT = "since", "opened_at", "taken_at", "resolved_at"
FLAPPING = "flapping"
YES = "yes"
BEFORE_MS = 86_400_000  # an alert that began so long before the room may be what it is about
LINKS_KEPT = 10  # nobody reads more in the head of a channel


def facts(incident: Incident, policy: Policy) -> dict[str, str]:
    """How an incident stands, as the labels of a signal to its room."""
    hides = policy.war_room.hides
    is_private = hides is not None and matches_all(hides, {**incident.labels, "source": incident.source})
    return {
        KEY: incident.key, ID: incident.id, TITLE: incident.title, SEVERITY: incident.severity,
        STATE: incident.state, PLACE: incident.place, TAKEN_BY: incident.taken_by,
        SINCE: str(incident.since), OPENED_AT: str(incident.opened_at), TAKEN_AT: str(incident.taken_at),
        RESOLVED_AT: str(incident.resolved_at), PRIVATE: YES if is_private else "",
        FLAPPING: YES if incident.flapping else "",
    }  # fmt: skip


def learned(room: Room, signal: Signal, now: int) -> Room:
    """The same room, knowing how the incident of a signal stands; people in it hear what is new, unless it flaps.

    The links are those of its first incident: of the others each card has its own.
    """
    key, fresh = signal.labels.get(KEY, ""), _known(signal.labels)
    if not key or room.known.get(key) == fresh:
        return room
    before = room.known.get(key)
    after = replace(room, known={**room.known, key: fresh}, links=_links(room, signal)[:LINKS_KEPT])
    after = _ended(replace(after, moments=_moments(after)).redrawn())
    if before is None or not room.is_open:
        return after
    text = _news(before, fresh)
    is_loud = before.state != fresh.state and signal.labels.get(FLAPPING) != YES
    return after.say(now, text, aloud=is_loud) if text else after


def going_on(room: Room) -> dict[str, Known]:
    """Its incidents that are not over, by their keys, without the one that ends with it."""
    return {key: one for key, one in room.known.items() if key != room.own and one.state != State.RESOLVED}


def outlasting(room: Room) -> list[Known]:
    """Those that went on when it closed, and still do: while there is one, nobody can say that it is over."""
    return [room.known[key] for key in room.unended if room.known[key].state != State.RESOLVED]


def _ended(room: Room) -> Room:
    """What outlasted the closing of its room is over now; that it was mitigated by then nobody has to say any more."""
    if not room.unended or outlasting(room) or Milestone.RESOLVED not in room.moments:
        return room
    moments = {Milestone.MITIGATED: room.moments[Milestone.RESOLVED], **room.moments}
    return replace(room, status=Status.RESOLVED, moments=moments)


def _links(room: Room, signal: Signal) -> tuple[Link, ...]:
    if signal.labels.get(KEY) not in room.incidents[:1]:
        return room.links
    known = {link.url for link in room.links}
    return (*room.links, *(link for link in signal.links if link.url not in known))


def _known(said: Mapping[str, str]) -> Known:
    def at(name: str) -> int:
        return int(said[name]) if said.get(name, "").isdecimal() else 0

    return Known(
        id=said.get(ID, ""), title=said.get(TITLE, ""), severity=said.get(SEVERITY, ""),
        state=said.get(STATE, State.OPEN), since=at(SINCE), opened_at=at(OPENED_AT), taken_at=at(TAKEN_AT),
        taken_by=said.get(TAKEN_BY, ""), resolved_at=at(RESOLVED_AT), place=said.get(PLACE, ""),
    )  # fmt: skip


def _moments(room: Room) -> dict[Milestone, int]:
    """Of what its incidents tell, the first; it is over when all of them are, unless people have said so before.

    What fired for days before somebody called it an incident does not make that days long.
    """
    known = room.known.values()
    moments, earliest = dict(room.moments), room.opened_at - BEFORE_MS
    seen = [at for one in known for at in (one.opened_at,) if at >= earliest]
    since = [one.since for one in known if one.since >= earliest] or seen
    for milestone, times in (
        (Milestone.STARTED, since),
        (Milestone.DETECTED, [at for at in (moments.get(Milestone.ROOM, 0), *seen) if at]),
        (Milestone.ACKNOWLEDGED, [one.taken_at for one in known if one.taken_at]),
    ):
        if times:
            moments[milestone] = min(times)
    if room.status is Status.RESOLVED:
        return moments
    ends = [one.resolved_at for one in known]
    moments.pop(Milestone.RESOLVED, None)
    if not ends or not all(ends):
        return moments
    if Milestone.MITIGATED in moments:
        moments[Milestone.MITIGATED] = min(moments[Milestone.MITIGATED], max(ends))
    return {**moments, Milestone.RESOLVED: max(ends)}


def _news(before: Known, after: Known) -> Text | None:
    named = {"id": after.id, "title": after.title}
    if before.state != after.state:
        match after.state:
            case State.RESOLVED:
                span = Span(ms=max(after.resolved_at - after.since, 0))
                return Text.of("{id} {title} is resolved, after {span}.", **named, span=span)
            case State.ACKNOWLEDGED:
                return Text.of("{who} has {id} {title}.", **named, who=after.taken_by)
            case _:
                return Text.of("{id} {title} is open again.", **named)
    if before.severity != after.severity:
        return Text.of("{id} {title} is {severity} now, was {before}.", **named, severity=after.severity,
                       before=before.severity)  # fmt: skip
    return None
