"""The button Give up… of a rollback's card: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.giveup import blank
from handlers.rollbacks import GONE
from rules.rollback import Rollback
from rules.signal import Actor


async def press(name: str, _person: Actor, desk: Desk) -> Handled:
    """Why."""
    record = await desk.find(name)
    return blank(record.id) if isinstance(record, Rollback) and record.is_open else [GONE]


BUTTON = Button(press=press)
