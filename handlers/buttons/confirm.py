"""The button Confirm of the card of a freeze, or of a rollback: the second person's word."""

from handlers import freezes, rollbacks
from handlers.contract import Button, Desk, Handled
from rules import freezing, rolling_back
from rules.rollback import Rollback
from rules.signal import Actor

OF_FREEZE, OF_ROLLBACK = freezes.pressing(freezing.CONFIRM), rollbacks.pressing(rolling_back.CONFIRM)


async def press(name: str, person: Actor, desk: Desk) -> Handled:
    """Confirm what its card is of."""
    is_rollback = isinstance(await desk.find(name), Rollback)
    return await (OF_ROLLBACK if is_rollback else OF_FREEZE)(name, person, desk)


BUTTON = Button(press=press)
