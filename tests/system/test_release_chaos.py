"""A watched release whose two processes are killed again and again: each checkpoint once, each incident once."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.playground.faults import Fault, Kind
from tests.alerts import alert, group
from tests.conftest import SlackDouble, wait_until
from tests.e2e.releases import whole
from tests.system.processes import BotProcess, Sender, Valkey

SECONDS = tuple(range(0, 22, 2))
POLICY = """
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel}
  P1: {label: [warning], channel: monitoring}
releases:
  quick:
    words: a release in seconds
    match: event="release"
    channel: monitoring
    window: 1h
    baseline: none
    checks:
      trouble: {words: trouble, incidents: open, match: alertname="Trouble", yellow: "> 0"}
    checkpoints: []
    yellow: {severity: P1}
    red: {severity: P0}
"""
POINTS = ", ".join(f"{{name: after {second} s, at: {second}s}}" for second in SECONDS)
FAULTS = (
    Fault(method="chat.postMessage", kind=Kind.drop_after, probability=0.1),
    Fault(method="chat.postMessage", kind=Kind.server_error, probability=0.1),
)


@pytest.mark.timeout(300)
async def test_each_checkpoint_is_taken_once_whatever_is_killed(slack: SlackDouble, tmp_path: Path) -> None:
    chance = random.Random(7)
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.replace("checkpoints: []", f"checkpoints: [{POINTS}]"))
    valkey = Valkey(tmp_path)
    await valkey.start()
    bots = [_process(tmp_path / name, valkey, slack, policy) for name in ("one", "two")]
    try:
        for bot in bots:
            await bot.start()
        for fault in FAULTS:
            slack.faults.add(fault)
        async with aiohttp.ClientSession() as http:
            await _published(http, bots[0].url)
            await Sender(http, [bot.url for bot in bots]).send(group(alert("Trouble", "warning")), 0)
            for _ in range(8):
                await asyncio.sleep(2.5)
                bot = chance.choice(bots)
                bot.kill()
                await bot.start()
            await wait_until(lambda: len(_taken(slack)) == len(SECONDS), within=100, what="all checkpoints")
        await wait_until(lambda: _told(slack, "v1: trouble"), within=100, what="the incident of the check")
    finally:
        for bot in bots:
            bot.kill()
        valkey.kill()
    assert set(_taken(slack).values()) == {1}, _taken(slack)
    assert len(_told(slack, "v1: trouble")) == 1
    assert len(_told(slack, "*v1 · a release in seconds*")) == 1


def _process(folder: Path, valkey: Valkey, slack: SlackDouble, policy: Path) -> BotProcess:
    folder.mkdir()
    return BotProcess(folder, valkey.url, slack.url, SERENO_POLICY=str(policy))


async def _published(http: aiohttp.ClientSession, url: str) -> None:
    release = {"tag_name": "v1", "prerelease": False, "draft": False, "published_at": None, "created_at": None}
    body = {"action": "published", "release": release, "repository": {"full_name": "acme/quick"}}
    headers = {"X-GitHub-Event": "release", "X-GitHub-Delivery": "d-1"}
    async with http.post(f"{url}/hooks/github", json=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


def _told(slack: SlackDouble, words: str) -> list[str]:
    return [card.text for card in slack.all_cards() if words in card.text]


def _taken(slack: SlackDouble) -> Counter[str]:
    """How often each checkpoint was posted, late ones that stand for others counted for each."""
    threads = [whole(reply) for card in slack.all_cards() for reply in slack.replies(card)]
    lines = [line for text in threads for line in text.splitlines()[:1] if "* of v1" in line]
    return Counter(line.split("*")[1] for line in lines)
