"""The same on Redis 7, which many teams run: all scripts are of the subset that it and Valkey share."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.playground.faults import Fault, Kind
from tests.alerts import alert, group
from tests.conftest import SlackDouble, Stage, TurningClock, slack_double
from tests.system.processes import Valkey

SERVER = shutil.which("redis-server") or "/usr/bin/redis-server"


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with slack_double() as double:
        yield double


async def test_a_morning_on_redis_7(tmp_path: Path, slack: SlackDouble) -> None:
    server = Valkey(tmp_path, program=SERVER)
    await server.start()
    async with aiohttp.ClientSession() as http:
        stage = Stage(server.url, slack, TurningClock(), http)
        try:
            await stage.bot()
            slack.faults.add(Fault(method="chat.postMessage", kind=Kind.ratelimited, times=1, retry_after=1))
            for number in range(8):
                assert await stage.send("alertmanager", group(alert(f"Alert{number}"))) == 200
            await stage.quiet()
            await stage.send("alertmanager", group(alert("Alert1", firing=False)))
            await stage.quiet()
            assert len(slack.cards("alerts")) == 8
            assert len(slack.ws.pings()) == 6
            assert slack.card("alerts", "Alert1").text.startswith("🟢")
        finally:
            for bot in stage.bots:
                await bot.stop()
            server.kill()
