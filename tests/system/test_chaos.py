"""Promise 1: whatever is killed, answers 429, fails or loses its answers, nothing is lost or shown twice."""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.playground.faults import Fault, Kind
from tests.alerts import alert, group
from tests.conftest import SlackDouble, slack_double, wait_until
from tests.system.processes import BotProcess, Sender, Valkey

FAULTS = (
    Fault(method="chat.postMessage", kind=Kind.ratelimited, probability=0.05, retry_after=1),
    Fault(method="chat.postMessage", kind=Kind.server_error, probability=0.04),
    Fault(method="chat.postMessage", kind=Kind.server_error_after, probability=0.05),
    Fault(method="chat.postMessage", kind=Kind.drop_before, probability=0.04),
    Fault(method="chat.postMessage", kind=Kind.drop_after, probability=0.05),
    Fault(method="chat.update", kind=Kind.server_error_after, probability=0.1),
    Fault(method="conversations.*", kind=Kind.server_error, probability=0.1),
    Fault(method="chat.postMessage", kind=Kind.delay, probability=0.1, seconds=0.3),
)


@dataclass(frozen=True)
class Size:
    alerts: int
    seconds: float  # of killing
    pause: float  # between two kills
    drain: float  # seconds within which all must be in Slack afterwards


CI = Size(alerts=60, seconds=10, pause=2.5, drain=150)
SOAK = Size(alerts=500, seconds=120, pause=3.0, drain=900)


async def chaos(folder: Path, seed: int, size: Size) -> None:
    chance = random.Random(seed)
    async with slack_double(seed) as slack, aiohttp.ClientSession() as http:
        valkey = Valkey(folder)
        await valkey.start()
        bot = BotProcess(folder, valkey.url, slack.url)
        await bot.start()
        for fault in FAULTS:
            slack.faults.add(fault)
        sender = Sender(http, [bot.url])
        try:
            sending = asyncio.ensure_future(_send_all(sender, size, chance))
            await _kill_at_random(bot, valkey, size, chance)
            await asyncio.wait_for(sending, size.drain)
            await _drained(valkey, size.drain)
        finally:
            bot.kill()
            valkey.kill()
        print(f"seed {seed}: bot killed {bot.kills}x, valkey {valkey.kills}x, answers {sender.answers}")
        print("faults", Counter(hit.kind for hit in slack.faults.hits))
        _nothing_lost_nothing_twice(slack, size.alerts)


async def _send_all(sender: Sender, size: Size, chance: random.Random) -> None:
    """Every alert comes up to three times: an HA pair's two copies, and a repeat."""
    numbers = [number for number in range(size.alerts) for _ in range(chance.choice((1, 2, 3)))]
    chance.shuffle(numbers)
    gate = asyncio.Semaphore(10)
    pause = size.seconds / len(numbers)

    async def one(number: int) -> None:
        async with gate:
            await sender.send(group(alert(f"Alert{number:04}")), number)

    async with asyncio.TaskGroup() as tasks:
        for number in numbers:
            tasks.create_task(one(number))
            await asyncio.sleep(pause)


async def _kill_at_random(bot: BotProcess, valkey: Valkey, size: Size, chance: random.Random) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + size.seconds
    while loop.time() < end:
        await asyncio.sleep(size.pause * (0.5 + chance.random()))
        if chance.random() < 0.7:
            bot.kill()
            await bot.start(ready=False)
        else:
            valkey.kill()
            await asyncio.sleep(chance.random())
            await valkey.start()


async def _drained(valkey: Valkey, within: float) -> None:
    async with Redis.from_url(valkey.url) as redis:

        async def empty() -> bool:
            try:
                return not sum([await redis.zcard(f"{{sereno:{lane}}}:dirty") for lane in range(16)])
            except (RedisError, OSError):
                return False

        await wait_until(empty, within=within, what="everything is in Slack")


def _nothing_lost_nothing_twice(slack: SlackDouble, alerts: int) -> None:
    cards = Counter(card.text.split("*")[3] for card in slack.cards("alerts"))
    lost = [f"Alert{n:04}" for n in range(alerts) if f"Alert{n:04}" not in cards]
    assert not lost, f"lost: {lost}"
    assert not [name for name, count in cards.items() if count > 1], "doubled cards"
    assert len(slack.all_cards()) == alerts, "nothing anywhere else"
    steps = Counter(m.metadata["event_payload"]["id"] for m in slack.ws.everything("alerts") if m.metadata)
    assert not [step for step, count in steps.items() if count > 1], "doubled messages"
    assert sum(step.count("/details/") for step in steps) == alerts, "each thread has its details once"
    pings = [ping for ping in slack.ws.pings() if "channel" in ping.targets]
    assert len(pings) <= 6, "the channel's pings stay within the hour's budget"


@pytest.mark.timeout(240)
async def test_nothing_lost_nothing_twice(tmp_path: Path) -> None:
    await chaos(tmp_path, seed=int(os.environ.get("SERENO_SEED", "7")), size=CI)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_soak(tmp_path: Path, seed: int) -> None:
    await chaos(tmp_path, seed=seed, size=SOAK)
