"""The form behind Status…: how far the work is, and how bad it is."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import NoRoom, do, only
from rules.room import Room, Status
from rules.room_acting import SEVERITY, STATUS, STATUS_WORDS, WHY
from rules.signal import Actor
from rules.text import Text


def blank(room: Room, desk: Desk) -> Form:
    """The form as it opens; it carries what it shows, so that nothing else is set back."""
    about = f"{room.id} {room.status} {room.severity}"
    return _form(about, {STATUS: room.status, SEVERITY: room.severity}, desk)


async def changed(about: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    return _form(about, values, desk)


async def sent(about: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Set what differs from what the form has shown."""
    name, shown_status, shown_severity = about.split(" ", 2)
    try:
        room = await only(name, desk)
    except NoRoom as nothing:
        return nothing.reply
    status, severity, why = values.get(STATUS, ""), values.get(SEVERITY, ""), values.get(WHY, "").strip()
    if severity != shown_severity and not why:
        return {WHY: Text.of("Say why: the severity is changed with its reason.")}
    told: Reply = []
    if severity != shown_severity:
        told = await do(SEVERITY, room, person, desk, {SEVERITY: severity, WHY: why})
    if status != shown_status:
        told = await do(STATUS, room, person, desk, {STATUS: status})
    return told or [Text.of("Nothing was changed.")]


def _form(about: str, values: Values, desk: Desk) -> Form:
    statuses = tuple(Choice(value=one.value, label=STATUS_WORDS[one]) for one in Status)
    fields = (
        Field(name=STATUS, label=Text.of("How far"), value=values.get(STATUS, ""), choices=statuses),
        Field(name=SEVERITY, label=Text.of("How bad"), value=values.get(SEVERITY, ""),
              choices=_severities(about.split(" ", 2)[2], desk)),
        Field(name=WHY, label=Text.of("Why it is worse, or not as bad"), value=values.get(WHY, ""), optional=True),
    )  # fmt: skip
    return Form(name="room_state", about=about, title=Text.of("Status"), send=Text.of("Set"), fields=fields)


def _severities(shown: str, desk: Desk) -> tuple[Choice, ...]:
    """Those of the policy, and the room's own when it is none of them any more."""
    known = desk.policy().severities
    gone = () if shown in known else (Choice(value=shown, label=Text.of("{name}", name=shown)),)
    return gone + tuple(
        Choice(value=name, label=Text.of("{name} {words}", name=name, words=rule.words)) for name, rule in known.items()
    )


FORM = FormHandler(changed=changed, sent=sent)
