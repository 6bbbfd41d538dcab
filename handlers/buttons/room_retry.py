"""The button Try again of a war-room's card: what Slack refused is tried once more."""

from handlers.contract import Button, Desk, Handled
from handlers.rooms import NoRoom, do, only
from rules.room_acting import RETRY
from rules.signal import Actor


async def press(name: str, person: Actor, desk: Desk) -> Handled:
    """At once, not in a few minutes."""
    try:
        return await do(RETRY, await only(name, desk), person, desk)
    except NoRoom as nothing:
        return nothing.reply


BUTTON = Button(press=press)
