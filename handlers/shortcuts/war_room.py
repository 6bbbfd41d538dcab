"""Open a war-room, of a message: the form, with the words of that."""

from handlers.contract import Desk, Handled, Shortcut
from handlers.forms.room_open import blank
from handlers.naming import said
from rules.signal import Actor
from rules.text import Text

TITLE_MAX = 150


async def ask(text: str, _person: Actor, desk: Desk) -> Handled:
    """The form; the first line of the message is the title."""
    first = next((line for line in said(text).splitlines() if line.strip()), "")
    return blank("", first.strip()[:TITLE_MAX], "", desk)


SHORTCUT = Shortcut(name=Text.of("Open a war-room"), about=Text.of("for the problem that a message is about"), ask=ask)
