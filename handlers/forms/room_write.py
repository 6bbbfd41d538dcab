"""The form behind Write down…: a note, the impact, the cause, the fix, or something to be done afterwards."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.days import BadDay, day
from handlers.forms._meanwhile import Seen, about, redrawn, written
from handlers.rooms import GONE, NoRoom, do, only
from rules.room import Room
from rules.room_writing import ACTION, CAUSE, DUE, FIX, IMPACT, NOTE, OWNER, TEXT
from rules.signal import Actor
from rules.text import Text

WHAT = "what"
TITLE = Text.of("Write down")
MEANWHILE = Text.of("Somebody has written this meanwhile.")
KINDS = {
    NOTE: Text.of("a note for the timeline"), IMPACT: Text.of("the impact: what customers see"),
    CAUSE: Text.of("the cause"), FIX: Text.of("the fix: what ended it"), ACTION: Text.of("something to do afterwards"),
}  # fmt: skip


def blank(room: Room, _desk: Desk, what: str = NOTE) -> Form:
    """The form as it opens."""
    return _form(room, {WHAT: what})


async def changed(carried: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The form with the fields that what is chosen needs, and what is written down so far."""
    record = await desk.find(Seen.read(carried).room)
    if not isinstance(record, Room):
        return Form(name="room_write", about=carried, title=TITLE, send=TITLE, fields=(), below=[GONE])
    return _form(record, values)


async def sent(carried: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults | Form:
    """Write it down, unless others have written the same thing meanwhile."""
    seen = Seen.read(carried)
    text, what, due = values.get(TEXT, "").strip(), values.get(WHAT, NOTE), values.get(DUE, "").strip()
    if not text:
        return {TEXT: Text.of("Say it in words.")}
    try:
        due = day(due, desk.now(), desk.policy().zone) if due else ""
    except BadDay:
        return {DUE: Text.of("Write a day such as 2026-12-01, or a length such as 7d.")}
    try:
        room = await only(seen.room, desk)
    except NoRoom as nothing:
        return nothing.reply
    known = written(room)
    if what in known and seen.is_past(what, known[what]) and known[what] != text:
        return redrawn(_form(room, values), MEANWHILE)
    owner = await desk.called(values[OWNER]) if values.get(OWNER) else ""
    return await do(what, room, person, desk, {TEXT: text, OWNER: owner, DUE: due})


def _form(room: Room, values: Values) -> Form:
    what = values.get(WHAT, NOTE)
    kinds = tuple(Choice(value=one, label=label) for one, label in KINDS.items())
    fields = [
        Field(name=WHAT, label=Text.of("What"), value=what, choices=kinds, watched=True),
        Field(name=TEXT, label=Text.of("Words"), value=values.get(TEXT, ""), lines=3),
    ]
    if what == ACTION:
        fields += [
            Field(name=OWNER, label=Text.of("Who does it"), value=values.get(OWNER, ""), person=True, optional=True),
            Field(name=DUE, label=Text.of("By when"), value=values.get(DUE, ""), optional=True,
                  hint=Text.of("A day such as 2026-12-01, or a length such as 7d")),
        ]  # fmt: skip
    known = written(room)
    carried = about(room, {what: known.get(what, "")})
    below = [Text.of("So far it says: “{text}”", text=known[what])] if known.get(what) else []
    return Form(name="room_write", about=carried, title=TITLE, send=TITLE, fields=tuple(fields), below=below)


FORM = FormHandler(changed=changed, sent=sent)
