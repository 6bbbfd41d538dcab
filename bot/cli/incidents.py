"""`sereno incidents`: the incidents of a time as a Markdown table: when, impact, cause, fix, state."""

import argparse
import asyncio
import json
from collections.abc import Mapping

from bot.cards.markdown import inert
from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.cli.memory import add_data, away, opened
from bot.cli.policy_argument import add_policy, read_policy
from bot.cli.saying import word
from bot.settings import Settings, read
from bot.store import Unavailable
from rules import durations, incident_table, languages
from rules.incident_table import Row
from rules.policy import Policy
from rules.text import Text
from rules.unfit import Unfit

ABOUT = Text.of("the incidents of a time as a Markdown table: when, impact, cause, fix, state.")
COLUMNS = ("at", "impact", "cause", "fix", "state")


def arguments(parser: argparse.ArgumentParser) -> None:
    """--since, --json, --policy, --data."""
    parser.add_argument("--since", type=_length, default="30d", metavar="30d",
                        help=word("how far to look back, such as 12h, 3d or 2w (default: %(default)s)"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=word("as JSON"))
    add_policy(parser)
    add_data(parser)


def _length(text: str) -> int:
    try:
        return durations.parse(text)
    except Unfit as error:
        raise argparse.ArgumentTypeError(plain(error.said)) from error


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: printed; 2: Redis does not answer, or the policy is bad."""
    settings = read(environ)
    policy = read_policy(given, settings)
    try:
        rows = asyncio.run(_rows(given, settings, policy))
    except Unavailable as error:
        return away(error)
    with speaking(*languages.of_team(policy)):
        print(_json(rows) if given.json else incident_table.markdown(rows, lambda text: plain(text, inert)))
    return 0


async def _rows(given: argparse.Namespace, settings: Settings, policy: Policy) -> list[Row]:
    async with opened(given.data, settings) as memory:
        since = memory.clock.now() - given.since
        incidents = await memory.memories.incidents(since)
        rooms = await memory.memories.rooms()
    return incident_table.table(incident_table.chosen(incidents, policy), policy.zone, rooms)


def _json(rows: list[Row]) -> str:
    body = [] if rows[1:] == [incident_table.NONE] else rows[1:]
    told = [dict(zip(COLUMNS, (plain(text) for text in row), strict=True)) for row in body]
    return json.dumps(told, indent=2, ensure_ascii=False)
