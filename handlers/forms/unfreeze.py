"""The form behind Unfreeze without a scope: which of those that are frozen."""

from handlers.contract import Choice, Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.freezes import NONE, current, do, ending
from rules.freezing import UNFREEZE
from rules.signal import Actor
from rules.text import Text

SCOPE = "scope"
TITLE, SEND = Text.of("Unfreeze"), Text.of("Unfreeze")
NOTHING = Text.of("Nothing is frozen.")


async def changed(about: str, values: Values, _person: Actor, desk: Desk) -> Form:
    """What is frozen, and what ending it takes; no field when nothing is. `about`: of no matter."""
    found = await current(desk)
    if not found:
        said = NOTHING if desk.policy().scopes else NONE
        return Form(name="unfreeze", about=about, title=TITLE, send=SEND, fields=(), below=[said])
    choices = tuple(Choice(value=one.scope, label=Text.of("{scope}: {why}", scope=one.scope, why=one.why))
                    for one in found)  # fmt: skip
    chosen = values.get(SCOPE) or found[0].scope
    field = Field(name=SCOPE, label=Text.of("What is frozen"), value=chosen, choices=choices)
    below = [line for one in found for line in await ending(one, desk)]
    return Form(name="unfreeze", about=about, title=TITLE, send=SEND, fields=(field,), below=below)


async def sent(_about: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Deployments may go on there."""
    scope = values.get(SCOPE, "")
    return await do(UNFREEZE, scope, person, desk) if scope else [NOTHING]


FORM = FormHandler(changed=changed, sent=sent)
