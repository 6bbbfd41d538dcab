"""/sereno resolve KEY"""

from handlers.contract import Command, Desk, Handled
from handlers.replies import acting, which
from rules.acting import RESOLVE
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """The same as the button of the card."""
    return await acting(RESOLVE)(words[0], person, desk) if words else which("resolve")


COMMAND = Command(usage="resolve KEY", help=Text.of("close an incident by hand"), run=run, example="resolve K7F3Q2")
