"""/sereno why KEY"""

from handlers.buttons.why import press
from handlers.contract import Command, Desk, Reply
from handlers.replies import which
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Why the card of an incident is as it is."""
    return await press(words[0], person, desk) if words else which("why")


COMMAND = Command(
    usage="why KEY", help=Text.of("why a card is where it is, and who was pinged"), run=run, example="why K7F3Q2"
)
