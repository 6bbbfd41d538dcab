"""The button Decide… of a release's card: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.decide import blank
from handlers.releases import Nothing, only
from rules.signal import Actor


async def press(key: str, _person: Actor, desk: Desk) -> Handled:
    """The form; or why not."""
    try:
        return blank(await only(key, desk), desk)
    except Nothing as nothing:
        return nothing.reply


BUTTON = Button(press=press)
