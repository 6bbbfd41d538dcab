"""The button Why? of a card."""

from handlers import explaining, explaining_digest, explaining_release, explaining_room
from handlers.contract import Button, Desk, Reply
from handlers.replies import GONE
from rules import reason_words
from rules.decision import Record
from rules.deployment import Deployment
from rules.incident import Incident
from rules.report import Report
from rules.room import Room
from rules.signal import Actor
from rules.standing import Standing
from rules.storm import Storm
from rules.text import Text
from rules.watch import Watch


async def press(key: str, _person: Actor, desk: Desk) -> Reply:
    """Why this card is as it is."""
    record = await desk.find(key)
    return await explained(record, desk) if record else [GONE]


async def explained(record: Record, desk: Desk) -> Reply:
    """Why what is remembered is as it is."""
    match record:
        case Incident():
            return await explaining.why(record, desk)
        case Room():
            return await explaining_room.why(record, desk)
        case Watch():
            return await explaining_release.why(record, desk)
        case Report():
            return [record.title, *explaining_digest.written(record)]
        case Standing() | Deployment():
            return [GONE]
        case Storm():
            about = Text.of("The storm board of {place}.", place=record.place)
        case _:
            about = Text.of("{title}", title=record.title)
    seen = record.observed
    told = await explaining.called(record.timeline, desk)
    return [about, reason_words.told(record.reason), *told, *explaining.places(seen), *explaining.calls(seen)]


BUTTON = Button(press=press)
