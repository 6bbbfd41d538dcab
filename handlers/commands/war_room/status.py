"""/war-room status [investigating|identified|monitoring|resolved]"""

import unicodedata

from handlers.contract import Command, Desk, Handled
from handlers.forms.room_state import blank
from handlers.rooms import NoRoom, do, meant
from rules.room import Status
from rules.room_acting import STATUS
from rules.signal import Actor
from rules.text import Text

SPANISH = {
    "en investigacion": Status.INVESTIGATING, "identificado": Status.IDENTIFIED,
    "en observacion": Status.MONITORING, "resuelto": Status.RESOLVED,
}  # fmt: skip


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """How far it is; without words the form."""
    try:
        room, rest = await meant(words, person, desk, like="status ROOM monitoring")
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return blank(room, desk)
    status = meant_by(" ".join(rest)) or meant_by(rest[0])
    if status is None:
        return [Text.of("A status is one of {words}.", words=", ".join(Status))]
    return await do(STATUS, room, person, desk, {STATUS: status})


def meant_by(words: str) -> Status | None:
    """The one that is meant, in the words of the form in any language, with or without accents."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return next((one for one in Status if one == plain), SPANISH.get(plain))


COMMAND = Command(
    usage="status investigating|identified|monitoring|resolved",
    help=Text.of("how far the work is"),
    run=run,
    example="status monitoring",
)
