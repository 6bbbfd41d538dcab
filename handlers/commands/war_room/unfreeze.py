"""/war-room unfreeze [SCOPE]"""

from handlers.contract import Command, Desk, Reply
from handlers.freezes import Nothing, do, meant
from rules.freezing import UNFREEZE
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Deployments may go on."""
    try:
        scope, _ = meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    return await do(UNFREEZE, scope, person, desk)


COMMAND = Command(
    usage="unfreeze [SCOPE]",
    help=Text.of("let deployments go on"),
    run=run,
    example="unfreeze staging",
)
