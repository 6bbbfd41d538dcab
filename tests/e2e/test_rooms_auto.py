"""Rooms that the policy opens: one for an outage, whatever its number of alerts; what few may see; the clocks."""

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.claims import Claims
from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from bot.playground.message import Channel
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, buttons, form, hears, shows, working
from tests.e2e.rooms import (
    asks,
    called,
    cards_of_rooms,
    fires,
    hears_all,
    in_thread,
    made,
    name_in,
    room_card,
    rooms,
    ruled,
    said,
)

both = pytest.mark.parametrize("transport", TRANSPORTS)
GATHERS = "{sereno:0}:claim:room:no"


async def test_six_alerts_of_one_outage_are_one_room(stage: Stage, tmp_path: Path, redis: Redis) -> None:
    stage.slack.ws.ensure_channel("status")
    await working(stage, "http", ruled(tmp_path, when="auto"))
    await stage.bot(ruled(tmp_path, when="auto"))
    await fires(stage, *(f"A{number}" for number in range(6)))
    room = await made(stage)
    assert called(stage, "conversations.create") == 1
    for number in range(6):
        assert f"<#{room.id}>" in stage.slack.card("alerts", f"*A{number}*").text
        assert f"A{number}: open since" in room_card(stage).text
    assert "The policy opened this room: P0." in said(stage)
    assert len(stage.slack.cards("status")) == 1
    assert 500 < await redis.ttl(GATHERS) <= 600, "so long what comes joins it"
    await redis.delete(GATHERS)
    await fires(stage, "B")
    await wait_until(lambda: len(rooms(stage)) == 2, what="after a while it is another one")
    await stage.quiet()
    assert len(cards_of_rooms(stage)) == 2
    joined = [name for name in (*(f"A{number}" for number in range(6)), "B")
              if any("belongs" in line for line in in_thread(stage, f"*{name}*"))]  # fmt: skip
    assert len(joined) == 5, "whoever was first has opened it"
    assert "B" not in joined


async def test_what_follows_a_closed_room_has_its_own(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "A")
    room = await made(stage)
    await _closes(stage, actor, room)
    await fires(stage, "B")
    await wait_until(lambda: len(rooms(stage)) == 2, what="a room of its own")
    await fires(stage, "A", firing=False)
    await stage.quiet()
    await fires(stage, "A", since="05:00")
    await stage.quiet()
    assert len(rooms(stage)) == 2, "a room that people have closed is not opened again by itself"
    assert "war-room, closed" in stage.slack.card("alerts", "*A*").text


async def test_a_false_alarm_does_not_tear_an_outage_apart(stage: Stage, tmp_path: Path, redis: Redis) -> None:
    """Who was first to claim the room of these minutes has none: it was over, or its process died."""
    await working(stage, "http", ruled(tmp_path, when="auto"))
    await redis.set(GATHERS, "room:GONE00", ex=600)
    await fires(stage, "A", "B")
    stage.clock.turn(seconds=11)
    room = await made(stage)
    for name in ("A", "B"):
        await shows(stage, f"<#{room.id}>", of=lambda _, name=name: stage.slack.card("alerts", f"*{name}*"))
    assert await redis.get(GATHERS) != b"room:GONE00"
    assert called(stage, "conversations.create") == 1


async def test_what_follows_a_closed_room_is_one_room_again(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "A")
    room = await made(stage)
    await _closes(stage, actor, room)
    await fires(stage, "B", "C", "D")
    await wait_until(lambda: len(rooms(stage)) == 2, what="another room")
    await stage.quiet()
    assert len(rooms(stage)) == 2, "one for all that followed"
    (other,) = (one for one in rooms(stage) if one.id != room.id)
    for name in "BCD":
        assert f"<#{other.id}>" in stage.slack.card("alerts", f"*{name}*").text


async def test_of_all_who_would_take_over_a_claim_one_does(redis: Redis) -> None:
    claims = Claims(redis)
    assert await claims.take("x", "first", 600) == "first"
    heard = await asyncio.gather(*(claims.pass_on("x", "first", str(number), 600) for number in range(8)))
    assert len({*heard}) == 1
    assert await claims.take("x", "late", 600) == heard[0] != "first"
    assert await claims.pass_on("y", "gone", "own", 600) == "own", "a claim that has run out meanwhile"


async def test_what_is_over_at_once_has_no_room(stage: Stage, tmp_path: Path) -> None:
    """Its card could not be posted before it was over, so that its room was never opened."""
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.server_error))
    await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "A")
    await fires(stage, "A", firing=False)
    stage.slack.faults.clear()
    stage.clock.turn(minutes=5.1)
    await stage.quiet()
    assert rooms(stage) == []


async def test_a_declared_incident_has_one_room_where_the_policy_opens_rooms(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, when="auto"))
    await asks(stage, actor, 'open "DB down" P0')
    room = await made(stage)
    assert f"<#{room.id}>" in stage.slack.card("alerts", "DB down").text
    assert [one.channel for one in cards_of_rooms(stage)] == [room.id]


async def test_what_few_may_see_joins_nothing_that_all_see(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "A")
    await fires(stage, "Leak", team="security")
    await wait_until(lambda: len(rooms(stage)) == 2, what="two rooms")
    await fires(stage, "Theft", team="security")
    await stage.quiet()
    assert sorted((one.private, one.name[13:]) for one in rooms(stage)) == [(False, "a"), (True, "leak")]
    (outside,) = stage.slack.cards("status")
    heard = [outside.text, *(reply.text for reply in stage.slack.replies(outside))]
    assert not [text for text in heard if "Leak" in text or "leak" in text]
    open_, hidden = sorted(cards_of_rooms(stage), key=lambda one: "Leak" in one.text)
    assert "Theft" in hidden.text
    assert "Theft" not in open_.text


@both
async def test_a_private_room_by_the_form(stage: Stage, transport: str, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, transport, ruled(tmp_path, when="auto"))
    await actor.command("/war-room", "open", user=ANA)
    asked = await form(stage, ANA)
    await actor.submit(asked, {"title": "A leak", "private": ["yes"]}, user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    assert room.private
    assert set(room.members) == {BOT_USER, ANA, BRUNO}
    await asks(stage, actor, 'update "it is the backup"', channel=room.id)
    await hears_all(stage, "📣 it is the backup (ana)")
    await stage.quiet()
    public = [one for one in stage.slack.all_cards() if one.channel != room.id and one.user == BOT_USER]
    assert [one.text for one in public] == [], "nothing of it stands where all can read it"
    assert "leak" not in (await asks(stage, actor, "list", user=CHLOE)).lower()
    assert "leak" not in (await asks(stage, actor, "status", user=BRUNO)).lower()
    assert "No war-room is open." in await asks(stage, actor, "note hello", user=BRUNO)


async def test_a_private_room_without_a_channel_is_shown_to_nobody_else(stage: Stage, tmp_path: Path) -> None:
    stage.slack.faults.add(Fault(method="conversations.create", kind=Kind.error, error="restricted_action"))
    _, actor = await working(stage, "http", ruled(tmp_path))
    await actor.command("/war-room", "open", user=ANA)
    await actor.submit(await form(stage, ANA), {"title": "A leak", "private": ["yes"]}, user=ANA)
    await hears(stage, ANA, "I open war-room")
    hers = stage.slack.ws.direct(ANA).id
    await wait_until(lambda: stage.slack.cards(hers), what="a direct message")
    await stage.quiet()
    assert {one.channel for one in stage.slack.all_cards()} == {hers}
    stage.slack.faults.clear()
    stage.clock.turn(minutes=5.1)
    assert (await made(stage)).private


@both
async def test_another_incident_belongs_to_the_room(stage: Stage, transport: str, tmp_path: Path) -> None:
    _, actor = await working(stage, transport, ruled(tmp_path))
    await fires(stage, "A", "B")
    await asks(stage, actor, 'open "DB down" P0')
    room = await made(stage)
    first = name_in(stage, "*A*")
    answer = await asks(stage, actor, f"merge {first}", channel=room.id)
    assert answer == "It belongs to this room now, and its card says so."
    await shows(stage, f"<#{room.id}>", of=lambda _: stage.slack.card("alerts", "*A*"))
    await hears_all(stage, "🧯 It belongs to the war-room of DB down.", of=lambda at: in_thread(at, "*A*"))
    assert "war_room" not in buttons(stage.slack.card("alerts", "*A*"))
    assert (await asks(stage, actor, f"merge {first}", channel=room.id)) == "That is so already."
    await fires(stage, "A", firing=False)
    await hears_all(stage, "A is resolved, after")
    await actor.press(stage.slack.card("alerts", "*B*"), "war_room", user=ANA)
    await actor.submit(await form(stage, ANA), user=ANA)
    await wait_until(lambda: len(rooms(stage)) == 2)
    await stage.quiet()
    assert "has a war-room of its own" in await asks(stage, actor, f"merge {name_in(stage, '*B*')}", channel=room.id)


async def test_nobody_commands_and_everybody_is_asked_six_times(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, more="update_every: 12h"))
    await asks(stage, actor, 'open "DB down" P1')
    await made(stage)
    for number in range(8):
        stage.clock.turn(minutes=5.1)
        wanted = min(number + 1, 6)
        await wait_until(lambda count=wanted: _asked(stage) == count, what=f"it is asked {wanted} times")
        await stage.quiet()
    lines = [reply.text for reply in stage.slack.replies(room_card(stage)) if "Nobody commands here" in reply.text]
    assert len(lines) == 6
    assert "<" not in lines[0], "first the room is asked, then those who were called"
    assert all(f"<@{ANA}>" in line and "<!subteam^S0000ONCALL>" in line for line in lines[1:])


async def _closes(stage: Stage, actor: Actor, room: Channel) -> None:
    """Close it although its incident is not over."""
    for words in ("impact x", "cause x", "fix x"):
        await asks(stage, actor, words, channel=room.id)
    await actor.command("/war-room", "close", channel=room.id, user=ANA)
    await actor.submit(await form(stage, ANA), user=ANA)
    await hears(stage, ANA, " is closed.")
    await stage.quiet()


def _asked(stage: Stage) -> int:
    return len([line for line in said(stage) if "Nobody commands here" in line])


async def test_the_commander_is_asked_for_updates(stage: Stage, tmp_path: Path) -> None:
    bot, actor = await working(stage, "http", ruled(tmp_path, more="mttr_target: 2h"))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    await asks(stage, actor, "role commander", channel=room.id)
    stage.clock.turn(minutes=20)
    await asks(stage, actor, "update soon", channel=room.id)
    await stage.quiet()
    stage.clock.turn(minutes=20)
    await stage.stop(bot)
    stage.clock.turn(minutes=11)
    _, actor = await working(stage, "http", ruled(tmp_path, more="mttr_target: 2h"))
    line = await hears_all(stage, "The last update is")
    assert f"<@{ANA}>" in line
    await stage.quiet()
    assert len([one for one in said(stage) if "The last update is" in one]) == 1
    await asks(stage, actor, "status resolved", channel=room.id)
    stage.clock.turn(minutes=31)
    await asks(stage, actor, "status monitoring", channel=room.id)
    await stage.quiet()
    stage.clock.turn(minutes=31)
    await wait_until(lambda: len([one for one in said(stage) if "The last update is" in one]) == 2, what="asked again")


async def test_the_clock_moves_and_the_target_is_passed_once(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, 'open "DB down" P1')
    await made(stage)
    for minutes in (5, 10):
        stage.clock.turn(minutes=5.01)
        await shows(stage, f"{minutes} min of 30 min", of=room_card)
    stage.clock.turn(minutes=26)  # nobody could look at half an hour
    await hears_all(stage, "The target of 30 min has passed")
    await shows(stage, "over the target of 30 min", of=room_card)
    for _ in range(6):
        stage.clock.turn(minutes=5.01)
        await stage.quiet()
    assert len([line for line in said(stage) if "The target of" in line]) == 1


@both
async def test_a_freeze_of_the_room_ends_with_it(stage: Stage, transport: str, tmp_path: Path) -> None:
    _, actor = await working(stage, transport, ruled(tmp_path))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    answer = await asks(stage, actor, 'freeze staging "the database is down"', channel=room.id)
    assert "staging is frozen until" in answer
    await stage.quiet()
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=room.id)
    await stage.quiet()
    assert "🟢 staging: open" in await asks(stage, actor, "freeze staging")
    assert "The war-room is closed, and the freeze of staging with it." in in_thread(stage, "staging", "monitoring")


async def test_what_the_policy_has_dropped_thaws_with_its_room(stage: Stage, tmp_path: Path) -> None:
    policy = ruled(tmp_path)
    bot, actor = await working(stage, "http", policy)
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    await asks(stage, actor, 'freeze staging "the database is down"', channel=room.id)
    await stage.quiet()
    await stage.stop(bot)
    policy.write_text(policy.read_text().replace("scopes: {staging: {channel: monitoring}}\n", ""))
    _, actor = await working(stage, "http", policy)
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=room.id)
    card = stage.slack.card("monitoring", "staging")
    await wait_until(lambda: "is open again" in stage.slack.card("monitoring", "staging").text, what=card.text)
    await hears_all(stage, "and the freeze of staging with it.", of=lambda at: in_thread(at, "staging", "monitoring"))


async def test_what_flaps_or_is_only_counted_opens_none(stage: Stage, tmp_path: Path) -> None:
    await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "A", severity="warning")
    await stage.quiet()
    assert rooms(stage) == []
    await stage.send("alertmanager", group(alert("A", "warning"), alert("A", "critical", instance="b")))
    room = await made(stage)
    assert room.name.endswith("-a"), "what becomes a P0 has a room"


async def test_a_bot_that_did_not_make_the_channel_posts_there_all_the_same(stage: Stage, tmp_path: Path) -> None:
    """To a private channel nothing goes by its name, and who has just started knows no other id."""
    policy = ruled(tmp_path, when="auto")
    bot, _ = await working(stage, "http", policy)
    other = await stage.bot(policy)
    await fires(stage, "Leak", team="security")
    room = await made(stage)
    await stage.stop(bot if len(stage.bots[0].leases.held()) else other)
    stage.clock.turn(minutes=5.1)
    await hears_all(stage, "Nobody commands here yet")
    await stage.quiet()
    assert [one.channel for one in cards_of_rooms(stage)] == [room.id]
    stage.slack.ws.delete(room.id, room_card(stage).ts)
    stage.clock.turn(minutes=5.1)
    await wait_until(lambda: len(cards_of_rooms(stage)) == 1, what="another card, in the same channel")
    assert room_card(stage).channel == room.id


async def test_who_is_not_in_a_private_room_does_not_get_into_it(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, invite=""))
    await actor.command("/war-room", "open", user=ANA)
    await actor.submit(await form(stage, ANA), {"title": "A leak", "private": ["yes"]}, user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    answer = await asks(stage, actor, 'open "a leak"', user=BRUNO)
    assert answer == "There is a private war-room for it already. Whoever is in it can invite you."
    await stage.quiet()
    assert set(stage.slack.ws.channel(room.id).members) == {BOT_USER, ANA}
    await asks(stage, actor, "role scribe @bruno", channel=room.id)
    await wait_until(lambda: BRUNO in stage.slack.ws.channel(room.id).members, what="who has a role is invited")
