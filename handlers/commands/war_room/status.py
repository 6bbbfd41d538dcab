"""/war-room status [investigating|identified|monitoring|resolved]"""

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_state import blank
from handlers.rooms import NoRoom, do, meant
from rules.room import Status
from rules.room_acting import STATUS
from rules.signal import Actor
from rules.text import Text


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """How far it is; without words the form."""
    try:
        room, rest = await meant(words, person, desk, like="status ROOM monitoring")
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return blank(room, desk)
    if rest[0].lower() not in list(Status):
        return [Text.of("A status is one of {words}.", words=", ".join(Status))]
    return await do(STATUS, room, person, desk, {STATUS: rest[0].lower()})


COMMAND = Command(
    usage="status investigating|identified|monitoring|resolved",
    help=Text.of("how far the work is"),
    run=run,
    example="status monitoring",
)
