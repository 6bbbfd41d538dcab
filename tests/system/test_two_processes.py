"""Two bots on one Redis: when one freezes, dies or stops, the other shows what comes, and nothing is shown twice."""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.playground.faults import Fault, Kind
from tests.alerts import alert, group
from tests.conftest import SlackDouble, wait_until
from tests.system.processes import BotProcess, Sender, Valkey

HELD = re.compile(r"^sereno_lanes_held (\d+)", re.MULTILINE)
FROZEN_S = 8.0


@dataclass
class Pair:
    """Two bots, and a sender that takes turns between those it is given."""

    bots: list[BotProcess]
    slack: SlackDouble
    http: aiohttp.ClientSession

    async def held(self, bot: BotProcess) -> int:
        async with self.http.get(f"{bot.url}/metrics") as page:
            found = HELD.search(await page.text())
        return int(float(found[1])) if found else 0

    async def holder(self) -> tuple[BotProcess, BotProcess]:
        """The one that works on the lanes, and the other."""
        counts = await wait_until(self._all_held, what="one has all lanes")
        first = counts.index(max(counts))
        return self.bots[first], self.bots[1 - first]

    async def _all_held(self) -> list[int]:
        counts = [await self.held(bot) for bot in self.bots]
        return counts if sum(counts) == 16 else []

    async def send(self, bots: list[BotProcess], *names: str) -> None:
        sender = Sender(self.http, [bot.url for bot in bots])
        await asyncio.gather(*(sender.send(group(alert(name, "warning")), at) for at, name in enumerate(names)))

    def cards(self) -> Counter[str]:
        return Counter(card.text.split("*")[3] for card in self.slack.all_cards())

    def nothing_is_doubled(self) -> None:
        assert set(self.cards().values()) == {1}, self.cards()
        posted = [m for channel in self.slack.ws.channels for m in self.slack.ws.everything(channel.id) if m.metadata]
        steps = Counter(m.metadata["event_payload"]["id"] for m in posted if m.metadata)
        assert set(steps.values()) == {1}, [step for step, count in steps.items() if count > 1]


@asynccontextmanager
async def pair(folder: Path, slack: SlackDouble) -> AsyncIterator[Pair]:
    valkey = Valkey(folder)
    await valkey.start()
    folders = [folder / "one", folder / "two"]
    for own in folders:
        own.mkdir()
    bots = [BotProcess(own, valkey.url, slack.url, SERENO_LOG="json") for own in folders]
    try:
        for bot in bots:
            await bot.start()
        async with aiohttp.ClientSession() as http:
            yield Pair(bots, slack, http)
    finally:
        for bot in bots:
            bot.kill()
        valkey.kill()


async def test_one_frozen_with_the_lanes_is_replaced_and_does_no_harm_when_it_thaws(
    slack: SlackDouble, tmp_path: Path
) -> None:
    async with pair(tmp_path, slack) as at:
        holder, other = await at.holder()
        slack.faults.add(Fault(method="chat.postMessage", kind=Kind.delay, times=4, seconds=1.0))
        await at.send([holder, other], *(f"Before{number}" for number in range(6)))
        holder.signal(signal.SIGSTOP)
        loop = asyncio.get_running_loop()
        frozen = loop.time()
        try:
            names = [f"While{number}" for number in range(10)]
            await at.send([other], *names)
            await wait_until(lambda: all(at.cards()[name] for name in names), what="cards by the other")
            await asyncio.sleep(max(0.0, frozen + FROZEN_S - loop.time()))
        finally:
            holder.signal(signal.SIGCONT)
        await at.send([holder], *(f"After{number}" for number in range(6)))
        await wait_until(lambda: len(at.cards()) == 22, what="all cards")
        await wait_until(lambda: _threads(at) == 22, what="all details")
        at.nothing_is_doubled()


def _threads(at: Pair) -> int:
    return sum(bool(at.slack.replies(card)) for card in at.slack.all_cards())


async def test_one_that_is_told_to_stop_hands_over_at_once(slack: SlackDouble, tmp_path: Path) -> None:
    async with pair(tmp_path, slack) as at:
        holder, other = await at.holder()
        sending = asyncio.ensure_future(at.send([other], *(f"A{number:02}" for number in range(30))))
        await wait_until(lambda: len(at.cards()) > 3)
        holder.kill(signal.SIGTERM)
        await sending
        await wait_until(lambda: len(at.cards()) == 30, what="the other goes on at once")
        await wait_until(lambda: _threads(at) == 30, what="all details")
        at.nothing_is_doubled()


async def test_the_same_alerts_to_both_at_once_while_one_is_killed(slack: SlackDouble, tmp_path: Path) -> None:
    async with pair(tmp_path, slack) as at:
        holder, other = await at.holder()
        names = [f"Same{number:02}" for number in range(25)]
        both = asyncio.gather(at.send([holder], *names), at.send([other], *names))
        await wait_until(lambda: len(at.cards()) > 3)
        holder.kill()
        await holder.start()
        await both
        await wait_until(lambda: len(at.cards()) == 25, what="all cards")
        await wait_until(lambda: _threads(at) == 25, what="all details")
        at.nothing_is_doubled()
