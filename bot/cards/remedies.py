"""What a red alert of a watched release offers: freezing its deployments, and rolling it back."""

from bot.cards.face import Block, Pen, button
from rules.attribution import PLAN, SOURCE, VERSION
from rules.freeze import key_of as freeze_of
from rules.incident import Incident
from rules.plan import Plan
from rules.reading import Level
from rules.text import Text
from rules.watch import Watch
from rules.watch import key_of as watch_of


def of_watch(watch: Watch, pen: Pen) -> list[Block]:
    """The buttons of the card of a release; none while nothing of it is red."""
    plan = pen.policy.releases.get(watch.plan)
    if plan is None or not watch.is_open or watch.level is not Level.RED:
        return []
    known = pen.freezes.get(plan.scope)
    return _offered(plan, watch.key, is_frozen=known is not None and known.is_open)


def of_incident(incident: Incident, pen: Pen) -> list[Block]:
    """The buttons of the card of an incident; none unless it is of a check of a release that is red.

    It is not drawn anew when a freeze ends, so it always offers one: the button says how the scope stands.
    """
    if incident.source != SOURCE or not incident.is_open:
        return []
    name, release = incident.labels.get(PLAN, ""), incident.labels.get(VERSION, "")
    plan = pen.policy.releases.get(name)
    if plan is None or incident.severity != plan.red.severity:
        return []
    return _offered(plan, watch_of(name, release), is_frozen=False)


def _offered(plan: Plan, watch: str, *, is_frozen: bool) -> list[Block]:
    """What is frozen is not offered to be frozen: as it was known two seconds ago; the form knows better."""
    is_free = plan.scope and not is_frozen
    freeze = [button("freeze", Text.of("Freeze…"), freeze_of(plan.scope))] if is_free else []
    return [*freeze, button("rollback", Text.of("Roll back…"), watch, style="danger")]
