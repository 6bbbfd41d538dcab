"""/sereno snooze KEY FOR"""

from handlers.contract import Command, Desk, Reply
from handlers.lengths import BadLength, length
from handlers.replies import do, which
from rules.acting import SNOOZE, UNTIL
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """No reminders and no steps up until then; what is new or worse is still said."""
    if not words:
        return which("snooze")
    try:
        lasting = length(words[1] if len(words) > 1 else "2h")
    except BadLength as error:
        return error.reply
    return await do(SNOOZE, words[0], person, desk, {UNTIL: str(desk.now() + lasting)})


COMMAND = Command(
    usage="snooze KEY [FOR]", help=Text.of("no reminders for a while (2h)"), run=run, example="snooze K7F3Q2 4h"
)
