"""`sereno watch`: the releases that are watched: start one, list them, print one's summary or draw its chart."""

import argparse
import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from bot import charts
from bot.cards.chart import chart
from bot.cards.markdown import markdown
from bot.cards.plain import plain
from bot.cli.memory import Memory, add_data, away, opened, when
from bot.cli.policy_argument import add_policy, counted, fail, read_policy
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
from rules.watch import Watch, by_name, key_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """start, list, summary, chart."""
    acts = parser.add_subparsers(title="acts", dest="act", metavar="ACT", required=True)
    start = acts.add_parser("start", help="watch a release from now on")
    start.add_argument("version", metavar="VERSION")
    start.add_argument("plan", nargs="?", default="", metavar="PLAN", help="needed when the policy has several")
    start.add_argument("--baseline", default="", metavar="VERSION", help="the version to compare with")
    listed = acts.add_parser("list", help="the releases that are or were watched")
    listed.add_argument("--json", action="store_true", help="as JSON")
    told = acts.add_parser("summary", help="health, backlog and scorecard of a release, as Markdown")
    told.add_argument("version", metavar="VERSION")
    drawn = acts.add_parser("chart", help="the chart of a release, as PNG")
    drawn.add_argument("version", metavar="VERSION")
    drawn.add_argument("--out", type=Path, required=True, metavar="FILE")
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
        return fail(str(error))


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
    names = ", ".join(f"{one.plan}:{one.release}" for one in watches) or "none"
    why = f"several plans watch {word}; say which: {names}" if is_known else f"no release {word}; there is {names}"
    return fail(why, 1)


def _shown(given: argparse.Namespace, watch: Watch, policy: Policy, now: int) -> int:
    plan = policy.releases.get(watch.plan)
    if plan is None:
        return fail(f"the policy has no plan {watch.plan}; give the one that has it as --policy", 1)
    if given.act == "summary":
        print(markdown(summary(watch, plan, policy, now)), end="")
        return 0
    try:
        given.out.write_bytes(charts.png(chart(watch, plan, now)))
    except OSError as error:
        return fail(f"cannot write {given.out}: {error.strerror}; give another file as --out")
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
            print(f"{given.version} is watched")
            return 0
        case Reason.ALREADY:
            print(f"{given.version} is watched already")
            return 0
        case Reason.NO_PLAN:
            plans = ", ".join(policy.releases) or "none; write `releases:` into it"
            return fail(f"name one of the plans of the policy: {plans}", 1)
        case _:
            return fail("a version has letters, digits and . _ + / @ - only, 100 at most", 1)


def _list(watches: list[Watch], now: int, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([_row(one) for one in watches], indent=2, ensure_ascii=False))
        return 0
    for one in watches:
        stands = one.decision.verdict if one.decision else one.level if one.is_open else one.phase
        elapsed = plain(release_words.elapsed(one, now))
        print(f"{one.release:<16} {one.plan:<20} {one.phase:<11} {elapsed:<14} {stands}")
    print(counted(len(watches), "release") if watches else "no release is or was watched")
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
