"""The form behind Freeze…: why, and for how long."""

from handlers.contract import Desk, Faults, Field, Form, FormHandler, Handled, Reply, Values
from handlers.freezes import NONE, do, standing
from handlers.lengths import BadLength, length
from rules import durations
from rules.freeze import Freeze, scope_of
from rules.freezing import FREEZE
from rules.freezing import LASTING as FOR
from rules.freezing import WHY as REASON
from rules.signal import Actor
from rules.text import Span, Text

WHY, LASTING = "why", "for"


def blank(key: str, desk: Desk) -> Handled:
    """The form as it opens; or why there is none. `key`: of the freeze of a scope."""
    scope = desk.policy().scopes.get(scope_of(key))
    return _form(key, {LASTING: durations.show(scope.default)}, desk) if scope else [NONE]


async def changed(key: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """The same form."""
    return _form(key, values, desk)


async def sent(key: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Freeze it, unless others have done so meanwhile."""
    name, why = scope_of(key), values.get(WHY, "").strip()
    scope = desk.policy().scopes.get(name)
    if scope is None:
        return [NONE]
    record = await desk.find(key)
    if isinstance(record, Freeze) and record.locks(desk.now()):
        return [Text.of("Somebody was faster: I have changed nothing."), *await standing([name], desk)]
    if not why:
        return {WHY: Text.of("Say why: others read it when they cannot deploy.")}
    try:
        lasting = length(values.get(LASTING, ""))
    except BadLength as error:
        return {LASTING: error.text}
    if lasting > scope.longest:
        return {LASTING: Text.of("At most {span}; it can be made longer later.", span=Span(ms=scope.longest))}
    return await do(FREEZE, name, person, desk, {REASON: why, FOR: durations.show(lasting)})


def _form(key: str, values: Values, desk: Desk) -> Form:
    scope = desk.policy().scopes.get(scope_of(key))
    fields = (
        Field(name=WHY, label=Text.of("Why"), value=values.get(WHY, ""), lines=2),
        Field(name=LASTING, label=Text.of("For"), value=values.get(LASTING, ""), hint=Text.of("such as 30m, 2h, 1d")),
    )
    below = [Text.of("Nobody deploys to {scope} until it ends.", scope=scope_of(key))]
    if scope and scope.two_people:
        below.append(Text.of("It takes a second person, who presses Confirm on its card."))
    return Form(
        name="freeze", about=key, title=Text.of("Freeze deployments"), send=Text.of("Freeze"), fields=fields,
        below=below,
    )  # fmt: skip


FORM = FormHandler(changed=changed, sent=sent)
