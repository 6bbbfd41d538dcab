"""The button I command of a war-room's card: whoever presses it has said yes."""

from handlers.contract import Button, Desk, Handled
from handlers.rooms import NoRoom, do, only
from rules.room import Role
from rules.room_acting import NAME, ROLE, WHO
from rules.signal import Actor


async def press(name: str, person: Actor, desk: Desk) -> Handled:
    """Who presses commands."""
    try:
        room = await only(name, desk)
    except NoRoom as nothing:
        return nothing.reply
    return await do(ROLE, room, person, desk, {ROLE: Role.COMMANDER, WHO: person.id, NAME: person.name})


BUTTON = Button(press=press)
