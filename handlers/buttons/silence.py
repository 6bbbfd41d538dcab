"""The button Silence… of a card: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.silence import blank, refusal
from handlers.replies import GONE
from rules.incident import Incident
from rules.signal import Actor


async def press(key: str, person: Actor, desk: Desk) -> Handled:
    """The form, filled in from the labels; or why not."""
    record = await desk.find(key)
    if not isinstance(record, Incident):
        return [GONE]
    return refusal(record, person, desk) or blank(record)


BUTTON = Button(press=press)
