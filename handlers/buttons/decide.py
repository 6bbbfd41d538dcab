"""The button Decide… of a release's card: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.decide import blank
from handlers.releases import of_card
from rules.signal import Actor
from rules.watch import Watch


async def press(watch: Watch, _words: list[str], _person: Actor, desk: Desk) -> Handled:
    """The form; or why not."""
    return blank(watch, desk)


BUTTON = Button(press=of_card(press))
