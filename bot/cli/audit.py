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
from bot.cli.saying import word
from bot.settings import Settings, read
from bot.store import Unavailable
from rules import durations
from rules.decision import Record
from rules.incident import Incident
from rules.text import Text

ABOUT = Text.of("who did what from Slack, and what came of it, oldest first.")

TIMES = ("since", "until")  # particulars of an act that are unix milliseconds


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
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


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
    for row in rows:
        print(_plain("  ".join([row["at"], _who(row), f"{row['event']:<12}", _about(row), f"→ {row['reason']}"])))
    nothing = Text.of("nobody did anything in the last {span}", span=durations.show(given.since))
    print(plain(Text.counted("{count} act", "{count} acts", count=len(rows)) if rows else nothing))
    return 0


async def _acts(given: argparse.Namespace, settings: Settings) -> Acts:
    async with opened(given.data, settings) as memory:
        raw = await memory.queues.audit(max(memory.clock.now() - given.since, 0))
        read_lines = [_line(one) for one in raw]
        lines = sorted((line for line in read_lines if line), key=lambda line: line.at)
        records = {key: await memory.store.load(key) for key in sorted({line.key for line in lines})}
    return Acts(lines=lines, records=records, unread=len(raw) - len(lines))


def _line(raw: bytes) -> Line | None:
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None


def _row(line: Line, record: Record | None) -> dict[str, Any]:
    known = {"id": record.id, "title": record.title} if isinstance(record, Incident) else {"id": "", "title": ""}
    labels = {name: _moment(value) if name in TIMES else value for name, value in line.labels.items()}
    return {
        "at": when(line.at, seconds=True),
        "who": line.who[0] if line.who else "",
        "who_id": line.who[1] if len(line.who) > 1 else "",
        "event": line.event,
        "key": line.key,
        **known,
        "labels": labels,
        "reason": line.reason,
    }


def _who(row: Mapping[str, Any]) -> str:
    return f"{row['who'] or '?'} ({row['who_id']})" if row["who_id"] else str(row["who"] or "?")


def _about(row: Mapping[str, Any]) -> str:
    """What it was about: the incident by its short name, as long as it is kept; and the particulars."""
    about = f"{row['id']} {row['title']}" if row["id"] else row["key"]
    said = ", ".join(f"{name}={value}" for name, value in row["labels"].items() if value)
    return f"{about} ({said})" if said else about


def _plain(text: str) -> str:
    """Without what would steer a terminal: names and reasons are written by people."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _moment(text: str) -> str:
    return when(int(text), seconds=True) if text.isdecimal() and len(text) <= 14 else text
