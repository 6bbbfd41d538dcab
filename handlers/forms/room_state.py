"""The form behind Status…: how far the work is, and how bad it is."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import NoRoom, do, only
from rules.room import Room, Status
from rules.room_acting import SEVERITY, STATUS, STATUS_WORDS, WHY
from rules.signal import Actor
from rules.text import Text


def blank(room: Room, desk: Desk) -> Form:
    """The form as it opens."""
    return _form(room.id, {STATUS: room.status, SEVERITY: room.severity}, desk)


async def changed(name: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    return _form(name, values, desk)


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Set what was changed."""
    try:
        room = await only(name, desk)
    except NoRoom as nothing:
        return nothing.reply
    status, severity, why = values.get(STATUS, ""), values.get(SEVERITY, ""), values.get(WHY, "").strip()
    if severity != room.severity and not why:
        return {WHY: Text.of("Say why: the severity is changed with its reason.")}
    told: Reply = []
    if severity != room.severity:
        told = await do(SEVERITY, room, person, desk, {SEVERITY: severity, WHY: why})
    if status != room.status:
        told = await do(STATUS, room, person, desk, {STATUS: status})
    return told or [Text.of("Nothing was changed.")]


def _form(name: str, values: Values, desk: Desk) -> Form:
    statuses = tuple(Choice(value=one.value, label=STATUS_WORDS[one]) for one in Status)
    severities = tuple(
        Choice(value=one, label=Text.of("{name} {words}", name=one, words=rule.words))
        for one, rule in desk.policy().severities.items()
    )
    fields = (
        Field(name=STATUS, label=Text.of("How far"), value=values.get(STATUS, ""), choices=statuses),
        Field(name=SEVERITY, label=Text.of("How bad"), value=values.get(SEVERITY, ""), choices=severities),
        Field(name=WHY, label=Text.of("Why it is worse, or not as bad"), value=values.get(WHY, ""), optional=True),
    )
    return Form(name="room_state", about=name, title=Text.of("Status"), send=Text.of("Set"), fields=fields)


FORM = FormHandler(changed=changed, sent=sent)
