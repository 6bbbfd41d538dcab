"""/war-room close"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_close import blank, lacks
from handlers.rooms import NoRoom, do, meant
from rules.room_acting import CLOSE
from rules.room_hearing import going_on
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """The work is done; the form asks for what nobody has written down yet, and says what is not over."""
    try:
        room, _ = await meant(words, person, desk, like="close ROOM")
    except NoRoom as nothing:
        return nothing.reply
    asks = room.is_open and (lacks(room) or going_on(room))
    return blank(room, desk) if asks else await do(CLOSE, room, person, desk)


COMMAND = Command(usage="close", help=Text.of("the work is done; it asks for what is missing"), run=run)
