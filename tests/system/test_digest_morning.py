"""The moment of a digest with real processes: whoever should write it is frozen, or killed; there is one digest."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.clock import SystemClock
from tests.conftest import slack_double, wait_until
from tests.system.processes import BotProcess, Valkey
from tests.system.test_two_processes import Pair

LEAD_S = 25
POLICY = """
timezone: UTC
channels: {{fallback: "#general"}}
severities: {{P0: {{label: [critical]}}, P1: {{}}}}
digest: {{daily: {{cron: "{minute} {hour} * * *"}}}}
"""


def due() -> datetime:
    """The first whole minute that leaves the processes time to start."""
    at = datetime.fromtimestamp(SystemClock().now() / 1000, UTC) + timedelta(seconds=LEAD_S)
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def until(at: datetime, *, before_s: float) -> None:
    await asyncio.sleep(max(at.timestamp() - before_s - SystemClock().now() / 1000, 0))


@pytest.mark.soak
@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
async def test_who_should_write_it_is_gone_at_that_moment(tmp_path: Path, how: signal.Signals) -> None:
    at = due()
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.format(minute=at.minute, hour=at.hour))
    valkey = Valkey(tmp_path)
    await valkey.start()
    async with slack_double() as slack, aiohttp.ClientSession() as http:
        bots = [BotProcess(_folder(tmp_path, name), valkey.url, slack.url, SERENO_POLICY=str(policy)) for name in "ab"]
        try:
            for bot in bots:
                await bot.start()
            holder, other = await Pair(bots, slack, http).holder()
            await until(at, before_s=1)
            if how is signal.SIGSTOP:
                holder.signal(how)
            else:
                holder.kill(how)
            await wait_until(lambda: slack.cards("general"), within=30, what="the other one writes it")
            if how is signal.SIGSTOP:
                holder.signal(signal.SIGCONT)
            else:
                await holder.start()
            await asyncio.sleep(15)  # long enough for the one that is back to look, twice
            assert len(slack.cards("general")) == 1
            other.kill(signal.SIGTERM)
            await asyncio.sleep(8)
            assert len(slack.cards("general")) == 1
        finally:
            for one in (*bots, valkey):
                one.kill()


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
