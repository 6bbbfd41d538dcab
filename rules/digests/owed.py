"""The postmortems that are owed: those of war-rooms until they are done; of others as long as they are news."""

from collections.abc import Iterator

from rules.digests.facts import Facts
from rules.incident import Incident
from rules.policy import Policy
from rules.room import Phase, Room
from rules.text import Moment, Text, Value

OWED = 5


def owing(facts: Facts) -> list[Room]:
    """The war-rooms that owe one, the longest due first."""
    known = (one for one in facts.rooms if not _is_out_of_reach(one))
    found = ((one.postmortem.due, one) for one in known if one.postmortem and one.postmortem.is_owed)
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _is_out_of_reach(room: Room) -> bool:
    """Whether nobody could say any more that it is done: that goes only in its channel."""
    return room.private and room.phase is Phase.ARCHIVED


def without_room(facts: Facts, policy: Policy) -> list[Incident]:
    """The worst incidents that ended in the period, and had no war-room to owe it."""
    since, until = facts.period.since, facts.period.until
    in_rooms = {key for one in facts.rooms for key in one.incidents}
    return [
        one for one in facts.incidents
        if one.shown and not one.is_open and since <= one.resolved_at < until and policy.rank(one.peak) == 0
        and one.key not in in_rooms
    ]  # fmt: skip


def lines(facts: Facts, policy: Policy) -> Iterator[Text]:
    """What is owed, and by whom; how many more there are."""
    found = [*(_by_room(one, facts.period.due_at) for one in owing(facts)),
             *(_by_nobody(one) for one in without_room(facts, policy))]  # fmt: skip
    yield from found[:OWED]
    if len(found) > OWED:
        count = len(found) - OWED
        yield Text.counted("📝 … and for {count} more.", "📝 … and for {count} more.", count=count)


def named(room: Room) -> Text:
    """What few may see is told to the others by its short id only."""
    if room.private:
        return Text.of("{id}, a private war-room", id=room.id)
    return Text.of("{id} {title}", id=room.id, title=room.title)


def _by_room(room: Room, now: int) -> Text:
    owed = room.postmortem
    if owed is None:
        return named(room)
    said: dict[str, Value] = {"name": owed.owner, "what": named(room), "at": Moment(at=owed.due)}
    if owed.due < now:
        return Text.of("📝 {name} owes the postmortem of {what}, since {at}: overdue", **said)
    return Text.of("📝 {name} owes the postmortem of {what}, by {at}", **said)


def _by_nobody(incident: Incident) -> Text:
    return Text.of("📝 A postmortem is owed for {id}: {title}", id=incident.id, title=incident.title)
