"""/release-status stop VERSION [WHY]"""

from handlers.contract import Command, Desk, Reply
from handlers.naming import said
from handlers.releases import Nothing, act, only, refusal
from rules.release_acting import NOTE, STOP
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """End a watch without a decision."""
    if not words:
        return [Text.of("Which one? For example `/release-status stop v1.1.1 was never rolled out`.")]
    try:
        watch = await only(words[0], desk)
    except Nothing as nothing:
        return nothing.reply
    reason = await act(STOP, watch, person, desk, {NOTE: said(" ".join(words[1:]))})
    return refusal(STOP, reason, watch, desk) or [
        Text.of("{release} is not watched from here on.", release=watch.release)
    ]


COMMAND = Command(
    usage="stop VERSION [WHY]",
    help=Text.of("end a watch without a decision"),
    run=run,
    example=Text.of("stop v1.1.1 was never rolled out"),
)
