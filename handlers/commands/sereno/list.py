"""/sereno list"""

from handlers.contract import Command, Desk, Person, Reply
from handlers.replies import line
from rules.incident import Incident
from rules.text import Text

SHOWN = 30


async def run(_words: list[str], _person: Person, desk: Desk) -> Reply:
    """What is open, worst and oldest first."""
    incidents = [record for record in await desk.open_records() if isinstance(record, Incident) and record.shown]
    if not incidents:
        return [Text.of("Nothing is open. A calm night.")]
    ordered = sorted(incidents, key=lambda incident: (incident.rank, incident.opened_at))
    lines = [line(incident) for incident in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        lines.append(Text.of("{count} more are not shown.", count=len(ordered) - SHOWN))
    return lines


COMMAND = Command(usage="list", help=Text.of("what is open, worst and oldest first"), run=run)
