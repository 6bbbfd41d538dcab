"""The form behind Tick…: which item, whether it is good, and the evidence."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Handled, Reply, Values
from handlers.releases import Nothing, only
from handlers.ticking import items, tick
from rules.plan import Plan
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch

ITEM, HOW, NOTE = "item", "how", "note"
MOST = 100  # choices of one list in Slack


def blank(watch: Watch, desk: Desk) -> Handled:
    """The form as it opens: what is not ticked yet first; or why there is none."""
    plan = desk.policy().releases.get(watch.plan)
    names = items(plan) if plan else []
    if not watch.is_open:
        return [Text.of("{release} is not watched any more.", release=watch.release)]
    if plan is None or not names:
        return [Text.of("The plan of {release} has nothing to tick.", release=watch.release)]
    ordered = sorted(names, key=lambda name: name in watch.ticks)
    return _form(watch.key, plan, ordered, {ITEM: ordered[0], HOW: "good"})


async def changed(key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form with what the chosen item asks for."""
    watch = await only(key, desk)
    plan = desk.policy().releases.get(watch.plan)
    if plan is None:
        gone = [Text.of("The policy has no plan {plan} any more.", plan=watch.plan)]
        return Form(name="tick", about=key, title=Text.of("Tick"), send=Text.of("Tick"), fields=(), below=gone)
    return _form(key, plan, sorted(items(plan), key=lambda name: name in watch.ticks), values)


async def sent(key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Tick it."""
    try:
        watch = await only(key, desk)
    except Nothing as nothing:
        return nothing.reply
    good = values.get(HOW) != "failed"
    return await tick(watch, values.get(ITEM, ""), values.get(NOTE, "").strip(), person, desk, good=good)


def _form(key: str, plan: Plan, names: list[str], values: Values) -> Form:
    choices = tuple(
        Choice(value=name, label=Text.of("{words}", words=plan.checks[name].words)) for name in names[:MOST]
    )
    results = (Choice(value="good", label=Text.of("done, and good")), Choice(value="failed", label=Text.of("failed")))
    chosen = plan.checks.get(values.get(ITEM, ""))
    fields = (
        Field(name=ITEM, label=Text.of("Item"), value=values.get(ITEM, ""), choices=choices, watched=True),
        Field(name=HOW, label=Text.of("Result"), value=values.get(HOW, "good"), choices=results),
        Field(name=NOTE, label=Text.of("Note, or a link to evidence"), value=values.get(NOTE, ""), optional=True),
    )
    below = [Text.of("{how}", how=chosen.tick)] if chosen and chosen.tick else []
    return Form(name="tick", about=key, title=Text.of("Tick"), send=Text.of("Tick"), fields=fields, below=below)


FORM = FormHandler(changed=changed, sent=sent)
