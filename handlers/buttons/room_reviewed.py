"""The button Postmortem done of a closed war-room's card: nobody is reminded of it any more."""

from handlers.contract import Button, Desk, Handled
from handlers.rooms import NoRoom, do, only
from rules.room_reviewing import DONE
from rules.signal import Actor


async def press(name: str, person: Actor, desk: Desk) -> Handled:
    """Whoever says so is named on the card."""
    try:
        return await do(DONE, await only(name, desk), person, desk)
    except NoRoom as nothing:
        return nothing.reply


BUTTON = Button(press=press)
