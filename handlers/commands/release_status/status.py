"""/release-status [VERSION]"""

from handlers.contract import Card, Command, Desk, Handled
from handlers.releases import Nothing, none, only
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], _person: Actor, desk: Desk) -> Handled:
    """How a release is doing: its card. Without a version the one that is watched, or which ones are."""
    if words:
        try:
            return Card(watch=await only(words[0], desk))
        except Nothing as nothing:
            return nothing.reply
    open_ = await desk.open_watches()
    if not open_:
        return none(desk)
    if len(open_) == 1:
        return Card(watch=open_[0])
    return [
        Text.of("These are watched now; `/release-status VERSION` shows one:"),
        *(Text.of("• {release} · {title}", release=watch.release, title=watch.title) for watch in open_[:20]),
    ]


COMMAND = Command(usage="[VERSION]", help=Text.of("how a release is doing"), run=run, example="v1.1.1")
