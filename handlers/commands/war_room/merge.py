"""/war-room merge ID"""

from handlers.contract import Command, Desk, Reply
from handlers.rooms import NoRoom, do, meant
from rules.incident import Attached, Incident
from rules.room import Room
from rules.room_acting import MERGE
from rules.room_hearing import facts
from rules.signal import Actor
from rules.text import Text

SHOWN = 60  # characters of what somebody typed


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Another incident belongs to this room."""
    try:
        room, rest = await meant(words, person, desk, like="merge ROOM K7F3Q2")
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return [Text.of("Which incident? For example `/war-room merge K7F3Q2`; `/sereno list` shows the names.")]
    record = await desk.find(rest[0])
    if not isinstance(record, Incident):
        return [Text.of("I know no incident {word}.", word=rest[0][:SHOWN])]
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


COMMAND = Command(
    usage="merge ID", help=Text.of("another incident belongs to this room"), run=run, example="merge K7F3Q2"
)
