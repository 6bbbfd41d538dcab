"""`sereno doctor`: look at all that Sereno needs: settings, policy, Slack, Redis, Alertmanager; say what to do."""

import argparse
import asyncio
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.plain import plain
from bot.cli.manifest import SCOPES
from bot.cli.policy_argument import add_policy, policy_path, read_policy
from bot.cli.saying import word
from bot.clock import Clock, SystemClock
from bot.doctor.alertmanagers import alertmanager
from bot.doctor.case import Case, Check
from bot.doctor.channels import channels
from bot.doctor.environment import hooks, settings
from bot.doctor.examples import policy
from bot.doctor.finding import Finding, Level
from bot.doctor.mails import mails
from bot.doctor.memory import redis
from bot.doctor.people import people
from bot.doctor.release_sources import release_sources
from bot.doctor.rounds import PATIENCE_S, examine
from bot.doctor.workspace import greet, slack
from bot.settings import Settings, read
from rules.policy import Policy
from rules.text import Span, Text

ABOUT = Text.of("look at all that Sereno needs: settings, policy, Slack, Redis, Alertmanager; say what to do.")

CHECKS: Mapping[str, Check] = {
    "settings": settings,
    "hooks": hooks,
    "policy": policy,
    "Redis": redis,
    "Slack": slack,
    "channels": channels,
    "people, groups": people,
    "Alertmanager": alertmanager,
    "releases": release_sources,
    "mail": mails,
}
WORDS = {Level.OK: Text.of("ok"), Level.WARNING: Text.of("warning"), Level.WRONG: Text.of("wrong")}
SIGNS = {Level.OK: "✓", Level.WARNING: "!", Level.WRONG: "✗"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """--policy, --data, --json."""
    add_policy(parser)
    parser.add_argument("--data", type=Path, default=Path(".data"), metavar=word("DIR"),
                        help=word("the data directory of Sereno, when it has its own Valkey"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=word("as JSON"))


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: nothing is wrong; 1: something is; 2: the policy cannot be read, or a setting cannot be used."""
    settings = read(environ)
    policy, path = read_policy(given, settings), policy_path(given, settings)
    text = path.read_text(encoding="utf-8")
    names = frozenset(name for name, value in environ.items() if value)

    async def work() -> list[Finding]:
        findings = await look(settings, names, policy, text, path, given.data, SystemClock())
        _say(findings, as_json=given.json)  # here, for a loop does not end before its last question to the DNS has
        return findings

    with _silent():
        findings = asyncio.run(work())
    return 1 if any(finding.level is Level.WRONG for finding in findings) else 0


async def look(
    settings: Settings, names: frozenset[str], policy: Policy, text: str, path: Path, data: Path, clock: Clock
) -> list[Finding]:
    """What all checks find."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        web = _web(settings, http)
        case = Case(
            settings=settings, given=names, policy=policy, text=text, path=path, data=data, scopes=SCOPES, clock=clock,
            http=http, web=web, greeting=asyncio.create_task(greet(web, clock)) if web else None,
        )  # fmt: skip
        return await examine(CHECKS, case, _progress)


def _web(settings: Settings, http: aiohttp.ClientSession) -> AsyncWebClient | None:
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return None
    return AsyncWebClient(token=token, base_url=settings.slack_api_url, session=http, retry_handlers=[])


@contextmanager
def _silent() -> Iterator[None]:
    """The parts that we borrow from the bot log what they miss; here that is said in findings."""
    before = structlog.get_config()
    level = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(**{**before, "wrapper_class": level, "cache_logger_on_first_use": False})
    try:
        yield
    finally:
        structlog.configure(**before)


def _progress(names: list[str]) -> None:
    if sys.stderr.isatty():
        waiting = Text.of(
            "still waiting for {names} (at most {span})", names=", ".join(names), span=Span(ms=int(PATIENCE_S * 1000))
        )
        print(plain(waiting), file=sys.stderr, flush=True)


def _say(findings: list[Finding], *, as_json: bool) -> None:
    counts = Counter(finding.level for finding in findings)
    if as_json:
        rows = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": not counts[Level.WRONG], "findings": rows}, indent=2, ensure_ascii=False))
        return
    width = max(len(finding.what) for finding in findings)
    for one in findings:
        todo = f" → {one.todo}" if one.todo else ""
        print(f"{SIGNS[one.level]} {plain(WORDS[one.level]):<7}  {one.what:<{width}}  {one.found}{todo}")
    said = (
        Text.counted("{count} wrong", "{count} wrong", count=counts[Level.WRONG]),
        Text.counted("{count} warning", "{count} warnings", count=counts[Level.WARNING]),
        Text.counted("{count} ok", "{count} ok", count=counts[Level.OK]),
    )
    print(", ".join(map(plain, said)))
