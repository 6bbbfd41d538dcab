"""/release-status tick [VERSION] ITEM [failed] [NOTE]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.tick import blank
from handlers.releases import Nothing, meant
from handlers.ticking import tick
from rules.signal import Actor
from rules.text import Text

FAILED = "failed"


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Confirm an item of the plan, or say that it failed; without an item, the form."""
    try:
        watch, rest = await meant(words, desk)
    except Nothing as nothing:
        return nothing.reply
    if not rest:
        return blank(watch, desk)
    good = rest[1:2] != [FAILED]
    note = " ".join(rest[1:] if good else rest[2:])
    return await tick(watch, rest[0], note, person, desk, good=good)


COMMAND = Command(
    usage="tick [VERSION] ITEM [failed] [NOTE]",
    help=Text.of("confirm an item of the plan, with a note or a link to evidence; alone, a form"),
    run=run,
    example="tick smoke all green, https://ci.example.org/77",
)
