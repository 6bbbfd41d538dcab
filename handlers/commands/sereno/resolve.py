"""/sereno resolve KEY"""

from handlers.contract import Command, Desk, Person, Reply
from handlers.replies import acting
from rules.acting import RESOLVE
from rules.text import Text


async def run(words: list[str], person: Person, desk: Desk) -> Reply:
    """The same as the button of the card."""
    if not words:
        return [Text.of("Which one? For example `/sereno resolve K7F3Q2`; `/sereno list` shows the names.")]
    return await acting(RESOLVE)(words[0], person, desk)


COMMAND = Command(usage="resolve KEY", help=Text.of("close an incident by hand"), run=run)
