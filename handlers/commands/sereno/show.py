"""/sereno show KEY"""

from handlers.contract import Command, Desk, Reply
from handlers.replies import GONE, line, which
from rules.incident import Incident
from rules.signal import Actor
from rules.text import Moment, Text

SHOWN = 25


async def run(words: list[str], _person: Actor, desk: Desk) -> Reply:
    """One incident with its labels and its timeline."""
    if not words:
        return which("show")
    record = await desk.find(words[0])
    if not isinstance(record, Incident):
        return [GONE]
    lines = [line(record)]
    if record.summary:
        lines.append(Text.of("{summary}", summary=record.summary))
    if record.taken_by:
        lines.append(Text.of("{who} has it since {at}.", who=record.taken_by, at=Moment(at=record.taken_at)))
    labels = ", ".join(f"{name}={value}" for name, value in sorted(record.labels.items()))
    lines.append(Text.of("{labels}", labels=labels or Text.of("no labels")))
    entries = record.timeline[-SHOWN:]
    if len(record.timeline) > SHOWN:
        left = len(record.timeline) - SHOWN
        lines.append(
            Text.counted("{count} earlier line is not shown.", "{count} earlier lines are not shown.", count=left)
        )
    lines += [Text.of("{at} {said}", at=Moment(at=entry.at), said=entry.text) for entry in entries]
    return lines


COMMAND = Command(
    usage="show KEY", help=Text.of("one incident: its labels and its timeline"), run=run, example="show K7F3Q2"
)
