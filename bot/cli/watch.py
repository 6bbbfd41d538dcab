"""`sereno watch`: the releases that are watched: start one, list them, print one's summary or draw its chart."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from bot import charts, policy_box
from bot.cards.chart import chart
from bot.cards.markdown import markdown
from bot.cards.plain import plain
from bot.cli.policy_argument import add_policy, fail, no_policy, policy_path
from bot.clock import Clock, SystemClock
from bot.embedded import Embedded
from bot.memories import Memories
from bot.queues import Queues
from bot.settings import Settings, read
from bot.store import Conflict, Note, Store, Unavailable
from rules import policy_file, release_words
from rules.decide import decide
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.releasing import BASELINE, PLAN, RELEASE, VERSION
from rules.signal import Kind, Signal
from rules.summary import summary
from rules.watch import Watch, key_of


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
        one.add_argument("--data", type=Path, default=Path(".data"), metavar="DIR",
                         help="the data directory of the running Sereno, when it has its own Valkey")  # fmt: skip


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: done; 1: there is no such release or plan; 2: Redis does not answer, or the policy is bad."""
    settings = read(environ)
    path = policy_path(given, settings)
    try:
        return asyncio.run(_run(given, settings, policy_box.load(path)))
    except policy_file.BadPolicy as error:
        return fail(str(error))
    except OSError as error:
        return fail(no_policy(path, error))
    except Unavailable as error:
        return fail(
            f"Sereno does not seem to run: start it, or give this the same SERENO_REDIS_URL or --data ({error})"
        )
    except charts.NoCharts as error:
        return fail(str(error))


async def _run(given: argparse.Namespace, settings: Settings, policy: Policy) -> int:
    clock = SystemClock()
    async with Redis.from_url(settings.sereno_redis_url or Embedded(given.data).url) as redis:
        store = Store(redis, clock)
        if given.act == "start":
            return _said(given, policy, await _start(given, store, policy, clock))
        watches = await Memories(store, Queues(redis)).watches()
    if given.act == "list":
        return _list(watches, clock.now(), as_json=given.json)
    watch = next((one for one in watches if given.version in (one.release, one.id, one.key)), None)
    if watch is None or watch.plan not in policy.releases:
        known = ", ".join(one.release for one in watches) or "none"
        why = f"the policy has no plan {watch.plan}" if watch else f"no release {given.version}; there is {known}"
        print(why, file=sys.stderr)
        return 1
    plan, now = policy.releases[watch.plan], clock.now()
    if given.act == "summary":
        print(markdown(summary(watch, plan, policy, now)), end="")
    else:
        given.out.write_bytes(charts.png(chart(watch, plan, now)))
    return 0


async def _start(given: argparse.Namespace, store: Store, policy: Policy, clock: Clock) -> Decision:
    """One decision and one commit, as the running Sereno would do it; its lane finds the record by itself."""
    plan = given.plan or (next(iter(policy.releases)) if len(policy.releases) == 1 else "")
    labels = {PLAN: plan, RELEASE: given.version, BASELINE: given.baseline}
    signal = Signal(key=key_of(plan, given.version), source="cli", kind=Kind.RELEASE, event="start", labels=labels)
    if not all(VERSION.fullmatch(name) for name in (given.version, given.baseline or given.version)):
        return Decision(reason=Reason.STALE)
    record = await store.load(signal.key)
    while True:
        now = clock.now()
        decision = decide(signal, record, policy, now)
        line = {"at": now, "key": signal.key, "source": "cli", "event": "start", "reason": decision.reason}
        if not decision.changed:
            return decision
        match await store.commit(signal.key, record, decision.record, Note(line=line, is_act=True)):
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
            print(f"name one of the plans of the policy: {plans}", file=sys.stderr)
            return 1
        case _:
            print("a version has letters, digits and . _ + / @ - only, 100 at most", file=sys.stderr)
            return 1


def _list(watches: list[Watch], now: int, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([_row(one) for one in watches], indent=2, ensure_ascii=False))
        return 0
    for one in watches:
        stands = one.decision.verdict if one.decision else one.level if one.is_open else one.phase
        elapsed = plain(release_words.elapsed(one, now))
        print(f"{one.release:<16} {one.plan:<20} {one.phase:<11} {elapsed:<14} {stands}")
    print(f"{len(watches)} releases" if watches else "no release is or was watched")
    return 0


def _row(watch: Watch) -> dict[str, str | None]:
    return {
        "release": watch.release,
        "plan": watch.plan,
        "phase": watch.phase,
        "level": watch.level,
        "began": _when(watch.began_at),
        "ends": _when(watch.ends_at),
        "decision": watch.decision.verdict if watch.decision else None,
        "key": watch.key,
    }


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
