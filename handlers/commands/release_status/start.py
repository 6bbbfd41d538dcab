"""/release-status start [VERSION [PLAN] [baseline VERSION]]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.start import blank
from handlers.releases import none, start
from rules.signal import Actor
from rules.text import Text

BASELINE = "baseline"


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Watch a release; without a version, the form."""
    if not words:
        return blank(desk) if desk.policy().releases else none(desk)
    baseline = ""
    if BASELINE in words[1:]:
        at = words.index(BASELINE, 1)
        if len(words) < at + 2:
            return [Text.of("Which baseline? For example `/release-status start v1.1.1 baseline v1.1.0`.")]
        baseline = words[at + 1]
        words = [*words[:at], *words[at + 2 :]]
    return await start(words[0], words[1] if len(words) > 1 else "", baseline, person, desk)


COMMAND = Command(
    usage="start [VERSION [PLAN] [baseline VERSION]]",
    help=Text.of("watch a release from now on; alone, a form"),
    run=run,
    example="start v1.1.1 baseline v1.1.0",
)
