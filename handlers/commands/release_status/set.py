"""/release-status set [VERSION] CHECK NUMBER [NOTE]"""

from handlers.contract import Command, Desk, Reply
from handlers.releases import Nothing, meant
from handlers.ticking import enter
from rules.signal import Actor
from rules.text import Text

NOTE = ("--note", "—note")  # Slack makes a dash of two hyphens


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """Enter a value that no source can tell."""
    try:
        watch, rest = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    if len(rest) < 2:
        return [Text.of("Which value? For example `/release-status set nps 42 --note survey of Monday`.")]
    note = " ".join(word for word in rest[2:] if word not in NOTE).strip(' "“”')
    return await enter(watch, rest[0], rest[1], note, person, desk)


COMMAND = Command(
    usage="set [VERSION] CHECK NUMBER [--note NOTE]",
    help=Text.of("enter a value that no source can tell"),
    run=run,
    example='set nps 42 --note "survey of Monday"',
)
