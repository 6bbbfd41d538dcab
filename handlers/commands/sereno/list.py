"""/sereno list [MATCHERS]"""

from handlers import explaining_digest, explaining_release, explaining_room
from handlers.contract import Command, Desk, Reply
from handlers.naming import said
from handlers.releases import Nothing
from handlers.replies import line
from handlers.subjects import subject
from rules import matching
from rules.incident import Incident
from rules.room import Room
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch

SHOWN = 30


async def run(words: list[str], person: Actor, desk: Desk) -> Reply:
    """What is open, worst and oldest first; with matchers, only those whose labels fit; with a name, that one."""
    incidents = [record for record in await desk.open_records() if isinstance(record, Incident) and record.shown]
    if words:
        try:
            wanted = matching.parse(said(" ".join(words)).replace("“", '"').replace("”", '"'))
        except matching.BadMatcher as error:
            if named := await _named(words[0], person, desk):
                return named
            return [Text.of("{why}. For example `/sereno list service=checkout`.", why=error.said)]
        incidents = [one for one in incidents if matching.matches_all(wanted, _labels(one))]
    if not incidents:
        return [Text.of("Nothing open fits.") if words else Text.of("Nothing is open. A calm night.")]
    ordered = sorted(incidents, key=lambda incident: (incident.rank, incident.opened_at))
    lines = [line(incident) for incident in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        left = len(ordered) - SHOWN
        lines.append(Text.counted("{count} more is not shown.", "{count} more are not shown.", count=left))
    return lines


async def _named(word: str, person: Actor, desk: Desk) -> Reply:
    """What a name means, open or not, in a line; nothing when it is none."""
    if digests := explaining_digest.meant([word], desk):
        return await explaining_digest.why(digests[0], desk)
    try:
        record = await subject(word, person, desk)
    except Nothing as nothing:
        return nothing.reply
    match record:
        case Incident():
            return [line(record)]
        case Room():
            return [explaining_room.line(record)]
        case Watch():
            return [explaining_release.line(record)]
        case _:
            return []


def _labels(incident: Incident) -> dict[str, str]:
    own = {"source": incident.source, "state": incident.state, "channel": incident.place, "owner": incident.owner}
    return {**own, "severity": incident.severity, **incident.labels}


COMMAND = Command(
    usage="list [MATCHERS]",
    help=Text.of("what is open, worst and oldest first; only those with some labels"),
    run=run,
    example='list service="checkout"',
)
