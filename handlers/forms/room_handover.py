"""The form behind handing over: to whom all roles of a person go."""

from handlers.contract import Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import GONE, NoRoom, do, only
from rules.room import Role, Room
from rules.room_acting import WORDS
from rules.room_writing import HANDOVER, NAME, WHO
from rules.signal import Actor
from rules.text import Joined, Text

TITLE, SEND = Text.of("Hand over"), Text.of("Hand over")
NO_ROLE = Text.of("You have no role in this room to hand over.")


async def changed(name: str, values: Values, person: Actor, desk: Desk) -> Form:
    """To whom, and what goes; no field when the person has no role."""
    room = await desk.find(name)
    if not isinstance(room, Room) or not room.is_open:
        return Form(name="room_handover", about=name, title=TITLE, send=SEND, fields=(), below=[GONE])
    roles = held(room, person)
    if not roles:
        return Form(name="room_handover", about=name, title=TITLE, send=SEND, fields=(), below=[NO_ROLE])
    below = [Text.of("You hand over: {roles}.", roles=Joined(tuple(WORDS[role] for role in roles), ", "))]
    if Role.COMMANDER in roles:
        below.append(Text.of("Who is to command is asked first."))
    field = Field(name=WHO, label=Text.of("To whom"), value=values.get(WHO, ""), person=True)
    return Form(name="room_handover", about=name, title=TITLE, send=SEND, fields=(field,), below=below)


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """All roles of who sends it go to somebody else."""
    who = values.get(WHO, "")
    try:
        room = await only(name, desk)
    except NoRoom as nothing:
        return nothing.reply
    if not held(room, person):
        return [NO_ROLE]
    if who in ("", person.id):
        return {WHO: Text.of("Choose somebody else.")}
    return await do(HANDOVER, room, person, desk, {WHO: who, NAME: await desk.called(who)})


def held(room: Room, person: Actor) -> list[Role]:
    """The roles of a person."""
    return [role for role, holder in room.roles.items() if holder.id == person.id]


FORM = FormHandler(changed=changed, sent=sent)
