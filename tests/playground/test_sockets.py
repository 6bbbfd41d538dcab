"""Socket Mode, as slack_sdk's own client lives through it: envelopes, acks, refreshes, cuts and repeats."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.actor import Actor
from bot.playground.people import ANA
from tests.playground.test_actor import CARD, MODAL

PATIENCE = 5.0


@dataclass
class Listener:
    """What came over the socket; `answers` are the payloads of the acks in turn, "silence" sends no ack."""

    client: SocketModeClient
    got: list[SocketModeRequest] = field(default_factory=list)
    answers: list[dict | str] = field(default_factory=list)

    async def take(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        self.got.append(request)
        answer = self.answers.pop(0) if self.answers else None
        if answer != "silence":
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))


@asynccontextmanager
async def listening(url: str, token: str = "xapp-playground") -> AsyncIterator[Listener]:
    quiet = logging.getLogger("quiet")
    quiet.setLevel(logging.CRITICAL)
    web = AsyncWebClient(base_url=f"{url}/playground/api/", logger=quiet)
    client = SocketModeClient(app_token=token, web_client=web, logger=quiet, ping_interval=0.2)
    first = client.aiohttp_client_session
    listener = Listener(client)
    client.socket_mode_request_listeners.append(listener.take)
    await client.connect()
    try:
        yield listener
    finally:
        await client.close()
        await first.close()


@pytest.fixture
async def listener(playground, ws) -> AsyncIterator[Listener]:
    async with listening(playground) as one:
        async with asyncio.timeout(PATIENCE):
            await ws.sockets.connected()
        yield one


@pytest.fixture
def actor(ws, bot, session) -> Actor:
    return Actor(ws, bot.url, session, patience=PATIENCE)


async def test_only_the_app_token_opens_a_connection(playground, slack, ws):
    for token, word in [
        ("xapp-other", "invalid_auth"),
        ("xoxb-playground", "not_allowed_token_type"),
    ]:
        with pytest.raises(SlackApiError, match=word):
            await slack.apps_connections_open(app_token=token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await slack.api_call("auth.test", headers={"Authorization": "Bearer xapp-playground"})
    assert not ws.sockets.on
    opened = await slack.apps_connections_open(app_token="xapp-playground")
    assert opened["url"].startswith(playground.replace("http://", "ws://") + "/playground/socket?ticket=")
    assert opened.headers["X-OAuth-Scopes"] == "connections:write"
    assert ws.sockets.on


async def test_the_app_token_counts_in_the_header_only(playground, session):
    form = {"token": "xapp-playground"}
    async with session.post(f"{playground}/playground/api/apps.connections.open", data=form) as answer:
        assert (await answer.json())["error"] == "invalid_auth"


async def test_hello_and_a_ticket_is_good_once(playground, slack, session, ws):
    url = (await slack.apps_connections_open(app_token=ws.app_token))["url"]
    async with session.ws_connect(url) as socket:
        hello = await socket.receive_json(timeout=PATIENCE)
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"] == {"app_id": "A000000APP"}
        assert hello["debug_info"]["approximate_connection_time"] > 0
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        second = (await slack.apps_connections_open(app_token=ws.app_token))["url"]
        async with session.ws_connect(second) as other:
            assert (await other.receive_json(timeout=PATIENCE))["num_connections"] == 2


async def test_the_eleventh_connection_is_one_too_many(slack, session, ws):
    addresses = [(await slack.apps_connections_open(app_token=ws.app_token))["url"] for _ in range(11)]
    sockets = [await session.ws_connect(address) for address in addresses]
    said = [await socket.receive_json(timeout=PATIENCE) for socket in sockets]
    assert [one["type"] for one in said] == ["hello"] * 10 + ["disconnect"]
    assert said[-1]["reason"] == "too_many_websockets"
    assert ws.sockets.count == 10


async def test_a_command_comes_over_the_socket_and_its_ack_is_the_answer(listener, actor, bot, ws):
    listener.answers.append({"response_type": "in_channel", "text": "everybody"})
    assert (await actor.command("/sereno", "help", "alerts")).ok
    request = listener.got[0]
    assert (request.type, request.accepts_response_payload) == ("slash_commands", True)
    assert (request.payload["command"], request.payload["text"], request.payload["user_id"]) == ("/sereno", "help", ANA)
    assert {"response_url", "trigger_id", "channel_id", "api_app_id"} <= request.payload.keys()
    assert ws.messages("alerts")[0].text == "everybody"
    assert bot.forms == [], "nothing went by HTTP"


async def test_a_press_a_modal_and_an_event_come_too(listener, actor, ws, slack):
    message = ws.post("alerts", text="disk", blocks=CARD)
    assert (await actor.press(message, "ack")).ok
    pressed = listener.got[0]
    assert (pressed.type, pressed.payload["actions"][0]["action_id"]) == ("interactive", "ack")
    await slack.views_open(trigger_id=pressed.payload["trigger_id"], view=MODAL)
    view = ws.modals.stack(ANA)[-1]
    listener.answers.append({"response_action": "errors", "errors": {"why": "too short"}})
    assert (await actor.submit(view, {"why": "x"})).errors == {"why": "too short"}
    assert (await actor.submit(view, {"why": "planned work"})).ok
    assert ws.modals.stack(ANA) == []
    assert (await actor.event({"type": "app_home_opened", "user": ANA})).ok
    assert (listener.got[-1].type, listener.got[-1].accepts_response_payload) == ("events_api", False)
    assert listener.got[-1].payload["event"]["type"] == "app_home_opened"


async def test_no_ack_is_no_answer(listener, ws, bot, session):
    listener.answers.append("silence")
    answer = await Actor(ws, bot.url, session, patience=0.05).command("/sereno")
    assert (answer.status, answer.why) == (None, "It did not answer in 3 s.")


async def test_nobody_listens(ws, bot, session):
    ws.sockets.on = True
    answer = await Actor(ws, bot.url, session, patience=0.05).command("/sereno")
    assert (answer.status, answer.why) == (None, "It could not be reached: the bot has no socket open.")


async def test_an_act_waits_for_a_connection(playground, actor, ws):
    ws.sockets.on = True
    acting = asyncio.create_task(actor.command("/sereno"))
    async with listening(playground) as late:
        assert (await acting).ok
        assert len(late.got) == 1


@pytest.mark.parametrize("abrupt", [False, True])
async def test_a_dropped_connection_comes_back(listener, actor, ws, abrupt):
    assert (await actor.command("/sereno", "one")).ok
    await ws.sockets.drop(abrupt=abrupt)
    async with asyncio.timeout(PATIENCE):
        await ws.sockets.connected()
    assert ws.sockets.opened == 2
    assert (await actor.command("/sereno", "two")).ok
    assert [one.payload["text"] for one in listener.got] == ["one", "two"]


async def test_what_is_said_before_the_end(slack, session, ws):
    url = (await slack.apps_connections_open(app_token=ws.app_token))["url"]
    async with session.ws_connect(url) as socket:
        await socket.receive_json(timeout=PATIENCE)
        await ws.sockets.drop(reason="warning")
        said = await socket.receive_json(timeout=PATIENCE)
        assert (said["type"], said["reason"], ws.sockets.count) == ("disconnect", "warning", 1)
        ending = asyncio.create_task(ws.sockets.drop())
        assert (await socket.receive_json(timeout=PATIENCE))["reason"] == "refresh_requested"
        assert (await socket.receive(timeout=PATIENCE)).type == aiohttp.WSMsgType.CLOSE
        await ending
        assert ws.sockets.count == 0


async def test_an_envelope_comes_twice(listener, actor, ws):
    ws.sockets.twice = True
    listener.answers += [{"text": "first"}, {"text": "second"}]
    answer = await actor.command("/sereno", "list", "alerts")
    assert answer.json == {"text": "first"}
    first, second = listener.got
    assert first.envelope_id == second.envelope_id
    assert first.payload == second.payload
    assert (first.retry_attempt, second.retry_attempt, second.retry_reason) == (None, 1, "timeout")
    assert [one["envelope_id"] for one in ws.sockets.acks] == [first.envelope_id] * 2
    assert [one.text for one in ws.ephemerals] == ["first"], "the second answer comes to nothing"


async def test_connections_take_turns(playground, listener, actor, ws):
    async with listening(playground) as other:
        async with asyncio.timeout(PATIENCE):
            await ws.sockets.connected(2)
        for number in range(4):
            assert (await actor.command("/sereno", str(number))).ok
        assert (len(listener.got), len(other.got)) == (2, 2)


async def test_an_open_socket_does_not_hold_up_a_stop(make_playground, session, ws):
    async with asyncio.timeout(PATIENCE):
        async with make_playground() as url:
            headers = {"Authorization": f"Bearer {ws.app_token}"}
            async with session.post(f"{url}/playground/api/apps.connections.open", headers=headers) as answer:
                socket = await session.ws_connect((await answer.json())["url"])
            await socket.receive_json()
            reading = asyncio.create_task(socket.receive_json())
        assert (await reading)["type"] == "disconnect"
