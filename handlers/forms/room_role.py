"""The form behind Roles…: who does what."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.forms._meanwhile import Seen, about, redrawn
from handlers.rooms import GONE, NoRoom, do, only
from rules.room import Role, Room
from rules.room_acting import NAME, ROLE, WHO, WORDS
from rules.signal import Actor
from rules.text import Text

TITLE = Text.of("Roles")


def blank(room: Room, _desk: Desk) -> Form:
    """The form as it opens."""
    return _form(about(room, _holders(room)), {ROLE: Role.COMMANDER}, room)


async def changed(carried: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    record = await desk.find(Seen.read(carried).room)
    if not isinstance(record, Room):
        return Form(name="room_role", about=carried, title=TITLE, send=TITLE, fields=(), below=[GONE])
    return _form(about(record, _holders(record)), values, record)


async def sent(carried: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults | Form:
    """Give it, unless others have given it meanwhile; a commander has to say yes."""
    seen = Seen.read(carried)
    who = values.get(WHO, "")
    if not who:
        return {WHO: Text.of("Choose somebody.")}
    try:
        room = await only(seen.room, desk)
    except NoRoom as nothing:
        return nothing.reply
    role = values.get(ROLE, "")
    holder = next((one for name, one in room.roles.items() if name == role), None)
    if holder and holder.id != who and seen.is_past(role, holder.id):
        return redrawn(
            _form(about(room, _holders(room)), values, room), Text.of("By now it is {who}.", who=holder.name)
        )
    called = person.name if who == person.id else await desk.called(who)
    return await do(ROLE, room, person, desk, {ROLE: role, WHO: who, NAME: called})


def _holders(room: Room) -> dict[str, str]:
    return {role: room.roles[role].id if role in room.roles else "" for role in Role}


def _form(carried: str, values: Values, room: Room) -> Form:
    roles = tuple(Choice(value=one.value, label=WORDS[one]) for one in Role)
    fields = (
        Field(name=ROLE, label=Text.of("Role"), value=values.get(ROLE, ""), choices=roles),
        Field(name=WHO, label=Text.of("Who"), value=values.get(WHO, ""), person=True),
    )
    below = [Text.of("{who}: {role}", who=one.name, role=WORDS[role]) for role, one in room.roles.items()]
    below.append(Text.of("Who is to command is asked first."))
    return Form(name="room_role", about=carried, title=TITLE, send=Text.of("Give"), fields=fields, below=below)


FORM = FormHandler(changed=changed, sent=sent)
