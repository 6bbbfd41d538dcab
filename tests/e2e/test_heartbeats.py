"""What must not fall silent: a Watchdog that stops, a source that is not heard any more, and what Slack shows of it."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot import awake, ears
from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.message import Message
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until
from tests.e2e.releases import whole, written

HEAD = """
team: Shop
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel}
  P1: {label: [warning], channel: monitoring}
  P2: {label: [none], card: counted}
rights: {resolve: everyone}
"""
POLICY = f"""{HEAD}
heartbeats:
  prometheus:
    match: alertname="Watchdog"
    within: 10m
    runbook: https://runbooks.example.org/watchdog
"""
TITLE = "Heartbeat missing: prometheus"
pytestmark = pytest.mark.timeout(180)


async def beats(stage: Stage, bot: Bot | None = None, *, firing: bool = True) -> None:
    """The Watchdog arrives."""
    assert await stage.send("alertmanager", group(alert("Watchdog", "none", firing=firing)), bot) == 200


async def ticked(stage: Stage) -> None:
    """Wait until whoever looks has begun to do so at the present time: it is known that somebody listens."""
    now = stage.clock.now()
    async with Redis.from_url(stage.redis_url) as redis:

        async def is_later() -> bool:
            return int(await redis.hget(awake.KEY, "at") or 0) >= now

        await wait_until(is_later, what="somebody looks")


async def looked(stage: Stage) -> None:
    """The same, and all has been looked at, and Slack shows what came of it, though it be nothing."""
    for _ in range(2):  # who begins the second time is through with the first
        await ticked(stage)
    await stage.quiet()


async def passes(stage: Stage, **time: float) -> None:
    """So much time, after which what must not come has not come."""
    stage.clock.turn(**time)
    await looked(stage)


async def is_silent(stage: Stage, title: str = TITLE, **time: float) -> str:
    """After so much time there is the one alarm; its text."""
    stage.clock.turn(**time)
    await wait_until(lambda: shown(stage, title) and "Resolved" not in card(stage, title), what=f"{title} is open")
    await stage.quiet()
    return card(stage, title)


async def is_over(stage: Stage, title: str = TITLE) -> None:
    """Its alarm ends."""
    await wait_until(lambda: "Resolved" in card(stage, title), what=f"{title} ends")
    await stage.quiet()


async def lapse(stage: Stage) -> None:
    """So long without any process that Redis has dropped the sign of one: its clock cannot be turned."""
    async with Redis.from_url(stage.redis_url) as redis:
        await redis.delete(awake.PRESENT)


def shown(stage: Stage, title: str = TITLE) -> list[Message]:
    return [one for one in stage.slack.all_cards() if title in one.text and not one.is_reply]


def card(stage: Stage, title: str = TITLE) -> str:
    found = shown(stage, title)
    assert len(found) == 1, [one.text for one in found]
    return whole(found[0])


async def test_a_watchdog_that_stops_is_one_alarm_and_its_next_beat_ends_it(stage: Stage, tmp_path: Path) -> None:
    bot = await stage.bot(written(tmp_path, POLICY))
    await looked(stage)
    for _ in range(2):
        await beats(stage)
        await passes(stage, minutes=9)
        assert shown(stage) == [], "no alarm while it comes in time"
    await is_silent(stage, minutes=5)
    await passes(stage, minutes=5)
    said = card(stage)
    assert 'Nothing that fits alertname="Watchdog" has arrived since' in said
    assert "https://runbooks.example.org/watchdog" in str(shown(stage)[0].blocks)
    assert [one.targets for one in stage.slack.ws.pings()] == [["channel"]], "once, however often one looks"
    age = bot.metrics.registry.get_sample_value("sereno_heartbeat_age_seconds", {"heartbeat": "prometheus"})
    assert age is not None
    assert 19 * 60 <= age < 20 * 60

    await beats(stage)
    await is_over(stage)
    replies = [one.text for one in stage.slack.replies(shown(stage)[0])]
    assert len([text for text in replies if text.startswith("Resolved after 19 min")]) == 1

    await passes(stage, minutes=9)
    assert "Resolved" in card(stage)
    await is_silent(stage, minutes=2)
    assert len(stage.slack.all_cards()) == 1, "another silence is another alarm, here on the same card"
    assert len(stage.slack.ws.pings()) == 1


async def test_a_watchdog_that_was_never_set_up_is_reported_after_its_time(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(written(tmp_path, POLICY))
    await looked(stage)
    await passes(stage, minutes=9)
    await beats(stage, firing=False)
    assert shown(stage) == []
    said = await is_silent(stage, minutes=2)
    assert "has ever arrived, though I have listened since" in said, "an end is no beat"


async def test_any_process_hears_and_the_alarm_is_opened_once(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    first = await stage.bot(path)
    second = await stage.bot(path)
    for turn in range(3):
        await beats(stage, stage.bots[turn % 2])
        await passes(stage, minutes=8)
    assert shown(stage) == []
    await is_silent(stage, minutes=3)
    await stage.stop(first)
    await passes(stage, minutes=3)
    assert len(stage.slack.ws.pings()) == 1
    await beats(stage, second)
    await is_over(stage)


async def test_our_own_absence_is_no_silence(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    bot = await stage.bot(path)
    await beats(stage)
    await ticked(stage)
    await stage.stop(bot)
    await lapse(stage)
    stage.clock.turn(hours=5)
    await stage.bot(path)
    await ticked(stage)
    await passes(stage, minutes=9)
    assert shown(stage) == [], "it has its time again"
    await is_silent(stage, minutes=2)

    await stage.stop(stage.bots[0])
    await lapse(stage)
    stage.clock.turn(hours=5)
    await stage.bot(path)
    await looked(stage)
    assert "Resolved" not in card(stage), "what is open waits for a beat"
    await passes(stage, minutes=11)
    assert len(stage.slack.ws.pings()) == 1
    await beats(stage)
    await is_over(stage)


async def test_a_short_restart_is_none(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    bot = await stage.bot(path)
    await beats(stage)
    await ticked(stage)
    stage.clock.turn(minutes=9)
    await ticked(stage)
    await stage.stop(bot)
    await stage.bot(path)
    await ticked(stage)
    await is_silent(stage, minutes=2)


async def test_closed_by_hand_it_stays_closed_until_the_next_silence(stage: Stage, tmp_path: Path) -> None:
    bot = await stage.bot(written(tmp_path, POLICY))
    await beats(stage)
    await ticked(stage)
    await is_silent(stage, minutes=11)
    await Actor(stage.slack.ws, bot.url, stage.http).press(shown(stage)[0], "resolve")
    await is_over(stage)
    await passes(stage, minutes=11)
    assert "Resolved" in card(stage)
    await beats(stage)
    await looked(stage)
    await is_silent(stage, minutes=11)


async def test_what_the_policy_has_no_longer_is_over_and_begins_anew(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    bot = await stage.bot(path)
    await looked(stage)
    await is_silent(stage, minutes=11)
    path.write_text(HEAD)
    bot.policy.reload()
    await is_over(stage)
    path.write_text(POLICY)
    bot.policy.reload()
    await looked(stage)
    await passes(stage, minutes=9)
    assert "Resolved" in card(stage)


async def taken_over(stage: Stage) -> None:
    """Wait until somebody has looked by a clock that is behind that of who looked before."""
    async with Redis.from_url(stage.redis_url) as redis:

        async def ticked() -> bool:
            return int(await redis.hget(awake.KEY, "at") or 0) <= stage.clock.now()

        await wait_until(ticked, what="the next one looks")


async def goes(stage: Stage, minutes: int, *, beating: bool = False) -> None:
    """Minute by minute, as it does."""
    for _ in range(minutes):
        if beating:
            await beats(stage)
        stage.clock.turn(minutes=1)
        await ticked(stage)


async def test_the_next_process_ends_it_though_its_clock_is_behind(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    stage.clock.step(minutes=30)
    ahead = await stage.bot(path)
    await beats(stage)
    await ticked(stage)
    await is_silent(stage, minutes=11)
    await stage.stop(ahead)
    stage.clock.step(minutes=-30)
    await stage.bot(path)
    await taken_over(stage)
    await goes(stage, 2, beating=True)
    await is_over(stage)


async def test_the_next_process_alarms_though_its_clock_is_behind(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY)
    stage.clock.step(minutes=120)
    ahead = await stage.bot(path)
    await beats(stage)
    await ticked(stage)
    await is_silent(stage, minutes=11)
    await beats(stage)
    await is_over(stage)
    await stage.stop(ahead)
    stage.clock.step(minutes=-120)
    await stage.bot(path)
    await taken_over(stage)
    await passes(stage, minutes=9)
    assert "Resolved" in card(stage), "it has its time again"
    await goes(stage, 3)
    await is_silent(stage)


async def test_a_clock_that_is_set_anew_is_no_silence(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(written(tmp_path, POLICY))
    await beats(stage)
    await ticked(stage)
    stage.clock.step(minutes=60)
    await ticked(stage)
    await passes(stage, minutes=5)
    assert shown(stage) == []
    await beats(stage)
    await passes(stage, minutes=1)
    stage.clock.step(minutes=-60)
    await taken_over(stage)
    await passes(stage, minutes=9)
    assert shown(stage) == []
    await goes(stage, 3)
    await is_silent(stage)  # what a clock that went ahead has heard does not keep it quiet


SILENT = f"{HEAD}silent_sources: {{times: 2, at_least: 1h}}\n"
FALLEN = "alertmanager has fallen silent"


async def hears(stage: Stage) -> None:
    """Something comes, and is learnt."""
    before = await learnt(stage)
    await beats(stage)
    stage.clock.turn(seconds=6)

    async def is_learnt() -> bool:
        return await learnt(stage) != before

    await wait_until(is_learnt, what="it is learnt")


async def learnt(stage: Stage) -> bytes | None:
    async with Redis.from_url(stage.redis_url) as redis:
        return await redis.hget(ears.HABITS, "alertmanager")


async def test_a_source_that_falls_silent_is_reported_once(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, SILENT)
    bot = await stage.bot(path)
    for days in (0, 2, 3, 2):
        stage.clock.turn(hours=24 * days)
        await ticked(stage)
        await hears(stage)
    assert shown(stage, FALLEN) == [], "three days was long, but is usual from now on"
    await passes(stage, hours=24 * 5.5)
    assert shown(stage, FALLEN) == []
    await stage.stop(bot)
    await lapse(stage)
    stage.clock.turn(hours=24 * 20)
    bot = await stage.bot(path)
    await looked(stage)
    assert shown(stage, FALLEN) == [], "while we were away it may well have sent"
    said = await is_silent(stage, FALLEN, hours=13)
    for hours in (24, 24):
        await passes(stage, hours=hours)
    assert card(stage, FALLEN) == said, "reported once"
    assert "its longest silence in the 14 days before was 3 d" in said
    assert "Nothing has come from alertmanager for 6 d" in said
    assert not shown(stage, FALLEN)[0].text.startswith("<!"), "P1 pings nobody"
    await hears(stage)
    await is_over(stage, FALLEN)
    assert len(shown(stage, FALLEN)) == 1


async def test_silent_sources_can_be_switched_off(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, SILENT)
    bot = await stage.bot(path)
    for days in (0, 3, 2, 2):
        stage.clock.turn(hours=24 * days)
        await ticked(stage)
        await hears(stage)
    await is_silent(stage, FALLEN, hours=24 * 7)
    path.write_text(HEAD + "silent_sources: off\n")
    bot.policy.reload()
    stage.clock.turn(seconds=6)
    await is_over(stage, FALLEN)
