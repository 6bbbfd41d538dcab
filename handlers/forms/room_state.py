"""The form behind Status…: how far the work is, and how bad it is."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.forms._meanwhile import Seen, about, redrawn
from handlers.rooms import GONE, NoRoom, do, only
from rules.room import Room, Status
from rules.room_acting import SEVERITY, STATUS, STATUS_WORDS, WHY
from rules.signal import Actor
from rules.text import Text

TITLE, SEND = Text.of("Status"), Text.of("Set")


def blank(room: Room, desk: Desk) -> Form:
    """The form as it opens; it carries what it shows, so that nothing else is set back."""
    return _form(about(room, _stands(room)), _stands(room), room, desk)


async def changed(carried: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    record = await desk.find(Seen.read(carried).room)
    if not isinstance(record, Room):
        return Form(name="room_state", about=carried, title=TITLE, send=SEND, fields=(), below=[GONE])
    return _form(carried, values, record, desk)


async def sent(carried: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults | Form:
    """Set what differs from what the form has shown; unless others were faster."""
    seen = Seen.read(carried)
    try:
        room = await only(seen.room, desk)
    except NoRoom as nothing:
        return nothing.reply
    now, why = _stands(room), values.get(WHY, "").strip()
    mine = {name: value for name in now
            if (value := values.get(name, "")) not in ("", now[name]) and not seen.has(name, value)}  # fmt: skip
    if past := [name for name in mine if seen.is_past(name, now[name])]:
        said = Text.of("By now it is {severity}, {status}.", severity=room.severity, status=STATUS_WORDS[room.status])
        return redrawn(_form(seen.renewed({name: now[name] for name in past}), values, room, desk), said)
    if SEVERITY in mine and not why:
        return {WHY: Text.of("Say why: the severity is changed with its reason.")}
    told: Reply = []
    if SEVERITY in mine:
        told = await do(SEVERITY, room, person, desk, {SEVERITY: mine[SEVERITY], WHY: why})
    if STATUS in mine:
        told = await do(STATUS, room, person, desk, {STATUS: mine[STATUS]})
    return told or [Text.of("Nothing was changed.")]


def _stands(room: Room) -> dict[str, str]:
    return {STATUS: room.status, SEVERITY: room.severity}


def _form(carried: str, values: Values, room: Room, desk: Desk) -> Form:
    statuses = tuple(Choice(value=one.value, label=STATUS_WORDS[one]) for one in Status)
    fields = (
        Field(name=STATUS, label=Text.of("How far"), value=values.get(STATUS, ""), choices=statuses),
        Field(name=SEVERITY, label=Text.of("How bad"), value=values.get(SEVERITY, ""),
              choices=_severities(room.severity, desk)),
        Field(name=WHY, label=Text.of("Why it is worse, or not as bad"), value=values.get(WHY, ""), optional=True),
    )  # fmt: skip
    return Form(name="room_state", about=carried, title=TITLE, send=SEND, fields=fields)


def _severities(shown: str, desk: Desk) -> tuple[Choice, ...]:
    """Those of the policy, and the room's own when it is none of them any more."""
    known = desk.policy().severities
    gone = () if shown in known else (Choice(value=shown, label=Text.of("{name}", name=shown)),)
    return gone + tuple(
        Choice(value=name, label=Text.of("{name} {words}", name=name, words=rule.words)) for name, rule in known.items()
    )


FORM = FormHandler(changed=changed, sent=sent)
