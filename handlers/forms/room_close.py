"""The form behind Close…: what nobody has written down yet, and the end."""

from handlers.contract import Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.forms._meanwhile import Seen, about, redrawn, written
from handlers.rooms import GONE, NoRoom, do, only
from rules.room import Room
from rules.room_acting import CLOSE
from rules.room_hearing import going_on
from rules.room_writing import CAUSE, FIX, IMPACT, TEXT
from rules.signal import Actor
from rules.text import Text

TITLE = Text.of("Close")
SHOWN = 10
LABELS = {
    IMPACT: Text.of("Impact: what customers saw"), CAUSE: Text.of("Cause: why it happened"),
    FIX: Text.of("Fix: what ended it"),
}  # fmt: skip


def lacks(room: Room) -> list[str]:
    """What nobody has written down yet."""
    return [name for name, value in written(room).items() if not value.strip()]


def blank(room: Room, _desk: Desk) -> Form:
    """The form as it opens, with what is known."""
    return _form(about(room, written(room)), written(room), room)


async def changed(carried: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    record = await desk.find(Seen.read(carried).room)
    if not isinstance(record, Room):
        return Form(name="room_close", about=carried, title=TITLE, send=TITLE, fields=(), below=[GONE])
    return _form(carried, values, record)


async def sent(carried: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults | Form:
    """Write down what differs from what the form has shown, then close; unless others were faster."""
    seen = Seen.read(carried)
    try:
        room = await only(seen.room, desk)
    except NoRoom as nothing:
        return nothing.reply
    now = written(room)
    filled = {what: values.get(what, "").strip() for what in now}
    mine = {what: text for what, text in filled.items() if text not in ("", now[what]) and not seen.has(what, text)}
    past = [what for what in mine if seen.is_past(what, now[what])]
    if past:
        return redrawn(
            _form(seen.renewed({what: now[what] for what in past}), filled, room),
            *(_meanwhile(what, now[what]) for what in past),
        )
    for what, text in mine.items():
        await do(what, room, person, desk, {TEXT: text})
    return await do(CLOSE, room, person, desk)


def _meanwhile(what: str, text: str) -> Text:
    return Text.of("{label}: it says by now “{text}”. Empty yours to keep that.", label=LABELS[what], text=text)


def _form(carried: str, values: Values, room: Room) -> Form:
    fields = tuple(
        Field(name=name, label=label, value=values.get(name, ""), lines=2, optional=True)
        for name, label in LABELS.items()
    )
    below = [
        Text.of(
            "What was frozen in this room ends with it, if you may end it alone. "
            "The channel stays for a while, then it is archived."
        )
    ]
    if still := [*going_on(room).values()]:
        names = ", ".join(one.title for one in still[:SHOWN]) + (", …" if still[SHOWN:] else "")
        below.insert(0, Text.counted("{count} alert is still open: {names}", "{count} alerts are still open: {names}",
                                     count=len(still), names=names))  # fmt: skip
    return Form(name="room_close", about=carried, title=TITLE, send=TITLE,
                fields=fields, below=below)  # fmt: skip


FORM = FormHandler(changed=changed, sent=sent)
