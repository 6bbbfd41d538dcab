"""War-rooms when Slack refuses, forgets to answer or has a name already, and when the bot dies between two steps."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE
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
AGAIN_MIN = 5.1  # what Slack refused is tried again after five minutes
STEPS = (
    "conversations.create", "chat.postMessage", "conversations.invite", "conversations.setPurpose", "pins.add",
    "bookmarks.add", "conversations.setTopic",
)  # fmt: skip


def refuses(stage: Stage, method: str, error: str, times: int | None = None) -> None:
    stage.slack.faults.add(Fault(method=method, kind=Kind.error, error=error, times=times))


def steps(stage: Stage) -> Counter[str]:
    """How often each message stands in Slack, by the name of its step."""
    found: Counter[str] = Counter()
    for channel in stage.slack.ws.channels:
        messages = stage.slack.ws.everything(channel.id)
        found.update(one.metadata["event_payload"]["id"] for one in messages if one.metadata and not one.deleted)
    return found


@pytest.mark.parametrize("whose", ["ana's", "ana's, archived"])
async def test_a_name_that_somebody_has_is_left_to_them(stage: Stage, whose: str) -> None:
    _, actor = await working(stage, "http")
    await asks(stage, actor, 'open "DB down" P1')
    name = (await made(stage)).name
    stage.slack.ws.make_channel(name.replace("db", "dc"), creator=ANA, members=[ANA])
    if whose.endswith("archived"):
        stage.slack.ws.archive(name.replace("db", "dc"))
    await asks(stage, actor, 'open "DC down" P1')
    await wait_until(lambda: len(rooms(stage)) == 2)
    await stage.quiet()
    assert rooms(stage)[1].name == name.replace("db", "dc") + "-2"
    assert len(stage.slack.cards(rooms(stage)[1].id)) == 1


@both
@pytest.mark.parametrize("error", ["restricted_action", "missing_scope", "user_is_restricted"])
async def test_without_a_channel_it_is_worked_in_the_fallback(
    stage: Stage, transport: str, error: str, tmp_path: Path
) -> None:
    stage.slack.ws.ensure_channel("status")
    refuses(stage, "conversations.create", error)
    _, actor = await working(stage, transport, ruled(tmp_path, when="auto"))
    await fires(stage, "A")
    await wait_until(lambda: cards_of_rooms(stage), what="the card in the fallback channel")
    await stage.quiet()
    assert room_card(stage).channel == stage.slack.ws.channel("general").id
    assert f"⚠️ Slack refuses: making the channel ({error})." in room_card(stage).text
    assert "🧯 Its war-room is #general." in in_thread(stage, "*A*"), "the incident knows where"
    await actor.press(room_card(stage), "room_command", user=ANA)
    await shows(stage, "Commander: ana", of=room_card)
    await asks(stage, actor, 'impact "one in three"')
    await hears_all(stage, "ana has ")
    for _ in range(3):
        stage.clock.turn(minutes=AGAIN_MIN)
        tried = len([one for one in stage.slack.ws.calls if one.method == "conversations.create"])
        await wait_until(lambda seen=tried: _tried(stage) > seen, what="it is tried again")
        await stage.quiet()
    assert len([line for line in said(stage) if "Slack refuses" in line]) == 1, "not said with each try"
    stage.slack.faults.clear()
    await actor.press(room_card(stage), "room_retry", user=ANA)
    await hears(stage, ANA, "I try again.")
    room = await made(stage)
    assert [one.channel for one in cards_of_rooms(stage)] == [room.id]
    assert "room_retry" not in buttons(room_card(stage))
    assert "Slack refuses" not in room_card(stage).text
    assert stage.slack.card("general", f"is in #{room.name}"), "the old card points there"
    assert f"🧯 Its war-room is #{room.name}." in in_thread(stage, "*A*")
    assert {ANA, BRUNO} <= set(room.members)
    assert [one.ts for one in stage.slack.ws.pins(room.id)] == [room_card(stage).ts]
    assert set(steps(stage).values()) == {1}


def _tried(stage: Stage, method: str = "conversations.create") -> int:
    return len([one for one in stage.slack.ws.calls if one.method == method])


async def test_one_of_three_cannot_be_invited(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, invite='"@on-call", "@ghost"'))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    assert set(room.members) == {BOT_USER, ANA, BRUNO}
    assert "inviting people (@ghost: not known in Slack)" in room_card(stage).text
    assert room.topic
    await asks(stage, actor, f"role scribe <@{CHLOE}>", channel=room.id)
    await wait_until(lambda: CHLOE in rooms(stage)[0].members, what="what one is refused stops nobody else")
    await stage.quiet()
    assert "room_retry" in buttons(room_card(stage))
    assert len([line for line in said(stage) if "inviting people" in line]) <= 1


@pytest.mark.parametrize(
    ("method", "error", "lacks"),
    [
        ("pins.add", "not_pinnable", "pinning the card"),
        ("conversations.setTopic", "too_long", "setting the topic"),
        ("conversations.setPurpose", "user_is_restricted", "setting the purpose"),
        ("bookmarks.add", "missing_scope", "setting bookmarks"),
        ("conversations.invite", "cant_invite", "inviting people"),
    ],
)
async def test_what_slack_refuses_stops_nothing_else(
    stage: Stage, method: str, error: str, lacks: str, tmp_path: Path
) -> None:
    refuses(stage, method, error)
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    await shows(stage, lacks, of=room_card)
    assert error in room_card(stage).text
    others = {"pins.add", "conversations.setTopic", "conversations.setPurpose", "bookmarks.add"} - {method}
    assert [called(stage, other) > 0 for other in sorted(others)] == [True] * len(others)
    stage.slack.faults.clear()
    stage.clock.turn(minutes=AGAIN_MIN)
    await wait_until(lambda: called(stage, method), what="it is tried again by itself")
    await stage.quiet()
    assert lacks not in room_card(stage).text
    assert room_card(stage).channel == room.id


@pytest.mark.parametrize("kind", [Kind.drop_after, Kind.server_error_after, Kind.drop_before, Kind.ratelimited])
@pytest.mark.parametrize("method", STEPS)
async def test_a_lost_answer_makes_nothing_twice(stage: Stage, method: str, kind: Kind, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    stage.slack.faults.add(Fault(method=method, kind=kind, times=1, retry_after=1))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    await _all_of_it_once(stage, room.id)


async def _all_of_it_once(stage: Stage, room: str) -> None:
    (there,) = rooms(stage)
    assert there.id == room
    assert set(there.members) == {BOT_USER, ANA, BRUNO}
    assert there.topic.startswith("P1 · ")
    assert there.purpose
    assert [one["link"] for one in there.bookmarks] == ["https://status.example.org"]
    assert [one.ts for one in stage.slack.ws.pins(room)] == [room_card(stage).ts]
    assert "Slack refuses" not in room_card(stage).text
    assert set(steps(stage).values()) == {1}


@pytest.mark.parametrize("method", STEPS)
async def test_another_bot_goes_on_where_one_died(stage: Stage, method: str, tmp_path: Path) -> None:
    """Slack has done it, the answer is lost, and who asked is gone before it could look."""
    bot, actor = await working(stage, "http", ruled(tmp_path))
    stage.slack.faults.add(Fault(method=method, kind=Kind.drop_after))
    await asks(stage, actor, 'open "DB down" P1')
    await wait_until(lambda: any(one.method == method and one.done for one in stage.slack.ws.calls), what=method)
    await stage.stop(bot)
    stage.slack.faults.clear()
    await stage.bot(ruled(tmp_path))
    stage.clock.turn(seconds=16)
    room = await made(stage)
    await _all_of_it_once(stage, room.id)


@both
async def test_two_people_and_two_bots_make_one_room(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    other = await stage.bot()
    elsewhere = Actor(stage.slack.ws, other.url, stage.http)
    await asyncio.gather(
        actor.command("/war-room", 'open "DB down" P0', user=ANA),
        elsewhere.command("/war-room", 'open "db down" P0', user=CHLOE),
    )
    room = await made(stage)
    await wait_until(lambda: CHLOE in rooms(stage)[0].members and ANA in rooms(stage)[0].members, what="both are there")
    await stage.quiet()
    assert called(stage, "conversations.create") == 1
    assert [one.channel for one in cards_of_rooms(stage)] == [room.id]
    assert len([one for one in stage.slack.cards("alerts") if "db down" in one.text.lower()]) == 1


async def test_a_command_that_slack_sends_again_opens_nothing_more(stage: Stage) -> None:
    _, actor = await working(stage, "socket")
    stage.slack.ws.sockets.twice = True
    await actor.command("/war-room", 'open "DB down" P0', user=ANA)
    room = await made(stage)
    await actor.command("/war-room", 'note "once"', channel=room.id, user=ANA)
    await shows(stage, "1 note on the timeline", of=room_card)
    await actor.command("/war-room", "update twice?", channel=room.id, user=ANA)
    await hears_all(stage, "📣 twice? (ana)")
    await stage.quiet()
    assert said(stage).count("📣 twice? (ana)") == 1
    assert "1 note on the timeline" in room_card(stage).text
    assert len(cards_of_rooms(stage)) == 1


async def test_an_update_is_told_once_though_the_bot_dies(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    bot, actor = await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "A", "B")
    room = await made(stage)
    stage.slack.faults.add(Fault(method="chat.postMessage", kind=Kind.drop_after))
    await asks(stage, actor, 'update "we are on it"', channel=room.id)
    await wait_until(lambda: any("we are on it" in line for line in said(stage)))
    await stage.stop(bot)
    stage.slack.faults.clear()
    await stage.bot(ruled(tmp_path, when="auto"))
    stage.clock.turn(seconds=16)
    await stage.quiet()
    (outside,) = stage.slack.cards("status")
    places = [said(stage), in_thread(stage, "*A*"), in_thread(stage, "*B*")]
    places.append([line for reply in stage.slack.replies(outside) for line in reply.text.splitlines()])
    assert [lines.count("📣 we are on it (ana)") for lines in places] == [1, 1, 1, 1]
    assert set(steps(stage).values()) == {1}


async def test_what_is_archived_last_is_tried_again(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=room.id)
    refuses(stage, "conversations.archive", "restricted_action")
    stage.clock.turn(hours=7 * 24 + 1)
    await shows(stage, "archiving the channel (restricted_action)", of=room_card)
    stage.slack.faults.clear()
    await actor.press(room_card(stage), "room_retry", user=ANA)
    await hears(stage, ANA, "I try again.")
    await wait_until(lambda: rooms(stage)[0].archived, what="it is archived")
    assert len([one for one in stage.slack.ws.files.all() if one.name.endswith(".md")]) == 1


async def test_a_channel_that_somebody_archives_is_left_for_the_fallback(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    id_ = (await asks(stage, actor, 'open "DB down" P1')).split()[3]
    room = await made(stage)
    stage.slack.ws.archive(room.id)
    assert await asks(stage, actor, f'update {id_} "we go on"') == (
        "Told: the room, the threads of its incidents, and #status."
    )
    await wait_until(lambda: any("War-room" in one.text for one in stage.slack.cards("general")), what="its card")
    await stage.quiet()
    card = next(one for one in stage.slack.cards("general") if "War-room" in one.text)
    assert "which Slack refuses" in card.text
    await actor.press(card, "room_command", user=ANA)
    await wait_until(lambda: "Commander: ana" in stage.slack.ws.message(card.channel, card.ts).text)


async def test_a_closed_room_whose_channel_somebody_archives_is_at_rest(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    id_ = (await asks(stage, actor, 'open "DB down" P1')).split()[3]
    room = await made(stage)
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=room.id)
    await stage.quiet()
    stage.slack.ws.archive(room.id)
    assert await asks(stage, actor, f'note {id_} "thought of later"') == "Written down."
    await stage.quiet()
    start = len(stage.slack.ws.calls)
    for _ in range(3):
        stage.clock.turn(minutes=AGAIN_MIN)
        await stage.quiet()
    stage.clock.turn(hours=7 * 24 + 1)
    await wait_until(lambda: stage.bots[0].desk.rooms(), what="Redis")
    await stage.quiet()
    touched = [one.method for one in stage.slack.ws.calls[start:] if room.id in str(one.args)]
    assert len(touched) <= 3, touched


async def test_a_private_channel_that_somebody_archives_is_made_anew(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    await actor.command("/war-room", "open", user=ANA)
    await actor.submit(await form(stage, ANA), {"title": "A leak", "private": ["yes"]}, user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    stage.slack.ws.archive(room.id)
    stage.clock.turn(minutes=AGAIN_MIN)  # nobody commands, and nobody can be asked there
    await wait_until(lambda: len(rooms(stage)) == 2, what="another channel")
    await stage.quiet()
    assert rooms(stage)[1].private
    assert set(rooms(stage)[1].members) == {BOT_USER, ANA, BRUNO}
    assert [one.channel for one in cards_of_rooms(stage) if one.channel != room.id] == [rooms(stage)[1].id]


async def test_a_card_that_somebody_deletes_is_posted_and_pinned_again(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    gone = room_card(stage)
    stage.slack.ws.delete(room.id, gone.ts)
    await asks(stage, actor, "impact x", channel=room.id)
    await wait_until(lambda: cards_of_rooms(stage) and room_card(stage).ts != gone.ts, what="another card")
    await stage.quiet()
    assert [one.ts for one in stage.slack.ws.pins(room.id)] == [room_card(stage).ts]


async def test_the_file_of_an_archived_room_is_there_once(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    await asks(stage, actor, 'open "DB down" P1')
    room = await made(stage)
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=room.id)
    stage.slack.faults.add(Fault(method="files.completeUploadExternal", kind=Kind.drop_after, times=1))
    stage.clock.turn(hours=7 * 24 + 1)
    await wait_until(lambda: rooms(stage)[0].archived, what="it is archived")
    assert len([one for one in stage.slack.cards(room.id) if "had its time" in one.text]) == 1


@both
async def test_a_form_for_what_has_its_room_or_is_over_opens_nothing(
    stage: Stage, transport: str, tmp_path: Path
) -> None:
    _, actor = await working(stage, transport, ruled(tmp_path))
    await fires(stage, "Slow", "Late", severity="warning")
    await stage.quiet()
    slow, late = (stage.slack.card("monitoring", name) for name in ("Slow", "Late"))
    await actor.press(slow, "war_room", user=ANA)
    await actor.submit(await form(stage, ANA), {}, user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    await actor.press(slow, "war_room", user=BRUNO)
    await hears(stage, BRUNO, f"There is a war-room for it already: #{room.name}. I invite you there.")
    assert not stage.slack.ws.modals.stack(BRUNO)
    await actor.press(late, "war_room", user=BRUNO)
    asked = await form(stage, BRUNO)
    await fires(stage, "Late", severity="warning", firing=False)
    await stage.quiet()
    await actor.submit(asked, {}, user=BRUNO)
    await hears(stage, BRUNO, 'It is over by now. `/war-room open "…"` opens a room all the same.')
    await stage.quiet()
    assert len(rooms(stage)) == 1


async def _private(stage: Stage, actor: Actor) -> None:
    """Ana's form for it, filled in and sent."""
    await actor.command("/war-room", "open", user=ANA)
    await actor.submit(await form(stage, ANA), {"title": "A leak", "private": ["yes"]}, user=ANA)


async def test_a_closed_private_room_is_opened_again_by_its_people_only(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, invite=""))
    await _private(stage, actor)
    await hears(stage, ANA, "I open war-room")
    first = await made(stage)
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=first.id)
    assert "I open war-room" in await asks(stage, actor, 'open "a leak"', user=BRUNO)
    await wait_until(lambda: len(rooms(stage)) == 2, what="a room of its own")
    await stage.quiet()
    other = rooms(stage)[1]
    assert [one.private for one in rooms(stage)] == [True, False]
    assert set(stage.slack.ws.channel(first.id).members) == {BOT_USER, ANA}
    for words in ("impact x", "cause x", "fix x", "close"):
        await asks(stage, actor, words, channel=other.id, user=BRUNO)
    await stage.quiet()
    await _private(stage, actor)
    await hears(stage, ANA, f"War-room #{first.name} is open again; I invite you there.")
    await asks(stage, actor, "close", channel=first.id)
    await stage.quiet()
    answer = await asks(stage, actor, 'open "a leak"', user=BRUNO)
    assert answer == f"War-room #{other.name} is open again; I invite you there."
    await stage.quiet()
    assert len(rooms(stage)) == 2


async def test_what_a_private_room_is_called_is_said_to_nobody_else(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path, when="auto"))
    await fires(stage, "Leak", team="security")
    await made(stage)
    hidden = room_card(stage)
    await asks(stage, actor, 'open "DB down" P1', user=BRUNO)
    await wait_until(lambda: len(rooms(stage)) == 2)
    await stage.quiet()
    public = next(one for one in rooms(stage) if not one.private)
    secret = next(one for one in rooms(stage) if one.private)
    name, id_ = name_in(stage, "*Leak*"), hidden.text.split("War-room ")[1][:6]
    answer = await asks(stage, actor, f"merge {name}", channel=public.id, user=BRUNO)
    assert answer == f"{name} has a war-room of its own: {id_}. Close that one first."
    assert secret.name not in answer


@both
@pytest.mark.parametrize(
    ("method", "error", "words"),
    [
        ("conversations.create", "restricted_action", "Slack refuses to make the channel of your private war-room"),
        ("conversations.invite", "missing_scope", "I could not invite you to your private war-room"),
    ],
)
async def test_who_opened_a_private_room_in_vain_hears_it_alone(
    stage: Stage, transport: str, method: str, error: str, words: str, tmp_path: Path
) -> None:
    stage.slack.ws.ensure_channel("status")
    refuses(stage, method, error)
    _, actor = await working(stage, transport, ruled(tmp_path))
    await _private(stage, actor)
    hers = stage.slack.ws.direct(ANA).id
    await wait_until(lambda: stage.slack.cards(hers), what="a direct message")
    for _ in range(2):
        tried = _tried(stage, method)
        stage.clock.turn(minutes=AGAIN_MIN)
        await wait_until(lambda seen=tried: _tried(stage, method) > seen, what="it is tried again")
        await stage.quiet()
    [direct] = stage.slack.cards(hers)
    assert direct.text.startswith(words)
    assert error in direct.text
    assert buttons(direct) == ["room_retry"]
    open_to_all = [one.id for one in stage.slack.ws.channels if not one.private and one.id != hers]
    assert not [one.text for one in stage.slack.all_cards() if one.channel in open_to_all]
    stage.slack.faults.clear()
    await actor.press(direct, "room_retry", user=ANA)
    await wait_until(lambda: rooms(stage) and ANA in rooms(stage)[0].members, what="she is in it")
    await stage.quiet()
    assert rooms(stage)[0].private
