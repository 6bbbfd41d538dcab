"""/war-room merge ID"""

from handlers.contract import Command, Desk, Reply
from handlers.rooms import NoRoom, do, meant
from rules.incident import Incident
from rules.room_acting import MERGE
from rules.room_hearing import facts
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Another incident belongs to this room."""
    try:
        room, rest = await meant(words, person, desk)
    except NoRoom as nothing:
        return nothing.reply
    record = await desk.find(rest[0]) if rest else None
    if not isinstance(record, Incident):
        return [Text.of("Which incident? For example `/war-room merge K7F3Q2`; `/sereno list` shows the names.")]
    if record.room and record.room.is_open and record.room.key != room.key:
        return [Text.of("{id} has a war-room of its own: {place}. Close that one first.",
                        id=record.id, place=record.room.place or "…")]  # fmt: skip
    return await do(MERGE, room, person, desk, facts(record, desk.policy()))


COMMAND = Command(
    usage="merge ID", help=Text.of("another incident belongs to this room"), run=run, example="merge K7F3Q2"
)
