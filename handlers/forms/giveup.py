"""The form behind Give up… of a rollback's card: why."""

from handlers.contract import Desk, Faults, Field, Form, FormHandler, Reply, Values
from handlers.rollbacks import GONE, act
from rules.rollback import Rollback
from rules.rolling_back import STOP
from rules.rolling_back import WHY as REASON
from rules.signal import Actor
from rules.text import Text

WHY = "why"


def blank(name: str, why: str = "") -> Form:
    """The form as it opens. `name`: the short id of the rollback."""
    field = Field(name=WHY, label=Text.of("Why"), value=why, lines=2)
    below = [Text.of("What GitHub has started goes on: stop it there.")]
    return Form(name="giveup", about=name, title=Text.of("Give up the rollback"), send=Text.of("Give up"),
                fields=(field,), below=below)  # fmt: skip


async def changed(name: str, values: Values, _person: Actor, _desk: Desk) -> Form:
    """The same form."""
    return blank(name, values.get(WHY, ""))


async def sent(name: str, values: Values, person: Actor, desk: Desk) -> Reply | Faults:
    """Give it up."""
    why, record = values.get(WHY, "").strip(), await desk.find(name)
    if not isinstance(record, Rollback):
        return [GONE]
    if not why:
        return {WHY: Text.of("Say why: it is recorded with its reason.")}
    return await act(STOP, record, person, desk, {REASON: why})


FORM = FormHandler(changed=changed, sent=sent)
