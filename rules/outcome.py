"""The three shapes of an outcome for an incident: changed, changed and redrawn, or the same."""

from dataclasses import replace

from rules.decision import Decision
from rules.incident import Incident
from rules.reason import Reason
from rules.routing import Ruling


def redraw(incident: Incident) -> Incident:
    """The card shows something else now."""
    return replace(incident, revision=incident.revision + 1)


def done(reason: Reason, incident: Incident, ruling: Ruling | None) -> Decision:
    """The incident is another one, for this reason; the ruling goes into the journal."""
    route, tried = (ruling.route, ruling.tried) if ruling else (incident.route, incident.tried)
    record = replace(incident, reason=reason, route=route, tried=tried)
    return Decision(reason=reason, record=record, changed=True, severity=record.severity, route=route, tried=tried)


def same(reason: Reason, incident: Incident, ruling: Ruling | None, *, changed: bool = False) -> Decision:
    """Nothing that anybody needs to see."""
    route, tried = (ruling.route, ruling.tried) if ruling else (incident.route, incident.tried)
    return Decision(
        reason=reason, record=incident, changed=changed, severity=incident.severity, route=route, tried=tried
    )
