"""`sereno list`: what is open now, worst and oldest first."""

import argparse
import asyncio
import json
from collections.abc import Mapping

from bot.cards.plain import plain
from bot.cli.memory import add_data, away, opened, when
from bot.cli.saying import columns, word
from bot.settings import Settings, read
from bot.store import Unavailable
from handlers.replies import STATE_WORDS
from rules.incident import Incident
from rules.text import Text

ABOUT = Text.of("what is open now, worst and oldest first.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """--data, --all, --json."""
    add_data(parser)
    parser.add_argument("--all", action="store_true", help=word("also what is only counted, not shown in Slack"))
    parser.add_argument("--json", action="store_true", help=word("as JSON"))


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: listed; 2: Redis does not answer."""
    try:
        incidents = asyncio.run(_open(given, read(environ)))
    except Unavailable as error:
        return away(error)
    counted = 0 if given.all else sum(not incident.shown for incident in incidents)
    incidents = [incident for incident in incidents if incident.shown or given.all]
    if given.json:
        found = [
            {"id": i.id, "severity": i.severity, "state": i.state, "title": i.title, "channel": i.place,
             "since": when(i.opened_at), "key": i.key, "shown": i.shown}
            for i in incidents
        ]  # fmt: skip
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    rows = [
        (i.id, i.severity, plain(STATE_WORDS[i.state]), when(i.opened_at), i.place if i.shown else word("only counted"),
         i.title)
        for i in incidents
    ]  # fmt: skip
    for line in columns(rows):
        print(line)
    open_ = Text.counted("{count} open", "{count} open", count=len(incidents))
    print(plain(open_ if incidents else Text.of("nothing is open")))
    if counted:
        more = Text.counted(
            "{count} more is counted only; --all shows it", "{count} more are counted only; --all shows them",
            count=counted,
        )  # fmt: skip
        print(plain(more))
    return 0


async def _open(given: argparse.Namespace, settings: Settings) -> list[Incident]:
    async with opened(given.data, settings) as memory:
        records = [await memory.store.load(key) for key in await memory.queues.open_keys()]
    incidents = [record for record in records if isinstance(record, Incident) and record.is_open]
    return sorted(incidents, key=lambda incident: (incident.rank, incident.opened_at))
