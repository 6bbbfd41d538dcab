"""The form that opens a war-room: what is wrong, how bad, and whether only those invited may see it."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rooms import declare, open_for
from rules.incident import Incident
from rules.signal import Actor
from rules.text import Text

TITLE, SEVERITY, PRIVATE = "title", "severity", "private"


def blank(key: str, title: str, severity: str, desk: Desk) -> Form:
    """The form as it opens. `key`: of the incident that it is for, "" for none."""
    return _form(key, {TITLE: title, SEVERITY: severity or next(iter(desk.policy().severities))}, desk)


async def changed(key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    return _form(key, values, desk)


async def sent(key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Open it."""
    title, severity = values.get(TITLE, "").strip(), values.get(SEVERITY, "")
    if not title:
        return {TITLE: Text.of("Say what is wrong, in a few words.")}
    private = "yes" in values.get(PRIVATE, "")
    if not key:
        return await declare(title, severity, person, desk, private=private)
    record = await desk.find(key)
    if not isinstance(record, Incident) or not record.is_open:
        return [Text.of('It is over by now. `/war-room open "…"` opens a room all the same.')]
    return await open_for(record, title, severity, person, desk, private=private)


def _form(key: str, values: Values, desk: Desk) -> Form:
    severities = tuple(
        Choice(value=name, label=Text.of("{name} {words}", name=name, words=rule.words))
        for name, rule in desk.policy().severities.items()
    )
    fields = (
        Field(name=TITLE, label=Text.of("What is wrong"), value=values.get(TITLE, "")),
        Field(name=SEVERITY, label=Text.of("How bad"), value=values.get(SEVERITY, ""), choices=severities),
        Field(name=PRIVATE, label=Text.of("Who sees it"), value=values.get(PRIVATE, ""), many=True, optional=True,
              choices=(Choice(value="yes", label=Text.of("only those who are invited")),)),
    )  # fmt: skip
    below = [Text.of("I make a channel, invite whoever is called, and pin a card with all that is known.")]
    return Form(name="room_open", about=key, title=Text.of("War-room"), send=Text.of("Open"), fields=fields,
                below=below)  # fmt: skip


FORM = FormHandler(changed=changed, sent=sent)
