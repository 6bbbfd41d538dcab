"""/war-room unfreeze [SCOPE]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.unfreeze import changed
from handlers.freezes import Nothing, do, meant
from handlers.rooms import asked
from rules.freezing import UNFREEZE
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Deployments may go on; without words the form."""
    if not words:
        return asked(await changed("", {}, person, desk))
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
