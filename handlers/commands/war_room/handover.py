"""/war-room handover @PERSON"""

from handlers.contract import Command, Desk, Reply
from handlers.naming import somebody
from handlers.rooms import NoRoom, do, meant
from rules.room_writing import HANDOVER, NAME, WHO
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """All roles of who asks go to somebody else."""
    try:
        room, rest = await meant(words, person, desk, like="handover ROOM @ana")
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return [Text.of("To whom? For example `/war-room handover @ana`.")]
    who = await somebody(rest[0], person, desk)
    if who is None:
        return [Text.of("I do not know {word}. Write @ and choose a name, or `me`.", word=rest[0])]
    if not any(holder.id == person.id for holder in room.roles.values()):
        return [Text.of("You have no role in this room to hand over.")]
    return await do(HANDOVER, room, person, desk, {WHO: who[0], NAME: who[1]})


COMMAND = Command(
    usage="handover @PERSON", help=Text.of("your roles go to somebody else"), run=run, example="handover @ana"
)
