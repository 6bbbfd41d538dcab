"""/war-room open ["WHAT" [SEVERITY]]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_open import blank
from handlers.rooms import declare, spoken
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Open a room; without words the form."""
    severities = {name.lower(): name for name in desk.policy().severities}
    severity = severities.get(words[-1].lower(), "") if words else ""
    title = spoken(words[:-1] if severity else words)
    if not title:
        return blank("", "", severity, desk)
    return await declare(title, severity or next(iter(desk.policy().severities)), person, desk)


COMMAND = Command(
    usage='["WHAT" [SEVERITY]]',
    help=Text.of("open a war-room; without words a form asks"),
    run=run,
    example='open "customers cannot pay" P0',
)
