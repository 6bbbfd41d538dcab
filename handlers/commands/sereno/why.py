"""/sereno why KEY"""

from handlers.buttons.why import press
from handlers.contract import Command, Desk, Person, Reply
from rules.text import Text


async def run(words: list[str], person: Person, desk: Desk) -> Reply:
    """Why the card of an incident is as it is."""
    if not words:
        return [Text.of("Which one? For example `/sereno why K7F3Q2`; the name is in the card's thread.")]
    return await press(words[0], person, desk)


COMMAND = Command(usage="why KEY", help=Text.of("why a card is where it is, and who was pinged"), run=run)
