"""/release-status plan [VERSION]"""

from handlers.contract import Card, Command, Desk, Handled
from handlers.releases import Nothing, meant
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], _person: Actor, desk: Desk) -> Handled:
    """The plan of a release, as far as it is done."""
    try:
        watch, _ = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    return Card(watch=watch, details=True)


COMMAND = Command(
    usage="plan [VERSION]",
    help=Text.of("its checkpoints, criteria, rollback steps and roles"),
    run=run,
    example="plan v1.1.1",
)
