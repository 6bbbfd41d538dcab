"""`make bench`: Sereno against the floor, in the same run, on this machine; prints ratios.

The floor: a bare aiohttp handler that parses the JSON and makes one Redis round trip (a SET that the append-only file
takes, like ours). Both stand on the same embedded Valkey with `appendfsync always`, each in a process of its own; the
load comes from this one over keep-alive connections.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil
from redis.asyncio import Redis

from bot.embedded import Embedded
from handlers import registry
from handlers.contract import Delivery
from rules.decide import decide
from rules.policy_file import load
from tests.alerts import alert, group
from tests.bench.load import Load, Result, free_port
from tests.bench.slack_ear import listen

ROOT = Path(__file__).parents[2]
SECONDS, WARM_UP_S, CONNECTIONS = float(os.environ.get("BENCH_SECONDS", "5")), 1.0, 32
Json = dict[str, Any]


def one_alert(number: int) -> bytes:
    return json.dumps(group(alert(f"Bench{number % 500}", "info", instance=f"host-{number % 500}"))).encode()


def twenty_alerts(number: int) -> bytes:
    alerts = [alert(f"Bench{number % 500}", "info", instance=f"host-{index}", job="node") for index in range(20)]
    return json.dumps(group(*alerts)).encode()


ISSUE = json.loads((ROOT / "tests/payloads/github/issues__opened.json").read_text())


def issue(number: int) -> bytes:
    # Without labels, so that it is counted and not shown: what is measured is the intake, not Slack.
    return json.dumps({**ISSUE, "issue": {**ISSUE["issue"], "number": number % 500, "labels": []}}).encode()


CASES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "1 alert": ("alertmanager", one_alert),
    "20 alerts": ("alertmanager", twenty_alerts),
    "GitHub issue": ("github", issue),
}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        valkey = Embedded(Path(folder))
        await valkey.start()
        try:
            print(f"{os.cpu_count()} cores, {CONNECTIONS} connections, {SECONDS:.0f} s for each row\n")
            await _throughput(valkey.url)
            await _latency(valkey.url)
            await _flatness(valkey.url)
            _decide_time()
        finally:
            await valkey.stop()


async def _throughput(url: str) -> None:
    heads = f"{'floor req/s':>12}{'p50 ms':>8}{'p99 ms':>8}{'sereno req/s':>14}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>8}"
    print(f"{'':<14}{heads}")
    for name, (source, body) in CASES.items():
        floor = await _measure(url, "floor", source, body)
        ours = await _measure(url, "sereno", source, body)
        below = f"{floor.rate:>12,.0f}{floor.p50:>8.2f}{floor.p99:>8.2f}"
        above = f"{ours.rate:>14,.0f}{ours.p50:>8.2f}{ours.p99:>8.2f}"
        print(f"{name:<14}{below}{above}{ours.rate / floor.rate:>8.2f}")
    print()


async def _measure(url: str, what: str, source: str, body: Callable[[int], bytes]) -> Result:
    async with Redis.from_url(url) as redis:
        await redis.flushall()
    port = free_port()
    server = _serve(what, url, port)
    try:
        headers = {"Content-Type": "application/json", "X-GitHub-Event": "issues"}
        load_ = Load(port, f"/hooks/{source}", headers, [body(number) for number in range(500)])
        await load_.ready()
        await load_.run(CONNECTIONS, WARM_UP_S)
        result = await load_.run(CONNECTIONS, SECONDS)
        result.memory = psutil.Process(server.pid).memory_info().rss / 2**20
        return result
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _serve(what: str, url: str, port: int, **more: str) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "SERENO_REDIS_URL": url, "SERENO_LOG_LEVEL": "error", **more}
    if what == "floor":
        command = [sys.executable, str(ROOT / "tests/bench/floor.py"), str(port)]
    else:
        data = tempfile.mkdtemp()
        command = [sys.executable, "-m", "bot", "run", "--port", str(port), "--data", data]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def _latency(url: str) -> None:
    """From the webhook's first byte to Slack's API being called, one alert at a time."""
    async with Redis.from_url(url) as redis:
        await redis.flushall()
    async with listen() as ear:
        port = free_port()
        server = _serve("sereno", url, port, SLACK_BOT_TOKEN="xoxb-bench", SLACK_API_URL=ear.url)
        try:
            load_ = Load(port, "/hooks/alertmanager", {"Content-Type": "application/json"}, [])
            await load_.ready()
            await ear.heard_of("auth.test")
            await asyncio.sleep(2)
            print(f"idle memory of sereno: {psutil.Process(server.pid).memory_info().rss / 2**20:.0f} MiB")
            times = []
            for number in range(150):
                body = json.dumps(group(alert(f"Latency{number}"))).encode()
                started = time.perf_counter()
                await load_.once(body)
                times.append((await ear.posted(f"Latency{number}") - started) * 1000)
                await asyncio.sleep(0.25)
            times.sort()
            print(f"webhook to Slack call, 4/s: p50 {times[75]:.1f} ms, p99 {times[148]:.1f} ms")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


async def _flatness(url: str) -> None:
    """The cost of a repeat with 10 and with 100,000 open incidents."""
    rates = []
    for open_ in (10, 100_000):
        async with Redis.from_url(url) as redis:
            await redis.flushall()
        port = free_port()
        server = _serve("sereno", url, port)
        try:
            load_ = Load(port, "/hooks/alertmanager", {"Content-Type": "application/json"}, [])
            await load_.ready()
            bodies = [json.dumps(group(alert(f"Open{n}", "info"))).encode() for n in range(open_)]
            await load_.each(bodies, CONNECTIONS)
            load_.bodies = bodies[:: max(1, open_ // 2000)]
            rates.append((await load_.run(CONNECTIONS, SECONDS)).rate)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    few, many = rates
    print(f"repeats with 10 open: {few:,.0f}/s; with 100,000 open: {many:,.0f}/s, ratio {many / few:.2f}")


def _decide_time() -> None:
    policy = load((ROOT / "rules/policies/default.yaml").read_text(), "default.yaml")
    parse = registry.sources()["alertmanager"].parse
    for name, body in (("1 alert", one_alert(1)), ("20 alerts", twenty_alerts(1))):
        (signal_,) = parse(Delivery(headers={}, body=body))
        record = decide(signal_, None, policy, 1).record
        opens = _microseconds(partial(decide, signal_, None, policy, 2))
        repeats = _microseconds(partial(decide, signal_, record, policy, 2))
        print(f"decide, {name}: opens in {opens:.0f} us, repeats in {repeats:.0f} us")


def _microseconds(work: Callable[[], object], rounds: int = 3000) -> float:
    started = time.perf_counter()
    for _ in range(rounds):
        work()
    return (time.perf_counter() - started) / rounds * 1e6


if __name__ == "__main__":
    asyncio.run(main())
