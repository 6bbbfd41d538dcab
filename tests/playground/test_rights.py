"""Scopes, people and user groups, direct messages, and people of another workspace."""

from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.actor import Actor
from bot.playground.message import User
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE, DANA, FOREIGN_TEAM, SLACKBOT, TEAM
from tests.playground.test_actor import CARD, MODAL
from tests.playground.test_api import refused

CALLS = [
    ("chat:write", "chat.postMessage", {"channel": "#alerts", "text": "x"}),
    ("chat:write", "chat.update", {"channel": "#alerts", "ts": "1.0"}),
    ("users:read", "users.list", {}),
    ("users:read", "users.info", {"user": ANA}),
    ("users:read.email", "users.lookupByEmail", {"email": "ana@example.com"}),
    ("usergroups:read", "usergroups.list", {}),
    ("usergroups:read", "usergroups.users.list", {"usergroup": "S0000ONCALL"}),
    ("im:write", "conversations.open", {"users": ANA}),
    ("channels:history", "conversations.history", {"channel": "#alerts"}),
    ("channels:read", "conversations.list", {}),
    ("groups:read", "conversations.list", {"types": "private_channel"}),
    ("channels:manage", "conversations.create", {"name": "room"}),
    ("groups:write", "conversations.create", {"name": "room", "is_private": "true"}),
    ("channels:write.invites", "conversations.invite", {"channel": "#alerts", "users": ANA}),
    ("channels:write.topic", "conversations.setTopic", {"channel": "#alerts", "topic": "x"}),
    ("channels:manage", "conversations.archive", {"channel": "#alerts"}),
    ("channels:join", "conversations.join", {"channel": "#alerts"}),
    ("channels:read", "conversations.members", {"channel": "#alerts"}),
    ("reactions:write", "reactions.remove", {"channel": "#alerts", "timestamp": "1.0", "name": "eyes"}),
    ("reactions:read", "reactions.get", {"channel": "#alerts", "timestamp": "1.0"}),
    ("pins:write", "pins.add", {"channel": "#alerts", "timestamp": "1.0"}),
    ("pins:write", "pins.remove", {"channel": "#alerts", "timestamp": "1.0"}),
    ("pins:read", "pins.list", {"channel": "#alerts"}),
    ("bookmarks:write", "bookmarks.add", {"channel_id": "#alerts"}),
    ("bookmarks:write", "bookmarks.edit", {"channel_id": "#alerts"}),
    ("bookmarks:write", "bookmarks.remove", {"channel_id": "#alerts"}),
    ("reactions:write", "reactions.add", {"channel": "#alerts", "timestamp": "1.0", "name": "eyes"}),
    ("bookmarks:read", "bookmarks.list", {"channel_id": "#alerts"}),
]


@pytest.fixture
def actor(ws, bot, session, playground) -> Actor:
    ws.url = playground
    return Actor(ws, bot.url, session)


@pytest.mark.parametrize(("scope", "method", "given"), CALLS)
async def test_a_method_without_its_scope(slack, ws, scope, method, given):
    ws.scopes = {scope}
    answer = await _asked(slack, method, given)
    assert answer.get("error") != "missing_scope"
    assert (answer.headers["X-OAuth-Scopes"], scope in answer.headers["X-Accepted-OAuth-Scopes"]) == (scope, True)
    ws.scopes = {"commands", "team:read"}
    answer = await _asked(slack, method, given)
    assert answer["error"] == "missing_scope"
    assert answer["provided"] == "commands,team:read"
    needed = answer["needed"].split(",")
    assert scope in needed or scope in answer.headers["X-Accepted-OAuth-Scopes"].split(",")


async def _asked(slack, method, given):
    try:
        return await slack.api_call(method, params=given)
    except SlackApiError as refusal:
        return refusal.response


async def test_the_scope_goes_by_the_kind_of_conversation(slack, ws):
    hidden = ws.make_channel("hidden", creator=ANA, members=[ANA, BOT_USER], private=True)
    direct = ws.direct(ANA)
    ws.scopes -= {"groups:history", "im:history"}
    for channel, needed in ((hidden.id, "groups:history"), (direct.id, "im:history")):
        with pytest.raises(SlackApiError) as caught:
            await slack.conversations_history(channel=channel)
        assert caught.value.response["needed"] == needed
    assert (await slack.conversations_history(channel=ws.channel("alerts").id))["ok"]


async def test_auth_test_needs_no_scope_and_lists_what_is_granted(slack, ws):
    ws.scopes = {"chat:write", "commands"}
    answer = await slack.auth_test()
    assert answer.headers["X-OAuth-Scopes"] == "chat:write,commands"
    assert (answer["team"], answer["team_id"], answer["user_id"]) == ("Playground", TEAM, BOT_USER)
    assert answer["url"].endswith("/playground/")


async def test_without_its_scope_no_address_is_told(slack, ws):
    assert (await slack.users_info(user=ANA))["user"]["profile"]["email"] == "ana@example.com"
    ws.scopes.discard("users:read.email")
    assert "email" not in (await slack.users_info(user=ANA))["user"]["profile"]


async def test_a_public_channel_is_open_to_those_with_the_scope(slack, ws):
    elsewhere = ws.make_channel("elsewhere", creator=ANA, members=[ANA])
    hidden = ws.make_channel("hidden", creator=ANA, members=[ANA], private=True)
    assert (await slack.chat_postMessage(channel=elsewhere.id, text="x"))["ok"]
    assert await refused(slack.chat_postMessage(channel=hidden.id, text="x")) == "channel_not_found"
    ws.scopes.discard("chat:write.public")
    assert await refused(slack.chat_postMessage(channel=elsewhere.id, text="x")) == "not_in_channel"


async def test_people_and_groups_can_be_changed(slack, ws):
    ws.users["U00000EVE"] = User(id="U00000EVE", name="eve", real_name="Eve", email="Eve@Example.com")
    assert (await slack.users_lookupByEmail(email="eve@example.com"))["user"]["id"] == "U00000EVE"
    ws.usergroups["S0000ONCALL"] = replace(ws.usergroups["S0000ONCALL"], users=(CHLOE,))
    assert (await slack.usergroups_users_list(usergroup="S0000ONCALL"))["users"] == [CHLOE]
    groups = (await slack.usergroups_list(include_users=True))["usergroups"]
    assert {group["id"]: group["users"] for group in groups}["S0000ONCALL"] == [CHLOE]
    assert "users" not in (await slack.usergroups_list())["usergroups"][0]
    assert await refused(slack.usergroups_users_list(usergroup="S1")) == "no_such_subteam"


async def test_a_direct_message_from_opening_to_history(slack, ws):
    opened = await slack.conversations_open(users=ANA)
    direct = opened["channel"]["id"]
    assert direct.startswith("D")
    assert "already_open" not in opened
    assert (await slack.conversations_open(users=[ANA]))["already_open"]
    assert (await slack.conversations_open(channel=direct, return_im=True))["channel"]["user"] == ANA
    assert (await slack.chat_postMessage(channel=direct, text="one"))["channel"] == direct
    assert (await slack.chat_postMessage(channel=ANA, text="two"))["channel"] == direct
    history = (await slack.conversations_history(channel=direct))["messages"]
    assert [one["text"] for one in history] == ["two", "one"]
    info = (await slack.conversations_info(channel=direct))["channel"]
    assert (info["is_im"], info["user"]) == (True, ANA)
    assert (await slack.chat_postMessage(channel=BRUNO, text="x"))["channel"] != direct


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "users_list_not_supplied"),
        ({"users": "UNOBODY"}, "user_not_found"),
        ({"users": BOT_USER}, "cannot_dm_bot"),
        ({"users": DANA}, "invalid_user_combination"),
        ({"users": ",".join([ANA] * 9)}, "too_many_users"),
        ({"channel": "D9"}, "channel_not_found"),
        ({"channel": "C0000000001"}, "method_not_supported_for_channel_type"),
    ],
)
async def test_what_cannot_be_opened(slack, given, word):
    assert await refused(slack.api_call("conversations.open", params=given)) == word


async def test_somebody_of_another_workspace(slack, ws):
    user = (await slack.users_info(user=DANA))["user"]
    assert (user["team_id"], user["is_stranger"]) == (FOREIGN_TEAM, True)
    assert "is_stranger" not in (await slack.users_info(user=ANA))["user"]
    assert DANA not in [one["id"] for one in (await slack.users_list())["members"]]
    ws.share("alerts", DANA)
    assert (await slack.users_info(user=DANA))["user"]["is_stranger"] is False
    assert DANA in [one["id"] for one in (await slack.users_list())["members"]]
    assert (await slack.conversations_info(channel=ws.channel("alerts").id))["channel"]["is_ext_shared"]
    assert not (await slack.conversations_info(channel=ws.channel("general").id))["channel"]["is_ext_shared"]
    ws.users[DANA] = replace(ws.users[DANA], email="dana@example.net")
    assert await refused(slack.users_lookupByEmail(email="dana@example.net")) == "users_not_found"


async def test_what_a_stranger_does_names_her_workspace(actor, ws, bot):
    ws.share("alerts", DANA)
    await actor.command("/sereno", "", "alerts", DANA)
    assert (bot.forms[0]["team_id"], bot.forms[0]["user_id"]) == (FOREIGN_TEAM, DANA)
    await actor.press(ws.post("alerts", text="disk", blocks=CARD), "ack", DANA)
    assert bot.payloads[0]["user"]["team_id"] == FOREIGN_TEAM
    assert bot.payloads[0]["team"]["id"] == TEAM
    view = ws.modals.open(ws.modals.trigger(DANA), MODAL)
    await actor.submit(view, {"why": "x"}, DANA)
    assert bot.payloads[1]["team"]["id"] == FOREIGN_TEAM
    assert bot.payloads[1]["view"]["app_installed_team_id"] == TEAM
    await actor.press(ws.post("alerts", text="disk", blocks=CARD), "ack", BRUNO)
    assert bot.payloads[2]["user"]["team_id"] == TEAM


async def test_a_command_in_a_direct_message_and_in_a_hidden_channel(actor, ws, bot, session):
    direct = ws.direct(ANA)
    await actor.command("/sereno", "", direct.id)
    hidden = ws.make_channel("hidden", creator=ANA, members=[ANA], private=True)
    await actor.command("/sereno", "", hidden.id)
    assert [form["channel_name"] for form in bot.forms] == ["directmessage", "privategroup"]
    async with session.post(bot.forms[1]["response_url"], json={"text": "I am not in here"}) as answer:
        assert answer.status == 200, "a response URL works also where the bot is no member"
    assert [one.channel for one in ws.ephemerals] == [hidden.id]


def test_slackbot_is_nobody_to_act_as(ws):
    assert ws.users[SLACKBOT].team == TEAM
    assert not ws.is_stranger(SLACKBOT)
