"""The canary: what it leaves in Slack (nothing), what it measures, and what /-/ready says when Slack fails."""

from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot import canary
from bot.app import Bot
from bot.playground.faults import Fault, Kind
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until
from tests.e2e.releases import written

POLICY = """
team: Shop
channels: {alerts: "#alerts", fallback: "#general"}
severities: {P0: {label: [critical], channel: alerts, mention: channel}, P1: {}}
canary: {channel: "#sereno-canary", every: 5m}
"""
PLACE = "sereno-canary"
METHODS = ("chat.postMessage", "chat.update", "chat.delete")


def value(bots: list[Bot], name: str, **labels: str) -> float:
    return sum(bot.metrics.registry.get_sample_value(name, labels) or 0 for bot in bots)


def rounds(bots: list[Bot], result: str = "ok") -> float:
    return value(bots, "sereno_canary_rounds_total", result=result)


async def flown(stage: Stage, result: str = "ok", *, turned: float = 0) -> None:
    """Turn the clock, and wait for one round more with this result."""
    before = rounds(stage.bots, result)
    stage.clock.turn(seconds=turned)
    await wait_until(lambda: rounds(stage.bots, result) > before, what=f"a round that is {result}")


async def ready(stage: Stage, bot: Bot) -> tuple[int, list[str]]:
    async with stage.http.get(f"{bot.url}/-/ready") as answer:
        body: dict[str, Any] = await answer.json()
        return answer.status, body["why"]


def calls(stage: Stage) -> list[str]:
    """What was asked of Slack in the canary's channel, in order."""
    names = {PLACE, f"#{PLACE}", stage.slack.ws.channel(PLACE).id}
    return [call.method for call in stage.slack.ws.calls if call.args.get("channel") in names]


def left(stage: Stage) -> list[str]:
    return [one.text for one in stage.slack.cards(PLACE)]


def failing(stage: Stage, method: str, kind: Kind = Kind.error, **more: Any) -> None:
    stage.slack.faults.add(Fault(method=method, kind=kind, channel=stage.slack.ws.channel(PLACE).id, **more))
    if method == "chat.postMessage":
        stage.slack.faults.add(Fault(method=method, kind=kind, channel=PLACE, **more))


@pytest.fixture
async def flying(stage: Stage, tmp_path: Path) -> Bot:
    stage.slack.ws.ensure_channel(PLACE)
    return await stage.bot(written(tmp_path, POLICY))


async def test_it_posts_edits_and_deletes_and_leaves_nothing(stage: Stage, flying: Bot) -> None:
    await wait_until(lambda: rounds([flying]) == 1, what="the first round")
    assert calls(stage)[:3] == list(METHODS)
    assert left(stage) == []
    assert stage.slack.ws.pings() == []
    assert value([flying], "sereno_canary_seconds_count") == 1
    assert value([flying], "sereno_canary_seconds_sum") > 0
    stage.clock.turn(minutes=4)
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    assert rounds([flying]) == 1, "not before its time"
    await flown(stage, turned=61)
    assert await ready(stage, flying) == (200, [])


@pytest.mark.parametrize("method", METHODS)
async def test_two_failures_in_a_row_are_told_and_the_next_good_round_ends_it(
    stage: Stage, flying: Bot, method: str
) -> None:
    await wait_until(lambda: rounds([flying]) == 1, what="the first round")
    failing(stage, method, error="restricted_action")
    await flown(stage, "failed", turned=301)
    assert await ready(stage, flying) == (200, []), "one alone is nothing"
    await flown(stage, "failed", turned=31)
    said = f"the canary: {method} in #{PLACE}: restricted_action"
    await wait_until(lambda: flying.canary.troubles(), what="it knows")
    assert await ready(stage, flying) == (503, [said])
    assert len(left(stage)) <= 1, "it does not fill its channel while it fails"
    stage.slack.faults.clear()
    await flown(stage, turned=31)
    await wait_until(lambda: not flying.canary.troubles(), what="it is good again")
    assert await ready(stage, flying) == (200, [])
    assert left(stage) == []


async def test_a_429_is_no_failure(stage: Stage, flying: Bot) -> None:
    await wait_until(lambda: rounds([flying]) == 1, what="the first round")
    failing(stage, "chat.update", Kind.ratelimited, times=3, retry_after=40)
    for turned in (301, 41, 41):
        await flown(stage, "limited", turned=turned)
        assert len(left(stage)) == 1
    await flown(stage, turned=41)
    assert rounds([flying], "failed") == 0
    assert await ready(stage, flying) == (200, [])
    assert left(stage) == [], "what the limit has left is taken away"


async def test_a_lost_answer_leaves_nothing_behind(stage: Stage, flying: Bot) -> None:
    await wait_until(lambda: rounds([flying]) == 1, what="the first round")
    failing(stage, "chat.postMessage", Kind.drop_after, times=1)
    await flown(stage, "failed", turned=301)
    assert len(left(stage)) == 1
    stage.slack.faults.clear()
    await flown(stage, turned=31)
    assert left(stage) == []


@pytest.mark.parametrize("is_known", [True, False])
async def test_what_a_crash_has_left_is_taken_away(stage: Stage, tmp_path: Path, is_known: bool) -> None:
    channel = stage.slack.ws.ensure_channel(PLACE).id
    step, at = "canary/1", stage.clock.now()
    payload = {"event_type": "sereno_step", "event_payload": {"id": step}}
    message = stage.slack.ws.post(channel, text="Canary", metadata=payload)
    mark = canary.Mark(place=f"#{PLACE}", channel=channel, step=step, at=at, ts=message.ts if is_known else "")
    async with Redis.from_url(stage.redis_url) as redis:
        await redis.set(canary.KEY, canary.MARK.dump_json(mark), ex=60)
    bot = await stage.bot(written(tmp_path, POLICY))
    await wait_until(lambda: rounds([bot]) == 1, what="the next round")
    assert left(stage) == []


async def test_what_was_perhaps_never_posted_is_waited_for(stage: Stage, tmp_path: Path) -> None:
    channel = stage.slack.ws.ensure_channel(PLACE).id
    mark = canary.Mark(place=f"#{PLACE}", channel=channel, step="canary/1", at=stage.clock.now())
    async with Redis.from_url(stage.redis_url) as redis:
        await redis.set(canary.KEY, canary.MARK.dump_json(mark), ex=60)
    bot = await stage.bot(written(tmp_path, POLICY))
    await wait_until(lambda: rounds([bot], "waiting") == 1, what="it may come yet")
    assert rounds([bot]) == 0
    await flown(stage, turned=16)


async def test_only_one_process_flies(stage: Stage, flying: Bot, tmp_path: Path) -> None:
    other = await stage.bot(written(tmp_path, POLICY))
    await wait_until(lambda: rounds([flying]) == 1, what="the first round")
    await flown(stage, turned=301)
    assert (rounds([flying]), rounds([other])) == (2, 0)
    await stage.stop(flying)
    await wait_until(lambda: rounds([other]) == 1, what="the other one goes on")
    assert left(stage) == []


async def test_without_a_canary_there_is_no_round(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY.partition("canary:")[0])
    bot = await stage.bot(path)
    stage.slack.ws.ensure_channel(PLACE)
    path.write_text(POLICY)
    bot.policy.reload()
    await wait_until(lambda: rounds([bot]) == 1, what="the policy has one now")
    failing(stage, "chat.update")
    await flown(stage, "failed", turned=301)
    await flown(stage, "failed", turned=31)
    await wait_until(lambda: bot.canary.troubles(), what="it is told")
    path.write_text(POLICY.partition("canary:")[0])
    bot.policy.reload()
    await wait_until(lambda: not bot.canary.troubles(), what="nobody asked for it")
    stage.slack.faults.clear()
