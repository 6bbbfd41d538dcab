"""The button War-room… of an incident's card: opens the form; or leads to the room that there is."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.room_open import blank
from handlers.replies import GONE
from rules.incident import Incident
from rules.signal import Actor


async def press(key: str, _person: Actor, desk: Desk) -> Handled:
    """The form with what is known."""
    record = await desk.find(key)
    if not isinstance(record, Incident) or not record.is_open:
        return [GONE]
    return blank(record.key, record.title, record.severity, desk)


BUTTON = Button(press=press)
