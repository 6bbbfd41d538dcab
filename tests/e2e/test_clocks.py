"""Reminders, steps up, hand-offs: seen in Slack with the clock turned by hours, once with two bots running."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.faults import Fault
from bot.playground.message import Message
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until
from tests.e2e.hands import card, hears, name_of, opened, shows, thread, told

POLICY = """
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0:
    label: [critical]
    channel: alerts
    mention: channel
    interrupts_quiet_hours: true
    respond_within: 5m
    remind_every: 1h
    remind: "@platform"
    reminders: 3
    escalate:
      - {after: 30m, mention: "@on-call", dm: [platform]}
      - {after: 4h, when: without_progress, mention: "@release-managers"}
  P1: {label: [warning], channel: monitoring, respond_within: 10m, remind_every: 4h, remind: "@platform"}
  P2: {label: [info], card: counted}
quiet_hours: {from: "20:00", to: "08:00", whole_days: [sat, sun]}
people:
  ana: {name: Ana Ruiz, slack: ana@example.com, github: ana-r}
  bruno: {name: Bruno Costa, slack: U0000BRUNO}
oncall:
  platform: {people: [ana, bruno], handoff: "0 9 * * *", since: 2026-01-01}
rights: {resolve: [platform], escalate: everyone, mute: "@on-call", override: [ana, bruno]}
"""
NOON = datetime(2027, 3, 26, 12, tzinfo=ZoneInfo("Europe/Madrid"))  # Friday; the clocks go forward on Sunday


@pytest.fixture
async def two(stage: Stage, tmp_path: Path) -> list[Bot]:
    """Two bots on one Redis, on the Friday before the clocks change, at noon."""
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    to(stage, NOON)
    bots = [await stage.bot(path), await stage.bot(path)]
    await ready(stage)
    return bots


def to(stage: Stage, moment: datetime) -> None:
    stage.clock.turn(seconds=moment.timestamp() - stage.clock.now() / 1000)


async def ready(stage: Stage) -> None:
    """Turning the clock ends the leases; until they are renewed nobody works."""
    await wait_until(lambda: {lane for bot in stage.bots for lane in bot.leases.held()} == set(range(16)))


async def asleep(stage: Stage) -> None:
    """The timers have looked twice since the clock was turned, and found nothing to say."""
    looks = [bot.timers.looks for bot in stage.bots]
    await wait_until(lambda: all(bot.timers.looks >= seen + 2 for bot, seen in zip(stage.bots, looks, strict=True)))
    await stage.quiet()


async def says(stage: Stage, words: str, where: Message | None = None) -> Message:
    def found() -> Message | None:
        replies = stage.slack.replies(where or card(stage))
        return next((reply for reply in reversed(replies) if words in reply.text), None)

    reply: Message = await wait_until(found, what=words)
    return reply


async def later(stage: Stage, **by: float) -> None:
    stage.clock.turn(**by)
    await ready(stage)


def directs(stage: Stage, user: str) -> list[str]:
    return [message.text for message in stage.slack.cards(stage.slack.ws.direct(user).id)]


async def test_nobody_takes_it(stage: Stage, two: list[Bot]) -> None:
    await opened(stage)
    await later(stage, minutes=6)
    reminder = await says(stage, "Nobody has it yet, 6 min")
    assert f"<@{BRUNO}>" in reminder.text or f"<@{ANA}>" in reminder.text
    assert not reminder.broadcast
    await later(stage, minutes=25)
    step = await says(stage, "Nobody has it yet, 31 min")
    assert "<!subteam^S0000ONCALL>" in step.text
    on_call = BRUNO if f"<@{BRUNO}>" in reminder.text else ANA
    await wait_until(lambda: directs(stage, on_call))
    await stage.quiet()
    [direct] = directs(stage, on_call)
    assert "HighErrorRate" in direct
    assert "Open the card" in direct
    for count in (3, 4):
        await later(stage, hours=1)
        await wait_until(lambda so_far=count: "\n".join(thread(stage)).count("Nobody has it yet") == so_far)
    assert await says(stage, "This was the last reminder")
    await later(stage, hours=8)
    await asleep(stage)
    said = thread(stage)
    assert len([text for text in said if "Nobody has it yet" in text]) == 4, said
    assert len(directs(stage, on_call)) == 1
    assert len([ping for ping in stage.slack.ws.pings() if "channel" in ping.targets]) == 1


async def test_taken_and_forgotten(stage: Stage, two: list[Bot]) -> None:
    first = await opened(stage)
    actor = Actor(stage.slack.ws, two[1].url, stage.http)
    await actor.press(first, "acknowledge", user=CHLOE)
    await hears(stage, CHLOE, "You have")
    await later(stage, minutes=50)
    await asleep(stage)
    assert not any("nothing has moved" in text for text in thread(stage))
    await later(stage, minutes=11)
    reminder = await says(stage, "chloe has it since")
    assert f"<@{CHLOE}>" in reminder.text
    assert "nothing has moved for 1 h 1 min" in reminder.text
    await actor.command("/sereno", f"snooze {name_of(stage)} 5h", user=CHLOE)
    await hears(stage, CHLOE, "No reminders about")
    await later(stage, hours=4, minutes=30)
    await asleep(stage)
    assert len([text for text in thread(stage) if "nothing has moved" in text]) == 1
    await later(stage, minutes=40)
    assert "<!subteam^S000RELEASE>" in (await says(stage, "nothing has moved for 5 h")).text


async def test_a_direct_message_whose_answer_is_lost_is_there_once(stage: Stage, two: list[Bot]) -> None:
    await opened(stage)
    stage.slack.faults.add(Fault(method="chat.postMessage", kind="drop_after", times=3))
    await later(stage, minutes=31)
    await says(stage, "Nobody has it yet, 31 min")
    await stage.quiet()
    assert len(directs(stage, ANA) + directs(stage, BRUNO)) == 1


async def test_the_weekend_is_passive_for_all_but_the_worst(stage: Stage, two: list[Bot]) -> None:
    to(stage, NOON.replace(hour=19, minute=55))
    await ready(stage)
    await stage.send("alertmanager", group(alert("SlowQueries", "warning")))
    await stage.quiet()
    slow = stage.slack.card("monitoring", "SlowQueries")
    for day in (26, 27, 28):
        to(stage, datetime(2027, 3, day, 23, 30, tzinfo=ZoneInfo("Europe/Madrid")))
        await ready(stage)
        await asleep(stage)
    assert not any("Nobody has it" in reply.text for reply in stage.slack.replies(slow))
    to(stage, datetime(2027, 3, 29, 8, 0, 1, tzinfo=ZoneInfo("Europe/Madrid")))
    await ready(stage)
    reminder = await says(stage, "Nobody has it yet", slow)
    assert "late" not in reminder.text, "it waited as it should"
    assert f"<@{BRUNO}>" in reminder.text or f"<@{ANA}>" in reminder.text


async def test_what_was_due_while_nobody_ran_is_said_once_and_how_late(stage: Stage, two: list[Bot]) -> None:
    await opened(stage)
    policy = two[0].options.policy
    for bot in two:
        await stage.stop(bot)
    stage.clock.turn(hours=1)
    await stage.bot(policy)
    await stage.bot(policy)
    await says(stage, "(I say so 55 min")
    await asleep(stage)
    assert "\n".join(thread(stage)).count("Nobody has it yet") == 2, "the reminder and the step up"


async def test_on_call_now_and_next_and_taking_over(stage: Stage, two: list[Bot]) -> None:
    actor = Actor(stage.slack.ws, two[0].url, stage.http)
    await actor.command("/sereno", "oncall", user=CHLOE)
    shifts = await hears(stage, CHLOE, "platform:")
    now, after = ("Ana Ruiz", "Bruno Costa") if "platform: Ana" in shifts else ("Bruno Costa", "Ana Ruiz")
    assert f"Next: {after}, from" in shifts
    await actor.command("/sereno", "oncall platform bruno 4h", user=CHLOE)
    assert "Ana Ruiz, Bruno Costa may" in await hears(stage, CHLOE, "no right to override")
    other, taker = ("bruno", BRUNO) if now.startswith("Ana") else ("ana", ANA)
    await actor.command("/sereno", f"oncall platform <@{taker}|{other}> 4h", user=ANA)
    await hears(stage, ANA, f"{after} is on call for platform until")
    second = Actor(stage.slack.ws, two[1].url, stage.http)

    async def seen() -> bool:
        await second.command("/sereno", "oncall", user=BRUNO)
        return any(f"platform: {after} until" in text for text in told(stage, BRUNO))

    await wait_until(seen, what="the other bot knows it too")
    await opened(stage)
    await later(stage, minutes=6)
    assert f"<@{taker}>" in (await says(stage, "Nobody has it yet")).text


async def test_a_muted_channel_pings_nobody_and_says_why(stage: Stage, two: list[Bot]) -> None:
    actor = Actor(stage.slack.ws, two[0].url, stage.http)
    await actor.command("/sereno", "mute #alerts 2h moving the database", user=ANA)
    await hears(stage, ANA, "#alerts pings nobody until")
    await opened(stage)
    assert not stage.slack.ws.pings()
    await shows(stage, "No ping: Ana Ruiz muted #alerts until")
    await later(stage, hours=1, minutes=30)
    await asleep(stage)
    assert not any("Nobody has it" in text for text in thread(stage))
    await later(stage, minutes=31)
    await says(stage, "Nobody has it yet")


async def test_a_person_who_cannot_be_reached_directly_is_named_in_the_thread(stage: Stage, two: list[Bot]) -> None:
    for user in (ANA, BRUNO):
        del stage.slack.ws.users[user]
    await opened(stage)
    await later(stage, minutes=31)
    assert "directly: user_not_found" in (await says(stage, "I could not write to")).text
