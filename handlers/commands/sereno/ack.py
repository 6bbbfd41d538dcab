"""/sereno ack KEY"""

from handlers.contract import Command, Desk, Handled
from handlers.replies import acting, which
from rules.acting import ACKNOWLEDGE
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """The same as the button of the card."""
    return await acting(ACKNOWLEDGE)(words[0], person, desk) if words else which("ack")


COMMAND = Command(usage="ack KEY", help=Text.of("take an incident"), run=run, example="ack K7F3Q2")
