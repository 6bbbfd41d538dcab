"""The form behind an incident that belongs to a room, too: which of those that are open."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import GONE, NoRoom, do, only
from rules.incident import Attached, Incident
from rules.room import Room
from rules.room_acting import MERGE
from rules.room_hearing import facts
from rules.signal import Actor
from rules.text import Text

INCIDENT = "incident"
TITLE, SEND = Text.of("Add an incident"), Text.of("Add")
OFFERED = 100  # a menu of Slack's has no more
SHOWN = 60  # characters of what somebody typed
NOTHING = Text.of("No other incident is open.")


async def changed(name: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """What is open and in no war-room yet, the worst first; no field when there is none."""
    room = await desk.find(name)
    if not isinstance(room, Room) or not room.is_open:
        return Form(name="room_merge", about=name, title=TITLE, send=SEND, fields=(), below=[GONE])
    others = [one for one in await desk.open_records() if isinstance(one, Incident) and one.shown]
    free = [one for one in others if one.key not in room.incidents and not (one.room and one.room.is_open)]
    free.sort(key=lambda one: (one.rank, one.opened_at))
    below = [Text.of("The room hears how it goes from then on.") if free else NOTHING]
    if len(free) > OFFERED:
        below.append(Text.of("These are the worst {offered} of {open}; `/war-room merge K7F3Q2` takes any.",
                             offered=OFFERED, open=len(free)))  # fmt: skip
    fields = (_field(free[:OFFERED], values.get(INCIDENT, "")),) if free else ()
    return Form(name="room_merge", about=name, title=TITLE, send=SEND, fields=fields, below=below)


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """It joins the room."""
    if not values.get(INCIDENT):
        return [NOTHING]
    try:
        return await join(values[INCIDENT], await only(name, desk), person, desk)
    except NoRoom as nothing:
        return nothing.reply


async def join(word: str, room: Room, person: Actor, desk: Desk) -> Reply:
    """The incident of this short name belongs to the room now; or why not."""
    record = await desk.find(word)
    if not isinstance(record, Incident):
        return [Text.of("I know no incident {word}.", word=word[:SHOWN])]
    if record.room and record.room.is_open and record.room.key != room.key:
        return [Text.of("{id} has a war-room of its own: {place}. Close that one first.",
                        id=record.id, place=await _called(record.room, desk))]  # fmt: skip
    return await do(MERGE, room, person, desk, facts(record, desk.policy()))


async def _called(attached: Attached, desk: Desk) -> str:
    """Where a room is; of a private one no more than its id, since its place tells what it is about."""
    room = await desk.find(attached.key)
    if isinstance(room, Room):
        return room.id if room.private else room.place or room.id
    return attached.id


def _field(free: list[Incident], value: str) -> Field:
    def named(one: Incident) -> Text:
        return Text.of("{id} {severity} {title}", id=one.id, severity=one.severity, title=one.title)

    choices = tuple(Choice(value=one.id, label=named(one)) for one in free)
    return Field(name=INCIDENT, label=Text.of("Incident"), value=value, choices=choices)


FORM = FormHandler(changed=changed, sent=sent)
