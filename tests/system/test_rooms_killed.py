"""A war-room whose process is killed after each thing that it did in Slack, before it could write that down."""

from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.playground.actor import Actor
from bot.playground.faults import Fault, Kind
from bot.playground.message import Channel
from bot.playground.people import ANA, BOT_USER, BRUNO
from bot.slack_app import EARLY
from tests.alerts import alert, group
from tests.conftest import SlackDouble, wait_until
from tests.e2e.rooms import ruled
from tests.system.processes import BotProcess, Sender, Valkey

STEPS = ("conversations.create", "conversations.invite", "bookmarks.add", "pins.add", "conversations.setTopic")
ALERTS = 6


@pytest.mark.timeout(300)
async def test_it_is_one_room_with_each_thing_once(slack: SlackDouble, tmp_path: Path) -> None:
    slack.ws.ensure_channel("status")
    valkey = Valkey(tmp_path)
    await valkey.start()
    environ = {"SERENO_POLICY": str(ruled(tmp_path, when="auto")), "SLACK_SIGNING_SECRET": slack.ws.signing_secret}
    bot = BotProcess(tmp_path, valkey.url, slack.url, **environ)
    await bot.start()
    try:
        async with aiohttp.ClientSession() as http:
            for method in STEPS:
                slack.faults.add(Fault(method=method, kind=Kind.drop_after, times=1))
            for number in range(ALERTS):
                await Sender(http, [bot.url]).send(group(alert(f"A{number}")), number)
            for method in STEPS:
                await _killed(bot, slack, method)
            await wait_until(lambda: _told(slack, "A5: open since"), within=60, what="the card")
            await wait_until(lambda: len(slack.cards("alerts")) == ALERTS, within=60, what="all cards")
            await _says(Actor(slack.ws, bot.url, http), slack, "update we are on it")
            await wait_until(lambda: _told(slack, "we are on it"), within=60, what="it begins to be told")
            bot.kill()
            await bot.start()
            await wait_until(lambda: len(_told(slack, "📣 we are on it (ana)")) == ALERTS + 2, within=90, what="told")
    finally:
        bot.kill()
        valkey.kill()
    room = _room(slack)
    assert set(room.members) == {BOT_USER, ANA, BRUNO}
    links = [one["link"] for one in room.bookmarks]
    assert len(links) == len(set(links))
    assert len(slack.ws.pins(room.id)) == 1
    assert set(_steps(slack).values()) == {1}
    assert bot.kills >= len(STEPS) + 1


async def _killed(bot: BotProcess, slack: SlackDouble, method: str) -> None:
    """Slack has done it, and who asked is gone."""
    await wait_until(lambda: any(one.method == method and one.done for one in slack.ws.calls), within=60, what=method)
    bot.kill()
    await bot.start()


async def _says(actor: Actor, slack: SlackDouble, words: str) -> None:
    """Somebody asks again while who has just started cannot tell who they are."""
    answer = EARLY[0].template
    while answer == EARLY[0].template:
        told = len(slack.ws.ephemerals)
        await actor.command("/war-room", words, _room(slack).id, ANA)
        await wait_until(lambda: len(slack.ws.ephemerals) > told, within=60, what="an answer")  # noqa: B023 - in this round
        answer = slack.ws.ephemerals[-1].text


def _room(slack: SlackDouble) -> Channel:
    (room,) = [one for one in slack.ws.channels if one.name.startswith("inc-")]
    return room


def _told(slack: SlackDouble, words: str) -> list[str]:
    texts = [one.text for channel in slack.ws.channels for one in slack.ws.everything(channel.id)]
    return [line for text in texts for line in text.splitlines() if words in line]


def _steps(slack: SlackDouble) -> Counter[str]:
    """How often each message stands in Slack, by the name of its step."""
    found: Counter[str] = Counter()
    for channel in slack.ws.channels:
        messages = slack.ws.everything(channel.id)
        found.update(one.metadata["event_payload"]["id"] for one in messages if one.metadata and not one.deleted)
    return found
