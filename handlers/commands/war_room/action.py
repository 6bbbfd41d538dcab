"""/war-room action "WHAT" [@OWNER] [DUE]"""

from handlers.contract import Command, Desk, Handled
from handlers.days import BadDay, day
from handlers.forms.room_write import blank
from handlers.naming import somebody
from handlers.rooms import NoRoom, do, meant, spoken
from rules.room_writing import ACTION, DUE, OWNER, TEXT
from rules.signal import Actor
from rules.text import Text

QUOTES = '"”»'  # what may end the words


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Something to be done afterwards, by whom and by when; without words the form."""
    try:
        room, rest = await meant(words, person, desk)
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return blank(room, desk, ACTION)
    due, owner = "", ""
    if len(rest) > 1 and rest[-1][-1] not in QUOTES:
        try:
            due = day(rest[-1], desk.now(), desk.policy().zone)
            rest = rest[:-1]
        except BadDay:
            due = ""
    if len(rest) > 1 and (rest[-1].startswith(("@", "<@")) or (rest[-1].lower() == "me" and rest[-2][-1] in QUOTES)):
        found = await somebody(rest[-1], person, desk)
        if found is None:
            return [Text.of("I do not know {word}. Write @ and choose a name, or `me`.", word=rest[-1])]
        owner, rest = found[1], rest[:-1]
    return await do(ACTION, room, person, desk, {TEXT: spoken(rest), OWNER: owner, DUE: due})


COMMAND = Command(
    usage='action "WHAT" [@OWNER] [DUE]',
    help=Text.of("something to be done afterwards; DUE is a day such as 2026-12-01, or 7d"),
    run=run,
    example='action "a larger pool by default" @ana 7d',
)
