"""The form behind `/release-status start`: which version, by which plan, compared with which."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.releases import start
from rules.releasing import VERSION as SHAPE
from rules.signal import Actor
from rules.text import Text

VERSION, PLAN, BASELINE = "version", "plan", "baseline"
MOST = 100  # choices of one list in Slack


def blank(desk: Desk) -> Form:
    """The form as it opens."""
    return _form(desk, {PLAN: next(iter(desk.policy().releases))})


async def changed(_key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    return _form(desk, values)


async def sent(_key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Start the watch."""
    version, baseline = values.get(VERSION, "").strip(), values.get(BASELINE, "").strip()
    wrong = Text.of("Letters, digits and . _ + / @ - only, such as v1.1.1.")
    if not SHAPE.fullmatch(version):
        return {VERSION: wrong}
    if baseline and not SHAPE.fullmatch(baseline):
        return {BASELINE: wrong}
    return await start(version, values.get(PLAN, ""), baseline, person, desk)


def _form(desk: Desk, values: Values) -> Form:
    plans = desk.policy().releases
    choices = tuple(
        Choice(value=name, label=Text.of("{name}: {words}", name=name, words=plan.words))
        for name, plan in list(plans.items())[:MOST]
    )
    hint = Text.of("as its tag: v1.1.1")
    fields = (
        Field(name=VERSION, label=Text.of("Version"), value=values.get(VERSION, ""), hint=hint),
        Field(name=PLAN, label=Text.of("Plan"), value=values.get(PLAN, ""), choices=choices),
        Field(name=BASELINE, label=Text.of("Baseline"), value=values.get(BASELINE, ""), optional=True,
              hint=Text.of("the version to compare with; the plan's own, when empty")),
    )  # fmt: skip
    return Form(name="start", about="", title=Text.of("Watch a release"), send=Text.of("Watch"), fields=fields)


FORM = FormHandler(changed=changed, sent=sent)
