"""`sereno audit`: who did what from Slack, and what came of it, oldest first."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.cards.plain import plain
from bot.cli.memory import add_data, away, opened, when
from bot.cli.saying import columns, word
from bot.settings import Settings, read
from bot.store import Unavailable
from rules import durations, freeze, freezing, rollback, room, room_hearing, room_opening, standing
from rules.decision import Record
from rules.freeze import Freeze
from rules.incident import Incident
from rules.rollback import Rollback
from rules.room import Room
from rules.text import Text
from rules.unfit import Unfit
from rules.watch import Watch

ABOUT = Text.of("who did what from Slack, and what came of it, oldest first.")

TIMES = ("since", "until")  # particulars of an act that are unix milliseconds
SAID_BY_KEY = ("watch", freeze.PREFIX.rstrip(":"), rollback.PREFIX.rstrip(":"))  # whose key ends with their name
KEYS = (room_hearing.KEY, freezing.ROOM, room_opening.OWN)  # those that name another record
TOLD = frozenset({
    room_hearing.ID, room_hearing.TITLE, room_hearing.STATE, room_hearing.PLACE, room_hearing.SINCE,
    room_hearing.OPENED_AT, room_hearing.TAKEN_AT, room_hearing.TAKEN_BY, room_hearing.RESOLVED_AT,
    room_hearing.FLAPPING, room_opening.OWN,
})  # how an incident stood when a room heard of it: its name says it for people  # fmt: skip


class Line(BaseModel):
    """One line of the audit, as bot/desk.py writes it."""

    at: int
    key: str
    event: str
    reason: str
    labels: dict[str, str] = {}
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The acts, oldest first; what is still known of what they were about; how many lines could not be read."""

    lines: list[Line]
    records: Mapping[str, Record | None]
    unread: int


def arguments(parser: argparse.ArgumentParser) -> None:
    """--since, --data, --json."""
    parser.add_argument("--since", type=_length, default="7d", metavar="7d",
                        help=word("how far to look back, such as 12h, 3d or 2w (default: %(default)s)"))  # fmt: skip
    add_data(parser)
    parser.add_argument("--json", action="store_true", help=word("as JSON"))


def _length(text: str) -> int:
    try:
        return durations.parse(text)
    except Unfit as error:
        raise argparse.ArgumentTypeError(plain(error.said)) from error


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: listed; 2: Redis does not answer."""
    try:
        acts = asyncio.run(_acts(given, read(environ)))
    except Unavailable as error:
        return away(error)
    if acts.unread:
        unread = Text.counted(
            "{count} line cannot be read; a newer Sereno wrote them?",
            "{count} lines cannot be read; a newer Sereno wrote them?",
            count=acts.unread,
        )
        print(f"sereno: {plain(unread)}", file=sys.stderr)
    rows = [_row(line, acts.records.get(line.key)) for line in acts.lines]
    if given.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    told = [
        (row["at"], _who(row), row["event"], _about(line, row["labels"], acts.records), f"→ {row['reason']}")
        for line, row in zip(acts.lines, rows, strict=True)
    ]
    for shown in columns([[_plain(cell) for cell in row] for row in told]):
        print(shown)
    nothing = Text.of("nobody did anything in the last {span}", span=durations.show(given.since))
    print(plain(Text.counted("{count} act", "{count} acts", count=len(rows)) if rows else nothing))
    return 0


async def _acts(given: argparse.Namespace, settings: Settings) -> Acts:
    async with opened(given.data, settings) as memory:
        raw = await memory.queues.audit(max(memory.clock.now() - given.since, 0))
        read_lines = [_line(one) for one in raw]
        lines = sorted((line for line in read_lines if line), key=lambda line: line.at)
        named = {key for line in lines for key in (line.key, *(line.labels.get(name, "") for name in KEYS)) if key}
        records = {key: await memory.store.load(key) for key in sorted(named)}
    return Acts(lines=lines, records=records, unread=len(raw) - len(lines))


def _line(raw: bytes) -> Line | None:
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None


def _row(line: Line, record: Record | None) -> dict[str, Any]:
    id_, title = _known(line.key, record)
    labels = {name: _moment(value) if name in TIMES else value for name, value in line.labels.items()}
    return {
        "at": when(line.at, seconds=True),
        "who": line.who[0] if line.who else "",
        "who_id": line.who[1] if len(line.who) > 1 else "",
        "event": line.event,
        "key": line.key,
        "id": id_,
        "title": title,
        "labels": labels,
        "reason": line.reason,
    }


def _who(row: Mapping[str, Any]) -> str:
    return f"{row['who'] or '?'} ({row['who_id']})" if row["who_id"] else str(row["who"] or "?")


def _known(key: str, record: Record | None) -> tuple[str, str]:
    """By what people call it, and its title: a release by its version, a freeze by its scope; "" for what has none."""
    match record:
        case Incident() | Room():
            return record.id, record.title
        case Watch() | Rollback():
            return record.release, record.title
        case Freeze():
            return record.scope, "" if record.title == record.scope else record.title
    kind, _, name = key.partition(":")
    return (name.rpartition(":")[2], "") if kind in SAID_BY_KEY else ("", "")


def _about(line: Line, labels: Mapping[str, str], records: Mapping[str, Record | None]) -> str:
    """What it was about, by the name that people use; and the particulars. The whole key is in --json."""
    about = " ".join(_known(line.key, records.get(line.key))).strip()
    if not about and line.key != standing.KEY:
        about = word("what is not remembered any more")
    told = TOLD if line.key.startswith(room.PREFIX) else ()
    shown = {name: value for name, value in labels.items() if value and name not in told}
    for name in KEYS:
        if name in shown:
            shown[name] = _known(shown[name], records.get(shown[name]))[0]
    said = ", ".join(f"{name}={value}" for name, value in shown.items() if value)
    return " ".join(part for part in (about, f"({said})" if said else "") if part)


def _plain(text: str) -> str:
    """Without what would steer a terminal: names and reasons are written by people."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _moment(text: str) -> str:
    return when(int(text), seconds=True) if text.isdecimal() and len(text) <= 14 else text
