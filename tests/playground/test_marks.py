"""Reactions, pins and bookmarks as a bot uses them, and how they are kept."""

import json

import pytest

from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace
from tests.playground.test_api import refused

LINK = {"title": "Board", "type": "link", "link": "https://example.com/board"}


@pytest.fixture
async def item(slack) -> dict[str, str]:
    sent = await slack.chat_postMessage(channel="alerts", text="disk")
    return {"channel": sent["channel"], "timestamp": sent["ts"]}


async def test_reactions_of_the_bot_and_of_people(slack, ws, item):
    ws.react("alerts", item["timestamp"], "eyes", ANA)
    await slack.reactions_add(name=":eyes:", **item)
    await slack.reactions_add(name="+1::skin-tone-3", **item)
    shown = await slack.reactions_get(**item)
    assert (shown["type"], shown["channel"]) == ("message", item["channel"])
    assert shown["message"]["reactions"] == [
        {"name": "eyes", "users": [ANA, BOT_USER], "count": 2},
        {"name": "+1::skin-tone-3", "users": [BOT_USER], "count": 1},
    ]
    assert shown["message"]["permalink"].endswith(f"?channel=alerts&ts={item['timestamp']}")
    await slack.reactions_remove(name="eyes", **item)
    await slack.reactions_remove(name="+1::skin-tone-3", **item)
    assert ws.message("alerts", item["timestamp"]).reactions == {"eyes": [ANA]}
    assert await refused(slack.reactions_remove(name="eyes", **item)) == "no_reaction", "hers is not the bot's"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"name": "no such name!"}, "invalid_name"), ({"timestamp": "soon"}, "bad_timestamp"),
        ({"timestamp": "1.000001"}, "message_not_found"), ({"timestamp": ""}, "no_item_specified"),
        ({"channel": "alerts"}, "channel_not_found"), ({"name": ""}, "invalid_name"),
    ],
)  # fmt: skip
async def test_what_cannot_be_reacted_to(slack, item, changed, word):
    given = {"name": "eyes", **item, **changed}
    assert await refused(slack.api_call("reactions.add", params=given)) == word
    assert await refused(slack.api_call("reactions.remove", params=given)) == word


async def test_who_is_not_in_a_channel_marks_nothing(slack, ws):
    elsewhere = ws.make_channel("elsewhere", creator=ANA, members=[ANA])
    where = {"channel": elsewhere.id, "timestamp": ws.post(elsewhere.id, user=ANA, text="x").ts}
    assert await refused(slack.reactions_add(name="eyes", **where)) == "not_in_channel"
    assert await refused(slack.pins_add(**where)) == "not_in_channel"
    assert await refused(slack.pins_list(channel=elsewhere.id)) == "not_in_channel"
    assert await refused(slack.bookmarks_add(channel_id=elsewhere.id, **LINK)) == "permission_denied"
    with pytest.raises(Refused, match="not_in_channel"):
        ws.react(elsewhere.id, where["timestamp"], "eyes", BRUNO)


async def test_pins_from_the_first_to_the_last(slack, ws, item, clock):
    first = await slack.chat_postMessage(channel="alerts", text="first")
    await slack.pins_add(**item)
    assert await refused(slack.pins_add(**item)) == "already_pinned"
    clock.now += 5
    ws.pin("alerts", first["ts"], CHLOE)
    pins = (await slack.pins_list(channel=item["channel"]))["items"]
    assert [(one["message"]["text"], one["created_by"], one["created"]) for one in pins] == [
        ("first", CHLOE, 1_700_000_005), ("disk", BOT_USER, 1_700_000_000),
    ]  # fmt: skip
    assert pins[0]["message"]["pinned_to"] == [item["channel"]]
    history = await slack.conversations_history(channel=item["channel"])
    assert history["pin_count"] == 2
    await slack.pins_remove(channel=item["channel"], timestamp=first["ts"])
    assert await refused(slack.pins_remove(channel=item["channel"], timestamp=first["ts"])) == "not_pinned"
    assert await refused(slack.pins_remove(channel=item["channel"], timestamp="1.000001")) == "message_not_found"
    assert [one.text for one in ws.pins("alerts")] == ["disk"]


async def test_what_was_deleted_is_pinned_no_more(slack, ws, item):
    await slack.chat_postMessage(channel="alerts", text="reply", thread_ts=item["timestamp"])
    await slack.pins_add(**item)
    ws.delete("alerts", item["timestamp"])
    assert (await slack.pins_list(channel=item["channel"]))["items"] == []
    assert await refused(slack.pins_add(**item)) == "message_not_found"


async def test_bookmarks_from_adding_to_removing(slack, ws, clock):
    room = ws.channel("alerts").id
    board = (await slack.bookmarks_add(channel_id=room, emoji=":bar_chart:", **LINK))["bookmark"]
    call = (await slack.bookmarks_add(channel_id=room, **LINK | {"title": "Call"}))["bookmark"]
    assert (board["type"], board["channel_id"], board["date_created"]) == ("link", room, 1_700_000_000)
    clock.now += 60
    changed = {"title": "Dashboard", "link": "http://example.com/2"}
    answer = await slack.bookmarks_edit(channel_id=room, bookmark_id=board["id"], **changed)
    assert answer["bookmark"] == board | changed | {"date_updated": 1_700_000_060}
    await slack.bookmarks_edit(channel_id=room, bookmark_id=board["id"], emoji="")
    listed = (await slack.bookmarks_list(channel_id=room))["bookmarks"]
    assert [(one["title"], one["emoji"]) for one in listed] == [("Dashboard", None), ("Call", None)]
    await slack.bookmarks_remove(channel_id=room, bookmark_id=board["id"])
    assert (await slack.bookmarks_list(channel_id=room))["bookmarks"] == [call]
    gone = {"channel_id": room, "bookmark_id": board["id"]}
    assert await refused(slack.bookmarks_remove(**gone)) == "not_found"
    assert await refused(slack.bookmarks_edit(**gone, title="x")) == "not_found"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"type": "message"}, "invalid_bookmark_type"), ({"link": "ftp://example.com"}, "invalid_link"),
        ({"link": ""}, "invalid_link"), ({"emoji": "chart"}, "invalid_emoji"), ({"title": ""}, "invalid_arguments"),
        ({"channel_id": "C0"}, "channel_not_found"),
    ],
)  # fmt: skip
async def test_a_bookmark_that_slack_does_not_take(slack, ws, changed, word):
    given = {"channel_id": ws.channel("alerts").id, **LINK, **changed}
    assert await refused(slack.api_call("bookmarks.add", params=given)) == word


async def test_the_hundred_and_first_bookmark_is_one_too_many(slack, ws):
    for number in range(100):
        await slack.bookmarks_add(channel_id=ws.channel("alerts").id, **LINK | {"title": str(number)})
    assert await refused(slack.bookmarks_add(channel_id=ws.channel("alerts").id, **LINK)) == "too_many_bookmarks"


def test_marks_outlive_a_restart_and_an_older_file_is_read(clock, tmp_path):
    saved = tmp_path / "slack.jsonl"
    first = Workspace(clock=clock, saved=saved)
    sent = first.post("alerts", text="x")
    first.pin("alerts", sent.ts, ANA)
    first.react("alerts", sent.ts, "pushpin", BRUNO)
    first.close()
    second = Workspace(clock=clock, saved=saved)
    assert second.everything("alerts") == first.everything("alerts")
    second.close()
    lines = [json.loads(line) for line in saved.read_text().splitlines()]
    for _, body in lines:
        body.pop("pinned_by", None)
        body.pop("pinned_at", None)
    saved.write_text("".join(json.dumps(line) + "\n" for line in lines))
    third = Workspace(clock=clock, saved=saved)
    assert [(one.ts, one.pinned_by) for one in third.pins("alerts")] == [(sent.ts, None)]
    assert third.unpin("alerts", sent.ts)["item"]["created_by"] == BOT_USER
    third.close()
