"""/sereno list [MATCHERS]"""

from handlers.contract import Command, Desk, Reply
from handlers.replies import line
from rules import matching
from rules.incident import Incident
from rules.signal import Actor
from rules.text import Text

SHOWN = 30


async def run(words: list[str], _person: Actor, desk: Desk) -> Reply:
    """What is open, worst and oldest first; with matchers, only those whose labels fit."""
    incidents = [record for record in await desk.open_records() if isinstance(record, Incident) and record.shown]
    if words:
        try:
            wanted = matching.parse(" ".join(words).replace("“", '"').replace("”", '"'))
        except matching.BadMatcher as error:
            return [Text.of("{why}. For example `/sereno list service=checkout`.", why=str(error))]
        incidents = [one for one in incidents if matching.matches_all(wanted, _labels(one))]
    if not incidents:
        return [Text.of("Nothing open fits.") if words else Text.of("Nothing is open. A calm night.")]
    ordered = sorted(incidents, key=lambda incident: (incident.rank, incident.opened_at))
    lines = [line(incident) for incident in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        left = len(ordered) - SHOWN
        lines.append(Text.counted("{count} more is not shown.", "{count} more are not shown.", count=left))
    return lines


def _labels(incident: Incident) -> dict[str, str]:
    own = {"source": incident.source, "state": incident.state, "channel": incident.place, "owner": incident.owner}
    return {**own, "severity": incident.severity, **incident.labels}


COMMAND = Command(
    usage="list [MATCHERS]",
    help=Text.of("what is open, worst and oldest first; only those with some labels"),
    run=run,
    example='list service="checkout"',
)
