"""The button Details of a release's card."""

from handlers.contract import Button, Card, Desk, Handled
from handlers.releases import Nothing, only
from rules.signal import Actor


async def press(key: str, _person: Actor, desk: Desk) -> Handled:
    """The plan, as far as it is done."""
    try:
        return Card(watch=await only(key, desk), details=True)
    except Nothing as nothing:
        return nothing.reply


BUTTON = Button(press=press)
