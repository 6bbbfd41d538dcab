"""A real Alertmanager, and a pair of them, in front of a real bot: one card, kept up to date, nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.playground.message import Message
from tests.conftest import SlackDouble, wait_until
from tests.system.alertmanagers import BINARY, SECRET, Alertmanager, alertmanagers, fire, sent
from tests.system.processes import BotProcess, Valkey

pytestmark = pytest.mark.skipif(not BINARY, reason="prometheus-alertmanager is not installed")


@dataclass
class House:
    """The bot as a process, Slack's double, and the Alertmanagers."""

    bot: BotProcess
    slack: SlackDouble
    ams: list[Alertmanager]

    @property
    def card(self) -> Message:
        cards = self.slack.all_cards()
        assert len(cards) == 1, [card.text for card in cards]
        return cards[0]

    def lines(self) -> list[str]:
        """What the thread says after the details."""
        return [reply.text for reply in self.slack.replies(self.card)][1:]

    async def shows(self, *words: str, within: float = 30) -> None:
        def seen() -> bool:
            cards = self.slack.all_cards()
            return bool(cards) and all(word in cards[0].text for word in words)

        await wait_until(seen, within=within, what=f"{words} in {[card.text for card in self.slack.all_cards()]}")

    def nothing_is_doubled(self) -> None:
        assert len(self.slack.all_cards()) == 1
        posted = [m for channel in self.slack.ws.channels for m in self.slack.ws.everything(channel.id) if m.metadata]
        steps = [m.metadata["event_payload"]["id"] for m in posted if m.metadata]
        assert len(steps) == len(set(steps))
        assert len(self.lines()) == len(set(self.lines()))
        assert len(self.slack.ws.pings()) == 1


@asynccontextmanager
async def house(folder: Path, slack: SlackDouble, count: int, *, repeat: str = "1h") -> AsyncIterator[House]:
    valkey = Valkey(folder)
    await valkey.start()
    bot = BotProcess(folder, valkey.url, slack.url, SERENO_HOOK_SECRET__ALERTMANAGER=f"old,{SECRET}")
    try:
        await bot.start()
        async with alertmanagers(folder, bot.url, count, repeat=repeat) as ams:
            yield House(bot, slack, ams)
    finally:
        bot.kill()
        valkey.kill()


async def test_one_alertmanager_from_the_first_alert_to_the_end(slack: SlackDouble, tmp_path: Path) -> None:
    async with house(tmp_path, slack, 1, repeat="1s") as at:
        await fire(at.ams, "db-1", "db-2")
        await at.shows("🔴", "DiskFull", "2 firing")
        said = await sent(at.ams[0])
        await wait_until(lambda: _sent(at, said + 2), what="two repeats")
        at.nothing_is_doubled()
        assert at.lines() == []
        await fire(at.ams, "db-1", over=True)
        await at.shows("🟡", "1 firing, 1 resolved")
        await fire(at.ams, "db-3")
        await at.shows("2 firing, 1 resolved")
        await fire(at.ams, "db-2", "db-3", over=True)
        await at.shows("🟢", "Resolved after")
        await wait_until(lambda: len(at.lines()) == 2, what="one more, and the end")
        at.nothing_is_doubled()
        assert "instance=db-3" in at.lines()[0]
        assert "Resolved" in at.lines()[1]


async def _sent(at: House, least: int) -> bool:
    return sum([await sent(am) for am in at.ams]) >= least


async def test_a_pair_that_gossips_is_one_card_though_the_bot_is_killed_between(
    slack: SlackDouble, tmp_path: Path
) -> None:
    async with house(tmp_path, slack, 2, repeat="2s") as at:
        await fire(at.ams, "db-1", "db-2")
        await at.shows("🔴", "2 firing")
        at.nothing_is_doubled()
        at.bot.kill()
        await fire(at.ams, "db-3")
        await wait_until(lambda: _failed(at), what="a send fails while the bot is gone")
        await at.bot.start()
        await at.shows("3 firing")
        await fire(at.ams, "db-1", "db-2", "db-3", over=True)
        await at.shows("🟢", "Resolved after")
        await wait_until(lambda: at.lines() and "Resolved" in at.lines()[-1], what="it is said in the thread")
        at.nothing_is_doubled()
        assert [("db-3" in line, "Resolved" in line) for line in at.lines()] == [(True, False), (False, True)]


async def _failed(at: House) -> bool:
    logs = await asyncio.to_thread(lambda: [(am.folder / "alertmanager.log").read_text() for am in at.ams])
    return any("connection refused" in log for log in logs)


async def test_a_pair_whose_link_is_cut_sends_all_twice_and_is_still_one_card(
    slack: SlackDouble, tmp_path: Path
) -> None:
    async with house(tmp_path, slack, 1) as at, alertmanagers(tmp_path / "two", at.bot.url, 1) as others:
        pair = [*at.ams, *others]
        await fire(pair, "db-1", "db-2")
        await at.shows("2 firing")
        await wait_until(lambda: _each(pair, 1), what="both have sent")
        await fire(pair, "db-3")
        await at.shows("3 firing")
        await wait_until(lambda: _each(pair, 2), what="both have sent")
        await fire(pair, "db-1", "db-2", "db-3", over=True)
        await at.shows("🟢", "Resolved after")
        await wait_until(lambda: _each(pair, 3), what="both have sent")
        await wait_until(lambda: len(at.lines()) == 2)
        at.nothing_is_doubled()
        assert at.card.text.startswith("🟢")


async def _each(pair: list[Alertmanager], least: int) -> bool:
    return all([await sent(am) >= least for am in pair])
