"""`sereno watch`: the releases that are watched: start one, list them, print one's summary or draw its chart."""

import argparse
import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from bot import charts, file_words
from bot.cards.chart import chart
from bot.cards.markdown import markdown
from bot.cards.plain import plain
from bot.cli.memory import Memory, add_data, away, opened, when
from bot.cli.policy_argument import add_policy, read_policy
from bot.cli.saying import fail, word
from bot.settings import Settings, read
from bot.store import Conflict, Note, Unavailable
from rules import release_words
from rules.decide import decide
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.releasing import BASELINE, PLAN, RELEASE, VERSION
from rules.signal import Kind, Signal
from rules.summary import summary
from rules.text import Text
from rules.watch import Watch, by_name, key_of

ABOUT = Text.of("the releases that are watched: start one, list them, print one's summary or draw its chart.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """start, list, summary, chart."""
    acts = parser.add_subparsers(title=word("acts"), dest="act", metavar=word("ACT"), required=True)
    start = acts.add_parser("start", help=word("watch a release from now on"))
    start.add_argument("version", metavar=word("VERSION"))
    start.add_argument(
        "plan", nargs="?", default="", metavar=word("PLAN"), help=word("needed when the policy has several")
    )
    start.add_argument("--baseline", default="", metavar=word("VERSION"), help=word("the version to compare with"))
    listed = acts.add_parser("list", help=word("the releases that are or were watched"))
    listed.add_argument("--json", action="store_true", help=word("as JSON"))
    told = acts.add_parser("summary", help=word("health, backlog and scorecard of a release, as Markdown"))
    told.add_argument("version", metavar=word("VERSION"))
    drawn = acts.add_parser("chart", help=word("the chart of a release, as PNG"))
    drawn.add_argument("version", metavar=word("VERSION"))
    drawn.add_argument("--out", type=Path, required=True, metavar=word("FILE"))
    for one in (start, listed, told, drawn):
        add_policy(one)
        add_data(one)


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: done; 1: there is no such release or plan; 2: Redis does not answer, or the policy is bad."""
    settings = read(environ)
    policy = read_policy(given, settings)
    try:
        return asyncio.run(_run(given, settings, policy))
    except Unavailable as error:
        return away(error)
    except charts.NoCharts as error:
        return fail(error.said)


async def _run(given: argparse.Namespace, settings: Settings, policy: Policy) -> int:
    async with opened(given.data, settings) as memory:
        if given.act == "start":
            return _said(given, policy, await _start(given, memory, policy))
        watches, now = await memory.memories.watches(), memory.clock.now()
        if given.act == "list":
            return _list(watches, now, as_json=given.json)
        old = [await memory.memories.watch(key_of(plan, given.version)) for plan in policy.releases]
    found = by_name(given.version, watches) or [one for one in old if one]
    if len(found) != 1 and not (found and not found[0].is_open):
        return _not_one(given.version, found or watches, is_known=bool(found))
    return _shown(given, found[0], policy, now)


def _not_one(word: str, watches: list[Watch], *, is_known: bool) -> int:
    names = ", ".join(f"{one.plan}:{one.release}" for one in watches) or Text.of("none")
    if is_known:
        return fail(Text.of("several plans watch {word}; say which: {names}", word=word, names=names), 1)
    return fail(Text.of("no release {word}; there is {names}", word=word, names=names), 1)


def _shown(given: argparse.Namespace, watch: Watch, policy: Policy, now: int) -> int:
    plan = policy.releases.get(watch.plan)
    if plan is None:
        return fail(Text.of("the policy has no plan {plan}; give the one that has it as --policy", plan=watch.plan), 1)
    if given.act == "summary":
        print(markdown(summary(watch, plan, policy, now)), end="")
        return 0
    try:
        given.out.write_bytes(charts.png(chart(watch, plan, now)))
    except OSError as error:
        why = file_words.why(error)
        return fail(Text.of("cannot write {file}: {why}; give another file as --out", file=str(given.out), why=why))
    return 0


async def _start(given: argparse.Namespace, memory: Memory, policy: Policy) -> Decision:
    """One decision and one commit, as the running Sereno would do it; its lane finds the record by itself."""
    plan = given.plan or (next(iter(policy.releases)) if len(policy.releases) == 1 else "")
    labels = {PLAN: plan, RELEASE: given.version, BASELINE: given.baseline}
    signal = Signal(key=key_of(plan, given.version), source="cli", kind=Kind.RELEASE, event="start", labels=labels)
    if not all(VERSION.fullmatch(name) for name in (given.version, given.baseline or given.version)):
        return Decision(reason=Reason.STALE)
    record = await memory.store.load(signal.key)
    while True:
        now = memory.clock.now()
        decision = decide(signal, record, policy, now)
        line = {"at": now, "key": signal.key, "source": "cli", "event": "start", "reason": decision.reason}
        if not decision.changed:
            return decision
        match await memory.store.commit(signal.key, record, decision.record, Note(line=line, is_act=True)):
            case Conflict(current):
                record = current
            case _:
                return decision


def _said(given: argparse.Namespace, policy: Policy, decision: Decision) -> int:
    match decision.reason:
        case Reason.WATCH_BEGAN:
            print(plain(Text.of("{version} is watched", version=given.version)))
            return 0
        case Reason.ALREADY:
            print(plain(Text.of("{version} is watched already", version=given.version)))
            return 0
        case Reason.NO_PLAN:
            plans = ", ".join(policy.releases) or Text.of("none; write `releases:` into it")
            return fail(Text.of("name one of the plans of the policy: {plans}", plans=plans), 1)
        case _:
            return fail(Text.of("a version has letters, digits and . _ + / @ - only, 100 at most"), 1)


def _list(watches: list[Watch], now: int, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([_row(one) for one in watches], indent=2, ensure_ascii=False))
        return 0
    for one in watches:
        stands = one.decision.verdict if one.decision else one.level if one.is_open else one.phase
        elapsed = plain(release_words.elapsed(one, now))
        print(f"{one.release:<16} {one.plan:<20} {one.phase:<11} {elapsed:<14} {stands}")
    count = Text.counted("{count} release", "{count} releases", count=len(watches))
    print(plain(count if watches else Text.of("no release is or was watched")))
    return 0


def _row(watch: Watch) -> dict[str, str | None]:
    return {
        "release": watch.release,
        "plan": watch.plan,
        "phase": watch.phase,
        "level": watch.level,
        "began": when(watch.began_at),
        "ends": when(watch.ends_at),
        "decision": watch.decision.verdict if watch.decision else None,
        "key": watch.key,
    }
