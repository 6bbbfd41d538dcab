"""/war-room open ["WHAT" [SEVERITY]]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_open import blank
from handlers.naming import said
from handlers.quoting import Unclosed, parted
from handlers.rooms import declare, spoken
from rules.signal import Actor
from rules.text import Text

SHOWN = 60  # characters of what somebody typed


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Open a room; without words the form."""
    severities = {name.lower(): name for name in desk.policy().severities}
    worst = next(iter(desk.policy().severities))
    try:
        quoted = parted(words)
    except Unclosed:
        return [Text.of('I have opened nothing: the quote is not closed. Write `/war-room "what is wrong" {severity}`.',
                        severity=worst)]  # fmt: skip
    severity = severities.get(words[-1].lower(), "") if words else ""
    title = spoken(words[:-1] if severity else words)
    if quoted:
        title, behind = said(quoted[0]), " ".join(quoted[1])
        severity = severities.get(behind.lower(), "")
        if behind and not severity:
            return [Text.of("I have opened nothing: `{words}` is no severity.", words=behind[:SHOWN]),
                    Text.of("The severities are {severities}.", severities=", ".join(severities.values()))]  # fmt: skip
    return await declare(title, severity or worst, person, desk) if title else blank("", "", severity, desk)


COMMAND = Command(
    usage='["WHAT" [SEVERITY]]',
    help=Text.of("open a war-room, of the worst severity if you name none; without words a form asks"),
    run=run,
    example='open "customers cannot pay" P0',
)
