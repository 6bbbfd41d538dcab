"""/war-room postmortem [ROOM] [done | @OWNER]"""

from handlers.contract import Command, Desk, Reply
from handlers.naming import somebody, typed
from handlers.rooms import NoRoom, do, meant
from rules.room import Room
from rules.room_reviewing import DONE, NAME, OWNER, POSTMORTEM, WHO
from rules.signal import Actor
from rules.text import Text

NONE = Text.of("No postmortem is owed. In the channel of a war-room `/war-room postmortem` drafts one.")


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """One more draft, from what is known now; or who owes it, or that it is done."""
    try:
        room, rest = await meant(words, person, desk, like="postmortem ROOM", fits=_owes, none=NONE)
    except NoRoom as nothing:
        return nothing.reply
    if not rest:
        return await do(POSTMORTEM, room, person, desk)
    if rest[0].lower() == "done":
        return await do(DONE, room, person, desk)
    found = await somebody(rest[0], person, desk)
    if found is None:
        return [Text.of("I do not know {word}. Write @ and choose a name, or `me`.", word=typed(rest[0]))]
    return await do(OWNER, room, person, desk, {WHO: found[0], NAME: found[1]})


def _owes(room: Room) -> bool:
    """Whether it is what somebody means who names none."""
    return room.postmortem is not None and room.postmortem.is_owed


COMMAND = Command(
    usage="postmortem [done|@OWNER]",
    help=Text.of("draft it from what is known, as a file here; `done` ends its reminders, @OWNER is who owes it"),
    run=run,
    example="postmortem @ana",
)
