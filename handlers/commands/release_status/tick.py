"""/release-status tick [VERSION] ITEM [failed] [NOTE]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.tick import blank
from handlers.naming import said
from handlers.releases import meaning
from handlers.ticking import tick
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch

FAILED = "failed"


async def run(watch: Watch, words: list[str], person: Actor, desk: Desk) -> Handled:
    """Confirm an item of the plan, or say that it failed; without an item, the form."""
    if not words:
        return blank(watch, desk)
    good = words[1:2] != [FAILED]
    note = said(" ".join(words[1:] if good else words[2:]))
    return await tick(watch, words[0], note, person, desk, good=good)


COMMAND = Command(
    usage="tick [VERSION] ITEM [failed] [NOTE]",
    help=Text.of("confirm an item of the plan, with a note or a link to evidence; alone, a form"),
    run=meaning(run),
    example=Text.of("tick smoke all green, https://ci.example.org/77"),
)
