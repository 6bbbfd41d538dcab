"""War-rooms as people live them: opened, made of what Slack has, told, written down, closed."""

from pathlib import Path

import pytest

from bot.playground.actor import Actor
from bot.playground.message import Channel, Message
from bot.playground.people import ANA, BOT_USER, BRUNO, CHLOE
from tests.conftest import Stage, wait_until
from tests.e2e.hands import TRANSPORTS, buttons, card, form, hears, name_of, opened, shows, thread, working

both = pytest.mark.parametrize("transport", TRANSPORTS)


def rooms(stage: Stage) -> list[Channel]:
    return [one for one in stage.slack.ws.channels if one.name.startswith("inc-")]


async def made(stage: Stage) -> Channel:
    await wait_until(lambda: rooms(stage), what="a room")
    await stage.quiet()
    (room,) = rooms(stage)
    return room


def pinned(stage: Stage) -> Message:
    (room,) = rooms(stage)
    return next(one for one in stage.slack.cards(room.id) if one.user == BOT_USER and "War-room" in one.text)


@both
async def test_a_room_is_opened_by_words(stage: Stage, transport: str) -> None:
    _, actor = await working(stage, transport)
    await actor.command("/war-room", '"DB Down!! ÄÖ 🔥 <!channel>" P0', user=ANA)
    await hears(stage, ANA, "I open war-room")
    room = await made(stage)
    assert room.name.endswith("-db-down-ao-channel"), room.name
    assert set(room.members) == {BOT_USER, ANA, BRUNO}, "who asked, and who is on call"
    assert room.topic.startswith("P0 · investigating · no commander yet · since "), room.topic
    assert "DB Down!! ÄÖ 🔥 @channel" in room.topic
    found = pinned(stage)
    assert "<!channel>" not in found.text
    assert found.ts in stage.slack.ws.pins(room.id) if hasattr(stage.slack.ws, "pins") else True
    assert "What to do first:" in "\n".join(reply.text for reply in stage.slack.replies(found))
    alert = stage.slack.card("alerts", "DB Down")
    assert f"war-room <#{room.id}>" in alert.text
