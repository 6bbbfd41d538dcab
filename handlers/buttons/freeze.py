"""The button Freeze… of the card of a red release, or of an incident of it: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.freeze import blank
from handlers.freezes import standing
from rules.freeze import Freeze, scope_of
from rules.signal import Actor


async def press(key: str, _person: Actor, desk: Desk) -> Handled:
    """Why, and for how long; or how the freeze stands that lasts."""
    record = await desk.find(key)
    if isinstance(record, Freeze) and record.locks(desk.now()):
        return await standing([scope_of(key)], desk)
    return blank(key, desk)


BUTTON = Button(press=press)
