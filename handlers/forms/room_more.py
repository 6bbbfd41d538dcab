"""The form behind More…: what is wanted less often in a room, and whatever the form of that asks."""

from dataclasses import replace

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.forms import room_handover, room_merge, unfreeze
from rules.freezing import UNFREEZE
from rules.room_acting import MERGE
from rules.room_writing import HANDOVER, WHO
from rules.signal import Actor
from rules.text import Text

WHAT = "what"
KINDS = {
    MERGE: (Text.of("add an incident to this room"), room_merge.FORM),
    HANDOVER: (Text.of("hand over my roles"), room_handover.FORM),
    UNFREEZE: (Text.of("end a freeze"), unfreeze.FORM),
}
FIELDS = {MERGE: room_merge.INCIDENT, HANDOVER: WHO, UNFREEZE: unfreeze.SCOPE}


async def changed(name: str, values: Values, person: Actor, desk: Desk) -> Form:
    """The fields of what is chosen, below what there is to choose."""
    what = values.get(WHAT, MERGE)
    asked = await KINDS[what][1].changed(name, values, person, desk)
    kinds = tuple(Choice(value=kind, label=label) for kind, (label, _) in KINDS.items())
    field = Field(name=WHAT, label=Text.of("What"), value=what, choices=kinds, watched=True)
    return replace(asked, name="room_more", title=Text.of("More"), fields=(field, *asked.fields))


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults | Form:
    """Do what is chosen; when it was sent before the fields of that were drawn, they come first."""
    what = values.get(WHAT, MERGE)
    if FIELDS[what] not in values:
        asked = await changed(name, values, person, desk)
        return asked if any(field.name == FIELDS[what] for field in asked.fields) else asked.below
    return await KINDS[what][1].sent(name, values, person, desk)


FORM = FormHandler(changed=changed, sent=sent)
