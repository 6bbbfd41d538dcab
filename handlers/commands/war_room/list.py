"""/war-room list"""

from handlers.contract import Command, Desk, Reply
from handlers.rooms import NONE, listed
from rules.signal import Actor
from rules.text import Text


async def run(_words: list[str], _person: Actor, desk: Desk) -> Reply:
    """The rooms that are open."""
    still = [room for room in await desk.rooms() if room.is_open and not room.private]
    return [Text.of("Open war-rooms:"), *listed(still)] if still else [NONE]


COMMAND = Command(usage="list", help=Text.of("the war-rooms that are open"), run=run)
