"""The form behind Roles…: who does what."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import NoRoom, do, only
from rules.room import Role, Room
from rules.room_acting import NAME, ROLE, WHO, WORDS
from rules.signal import Actor
from rules.text import Text


def blank(room: Room, _desk: Desk) -> Form:
    """The form as it opens."""
    return _form(room.id, {ROLE: Role.COMMANDER})


async def changed(name: str, values: Values, _person: Actor, _desk: Desk) -> Form:
    """The same form."""
    return _form(name, values)


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Give it; a commander has to say yes."""
    who = values.get(WHO, "")
    if not who:
        return {WHO: Text.of("Choose somebody.")}
    try:
        room = await only(name, desk)
    except NoRoom as nothing:
        return nothing.reply
    called = person.name if who == person.id else await desk.called(who)
    return await do(ROLE, room, person, desk, {ROLE: values.get(ROLE, ""), WHO: who, NAME: called})


def _form(name: str, values: Values) -> Form:
    roles = tuple(Choice(value=one.value, label=WORDS[one]) for one in Role)
    fields = (
        Field(name=ROLE, label=Text.of("Role"), value=values.get(ROLE, ""), choices=roles),
        Field(name=WHO, label=Text.of("Who"), value=values.get(WHO, ""), person=True),
    )
    asked = [Text.of("Who is to command is asked first.")]
    return Form(name="room_role", about=name, title=Text.of("Roles"), send=Text.of("Give"), fields=fields, below=asked)


FORM = FormHandler(changed=changed, sent=sent)
