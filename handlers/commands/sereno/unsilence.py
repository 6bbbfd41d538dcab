"""/sereno unsilence KEY"""

from handlers.contract import Command, Desk, Handled
from handlers.replies import acting, which
from rules.acting import UNSILENCE
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """The same as the button of the card."""
    return await acting(UNSILENCE)(words[0], person, desk) if words else which("unsilence")


COMMAND = Command(
    usage="unsilence KEY", help=Text.of("end the silence of an incident"), run=run, example="unsilence K7F3Q2"
)
