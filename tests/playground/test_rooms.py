"""Channels that a bot makes: their names, who is in them, who sees them, and what an archived one still takes."""

from contextlib import suppress
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.faults import Fault
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE, DANA
from bot.playground.workspace import Workspace
from tests.playground.test_api import refused


async def made(slack, name="inc-7", **more) -> str:
    return (await slack.conversations_create(name=name, **more))["channel"]["id"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "invalid_name_required"), ("alerts", "name_taken"), ("Inc", "invalid_name_specials"),
        ("inc 7", "invalid_name_specials"), ("inc.7", "invalid_name_specials"), ("--", "invalid_name_punctuation"),
        ("x" * 81, "invalid_name_maxlength"),
    ],
)  # fmt: skip
async def test_a_name_that_slack_does_not_take(slack, name, word):
    assert await refused(slack.conversations_create(name=name)) == word


async def test_a_direct_message_takes_no_name(slack, ws):
    ws.direct(ANA)
    assert (await slack.conversations_create(name="dm-ana"))["channel"]["name"] == "dm-ana"


async def test_the_bot_is_the_first_in_what_it_made(slack):
    room = (await slack.conversations_create(name="x" * 80, is_private=True))["channel"]
    assert (room["is_private"], room["is_group"], room["is_member"], room["creator"]) == (True, True, True, BOT_USER)
    assert (await slack.conversations_members(channel=room["id"]))["members"] == [BOT_USER]


async def test_one_who_cannot_be_invited_keeps_the_others_out_unless_it_is_forced(slack, ws):
    room = await made(slack)
    people = f"{ANA}, UNOBODY,{BRUNO},{BOT_USER},{ANA}"
    with pytest.raises(SlackApiError) as caught:
        await slack.conversations_invite(channel=room, users=people)
    errors = [
        {"user": "UNOBODY", "ok": False, "error": "user_not_found"},
        {"user": BOT_USER, "ok": False, "error": "cant_invite_self"},
    ]
    assert (caught.value.response["error"], caught.value.response["errors"]) == ("user_not_found", errors)
    assert ws.channel(room).members == [BOT_USER]
    answer = await slack.conversations_invite(channel=room, users=people, force=True)
    assert (answer["ok"], answer["errors"]) == (True, errors)
    assert ws.channel(room).members == [BOT_USER, ANA, BRUNO]
    again = slack.conversations_invite(channel=room, users=[ANA, BRUNO], force=True)
    assert await refused(again) == "already_in_channel"


@pytest.mark.parametrize(("users", "word"), [("", "no_user"), (" , ", "no_user"), (DANA, "cant_invite")])
async def test_who_is_nobody_to_invite(slack, users, word):
    assert await refused(slack.conversations_invite(channel=await made(slack), users=users)) == word


async def test_only_a_member_invites_and_writes_the_topic(slack, ws):
    room = ws.make_channel("theirs", creator=ANA, members=[ANA]).id
    assert await refused(slack.conversations_invite(channel=room, users=BRUNO)) == "not_in_channel"
    assert await refused(slack.conversations_setTopic(channel=room, topic="x")) == "not_in_channel"
    assert await refused(slack.conversations_archive(channel=room)) == "not_in_channel"
    joined = await slack.conversations_join(channel=room)
    assert "warning" not in joined
    assert (await slack.conversations_join(channel=room))["warning"] == "already_in_channel"
    answer = await slack.conversations_setTopic(channel=room, topic="x" * 250)
    assert answer["channel"]["topic"]["value"] == "x" * 250
    assert await refused(slack.conversations_setPurpose(channel=room, purpose="x" * 251)) == "too_long"


async def test_a_private_channel_is_there_for_its_members_only(slack, ws):
    hidden = ws.make_channel("hidden", creator=ANA, members=[ANA], private=True)
    sent = ws.post(hidden.id, user=ANA, text="between us")
    where = {"channel": hidden.id}
    calls = [
        slack.conversations_info(**where), slack.conversations_history(**where), slack.conversations_members(**where),
        slack.conversations_replies(ts=sent.ts, **where), slack.conversations_join(**where),
        slack.conversations_invite(users=BRUNO, **where), slack.conversations_setTopic(topic="x", **where),
        slack.conversations_archive(**where), slack.chat_postMessage(text="x", **where), slack.pins_list(**where),
        slack.chat_getPermalink(message_ts=sent.ts, **where), slack.bookmarks_list(channel_id=hidden.id),
        slack.reactions_add(timestamp=sent.ts, name="eyes", **where), slack.pins_add(timestamp=sent.ts, **where),
    ]  # fmt: skip
    assert [await refused(call) for call in calls] == ["channel_not_found"] * len(calls)
    own = await made(slack, "own", is_private=True)
    listed = (await slack.conversations_list(types="public_channel,private_channel"))["channels"]
    assert [one["id"] for one in listed if one["is_private"]] == [own]
    assert await refused(slack.conversations_join(channel=own)) == "method_not_supported_for_channel_type"
    assert await refused(slack.conversations_create(name="hidden")) == "name_taken"
    ws.set_channel(replace(hidden, members=[ANA, BOT_USER]))
    assert (await slack.conversations_history(**where))["messages"][0]["text"] == "between us"


async def test_an_archived_channel_is_read_but_takes_nothing(slack, ws):
    room = await made(slack)
    sent = await slack.chat_postMessage(channel=room, text="x")
    assert (await slack.conversations_archive(channel=room))["ok"]
    item = {"channel": room, "timestamp": sent["ts"]}
    calls = [
        slack.chat_postMessage(channel=room, text="y"), slack.chat_update(channel=room, ts=sent["ts"], text="y"),
        slack.conversations_invite(channel=room, users=ANA), slack.conversations_setTopic(channel=room, topic="y"),
        slack.conversations_join(channel=room), slack.reactions_add(name="eyes", **item), slack.pins_add(**item),
    ]  # fmt: skip
    assert [await refused(call) for call in calls] == ["is_archived"] * len(calls)
    assert (await slack.conversations_history(channel=room))["messages"][0]["text"] == "x"
    assert (await slack.conversations_info(channel=room))["channel"]["is_archived"]
    names = [
        [one["name"] for one in (await slack.conversations_list(exclude_archived=flag))["channels"]] for flag in (0, 1)
    ]
    assert ["inc-7" in one for one in names] == [True, False]
    assert await refused(slack.conversations_create(name="inc-7")) == "name_taken"


async def test_what_cannot_be_archived(slack, ws):
    assert await refused(slack.conversations_archive(channel=ws.channel("general").id)) == "cant_archive_general"
    kind = "method_not_supported_for_channel_type"
    assert await refused(slack.conversations_archive(channel=ws.direct(ANA).id)) == kind
    assert await refused(slack.conversations_invite(channel=ws.direct(ANA).id, users=BRUNO)) == kind


@pytest.mark.parametrize("kind", ["server_error_after", "drop_after", "error", "ratelimited"])
async def test_a_room_can_be_made_without_the_bot_hearing_of_it(playground, session, faults, ws, kind):
    faults.add(Fault(method="conversations.create", kind=kind, times=1, error="restricted_action"))
    headers = {"Authorization": f"Bearer {ws.token}"}
    url = f"{playground}/playground/api/conversations.create"
    with suppress(aiohttp.ClientError):
        async with session.post(url, json={"name": "inc-7"}, headers=headers) as answer:
            assert answer.status in (200, 429, 500)
    assert any(one.name == "inc-7" for one in ws.channels) is kind.endswith("_after")
    assert [hit.kind for hit in faults.hits] == [kind]


async def test_a_fault_in_one_room_only(slack, faults, ws):
    room, other = await made(slack, "inc-7"), await made(slack, "inc-8")
    for method in ("conversations.invite", "bookmarks.add", "pins.*"):
        faults.add(Fault(method=method, kind="error", error="fatal_error", channel="inc-7"))
    link = {"title": "Board", "type": "link", "link": "https://example.com"}
    assert await refused(slack.conversations_invite(channel=room, users=ANA)) == "fatal_error"
    assert await refused(slack.bookmarks_add(channel_id=room, **link)) == "fatal_error"
    assert await refused(slack.pins_list(channel=room)) == "fatal_error"
    assert (await slack.conversations_invite(channel=other, users=ANA))["ok"]
    assert (await slack.bookmarks_add(channel_id=other, **link))["ok"]


async def test_a_room_outlives_a_restart(slack, clock, tmp_path):
    saved = tmp_path / "slack.jsonl"
    first = Workspace(clock=clock, saved=saved)
    room = first.make_channel("inc-7", creator=BOT_USER, members=[BOT_USER], private=True)
    first.set_channel(replace(room, topic="db is down", members=[BOT_USER, CHLOE], bookmarks=[{"id": "Bk1"}]))
    first.close()
    second = Workspace(clock=clock, saved=saved)
    assert second.channel("inc-7") == first.channel("inc-7")
    second.close()
