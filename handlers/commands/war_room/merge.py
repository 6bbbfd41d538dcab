"""/war-room merge [ID]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_merge import changed, join
from handlers.naming import said
from handlers.rooms import NoRoom, asked, meant
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Another incident belongs to this room; without words the form."""
    try:
        room, rest = await meant(words, person, desk, like="merge ROOM K7F3Q2")
    except NoRoom as nothing:
        return nothing.reply
    return await join(said(rest[0]), room, person, desk) if rest else asked(await changed(room.id, {}, person, desk))


COMMAND = Command(
    usage="merge [ID]", help=Text.of("another incident belongs to this room"), run=run, example="merge K7F3Q2"
)
