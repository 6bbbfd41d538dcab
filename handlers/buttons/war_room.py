"""The button War-room… of an incident's card: opens the form; or leads to the room that there is."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.room_open import blank
from handlers.replies import GONE
from handlers.rooms import open_for
from rules.incident import Incident
from rules.room import Room
from rules.signal import Actor


async def press(key: str, person: Actor, desk: Desk) -> Handled:
    """The form with what is known; an incident that has its room needs none."""
    record = await desk.find(key)
    if not isinstance(record, Incident) or not record.is_open:
        return [GONE]
    room = await desk.find(record.room.key) if record.room and record.room.is_open else None
    if isinstance(room, Room) and room.is_open:
        return await open_for(record, "", "", person, desk, private=room.private)
    return blank(record.key, record.title, record.severity, desk)


BUTTON = Button(press=press)
