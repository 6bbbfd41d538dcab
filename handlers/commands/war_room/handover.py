"""/war-room handover [@PERSON]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_handover import NO_ROLE, changed, held
from handlers.naming import somebody, typed
from handlers.rooms import NoRoom, asked, do, meant
from rules.room_writing import HANDOVER, NAME, WHO
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """All roles of who asks go to somebody else; without words the form."""
    try:
        room, rest = await meant(words, person, desk, like="handover ROOM @ana")
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return asked(await changed(room.id, {}, person, desk))
    who = await somebody(rest[0], person, desk)
    if who is None:
        return [Text.of("I do not know {word}. Write @ and choose a name, or `me`.", word=typed(rest[0]))]
    if not held(room, person):
        return [NO_ROLE]
    return await do(HANDOVER, room, person, desk, {WHO: who[0], NAME: who[1]})


COMMAND = Command(
    usage="handover [@PERSON]", help=Text.of("your roles go to somebody else"), run=run, example="handover @ana"
)
