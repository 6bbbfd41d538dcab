"""The button Roll back… of the card of a red release, or of an incident of it: opens the form."""

from handlers.contract import Button, Desk, Handled
from handlers.forms.rollback import blank
from handlers.releases import of_card
from handlers.rollbacks import stands, target
from rules.rollback import Rollback, key_of
from rules.signal import Actor
from rules.watch import Watch


async def press(watch: Watch, _words: list[str], _person: Actor, desk: Desk) -> Handled:
    """To which version, and why; or how the rollback stands that goes on."""
    record = await desk.find(key_of(watch.plan, watch.release))
    if isinstance(record, Rollback) and record.is_open:
        return stands(record)
    return blank(watch, await target(watch, desk), desk)


BUTTON = Button(press=of_card(press))
