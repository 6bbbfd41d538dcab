"""The button Why? of a card."""

from handlers.contract import Button, Desk, Person, Reply
from handlers.replies import GONE, why
from rules.incident import Incident


async def press(key: str, _person: Person, desk: Desk) -> Reply:
    """Why this card is as it is."""
    record = await desk.find(key)
    if not isinstance(record, Incident):
        return [GONE]
    heard = await desk.heard(record.key)
    return why(record, heard.repeats, heard.at)


BUTTON = Button(press=press)
