"""The button Why? of a card."""

from handlers.contract import Button, Desk, Reply
from handlers.explaining import why
from handlers.replies import GONE
from rules.incident import Incident
from rules.signal import Actor


async def press(key: str, _person: Actor, desk: Desk) -> Reply:
    """Why this card is as it is."""
    record = await desk.find(key)
    if not isinstance(record, Incident):
        return [GONE]
    heard = await desk.heard(record.key)
    return why(record, heard.repeats, heard.at, desk.policy(), desk.now())


BUTTON = Button(press=press)
