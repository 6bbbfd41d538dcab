"""/war-room role ROLE [@PERSON]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_role import blank
from handlers.naming import somebody, typed
from handlers.rooms import NoRoom, do, meant
from rules.room import Role
from rules.room_acting import NAME, ROLE, WHO
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """Somebody has a role now; a commander has to say yes. Without words the form."""
    try:
        room, rest = await meant(words, person, desk, like="role ROOM commander")
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return blank(room, desk)
    if rest[0].lower() not in list(Role):
        return [Text.of("The roles are {roles}.", roles=", ".join(Role))]
    who = await somebody(rest[1], person, desk) if rest[1:] else (person.id, person.name)
    if who is None:
        return [Text.of("I do not know {word}. Write @ and choose a name, or `me`.", word=typed(rest[1]))]
    return await do(ROLE, room, person, desk, {ROLE: rest[0].lower(), WHO: who[0], NAME: who[1]})


COMMAND = Command(
    usage="role commander|comms|scribe|ops [@PERSON]",
    help=Text.of("who does what; without a person you yourself"),
    run=run,
    example="role commander @ana",
)
