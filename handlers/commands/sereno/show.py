"""/sereno show NAME"""

from handlers import explaining_digest
from handlers.buttons.why import explained
from handlers.contract import Card, Command, Desk, Handled, Reply
from handlers.explaining_room import line as room_line
from handlers.releases import Nothing
from handlers.replies import line, which
from handlers.subjects import newest, subject, unknown
from rules.incident import Incident
from rules.observed import Entry
from rules.report import Report
from rules.room import Room
from rules.signal import Actor
from rules.text import Moment, Text
from rules.watch import Watch

SHOWN = 25


async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
    """One incident or war-room with its timeline; a release as its card, a digest as it was written."""
    if not words:
        known = await newest("show", desk)
        return [Text.of("Which one?"), *known] if known else which("show")
    if digests := explaining_digest.meant(words, desk):
        report, _ = await explaining_digest.latest(digests[0], desk)
        return report or await explaining_digest.why(digests[0], desk)
    try:
        record = await subject(words[0], person, desk)
    except Nothing as nothing:
        return nothing.reply
    match record:
        case None:
            return [unknown(words[0]), *await newest("show", desk)]
        case Incident():
            return [line(record), *_about(record), *_timeline(record.timeline)]
        case Room():
            return [room_line(record), *_written(record), *_timeline(record.timeline)]
        case Watch():
            return Card(watch=record)
        case Report():
            return record
        case _:
            return await explained(record, desk)


def _about(incident: Incident) -> Reply:
    lines = [Text.of("{summary}", summary=incident.summary)] if incident.summary else []
    if incident.taken_by:
        lines.append(Text.of("{who} has it since {at}.", who=incident.taken_by, at=Moment(at=incident.taken_at)))
    labels = ", ".join(f"{name}={value}" for name, value in sorted(incident.labels.items()))
    return [*lines, Text.of("{labels}", labels=labels or Text.of("no labels"))]


def _written(room: Room) -> Reply:
    written = (
        (room.impact, Text.of("*Impact:* {text}", text=room.impact)),
        (room.cause, Text.of("*Cause:* {text}", text=room.cause)),
        (room.fix, Text.of("*Fix:* {text}", text=room.fix)),
    )
    return [text for value, text in written if value]


def _timeline(timeline: tuple[Entry, ...]) -> Reply:
    lines = []
    if left := len(timeline[:-SHOWN]):
        lines.append(
            Text.counted("{count} earlier line is not shown.", "{count} earlier lines are not shown.", count=left)
        )
    return lines + [Text.of("{at} {said}", at=Moment(at=entry.at), said=entry.text) for entry in timeline[-SHOWN:]]


COMMAND = Command(
    usage="show NAME",
    help=Text.of("one incident, war-room or release: what is known of it, and its timeline"),
    run=run,
    example="show K7F3Q2",
)
