"""`sereno digest`: print a digest as it would be written now, as Markdown; nothing is sent."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

from bot.cards.markdown import markdown
from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.cli.memory import add_data, away, opened
from bot.cli.policy_argument import add_policy, read_policy
from bot.cli.saying import fail, word
from bot.community import Community
from bot.gathering import Gathering
from bot.metrics import Metrics
from bot.outside import opened as reached
from bot.settings import Settings, read
from bot.store import Unavailable
from rules import languages
from rules.digests import schedule, writing
from rules.digests.facts import Facts
from rules.policy import Policy
from rules.report import Report, key_of
from rules.summary import Part
from rules.text import Text

ABOUT = Text.of("print a digest as it would be written now, as Markdown; nothing is sent.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """NAME, --preview, --json, --policy, --data."""
    parser.add_argument("name", nargs="?", default="", metavar=word("NAME"), help=word("the first one, when not given"))
    parser.add_argument("--preview", action="store_true", help=word("what it does anyway: print, send nothing"))
    parser.add_argument("--json", action="store_true", help=word("as JSON"))
    add_policy(parser)
    add_data(parser)


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: printed; 1: the policy has no such digest; 2: Redis does not answer, or the policy is bad."""
    settings = read(environ)
    policy = read_policy(given, settings)
    name = given.name or next(iter(policy.digest), "")
    if name not in policy.digest:
        known = ", ".join(policy.digest) or Text.of("none")
        unknown = Text.of("the policy has no digest {name}; it has {known}", name=repr(name), known=known)
        return fail(unknown if name else Text.of("the policy has no `digest:`"), 1)
    if policy.digest[name].repositories:
        print(word("asking GitHub …"), file=sys.stderr, flush=True)
    try:
        facts = asyncio.run(_gathered(given, settings, policy, name))
    except Unavailable as error:
        return away(error)
    digest = policy.digest[name]
    report = writing.drawn(key_of(name, facts.period.day), facts, digest, policy, facts.period.due_at)
    with speaking(*languages.of_report(policy, report)):
        print(json.dumps(_json(report), indent=2, ensure_ascii=False) if given.json else _markdown(report))
    return 0


async def _gathered(given: argparse.Namespace, settings: Settings, policy: Policy, name: str) -> Facts:
    async with opened(given.data, settings) as memory, AsyncExitStack() as stack:
        outside = await reached(settings, Metrics(), memory.clock, stack)
        community = Community(outside.github, memory.clock)
        gathering = Gathering(
            memory.store, memory.queues, memory.memories, community, memory.clock, lambda: policy
        )  # fmt: skip
        digest = policy.digest[name]
        period = schedule.coming(digest, schedule.zone_of(digest, policy), memory.clock.now())
        return await gathering.facts(name, digest, period)


def _markdown(report: Report) -> str:
    return markdown([Part(heading=report.title, lines=report.lead), *report.parts])


def _json(report: Report) -> dict[str, object]:
    return {
        "digest": report.name,
        "title": plain(report.title),
        "since": report.since,
        "until": report.until,
        "lead": [plain(line) for line in report.lead],
        "sections": [
            {"heading": plain(one.heading), "lines": [plain(line) for line in one.lines]} for one in report.parts
        ],
        "numbers": dict(report.numbers),
    }
