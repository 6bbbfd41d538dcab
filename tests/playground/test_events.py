"""Events and message shortcuts: what the bot is told of, how often, and what it is not told."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.playground.actor import Actor
from bot.playground.people import ANA, APP, BOT_USER, BRUNO, TEAM
from bot.playground.refusal import Refused
from tests.playground.test_actor import MODAL
from tests.playground.test_sockets import PATIENCE, Listener, listening

MARKS = ("reaction_added", "reaction_removed", "pin_added", "pin_removed")


@pytest.fixture
async def actor(ws, bot, session, playground) -> AsyncIterator[Actor]:
    ws.url = playground
    ws.events.subscribed.update(MARKS)
    ws.events.retries = (0.0, 0.0, 0.0)
    ws.shortcuts["to_postmortem"] = "Add to the postmortem"
    bot.answers.clear()
    return Actor(ws, bot.url, session)


@pytest.fixture
def retries(bot) -> list[tuple[str | None, str | None]]:
    """The retry headers of what comes to the bot, in order."""
    found: list[tuple[str | None, str | None]] = []
    bot.headers = lambda headers: found.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
    return found


async def test_a_reaction_comes_as_a_signed_callback(actor, bot, ws):
    message = ws.post("alerts", text="disk")
    assert (await actor.react(message, "pushpin", user=BRUNO)).heard
    assert (await actor.unreact(message, "pushpin", user=BRUNO)).heard
    added, removed = bot.payloads
    assert (added["type"], added["team_id"], added["api_app_id"]) == ("event_callback", TEAM, APP)
    assert added["authorizations"][0] | {"user_id": BOT_USER, "is_bot": True} == added["authorizations"][0]
    assert added["event"] | {"event_ts": ""} == {
        "type": "reaction_added", "user": BRUNO, "reaction": "pushpin", "item_user": BOT_USER, "event_ts": "",
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
    }  # fmt: skip
    assert (removed["event"]["type"], removed["event"]["reaction"]) == ("reaction_removed", "pushpin")
    assert float(removed["event"]["event_ts"]) > float(added["event"]["event_ts"]) > float(message.ts)
    assert added["event_id"] != removed["event_id"]


async def test_a_pin_comes_with_its_message(actor, bot, ws):
    message = ws.post("alerts", text="disk")
    await actor.pin(message)
    await actor.unpin(message, user=BRUNO)
    added, removed = (one["event"] for one in bot.payloads)
    assert (added["type"], added["user"], added["channel_id"]) == ("pin_added", ANA, message.channel)
    assert (added["item"]["type"], added["item"]["created_by"], added["item_user"]) == ("message", ANA, BOT_USER)
    assert added["item"]["message"]["text"] == "disk"
    assert added["item"]["message"]["permalink"].startswith(ws.url)
    assert (added["pin_count"], added["pinned_info"]["pinned_by"]) == (1, ANA)
    assert (removed["type"], removed["user"], removed["item"]["created_by"]) == ("pin_removed", BRUNO, ANA)
    assert (removed["has_pins"], removed["pin_count"]) == (False, 0)


@pytest.mark.parametrize("deaf", ["not subscribed", "no scope", "no member"])
async def test_what_the_bot_is_not_told(actor, bot, ws, deaf):
    members = [ANA] if deaf == "no member" else [ANA, BOT_USER]
    room = ws.make_channel("room", creator=ANA, members=members)
    if deaf == "not subscribed":
        ws.events.subscribed.discard("reaction_added")
    if deaf == "no scope":
        ws.scopes.discard("reactions:read")
    message = ws.post(room.id, user=ANA, text="x")
    assert await actor.react(message, "eyes") is None
    assert ws.message(room.id, message.ts).reactions == {"eyes": [ANA]}
    assert bot.payloads == []


async def test_what_is_refused_is_no_event(actor, bot, ws):
    message = ws.post("alerts", text="x")
    await actor.pin(message)
    with pytest.raises(Refused, match="already_pinned"):
        await actor.pin(message, user=BRUNO)
    assert len(bot.payloads) == 1


async def test_an_event_that_is_not_heard_comes_again(actor, bot, ws, retries):
    bot.answers += [
        lambda: web.Response(status=500),
        lambda: web.Response(status=404),
        lambda: web.Response(status=202),
    ]
    assert (await actor.react(ws.post("alerts", text="x"), "eyes")).status == 202
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({one["event_id"] for one in bot.payloads}) == 1


async def test_four_times_in_all_and_no_more(actor, bot, ws, retries):
    bot.answers += [lambda: web.Response(status=503)] * 9
    assert (await actor.react(ws.post("alerts", text="x"), "eyes")).status == 503
    assert [number for number, _ in retries] == [None, "1", "2", "3"]


async def test_the_bot_can_ask_not_to_be_told_again(actor, bot, ws):
    bot.answers.append(lambda: web.Response(status=500, headers={"X-Slack-No-Retry": "1"}))
    assert (await actor.react(ws.post("alerts", text="x"), "eyes")).status == 500
    assert len(bot.payloads) == 1


async def test_a_late_answer_is_no_answer(actor, bot, ws, session, retries):
    released = asyncio.Event()
    bot.wait = released.wait
    ws.events.retries = (0.0,)
    answer = await Actor(ws, bot.url, session, patience=1.0).react(ws.post("alerts", text="x"), "eyes")
    released.set()
    assert (answer.status, answer.why) == (None, "It did not answer in 3 s.")
    assert retries == [(None, None), ("1", "http_timeout")]


async def test_a_bot_that_is_not_there_is_tried_later_until_the_end(make_playground, session, ws, bot):
    ws.events.subscribed.update(MARKS)
    async with asyncio.timeout(PATIENCE):
        async with make_playground():
            answer = await Actor(ws, "http://127.0.0.1:9", session).react(ws.post("alerts", text="x"), "eyes")
            assert answer.reason == "connection_failed"


async def test_a_retry_after_a_pause_goes_on_by_itself(actor, bot, ws):
    ws.events.retries = (0.0, 0.01, 0.01)
    bot.answers += [lambda: web.Response(status=500)] * 3
    assert (await actor.react(ws.post("alerts", text="x"), "eyes")).status == 500
    assert len({one["event_id"] for one in await bot.told(4)}) == 1


async def test_what_the_bot_itself_does_is_told_too(actor, bot, ws, slack):
    message = ws.post("alerts", text="x")
    item = {"channel": message.channel, "timestamp": message.ts}
    await slack.reactions_add(name="eyes", **item)
    await slack.pins_add(**item)
    events = [one["event"] for one in await bot.told(2)]
    assert sorted((one["type"], one["user"]) for one in events) == [
        ("pin_added", BOT_USER), ("reaction_added", BOT_USER),
    ]  # fmt: skip


@pytest.fixture
async def listener(playground, ws) -> AsyncIterator[Listener]:
    async with listening(playground) as one:
        async with asyncio.timeout(PATIENCE):
            await ws.sockets.connected()
        yield one


async def test_over_a_socket_an_event_is_an_envelope(actor, listener, bot, ws, session):
    listener.answers.append("silence")
    ws.events.retries = (0.0,)
    patient = Actor(ws, bot.url, session, patience=1.0)
    await patient.react(ws.post("alerts", text="x"), "eyes")
    first, second = listener.got
    assert (first.type, first.accepts_response_payload) == ("events_api", False)
    assert (first.payload["event"]["type"], first.retry_attempt) == ("reaction_added", 0)
    assert (second.payload, second.retry_attempt, second.retry_reason) == (first.payload, 1, "timeout")
    assert bot.payloads == [], "nothing went by HTTP"


async def test_a_shortcut_has_slacks_shape_and_opens_a_modal(actor, bot, ws, slack, session):
    message = ws.post("alerts", user=BRUNO, text="we rolled back")
    assert (await actor.shortcut(message, "to_postmortem", user=ANA)).ok
    payload = bot.payloads[0]
    assert (payload["type"], payload["callback_id"]) == ("message_action", "to_postmortem")
    assert payload["channel"] == {"id": message.channel, "name": "alerts"}
    assert (payload["message_ts"], payload["message"]["text"]) == (message.ts, "we rolled back")
    assert (payload["message"]["user"], payload["user"]["id"], payload["team"]["id"]) == (BRUNO, ANA, TEAM)
    assert payload["action_ts"]
    await slack.views_open(trigger_id=payload["trigger_id"], view=MODAL)
    assert len(ws.modals.stack(ANA)) == 1
    async with session.post(payload["response_url"], json={"text": "noted"}) as answer:
        assert answer.status == 200
    assert [(one.text, one.visible_to) for one in ws.ephemerals] == [("noted", ANA)]


async def test_a_shortcut_in_a_private_channel_and_one_that_is_not_there(actor, bot, ws):
    hidden = ws.make_channel("hidden", creator=ANA, members=[ANA], private=True)
    message = ws.post(hidden.id, user=ANA, text="x")
    await actor.shortcut(message, "to_postmortem")
    assert bot.payloads[0]["channel"] == {"id": hidden.id, "name": "privategroup"}
    with pytest.raises(Refused, match="channel_not_found"):
        await actor.shortcut(message, "to_postmortem", user=BRUNO)
    with pytest.raises(LookupError, match="to_postmortem"):
        await actor.shortcut(message, "no_such")


async def test_a_shortcut_comes_over_a_socket_too(actor, listener, ws):
    assert (await actor.shortcut(ws.post("alerts", text="x"), "to_postmortem")).ok
    assert (listener.got[0].type, listener.got[0].payload["type"]) == ("interactive", "message_action")


async def test_the_page_marks_as_people_only(actor, playground, session, ws, bot):
    message = ws.post("alerts", text="x")
    who = {"user": ANA, "channel": message.channel, "ts": message.ts}
    asked = [
        ("react", who | {"name": "pushpin"}, 200), ("react", who | {"name": "pushpin"}, 409),
        ("react", who | {"name": "pushpin", "on": False}, 200), ("pin", who, 200), ("pin", who | {"on": False}, 200),
        ("shortcut", who | {"callback_id": "to_postmortem"}, 200), ("shortcut", who | {"callback_id": "other"}, 409),
        ("join", {"user": ANA, "channel": message.channel}, 200), ("pin", who | {"user": BOT_USER}, 409),
    ]  # fmt: skip
    for path, body, status in asked:
        async with session.post(f"{playground}/playground/ui/{path}", json=body) as answer:
            assert (answer.status, path) == (status, path)
    kinds = {one.get("event", one)["type"] for one in await bot.told(5)}
    assert kinds == {*MARKS, "message_action"}


async def test_a_person_joins_a_public_channel_and_no_other(playground, session, ws):
    public = ws.make_channel("inc-7", creator=BOT_USER, members=[BOT_USER])
    hidden = ws.make_channel("inc-8", creator=BOT_USER, members=[BOT_USER], private=True)
    seen = []
    for channel in (public, hidden):
        body = {"user": ANA, "channel": channel.id}
        async with session.post(f"{playground}/playground/ui/join", json=body) as answer:
            seen.append((await answer.json()).get("error"))
    assert seen == [None, "channel_not_found"]
    assert ws.channel("inc-7").members == [BOT_USER, ANA]
