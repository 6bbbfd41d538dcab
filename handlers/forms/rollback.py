"""The form behind Roll back…: to which version, and why; it shows what begins then."""

from handlers.contract import Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.releases import Nothing, only
from handlers.rollbacks import ask
from rules.dispatching import call_of, named
from rules.releasing import VERSION
from rules.rollback import bare
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch

TO, WHY = "to", "why"


def blank(watch: Watch, to: str, desk: Desk) -> Form:
    """The form as it opens."""
    return _form(watch, {TO: to}, desk)


async def changed(key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    return _form(await only(key, desk), values, desk)


async def sent(key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Decide it."""
    try:
        watch = await only(key, desk)
    except Nothing as nothing:
        return nothing.reply
    to, why = values.get(TO, "").strip(), values.get(WHY, "").strip()
    if not VERSION.fullmatch(to) or bare(to) == bare(watch.release):
        return {TO: Text.of("An earlier version, such as v1.1.0.")}
    if not why:
        return {WHY: Text.of("Say why: it is recorded with its reason.")}
    return await ask(watch, to, why, person, desk)


def _form(watch: Watch, values: Values, desk: Desk) -> Form:
    fields = (
        Field(name=TO, label=Text.of("Back to"), value=values.get(TO, ""), hint=Text.of("as its tag: v1.1.1")),
        Field(name=WHY, label=Text.of("Why"), value=values.get(WHY, ""), lines=2),
    )
    return Form(
        name="rollback", about=watch.key, title=Text.of("Roll back {release}", release=watch.release),
        send=Text.of("Roll back"), fields=fields, below=_below(watch, values.get(TO, ""), desk),
    )  # fmt: skip


def _below(watch: Watch, to: str, desk: Desk) -> Reply:
    plan = desk.policy().releases.get(watch.plan)
    if plan is None:
        return [Text.of("The policy has no plan {plan} any more.", plan=watch.plan)]
    steps = Text.of("The plan has no steps for it.")
    if plan.rollback:
        steps = Text.counted("The plan has {count} step for it.", "The plan has {count} steps for it.",
                             count=len(plan.rollback))  # fmt: skip
    call = call_of(plan, watch.release, to)
    if call is None:
        return [steps]
    return [steps, Text.of("GitHub starts {what}, once a second person has confirmed it.", what=named(call))]


FORM = FormHandler(changed=changed, sent=sent)
