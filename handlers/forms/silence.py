"""The form behind Silence…: which alerts, for how long, why; and what it would hide of what fires now."""

from collections.abc import Mapping

from handlers.contract import Choice, Desk, Faults, Field, Firing, Form, FormHandler, NoAnswer, Reply, Values
from handlers.lengths import BadLength, length
from handlers.replies import do, may_not
from rules import silencing
from rules.acting import SILENCE
from rules.incident import Incident
from rules.matching import BadMatcher, Matcher, Op
from rules.rights import permitted
from rules.signal import Actor
from rules.team import Right
from rules.text import Text

MATCHERS, FOR, REASON, ENDS = "matchers", "for", "reason", "ends"
LENGTHS = ("30m", "1h", "2h", "4h", "8h", "1d", "3d")
LEFT_OUT = ("severity", "prometheus", "replica", "pod", "receiver")  # labels that change while the trouble stays
SHOWN = 8


def blank(incident: Incident) -> Form:
    """The form as it opens: matchers of the labels that all the alerts share."""
    return _form(incident.key, {MATCHERS: suggested(incident), FOR: "2h", REASON: "", ENDS: "yes"})


def refusal(incident: Incident, person: Actor, desk: Desk) -> Reply:
    """Why this incident is not to be silenced by this person now; nothing when it may be."""
    if not incident.is_open:
        return [Text.of("{id} is resolved already.", id=incident.id)]
    if incident.source != "alertmanager":
        return [
            Text.of(
                "{id} is of {source}: only Alertmanager's can be silenced. `/sereno snooze {id} 2h` keeps me quiet.",
                id=incident.id, source=incident.source,
            )
        ]  # fmt: skip
    if not desk.silences():
        return [Text.of("I know no Alertmanager: whoever runs me sets ALERTMANAGER_URL.")]
    if not permitted(desk.policy(), Right.SILENCE, person, desk.now()):
        return [may_not(SILENCE, desk.policy())]
    return []


def suggested(incident: Incident) -> str:
    """Matchers for the incident's own alerts."""
    labels = {name: value for name, value in incident.labels.items() if value and name not in LEFT_OUT}
    return ", ".join(str(Matcher(name, Op.EQUAL, value)) for name, value in sorted(labels.items()))


async def changed(key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The form with what it would hide now."""
    return _form(key, values, await _preview(values.get(MATCHERS, ""), desk))


async def sent(key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Ask for the silence, unless it would hide everything."""
    try:
        matchers = silencing.parse(values.get(MATCHERS, ""))
    except BadMatcher as error:
        return {MATCHERS: error.said}
    try:
        lasting = length(values.get(FOR, ""))
    except BadLength as error:
        return {FOR: error.text}
    if not values.get(REASON, "").strip():
        return {REASON: Text.of("Say why: others read it when they wonder about the quiet.")}
    notes: Reply = []
    try:
        if await hides_all(matchers, key, desk):
            return {MATCHERS: Text.of("These would hide everything that fires now; name more labels.")}
    except NoAnswer as error:
        notes = [Text.of("Alertmanager does not answer now ({why}): I keep trying, nothing is silenced yet.",
                         why=error.said)]  # fmt: skip
    told = await ask(key, values, lasting, person, desk)
    return [*told, *notes]


async def ask(key: str, values: Values, lasting: int, person: Actor, desk: Desk) -> Reply:
    """Submit what is filled in. `lasting`: milliseconds."""
    return await do(
        SILENCE,
        key,
        person,
        desk,
        {
            silencing.MATCHERS: ", ".join(str(matcher) for matcher in silencing.parse(values[MATCHERS])),
            silencing.UNTIL: str(desk.now() + lasting),
            silencing.REASON: values[REASON].strip(),
            silencing.ENDS_WITH: "yes" if "yes" in values.get(ENDS, "") else "",
        },
    )


async def hides_all(matchers: tuple[Matcher, ...], key: str, desk: Desk) -> bool:
    """Whether everything that fires now would be hidden, others' alerts too. Raises NoAnswer."""
    firing = await desk.firing(matchers)
    record = await desk.find(key)
    own = len(record.firing) if isinstance(record, Incident) else 0
    return len(firing.matching) == firing.total and firing.total > max(own, 1)


async def _preview(text: str, desk: Desk) -> Reply:
    try:
        matchers = silencing.parse(text)
    except BadMatcher as error:
        return [Text.of("⚠️ {why}", why=error.said)]
    try:
        firing = await desk.firing(matchers)
    except NoAnswer as error:
        return [Text.of("⚠️ Alertmanager does not answer, so I cannot show what this would hide: {why}",
                        why=error.said)]  # fmt: skip
    return _hidden(firing)


def _hidden(firing: Firing) -> Reply:
    count = len(firing.matching)
    if not count:
        return [
            Text.counted(
                "This would hide nothing of the {count} alert that fires now.",
                "This would hide nothing of the {count} alerts that fire now.", count=firing.total,
            )
        ]  # fmt: skip
    lines = [
        Text.counted(
            "This would hide {hidden} of the {count} alert that fires now:",
            "This would hide {hidden} of the {count} alerts that fire now:", hidden=count, count=firing.total,
        )
    ]  # fmt: skip
    lines += [Text.of("• {alert}", alert=_named(labels)) for labels in firing.matching[:SHOWN]]
    if count > SHOWN:
        lines.append(Text.counted("… and {count} more", "… and {count} more", count=count - SHOWN))
    return lines


def _named(labels: Mapping[str, str]) -> str:
    rest = ", ".join(f"{name}={value}" for name, value in sorted(labels.items()) if name != "alertname")
    return f"{labels.get('alertname', '')} {rest}".strip()


def _form(key: str, values: Values, below: Reply | None = None) -> Form:
    lengths = tuple(Choice(value=one, label=Text.of("{span}", span=one)) for one in LENGTHS)
    fields = (
        Field(name=MATCHERS, label=Text.of("Alerts with"), value=values.get(MATCHERS, ""), lines=3, watched=True,
              hint=Text.of("Alertmanager's matchers: name=\"value\", != =~ !~, with commas between")),
        Field(name=FOR, label=Text.of("For"), value=values.get(FOR, "2h"), choices=lengths),
        Field(name=REASON, label=Text.of("Why"), value=values.get(REASON, "")),
        Field(name=ENDS, label=Text.of("When it is resolved"), value=values.get(ENDS, ""), many=True, optional=True,
              choices=(Choice(value="yes", label=Text.of("end the silence too")),)),
    )  # fmt: skip
    return Form(
        name="silence",
        about=key,
        title=Text.of("Silence"),
        send=Text.of("Silence"),
        fields=fields,
        below=below or [Text.of("Asking Alertmanager what this would hide…")],
    )


FORM = FormHandler(changed=changed, sent=sent)
