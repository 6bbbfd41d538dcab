"""/war-room severity SEVERITY "WHY" """

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_state import blank
from handlers.rooms import NoRoom, do, meant, spoken
from rules.room_acting import SEVERITY, WHY
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """It is worse, or not as bad; without words the form."""
    try:
        room, rest = await meant(words, person, desk, like='severity ROOM SEVERITY "…"')
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return blank(room, desk)
    severities = {name.lower(): name for name in desk.policy().severities}
    severity, why = severities.get(rest[0].lower(), ""), spoken(rest[1:])
    if not severity:
        return [Text.of("The severities are {severities}.", severities=", ".join(severities.values()))]
    if not why:
        return [Text.of('Say why: `/war-room severity {severity} "fewer customers than we thought"`.',
                        severity=severity)]  # fmt: skip
    return await do(SEVERITY, room, person, desk, {SEVERITY: severity, WHY: why})


COMMAND = Command(
    usage='severity SEVERITY "WHY"',
    help=Text.of("it is worse, or not as bad"),
    run=run,
    example=Text.of('severity P1 "fewer customers than we thought"'),
)
