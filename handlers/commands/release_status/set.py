"""/release-status set [VERSION] CHECK NUMBER [NOTE]"""

from handlers.contract import Command, Desk, Reply
from handlers.naming import said
from handlers.releases import meaning
from handlers.ticking import enter
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch

NOTE = ("--note", "—note")  # Slack makes a dash of two hyphens


async def run(watch: Watch, words: list[str], person: Actor, desk: Desk) -> Reply:
    """Enter a value that no source can tell."""
    if len(words) < 2:
        return [Text.of("Which value? For example `/release-status set nps 42 --note survey of Monday`.")]
    note = said(" ".join(word for word in words[2:] if word not in NOTE)).strip(' "“”')
    return await enter(watch, words[0], words[1], note, person, desk)


COMMAND = Command(
    usage="set [VERSION] CHECK NUMBER [--note NOTE]",
    help=Text.of("enter a value that no source can tell"),
    run=meaning(run),
    example=Text.of('set nps 42 --note "survey of Monday"'),
)
