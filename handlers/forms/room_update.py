"""The form behind Update…: how it goes, for all who wait to hear it."""

from handlers.contract import Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import GONE, NoRoom, do, only
from rules.room import Room
from rules.room_acting import TEXT, UPDATE
from rules.signal import Actor
from rules.text import Text

TITLE, SEND = Text.of("Update"), Text.of("Tell")


def blank(room: Room, _desk: Desk) -> Form:
    """The form as it opens."""
    return _form(room.id, "", room)


async def changed(name: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    record = await desk.find(name)
    if not isinstance(record, Room):
        return Form(name="room_update", about=name, title=TITLE, send=SEND, fields=(), below=[GONE])
    return _form(name, values.get(TEXT, ""), record)


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Tell it."""
    text = values.get(TEXT, "").strip()
    if not text:
        return {TEXT: Text.of("Say how it goes, in a sentence or two.")}
    try:
        return await do(UPDATE, await only(name, desk), person, desk, {TEXT: text})
    except NoRoom as nothing:
        return nothing.reply


def _form(name: str, value: str, room: Room) -> Form:
    places = ", ".join(dict.fromkeys(place for place in (room.place, room.announce) if place))
    told = Text.of("It goes to {places} and to the threads of the incidents.", places=places)
    field = Field(name=TEXT, label=Text.of("How it goes"), value=value, lines=3,
                  hint=Text.of("What is known, what is being done, when the next word comes"))  # fmt: skip
    return Form(name="room_update", about=name, title=TITLE, send=SEND, fields=(field,),
                below=[told])  # fmt: skip


FORM = FormHandler(changed=changed, sent=sent)
