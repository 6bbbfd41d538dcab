"""What people mark in a room's channel stands on its timeline, with the time of the message, until they take it off."""

from pathlib import Path

import pytest

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from bot.playground.message import Message
from bot.playground.people import ANA, BRUNO, CHLOE
from rules.room import Line, Room
from rules.room_marking import WAITING
from tests.bot.private import full, private_stage
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, shows, working
from tests.e2e.rooms import asks, made, room_card, ruled

both = pytest.mark.parametrize("transport", TRANSPORTS)


async def begun(stage: Stage, transport: str, policy: Path) -> tuple[Bot, Actor, str]:
    bot, actor = await working(stage, transport, policy)
    await asks(stage, actor, 'open "DB down" P1')
    return bot, actor, (await made(stage)).id


async def lines(bot: Bot) -> tuple[Line, ...]:
    (room,) = await bot.desk.rooms()
    assert isinstance(room, Room)
    return room.lines


async def noted(stage: Stage, count: int) -> None:
    words = f"{count} note{'s' if count != 1 else ''} on the timeline"
    if count:
        await shows(stage, words, of=room_card)
    else:
        await wait_until(lambda: "on the timeline ·" not in room_card(stage).text, what="no note")


def at(message: Message) -> int:
    return int(float(message.ts) * 1000)


@both
@pytest.mark.parametrize("how", ["react", "pin"])
async def test_a_marked_message_is_a_line_until_the_mark_is_off(
    stage: Stage, transport: str, how: str, tmp_path: Path
) -> None:
    bot, actor, room = await begun(stage, transport, ruled(tmp_path))
    root = stage.slack.ws.post(room, user=BRUNO, text=f"<@{ANA}> I restart <https://db.example.org|db-2> &amp; wait")
    stage.clock.turn(minutes=2)
    reply = stage.slack.ws.post(room, user=ANA, text="it is back", thread_ts=root.ts)
    stage.clock.turn(minutes=3)
    mark, unmark = (
        (lambda one: actor.react(one, "pushpin", user=ANA), lambda one: actor.unreact(one, "pushpin", user=ANA))
        if how == "react"
        else (lambda one: actor.pin(one, user=ANA), lambda one: actor.unpin(one, user=ANA))
    )
    for one in (reply, root):
        answer = await mark(one)
        assert answer
        assert answer.heard
    await noted(stage, 2)
    first, second = await lines(bot)
    assert (first.at, first.by, first.text) == (
        at(root),
        "bruno",
        f"@{ANA} I restart db-2 & wait",
    )
    assert (second.at, second.by, second.text) == (at(reply), "ana", "it is back")
    await unmark(reply)
    await noted(stage, 1)
    assert [line.text[:4] for line in await lines(bot)] == [first.text[:4]]


async def test_what_two_have_marked_stays_until_both_have_taken_it_off(stage: Stage, tmp_path: Path) -> None:
    bot, actor, room = await begun(stage, "http", ruled(tmp_path))
    message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
    for who in (ANA, BRUNO):
        await actor.react(message, "pushpin", user=who)
    await noted(stage, 1)
    await actor.unreact(message, "pushpin", user=ANA)
    await actor.pin(message, user=ANA)
    await actor.unreact(message, "pushpin", user=BRUNO)
    await asks(stage, actor, "note another", channel=room)
    await noted(stage, 2)
    await actor.unpin(message, user=BRUNO)
    await noted(stage, 1)
    assert [line.text for line in await lines(bot)] == ["another"]


async def test_what_is_no_mark(stage: Stage, tmp_path: Path) -> None:
    """Other reactions, other channels, the bot's own pin, people without the right, and what is gone."""
    bot, actor, room = await begun(stage, "http", ruled(tmp_path))
    message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
    await actor.react(message, "eyes", user=ANA)
    elsewhere = stage.slack.ws.post("general", user=BRUNO, text="lunch")
    await actor.react(elsewhere, "pushpin", user=ANA)
    await actor.react(room_card(stage), "pushpin", user=ANA)
    card = room_card(stage)
    stage.slack.ws.unpin(room, card.ts)
    await actor.tell(stage.slack.ws.pin(room, card.ts))
    gone = stage.slack.ws.post(room, user=BRUNO, text="gone")
    event = stage.slack.ws.react(room, gone.ts, "pushpin", ANA)
    stage.slack.ws.delete(room, gone.ts)
    await actor.tell(event)
    await actor.tell({**event, "item": {**event["item"], "ts": "soon"}})
    await asks(stage, actor, f"role scribe <@{CHLOE}>", channel=room)
    await wait_until(lambda: CHLOE in stage.slack.ws.channel(room).members)
    await actor.pin(message, user=CHLOE)
    await stage.quiet()
    assert await lines(bot) == ()


async def test_a_marked_message_without_words_of_its_own(stage: Stage, tmp_path: Path) -> None:
    bot, actor, room = await begun(stage, "http", ruled(tmp_path))
    graph = stage.slack.ws.post(room, user=BRUNO, attachments=[{"fallback": "CPU is at 97 %", "color": "#a00"}])
    stage.clock.turn(minutes=1)
    long = stage.slack.ws.post(room, user=BRUNO, text="log " * 2000)
    for message in (graph, long):
        await actor.react(message, "pushpin", user=ANA)
    await noted(stage, 2)
    first, second = await lines(bot)
    assert first.text == "CPU is at 97 %"
    assert len(second.text) == 2000


@both
async def test_a_mark_waits_until_slack_gives_the_message(stage: Stage, transport: str, tmp_path: Path) -> None:
    bot, actor, room = await begun(stage, transport, ruled(tmp_path))
    message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
    stage.slack.faults.add(Fault(method="conversations.replies", kind=Kind.drop_before, times=1))
    stage.slack.ws.events.retries = (0, 0, 0)
    await actor.react(message, "pushpin", user=ANA)
    await noted(stage, 1)
    assert [line.text for line in await lines(bot)] == ["it is back"]


@both
async def test_a_mark_that_is_not_kept_is_not_taken_from_slack(transport: str, tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, valkey):
        bot, actor, room = await begun(stage, transport, ruled(tmp_path))
        message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
        stage.slack.ws.events.retries = (0.2,) * 50
        await full(valkey, megabytes=1)
        answer = await actor.react(message, "pushpin", user=ANA)
        assert answer
        assert not answer.heard
        await full(valkey, megabytes=0)
        await noted(stage, 1)
        assert [line.text for line in await lines(bot)] == ["it is back"]


@pytest.mark.parametrize(
    ("method", "error"), [("users.info", "user_not_visible"), ("conversations.replies", "missing_scope")]
)
async def test_what_slack_does_not_tell_of_a_mark_keeps_nothing_else_waiting(
    stage: Stage, tmp_path: Path, method: str, error: str
) -> None:
    bot, actor, room = await begun(stage, "http", ruled(tmp_path))
    message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
    await actor.pin(message, user=BRUNO)
    await noted(stage, 1)
    await stage.quiet()
    fault = Fault(method=method, kind=Kind.error, error=error)
    stage.slack.faults.add(fault)
    await actor.react(stage.slack.ws.post(room, user=BRUNO, text="lost"), "pushpin", user=ANA)
    await actor.unpin(message, user=BRUNO)
    await asks(stage, actor, "postmortem", channel=room)
    await wait_until(lambda: any(one.files for one in stage.slack.ws.everything(room)), what="the draft")
    await stage.quiet()
    assert [line.text for line in await lines(bot)] == ["it is back"], "what nobody could look at changes nothing"


async def test_more_marks_than_wait_are_sent_again_by_slack(stage: Stage, tmp_path: Path) -> None:
    _, actor, room = await begun(stage, "http", ruled(tmp_path))
    stage.slack.faults.add(Fault(method="users.info", kind=Kind.drop_before))
    stage.slack.ws.events.retries = ()
    message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
    event = stage.slack.ws.react(room, message.ts, "pushpin", ANA)
    answers = [await actor.tell(event) for _ in range(WAITING + 1)]
    assert [answer.heard for answer in answers if answer] == [True] * WAITING + [False]


async def test_a_mark_that_was_kept_is_read_by_the_next_process(stage: Stage, tmp_path: Path) -> None:
    bot, actor, room = await begun(stage, "http", ruled(tmp_path))
    message = stage.slack.ws.post(room, user=BRUNO, text="it is back")
    stage.slack.faults.add(Fault(method="conversations.replies", kind=Kind.drop_before))
    for mark in (actor.react(message, "pushpin", user=ANA), actor.pin(message, user=BRUNO)):
        answer = await mark
        assert answer
        assert answer.heard
    await stage.stop(bot)
    stage.slack.faults.clear()
    another = await stage.bot(ruled(tmp_path))
    await noted(stage, 1)
    await stage.quiet()
    assert [line.text for line in await lines(another)] == ["it is back"]
    assert [room.marks for room in await another.desk.rooms()] == [()]
