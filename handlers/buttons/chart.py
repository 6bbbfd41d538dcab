"""The button Chart of a release's card."""

from handlers.contract import Button, Card, Desk, Handled
from handlers.releases import Nothing, only
from rules.signal import Actor


async def press(key: str, _person: Actor, desk: Desk) -> Handled:
    """The chart as it is now."""
    try:
        return Card(watch=await only(key, desk), chart=True)
    except Nothing as nothing:
        return nothing.reply


BUTTON = Button(press=press)
