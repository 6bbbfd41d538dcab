"""/release-status summary [VERSION]"""

from handlers.contract import Card, Command, Desk, Handled
from handlers.releases import Nothing, meant
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], _person: Actor, desk: Desk) -> Handled:
    """The health of a release, the backlog for the next one, and how the thresholds did: as it stands now."""
    try:
        watch, _ = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    return Card(watch=watch, summary=True)


COMMAND = Command(
    usage="summary [VERSION]",
    help=Text.of("its health, what is left to do, and how the thresholds did"),
    run=run,
    example="summary v1.1.1",
)
