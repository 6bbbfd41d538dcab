"""The button More… of a war-room's card: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.room_more import changed
from handlers.rooms import NoRoom, only
from rules.signal import Actor


async def press(name: str, person: Actor, desk: Desk) -> Handled:
    """The form; of a room that is no more, its end."""
    try:
        room = await only(name, desk)
    except NoRoom as nothing:
        return nothing.reply
    return await changed(room.id, {}, person, desk)


BUTTON = Button(press=press)
