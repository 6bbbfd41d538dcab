"""When an alarm is said, when it is said again, and when nobody need ask whether it was."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.alarms import Alarms
from bot.memories import Memories
from bot.queues import Queues
from bot.store import Store
from rules.alarm import Alarm
from rules.decide import decide
from rules.decision import Decision
from rules.incident import Incident
from rules.policy import Policy
from rules.policy_file import load
from rules.reason import Reason
from rules.signal import Signal
from rules.text import Text
from tests.conftest import TurningClock

KEY = "heartbeat:w"
WANTED = Alarm(key=KEY, title=Text.of("Missing"), summary=Text.of("It is."), since=1)
FILE = 'channels: {fallback: "#general"}\nseverities: {P1: {}}\n'
IGNORING = FILE + 'routes: [{name: hush, match: "alertname=\\"\\"", ignore: true}]\n'


class Practice:
    """Alarms over a real memory; `said` is what became of each signal."""

    def __init__(self, redis: Redis, clock: TurningClock) -> None:
        self.redis, self.clock = redis, clock
        self.policy: Policy = load(FILE, "policy.yaml")
        self.said: list[Reason] = []
        self.store = Store(redis, clock, zone=lambda: self.policy.zone)
        self.memories = Memories(self.store, Queues(redis))
        self.alarms = Alarms(self.memories, clock, lambda: self.policy, self.submit)

    async def submit(self, signal: Signal) -> Decision:
        record = await self.memories.incident(signal.key)
        decision = decide(signal, record, self.policy, self.clock.now())
        if decision.changed:
            await self.store.commit(signal.key, record, decision.record, None)
        self.said.append(decision.reason)
        return decision

    async def found(self) -> Incident:
        record = await self.memories.incident(KEY)
        assert record
        return record


@pytest.fixture
def practice(redis: Redis, clock: TurningClock) -> Practice:
    return Practice(redis, clock)


async def test_each_is_said_once(practice: Practice) -> None:
    await practice.alarms.end(KEY)
    for _ in range(3):
        await practice.alarms.open(WANTED)
        practice.clock.turn(seconds=40)
    for _ in range(3):
        await practice.alarms.end(KEY)
        practice.clock.turn(seconds=40)
    assert practice.said == [Reason.OPENED, Reason.RESOLVED]


async def test_what_the_memory_has_lost_is_said_again_within_a_minute(practice: Practice) -> None:
    await practice.alarms.open(WANTED)
    await practice.redis.flushall()
    for _ in range(7):
        practice.clock.turn(seconds=10)
        await practice.alarms.open(WANTED)
    assert practice.said == [Reason.OPENED, Reason.OPENED]


async def test_what_a_clock_ahead_of_ours_has_said_is_no_obstacle(practice: Practice) -> None:
    practice.clock.step(minutes=30)
    await practice.alarms.open(replace(WANTED, since=practice.clock.now()))
    practice.clock.step(minutes=-30)
    await practice.alarms.end(KEY)
    assert not (await practice.found()).is_open
    practice.clock.step(minutes=-30)
    await practice.alarms.open(replace(WANTED, since=practice.clock.now()))
    assert (await practice.found()).is_open
    assert practice.said == [Reason.OPENED, Reason.RESOLVED, Reason.REOPENED]


async def test_what_the_policy_ignores_is_said_once_for_each_policy(practice: Practice) -> None:
    practice.policy = load(IGNORING, "policy.yaml")
    for _ in range(3):
        await practice.alarms.open(WANTED)
        practice.clock.turn(minutes=5)
    assert practice.said == [Reason.IGNORED]
    practice.policy = load(FILE, "policy.yaml")
    await practice.alarms.open(WANTED)
    assert practice.said == [Reason.IGNORED, Reason.OPENED]
