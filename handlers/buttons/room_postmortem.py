"""The button Postmortem of a closed war-room's card: one more draft, from what is known now."""

from handlers.contract import Button, Desk, Handled
from handlers.rooms import NoRoom, do, only
from rules.room_reviewing import POSTMORTEM
from rules.signal import Actor


async def press(name: str, person: Actor, desk: Desk) -> Handled:
    """As a file in the room; at GitHub, too, if the policy wants that."""
    try:
        return await do(POSTMORTEM, await only(name, desk), person, desk)
    except NoRoom as nothing:
        return nothing.reply


BUTTON = Button(press=press)
