"""People's acts reach the bot as signed requests, and its answers change the workspace."""

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.playground.actor import Actor
from bot.playground.guard import guard
from bot.playground.people import ANA, BRUNO

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "disk"}},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            {"type": "button", "action_id": "ack", "value": "k1", "text": {"type": "plain_text", "text": "Ack"}},
            {
                "type": "static_select",
                "action_id": "level",
                "options": [{"text": {"type": "plain_text", "text": "P0"}, "value": "p0"}],
            },
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "silence",
    "private_metadata": "k1",
    "title": {"type": "plain_text", "text": "Silence"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "until",
            "optional": True,
            "label": {"type": "plain_text", "text": "Until"},
            "element": {"type": "datepicker", "action_id": "date"},
        },
    ],
}


def says(body):
    return lambda: web.json_response(body)


@pytest.fixture
async def actor(ws, bot, playground, session) -> Actor:
    async with session.get(f"{playground}/playground/ui/state") as answer:
        assert answer.status == 200
    return Actor(ws, bot.url, session)


async def test_a_command_is_signed_and_its_answer_shown(actor, bot, ws):
    bot.answers.append(says({"response_type": "ephemeral", "text": "hello"}))
    answer = await actor.command("/sereno", "help & more", "alerts", BRUNO)
    assert answer.ok
    form = bot.forms[0]
    assert (form["command"], form["text"], form["user_id"]) == ("/sereno", "help & more", BRUNO)
    assert form["channel_name"] == "alerts"
    assert {"token", "team_id", "team_domain", "response_url", "trigger_id", "api_app_id"} <= form.keys()
    assert [(one.text, one.visible_to) for one in ws.ephemerals] == [("hello", BRUNO)]


async def test_a_wrong_secret_is_seen_by_the_bot(actor, ws, bot):
    ws.signing_secret = "another"
    assert (await actor.command("/sereno")).status == 401


async def test_in_channel_answers_and_response_urls(actor, bot, ws, session):
    bot.answers.append(says({"response_type": "in_channel", "text": "everybody"}))
    await actor.command("/sereno", "", "alerts")
    assert ws.messages("alerts")[0].text == "everybody"
    url = bot.forms[0]["response_url"]
    async with session.post(url, json={"text": "later"}) as answer:
        assert (answer.status, await answer.text()) == (200, "ok")
    assert ws.ephemerals[0].text == "later"
    async with session.post(url, json={"text": "x", "blocks": [{"type": "nonsense"}]}) as answer:
        assert answer.status == 400
    async with session.post(url + "9", json={"text": "x"}) as answer:
        assert answer.status == 404


async def test_a_press_has_slacks_shape(actor, bot, ws, session):
    message = ws.post("alerts", text="disk", blocks=CARD)
    assert (await actor.press(message, "ack", BRUNO)).ok
    payload = bot.payloads[0]
    assert payload["type"] == "block_actions"
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("ack", "acts", "k1")
    assert payload["container"] == {
        "type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": False,
    }  # fmt: skip
    assert payload["user"]["id"] == BRUNO
    assert payload["message"]["blocks"][1]["block_id"] == "acts"
    async with session.post(payload["response_url"], json={"replace_original": True, "text": "taken"}):
        assert ws.messages("alerts")[0].text == "taken"
    async with session.post(payload["response_url"], json={"delete_original": True}):
        assert ws.messages("alerts") == []


async def test_an_action_in_a_view_is_in_its_state_too(actor, bot, ws):
    view = ws.modals.open(ws.modals.trigger(ANA), MODAL)
    assert (await actor.press_view(view, "text", value="typed", values={"date": "2026-11-30"})).ok
    payload = bot.payloads[0]
    assert (payload["actions"][0]["block_id"], payload["actions"][0]["value"]) == ("why", "typed")
    values = payload["view"]["state"]["values"]
    assert values["why"]["text"] == {"type": "plain_text_input", "value": "typed"}
    assert values["until"]["date"]["selected_date"] == "2026-11-30"
    await actor.press_view(view, "text", block_id="why", value="x", values={"until": {"date": "2026-12-01"}})
    assert bot.payloads[1]["view"]["state"]["values"]["until"]["date"]["selected_date"] == "2026-12-01"
    with pytest.raises(LookupError, match="text"):
        await actor.press_view(view, "text", block_id="until")


async def test_errors_for_what_is_no_input_are_refused(actor, bot, ws):
    view = ws.modals.open(ws.modals.trigger(ANA), MODAL)
    bot.answers.append(says({"response_action": "errors", "errors": {"nowhere": "x"}}))
    answer = await actor.submit(view, {"why": "x"})
    assert (answer.ok, answer.errors) == (False, {})
    assert "no input block (nowhere)" in answer.why
    assert ws.modals.stack(ANA) == [view]


async def test_a_view_that_clears_on_close(actor, bot, ws):
    ws.modals.open(ws.modals.trigger(ANA), MODAL)
    top = ws.modals.push(ws.modals.trigger(ANA), MODAL | {"clear_on_close": True, "notify_on_close": True})
    await actor.close(top)
    assert ws.modals.stack(ANA) == []
    assert bot.payloads[0]["is_cleared"] is True


async def test_a_choice_and_an_unknown_action(actor, bot, ws):
    message = ws.post("alerts", text="disk", blocks=CARD)
    await actor.press(message, "level", value="p0")
    assert bot.payloads[0]["actions"][0]["selected_option"]["value"] == "p0"
    with pytest.raises(LookupError, match="nothing"):
        await actor.press(message, "nothing")


async def test_an_ephemeral_is_replaced_through_its_response_url(actor, bot, ws, session):
    hidden = ws.post("alerts", text="sure?", blocks=CARD, visible_to=ANA)
    await actor.press(hidden, "ack")
    url = bot.payloads[0]["response_url"]
    assert bot.payloads[0]["container"]["is_ephemeral"]
    async with session.post(url, json={"replace_original": True, "text": "done"}):
        assert ws.ephemerals[0].text == "done"
    async with session.post(url, json={"delete_original": True}):
        assert ws.ephemerals == []


async def test_a_modal_from_trigger_to_submission(actor, bot, ws, slack):
    message = ws.post("alerts", text="disk", blocks=CARD)
    await actor.press(message, "ack")
    opened = await slack.views_open(trigger_id=bot.payloads[0]["trigger_id"], view=MODAL)
    view = ws.modals.stack(ANA)[-1]
    assert opened["view"]["id"] == view["id"]
    assert (await actor.submit(view)).errors == {"why": "Please complete this required field."}
    bot.answers.append(says({"response_action": "errors", "errors": {"why": "too short"}}))
    assert (await actor.submit(view, {"why": "x"})).errors == {"why": "too short"}
    assert ws.modals.stack(ANA) == [view]
    await actor.submit(view, {"why": "planned work", "date": "2026-11-30"})
    values = bot.payloads[-1]["view"]["state"]["values"]
    assert values["why"]["text"] == {"type": "plain_text_input", "value": "planned work"}
    assert values["until"]["date"] == {"type": "datepicker", "selected_date": "2026-11-30"}
    assert bot.payloads[-1]["view"]["private_metadata"] == "k1"
    assert ws.modals.stack(ANA) == []


async def test_response_actions_update_push_and_clear(actor, bot, ws):
    view = ws.modals.open(ws.modals.trigger(ANA), MODAL)
    bot.answers += [
        says({"response_action": "update", "view": MODAL | {"callback_id": "second"}}),
        says({"response_action": "push", "view": MODAL}),
        says({"response_action": "clear"}),
    ]
    await actor.submit(view, {"why": "x"})
    assert ws.modals.stack(ANA)[0]["callback_id"] == "second"
    await actor.submit(ws.modals.stack(ANA)[-1], {"why": "x"})
    assert len(ws.modals.stack(ANA)) == 2
    await actor.submit(ws.modals.stack(ANA)[-1], {"why": "x"})
    assert ws.modals.stack(ANA) == []


async def test_a_view_is_closed_aloud_only_when_it_asked(actor, bot, ws):
    view = ws.modals.open(ws.modals.trigger(ANA), MODAL)
    await actor.close(view)
    assert bot.payloads == []
    view = ws.modals.open(ws.modals.trigger(ANA), MODAL | {"notify_on_close": True})
    await actor.close(view)
    assert bot.payloads[0]["type"] == "view_closed"


async def test_a_bot_that_is_not_there(ws, session):
    answer = await Actor(ws, "http://127.0.0.1:9", session).command("/sereno")
    assert (answer.ok, answer.status) == (False, None)
    assert "could not be reached" in answer.why


async def test_a_bot_that_is_too_slow(ws, bot, session):
    released = asyncio.Event()
    bot.answers.append(lambda: web.Response())
    bot.wait = released.wait
    answer = await Actor(ws, bot.url, session, patience=0.05).command("/sereno")
    released.set()
    assert (answer.status, answer.why) == (None, "It did not answer in 3 s.")


async def test_an_event_is_sent(actor, bot):
    await actor.event({"type": "app_home_opened", "user": ANA})
    assert bot.payloads[0]["event"]["type"] == "app_home_opened"


async def test_samples_are_sent_with_the_given_headers(playground, bot, session):
    url = f"{playground}/playground/ui/samples"
    async with session.get(url) as answer:
        listed = await answer.json()
    assert [one["name"] for one in listed] == ["alertmanager/firing__disk.json", "github/release__published.json"]
    bot.hook_status = 503
    async with session.post(url, json={"name": listed[1]["name"]}) as answer:
        assert (await answer.json())["status"] == 503
    source, headers, body = bot.hooks[0]
    assert (source, headers["X-GitHub-Event"], json.loads(body)) == ("github", "release", {"hello": "world"})
    assert headers["X-Given"] == f"github:{len(body)}"
    async with session.post(url, json={"name": "../secret"}) as answer:
        assert answer.status == 409


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"Host": "evil.example"}, 403),
        ("GET", {"Host": "localhost:8080"}, 200),
        ("POST", {"Origin": "https://evil.example"}, 403),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}, 403),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}, 200),
    ],
)
async def test_only_this_machine_and_this_page(playground, session, method, headers, status):
    path = "/playground/" if method == "GET" else "/playground/ui/message"
    async with session.request(method, playground + path, headers=headers) as answer:
        assert answer.status == status


async def test_a_peer_from_elsewhere_is_refused(ws, bot):
    async def handler(_request):
        return web.Response()

    request = make_mocked_request("GET", "/", headers={"Host": "localhost"}).clone(remote="10.0.0.9")
    assert (await guard(ws)(request, handler)).status == 403


async def test_the_page_posts_as_people_only(playground, session, ws):
    url = f"{playground}/playground/ui/message"
    body = {"user": ANA, "channel": "alerts", "text": "hi"}
    async with session.post(url, json=body) as answer:
        assert (await answer.json())["ok"]
    async with session.post(url, json=body | {"user": "U000000BOT"}) as answer:
        assert answer.status == 409
    async with session.post(url, json=body | {"what": 1}) as answer:
        assert answer.status == 400
    async with session.post(url, json=body | {"user": None, "text": ""}) as answer:
        why = (await answer.json())["why"]
    assert (
        why == "The playground cannot read this, user: Input should be a valid string. Reload the page and try again."
    )
    assert [one.user for one in ws.messages("alerts")] == [ANA]


async def test_an_open_stream_does_not_hold_up_a_stop(make_playground, session):
    async with asyncio.timeout(5):
        async with make_playground() as url:
            stream = await session.get(f"{url}/playground/ui/stream")
            assert await stream.content.readline() == b"event: state\n"
        stream.close()


async def test_the_stream_starts_with_the_state_and_follows(playground, ws):
    timeout = aiohttp.ClientTimeout(total=5)
    async with (
        aiohttp.ClientSession(timeout=timeout) as own,
        own.get(f"{playground}/playground/ui/stream") as stream,
    ):
        assert await stream.content.readline() == b"event: state\n"
        state = json.loads((await stream.content.readline()).removeprefix(b"data: "))
        assert {one["name"] for one in state["channels"]} == {"alerts", "monitoring", "general"}
        await stream.content.readline()
        ws.post("alerts", text="new")
        assert await stream.content.readline() == b"event: message\n"
