"""/sereno escalate KEY [@WHOM]"""

from handlers.contract import Command, Desk, Reply
from handlers.naming import typed, whom
from handlers.replies import do, which
from rules.acting import ESCALATE, WHOM
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """To the policy's next step, or to whom is named."""
    if not words:
        return which("escalate")
    if len(words) == 1:
        return await do(ESCALATE, words[0], person, desk)
    target = whom(words[1], desk)
    if not target:
        return [Text.of("I do not know {whom}: name a person or rotation of the policy, or a user group.",
                        whom=typed(words[1]))]  # fmt: skip
    return await do(ESCALATE, words[0], person, desk, {WHOM: target})


COMMAND = Command(
    usage="escalate KEY [@WHOM]",
    help=Text.of("pass an incident on: to the next step of the policy, or to whom you name"),
    run=run,
    example="escalate K7F3Q2 @platform",
)
