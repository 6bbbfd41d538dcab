"""/release-status chart [VERSION]"""

from handlers.contract import Card, Command, Desk, Handled
from handlers.releases import Nothing, meant
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], _person: Actor, desk: Desk) -> Handled:
    """The chart of a release."""
    try:
        watch, _ = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    return Card(watch=watch, chart=True)


COMMAND = Command(usage="chart [VERSION]", help=Text.of("the chart of a release"), run=run, example="chart v1.1.1")
