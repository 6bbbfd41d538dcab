"""/war-room open ["WHAT" [SEVERITY]]"""

import re
from collections.abc import Container

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_open import blank
from handlers.naming import said, typed
from handlers.quoting import Unclosed, parted
from handlers.rooms import declare, spoken
from rules.signal import Actor
from rules.text import Text

LIKE_SEVERITY = re.compile(r"p\d", re.IGNORECASE)


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Open a room; without words the form."""
    severities = {name.lower(): name for name in desk.policy().severities}
    worst = next(iter(desk.policy().severities))
    try:
        title, behind = _parted(words, severities)
    except Unclosed:
        return [Text.of('I have opened nothing: the quote is not closed. Write `/war-room "what is wrong" {severity}`.',
                        severity=worst)]  # fmt: skip
    severity = severities.get(behind.lower(), "")
    if behind and not severity:
        return [Text.of("I have opened nothing: `{words}` is no severity.", words=typed(behind)),
                Text.of("The severities are {severities}. What belongs to the words stands in quotes.",
                        severities=", ".join(severities.values()))]  # fmt: skip
    return await declare(title, severity or worst, person, desk) if title else blank("", "", severity, desk)


def _parted(words: list[str], severities: Container[str]) -> tuple[str, str]:
    """What is wrong, and the severity as it was typed: behind the quotes, or a last word that looks like one.

    Raises Unclosed.
    """
    if quoted := parted(words):
        return said(quoted[0]), " ".join(quoted[1])
    last = words[-1] if words else ""
    has_severity = last.lower() in severities or LIKE_SEVERITY.fullmatch(last) is not None
    return (spoken(words[:-1]), last) if has_severity else (spoken(words), "")


COMMAND = Command(
    usage='["WHAT" [SEVERITY]]',
    help=Text.of("open a war-room, of the worst severity if you name none; without words a form asks"),
    run=run,
    example=Text.of('open "customers cannot pay" P0'),
)
