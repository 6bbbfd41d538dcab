"""The form behind More…: what is wanted less often in a room, and whatever the form of that asks."""

from collections.abc import Mapping
from dataclasses import replace

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.forms import room_handover, room_merge, unfreeze
from rules.freezing import UNFREEZE
from rules.room_acting import MERGE
from rules.room_writing import HANDOVER
from rules.signal import Actor
from rules.text import Text

WHAT = "what"
KINDS = {
    MERGE: (Text.of("add an incident to this room"), room_merge.FORM),
    HANDOVER: (Text.of("hand over my roles"), room_handover.FORM),
    UNFREEZE: (Text.of("end a freeze"), unfreeze.FORM),
}


async def changed(name: str, values: Values, person: Actor, desk: Desk) -> Form:
    """The fields of what is chosen, below what there is to choose."""
    what = values.get(WHAT, MERGE)
    asked = await KINDS[what][1].changed(name, values, person, desk)
    kinds = tuple(Choice(value=kind, label=label) for kind, (label, _) in KINDS.items())
    field = Field(name=WHAT, label=Text.of("What"), value=what, choices=kinds, watched=True)
    return replace(asked, name="room_more", title=Text.of("More"), fields=(field, *asked.fields))


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults | Form:
    """Do what is chosen; a fault of a field that was not drawn yet stands beside the choice."""
    told = await KINDS[values.get(WHAT, MERGE)][1].sent(name, values, person, desk)
    if isinstance(told, Mapping):
        return {field if field in values else WHAT: why for field, why in told.items()}
    return told


FORM = FormHandler(changed=changed, sent=sent)
