"""Channels, people, pins and bookmarks in Slack, over real HTTP: each call once, and each failure has its answer."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clients.slack import Refused, Retry, Sent, Slack, Why
from bot.clients.slack_rooms import Channel, SlackRooms
from bot.playground.faults import Fault, Kind
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE, DANA
from tests.conftest import SlackDouble

Ask = Callable[[SlackRooms, str, str], Awaitable[object]]
ASKED: dict[str, Ask] = {
    "conversations.create": lambda rooms, _room, _ts: rooms.create("inc-2", private=False),
    "conversations.list": lambda rooms, _room, _ts: rooms.find("inc-1"),
    "conversations.invite": lambda rooms, room, _ts: rooms.invite(room, [ANA]),
    "conversations.setTopic": lambda rooms, room, _ts: rooms.topic(room, "P0"),
    "conversations.setPurpose": lambda rooms, room, _ts: rooms.purpose(room, "a war-room"),
    "pins.add": lambda rooms, room, ts: rooms.pin(room, ts),
    "bookmarks.list": lambda rooms, room, _ts: rooms.bookmark(room, "Runbook", "https://runbooks.example.org"),
    "bookmarks.add": lambda rooms, room, _ts: rooms.bookmark(room, "Runbook", "https://runbooks.example.org"),
    "conversations.replies": lambda rooms, room, ts: rooms.message(room, ts),
    "conversations.archive": lambda rooms, room, _ts: rooms.archive(room),
}
READS = ("conversations.list", "conversations.replies")


@pytest.fixture
async def rooms(slack: SlackDouble) -> AsyncIterator[SlackRooms]:
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(token=slack.ws.token, base_url=slack.url, session=session, retry_handlers=[])
        yield SlackRooms(Slack(web, lambda _method, _result: None))


async def made(rooms: SlackRooms, name: str = "inc-1", *, private: bool = False) -> str:
    channel = await rooms.create(name, private=private)
    assert isinstance(channel, Channel), channel
    return channel.id


def calls(slack: SlackDouble, method: str) -> int:
    return len([call for call in slack.ws.calls if call.method == method])


@pytest.mark.parametrize("private", [False, True])
async def test_a_channel_is_made_and_found_again(rooms: SlackRooms, slack: SlackDouble, private: bool) -> None:
    id_ = await made(rooms, private=private)
    assert slack.ws.channel(id_).private is private
    assert await rooms.create("inc-1", private=private) == Refused(Why.ROOM, "name_taken")
    assert await rooms.find("inc-1") == Channel(id=id_, name="inc-1", creator=BOT_USER)
    assert isinstance(await rooms.archive(id_), Sent)
    assert await rooms.find("inc-1") == Channel(id=id_, name="inc-1", creator=BOT_USER, archived=True)
    assert await rooms.find("inc-2") is None
    assert await rooms.create("no name!", private=False) == Refused(Why.ROOM, "invalid_name_specials")


async def test_a_channel_is_found_on_any_page(rooms: SlackRooms, slack: SlackDouble) -> None:
    for number in range(2300):
        slack.ws.make_channel(f"team-{number}", creator=ANA, members=[ANA])
    id_ = await made(rooms)
    assert await rooms.find("inc-1") == Channel(id=id_, name="inc-1", creator=BOT_USER)
    assert calls(slack, "conversations.list") == 3
    assert await rooms.find("team-1") is not None
    assert calls(slack, "conversations.list") == 4, "it looks no further than it must"
    slack.ws.make_channel("secret", creator=ANA, members=[ANA], private=True)
    assert await rooms.find("secret") is None, "what we may not see"


async def test_one_who_cannot_be_invited_keeps_nobody_out(rooms: SlackRooms, slack: SlackDouble) -> None:
    room = await made(rooms)
    assert await rooms.invite(room, [ANA, "UNOBODY", DANA, BRUNO, BOT_USER]) == {
        "UNOBODY": "user_not_found", DANA: "cant_invite",
    }  # fmt: skip
    assert set(slack.ws.channel(room).members) == {BOT_USER, ANA, BRUNO}
    assert await rooms.invite(room, [ANA, BRUNO]) == {}, "who is there is there"
    assert await rooms.invite(room, [ANA]) == {}
    assert await rooms.invite(room, [DANA]) == {DANA: "cant_invite"}
    assert await rooms.invite(room, [ANA, CHLOE]) == {}
    assert CHLOE in slack.ws.channel(room).members
    assert await rooms.invite(room, []) == {}
    assert await rooms.invite("C0NOWHERE", [ANA]) == {ANA: "channel_not_found"}


async def test_many_are_invited_a_hundred_at_a_time(rooms: SlackRooms, slack: SlackDouble) -> None:
    room = await made(rooms)
    people = [f"U{number:05d}" for number in range(250)]
    assert await rooms.invite(room, [*people, ANA]) == dict.fromkeys(people, "user_not_found")
    assert ANA in slack.ws.channel(room).members


async def test_where_force_is_unknown_each_is_invited_alone(rooms: SlackRooms, slack: SlackDouble) -> None:
    room = await made(rooms)
    slack.faults.add(Fault(method="conversations.invite", kind=Kind.error, error="user_not_found", times=1))
    assert await rooms.invite(room, [ANA, BRUNO, "UNOBODY"]) == {"UNOBODY": "user_not_found"}
    assert {ANA, BRUNO} <= set(slack.ws.channel(room).members)


async def test_the_head_of_a_channel(rooms: SlackRooms, slack: SlackDouble) -> None:
    room = await made(rooms)
    assert isinstance(await rooms.topic(room, "P0 · <!channel>"), Sent)
    assert isinstance(await rooms.purpose(room, "War-room K7F3Q2"), Sent)
    assert (slack.ws.channel(room).topic, slack.ws.channel(room).purpose) == ("P0 · <!channel>", "War-room K7F3Q2")
    assert await rooms.topic(room, "x" * 251) == Refused(Why.ROOM, "too_long")


async def test_what_is_there_is_not_put_there_again(rooms: SlackRooms, slack: SlackDouble) -> None:
    room = await made(rooms)
    card = slack.ws.post(room, text="the card")
    for _ in range(2):
        assert isinstance(await rooms.pin(room, card.ts), Sent)
        assert isinstance(await rooms.bookmark(room, "Runbook", "https://runbooks.example.org/one"), Sent)
    assert [one.ts for one in slack.ws.pins(room)] == [card.ts]
    assert [one["title"] for one in slack.ws.channel(room).bookmarks] == ["Runbook"]
    assert await rooms.pin(room, "1.000001") == Refused(Why.MESSAGE, "message_not_found")
    assert await rooms.bookmark(room, "Bad", "nowhere") == Refused(Why.ROOM, "invalid_link")
    for _ in range(2):
        assert isinstance(await rooms.archive(room), Sent)
    assert slack.ws.channel(room).archived


async def test_a_message_of_a_channel_or_of_a_thread(rooms: SlackRooms, slack: SlackDouble) -> None:
    room = await made(rooms)
    before = slack.ws.post(room, text="before")
    root = slack.ws.post(room, text="the root")
    replies = [slack.ws.post(room, text=f"reply {number}", thread_ts=root.ts) for number in range(30)]
    for message in (before, root, replies[0], replies[29]):
        found = await rooms.message(room, message.ts)
        assert isinstance(found, dict)
        assert (found["text"], found["user"]) == (message.text, BOT_USER)
    slack.ws.delete(room, replies[3].ts)
    assert await rooms.message(room, replies[3].ts) is None
    assert await rooms.message(room, "1.000001") is None
    assert await rooms.message("C0NOWHERE", root.ts) == Refused(Why.CHANNEL, "channel_not_found")


@pytest.mark.parametrize("method", ASKED)
@pytest.mark.parametrize("kind", [Kind.ratelimited, Kind.server_error, Kind.drop_before, Kind.drop_after])
async def test_what_passes_is_tried_again(rooms: SlackRooms, slack: SlackDouble, method: str, kind: Kind) -> None:
    room = await made(rooms)
    ts = slack.ws.post(room, text="the card").ts
    again = 2 if kind.startswith("drop") and method in READS else 1  # aiohttp asks what only reads once more by itself
    slack.faults.add(Fault(method=method, kind=kind, times=again, retry_after=7))
    answer = await ASKED[method](rooms, room, ts)
    assert isinstance(answer, Retry), answer
    assert (answer.limited, answer.after) == ((True, 7.0) if kind is Kind.ratelimited else (False, 1.0))
    second = await ASKED[method](rooms, room, ts)
    assert not isinstance(second, Retry)
    if method == "conversations.create" and kind is Kind.drop_after:
        assert second == Refused(Why.ROOM, "name_taken"), "it was made, though nobody heard so"


@pytest.mark.parametrize("method", ASKED)
@pytest.mark.parametrize("error", ["missing_scope", "restricted_action", "a_word_of_next_year"])
async def test_each_refusal_is_slacks_last_word(rooms: SlackRooms, slack: SlackDouble, method: str, error: str) -> None:
    room = await made(rooms)
    ts = slack.ws.post(room, text="the card").ts
    slack.faults.add(Fault(method=method, kind=Kind.error, error=error))
    answer = await ASKED[method](rooms, room, ts)
    said = answer if isinstance(answer, dict) else {ANA: getattr(answer, "error", "")}
    assert said == {ANA: error}
