"""The Web API as slack_sdk's own client sees it: shapes, errors, pagination, metadata."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.playground.people import ANA, BOT_USER, BRUNO


async def refused(call) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]


async def test_auth_test_says_who_the_bot_is(slack):
    answer = await slack.auth_test()
    assert (answer["user_id"], answer["team_id"], answer["bot_id"]) == (BOT_USER, "T00PLAYGND", "B000000BOT")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


async def test_a_wrong_token_is_refused_and_never_recorded(slack, ws):
    slack.token = "xoxb-other"
    assert await refused(slack.auth_test()) == "invalid_auth"
    assert "xoxb" not in str(ws.calls)


async def test_no_token_is_not_authed(playground, session):
    async with session.post(f"{playground}/playground/api/auth.test") as answer:
        assert (await answer.json())["error"] == "not_authed"


async def test_unknown_method(slack):
    assert await refused(slack.api_call("no.such")) == "unknown_method"


async def test_post_by_name_and_by_id_then_read_back(slack, ws):
    first = await slack.chat_postMessage(channel="#alerts", text="one")
    second = await slack.chat_postMessage(channel=first["channel"], text="two")
    assert first["ts"] == "1700000000.000100"
    assert second["ts"] == "1700000000.000200"
    assert first["message"]["bot_id"] == "B000000BOT"
    history = await slack.conversations_history(channel=first["channel"])
    assert [message["text"] for message in history["messages"]] == ["two", "one"]
    assert [message.text for message in ws.messages("alerts")] == ["one", "two"]


async def test_form_and_json_bodies_and_get_are_alike(playground, session, ws):
    url = f"{playground}/playground/api/chat.postMessage"
    form = {"channel": "alerts", "text": "a", "blocks": '[{"type":"divider"}]', "token": ws.token}
    async with session.post(url, data=form) as answer:
        assert (await answer.json())["ok"]
    headers = {"Authorization": f"Bearer {ws.token}"}
    body = {"channel": "alerts", "text": "b", "blocks": [{"type": "divider"}]}
    async with session.post(url, json=body, headers=headers) as answer:
        assert (await answer.json())["ok"]
    async with session.get(url, params={"channel": "alerts", "text": "c"}, headers=headers) as answer:
        assert (await answer.json())["ok"]
    assert [message.text for message in ws.messages("alerts")] == ["a", "b", "c"]


async def test_a_thread_counts_replies_and_broadcasts(slack, ws):
    root = await slack.chat_postMessage(channel="alerts", text="root")
    where = {"channel": root["channel"], "thread_ts": root["ts"]}
    await slack.chat_postMessage(text="quiet", **where)
    await slack.chat_postMessage(text="loud", reply_broadcast=True, **where)
    history = (await slack.conversations_history(channel=root["channel"]))["messages"]
    assert [one["text"] for one in history] == ["loud", "root"]
    assert history[0]["subtype"] == "thread_broadcast"
    assert history[0]["root"]["ts"] == root["ts"]
    assert history[1]["reply_count"] == 2
    replies = (await slack.conversations_replies(channel=root["channel"], ts=root["ts"]))["messages"]
    assert [one["text"] for one in replies] == ["root", "quiet", "loud"]
    assert [one.text for one in ws.thread("alerts", root["ts"])] == ["root", "quiet", "loud"]
    assert len(ws.messages("alerts")) == 1


async def test_a_reply_to_a_reply_goes_to_the_root(slack):
    root = await slack.chat_postMessage(channel="alerts", text="root")
    reply = await slack.chat_postMessage(channel="alerts", text="1", thread_ts=root["ts"])
    nested = await slack.chat_postMessage(channel="alerts", text="2", thread_ts=reply["ts"])
    assert nested["message"]["thread_ts"] == root["ts"]


async def test_a_reply_to_what_is_gone_is_unthreaded_or_refused(slack, ws):
    root = await slack.chat_postMessage(channel="alerts", text="root")
    await slack.chat_delete(channel=root["channel"], ts=root["ts"])
    orphan = await slack.chat_postMessage(channel="alerts", text="x", thread_ts=root["ts"])
    assert "thread_ts" not in orphan["message"]
    ws.refuse_orphans = True
    call = slack.chat_postMessage(channel="alerts", text="x", thread_ts=root["ts"])
    assert await refused(call) == "thread_not_found"
    assert await refused(slack.chat_postMessage(channel="alerts", text="x", thread_ts="soon")) == "invalid_thread_ts"
    assert await refused(slack.conversations_replies(channel=root["channel"], ts=root["ts"])) == "thread_not_found"


async def test_a_deleted_root_with_replies_leaves_a_tombstone(slack, ws):
    root = await slack.chat_postMessage(channel="alerts", text="root")
    reply = await slack.chat_postMessage(channel="alerts", text="reply", thread_ts=root["ts"])
    ws.delete("alerts", root["ts"])
    assert ws.messages("alerts") == []
    replies = (await slack.conversations_replies(channel=root["channel"], ts=root["ts"]))["messages"]
    assert [one.get("subtype") for one in replies] == ["tombstone", None]
    call = slack.chat_update(channel=root["channel"], ts=root["ts"], text="again")
    assert await refused(call) == "message_not_found"
    await slack.chat_delete(channel=root["channel"], ts=reply["ts"])
    assert ws.thread("alerts", root["ts"])[0].reply_count == 0


async def test_metadata_is_returned_only_when_asked_for(slack):
    data = {"event_type": "sereno_step", "event_payload": {"id": "x"}}
    sent = await slack.chat_postMessage(channel="alerts", text="x", metadata=data)
    plain = await slack.conversations_history(channel=sent["channel"])
    rich = await slack.conversations_history(channel=sent["channel"], include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert rich["messages"][0]["metadata"] == data


@pytest.mark.parametrize("bad", [{"event_type": "x"}, {"event_type": 1, "event_payload": {}}, [1]])
async def test_malformed_metadata(slack, bad):
    call = slack.api_call("chat.postMessage", json={"channel": "alerts", "text": "x", "metadata": bad})
    assert await refused(call) == "invalid_metadata_format"


async def test_history_windows_and_pages(slack, clock):
    sent = []
    for number in range(5):
        clock.now += 1
        sent.append(await slack.chat_postMessage(channel="alerts", text=str(number)))
    channel = sent[0]["channel"]
    window = {"channel": channel, "oldest": sent[1]["ts"], "latest": sent[3]["ts"]}
    inside = await slack.conversations_history(**window)
    assert [one["text"] for one in inside["messages"]] == ["2"]
    inclusive = await slack.conversations_history(**window, inclusive=True)
    assert [one["text"] for one in inclusive["messages"]] == ["3", "2", "1"]
    first = await slack.conversations_history(channel=channel, limit=2)
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.conversations_history(channel=channel, limit=2, cursor=cursor)
    assert [one["text"] for one in second["messages"]] == ["2", "1"]
    assert await refused(slack.conversations_history(channel=channel, cursor="!!")) == "invalid_cursor"
    assert await refused(slack.conversations_history(channel=channel, oldest="x")) == "invalid_ts_oldest"


async def test_update_and_delete_rules(slack, ws):
    sent = await slack.chat_postMessage(channel="alerts", text="x", blocks=[{"type": "divider"}])
    where = {"channel": sent["channel"], "ts": sent["ts"]}
    await slack.chat_update(text="y", **where)
    assert ws.message("alerts", sent["ts"]).blocks != []
    updated = await slack.chat_update(text="y", blocks=[], **where)
    assert updated["message"]["edited"]["user"] == BOT_USER
    assert ws.message("alerts", sent["ts"]).blocks == []
    theirs = ws.post("alerts", user=ANA, text="mine")
    call = slack.chat_update(channel=sent["channel"], ts=theirs.ts, text="z")
    assert await refused(call) == "cant_update_message"
    call = slack.chat_delete(channel=sent["channel"], ts=theirs.ts)
    assert await refused(call) == "cant_delete_message"
    assert await refused(slack.chat_update(channel="alerts", ts=sent["ts"], text="z")) == "channel_not_found"
    await slack.chat_delete(**where)
    assert await refused(slack.chat_update(text="z", **where)) == "message_not_found"


async def test_where_nothing_can_be_posted(slack, ws):
    assert await refused(slack.chat_postMessage(channel="nowhere", text="x")) == "channel_not_found"
    ws.archive("alerts")
    assert await refused(slack.chat_postMessage(channel="alerts", text="x")) == "is_archived"
    ws.make_channel("private", creator=ANA, members=[ANA])
    ws.scopes.discard("chat:write.public")
    assert await refused(slack.chat_postMessage(channel="private", text="x")) == "not_in_channel"
    assert await refused(slack.api_call("chat.postMessage", json={"channel": "general"})) == "no_text"


async def test_a_war_room_is_set_up(slack, ws):
    room = (await slack.conversations_create(name="inc-1-db"))["channel"]
    assert room["is_member"]
    assert await refused(slack.conversations_create(name="inc-1-db")) == "name_taken"
    assert await refused(slack.conversations_create(name="Inc 1")) == "invalid_name_specials"
    assert await refused(slack.conversations_create(name="x" * 81)) == "invalid_name_maxlength"
    await slack.conversations_invite(channel=room["id"], users=[ANA, BRUNO])
    assert await refused(slack.conversations_invite(channel=room["id"], users=[ANA])) == "already_in_channel"
    assert await refused(slack.conversations_invite(channel=room["id"], users=[BOT_USER])) == "cant_invite_self"
    await slack.conversations_setTopic(channel=room["id"], topic="db is down")
    assert await refused(slack.conversations_setTopic(channel=room["id"], topic="x" * 251)) == "too_long"
    await slack.conversations_setPurpose(channel=room["id"], purpose="fix it")
    await slack.bookmarks_add(channel_id=room["id"], title="Board", type="link", link="https://example.com")
    sent = await slack.chat_postMessage(channel=room["id"], text="pin me")
    await slack.pins_add(channel=room["id"], timestamp=sent["ts"])
    await slack.reactions_add(channel=room["id"], timestamp=sent["ts"], name="eyes")
    again = slack.reactions_add(channel=room["id"], timestamp=sent["ts"], name="eyes")
    assert await refused(again) == "already_reacted"
    info = (await slack.conversations_info(channel=room["id"]))["channel"]
    assert (info["topic"]["value"], info["num_members"]) == ("db is down", 3)
    await slack.conversations_archive(channel=room["id"])
    assert await refused(slack.conversations_archive(channel=room["id"])) == "already_archived"
    listed = (await slack.conversations_list(exclude_archived=True, limit=2))["channels"]
    assert [one["name"] for one in listed] == ["alerts", "monitoring"]
    assert ws.channel("inc-1-db").archived


async def test_people_groups_and_direct_messages(slack, ws):
    assert len((await slack.users_list())["members"]) == 5
    assert (await slack.users_info(user=ANA))["user"]["profile"]["email"] == "ana@example.com"
    assert (await slack.users_lookupByEmail(email="bruno@example.com"))["user"]["id"] == BRUNO
    assert await refused(slack.users_lookupByEmail(email="no@example.com")) == "users_not_found"
    groups = (await slack.usergroups_list(include_users=True))["usergroups"]
    assert {group["handle"]: group["users"] for group in groups}["on-call"] == [ANA, BRUNO]
    direct = (await slack.conversations_open(users=[ANA]))["channel"]["id"]
    assert (await slack.chat_postMessage(channel=ANA, text="psst"))["channel"] == direct
    assert (await slack.team_info())["team"]["name"] == "Playground"


async def test_ephemeral_and_permalink(slack, ws, playground):
    sent = await slack.chat_postMessage(channel="alerts", text="x")
    hidden = await slack.chat_postEphemeral(channel=sent["channel"], user=ANA, text="only you")
    assert [(one.ts, one.visible_to) for one in ws.ephemerals] == [(hidden["message_ts"], ANA)]
    assert len(ws.messages("alerts")) == 1
    link = (await slack.chat_getPermalink(channel=sent["channel"], message_ts=sent["ts"]))["permalink"]
    assert link == f"{playground}/playground/?channel=alerts&ts={sent['ts']}"


async def test_calls_are_recorded(slack, ws):
    await slack.chat_postMessage(channel="alerts", text="x")
    call = ws.calls[-1]
    assert (call.method, call.args["text"], call.status, call.done) == ("chat.postMessage", "x", 200, True)
    assert call.result is not None
    assert call.result["ok"]


async def test_the_pace_of_a_channel(slack, ws, clock):
    ws.pace = 1.0
    for _ in range(4):
        await slack.chat_postMessage(channel="alerts", text="x")
    with pytest.raises(SlackApiError) as caught:
        await slack.chat_postMessage(channel="alerts", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    await slack.chat_postMessage(channel="general", text="elsewhere")
    clock.now += 1
    await slack.chat_postMessage(channel="alerts", text="x")
