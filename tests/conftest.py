"""The stage for tests: a real Valkey, a Slack workspace over real HTTP, a clock to turn, and the bot itself."""

import asyncio
import json
import os
import random
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, settings
from redis.asyncio import Redis

from bot.app import Bot, Options
from bot.cards.mrkdwn import draw
from bot.clock import Clock, SystemClock
from bot.embedded import Embedded
from bot.playground.app import add_playground
from bot.playground.faults import Fault, Faults, Kind
from bot.playground.message import Message
from bot.playground.workspace import Workspace
from bot.policy_box import DEFAULT
from bot.settings import read
from bot.slack_marks import EVENTS
from handlers import registry
from tests.workers import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401 - pytest finds them

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
PAYLOADS = Path(__file__).parent / "payloads"
LASTING = ("open", "fence")  # the only keys that may live without a TTL: the index of open records, the fencing counter
MOVING = ("dirty", "timers", "letters")  # sorted sets that empty themselves
SLOW_SLACK_S = float(
    os.environ.get("SLOW_SLACK", "0")
)  # seconds that half of its answers take: finds tests that look too early
NO_TTL = -1  # of PTTL; a key that ended since it was listed is -2


class TurningClock:
    """The machine's clock, plus what the test has turned it by (milliseconds)."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self.turned = self._back = 0

    def now(self) -> int:
        return self._system.now() + self.turned - self._back

    def monotonic(self) -> float:
        return self._system.monotonic() + self.turned / 1000

    def begin(self, *, hours_ago: float) -> None:
        """Let the story begin in the past, for what knows nothing of the future, such as a real Prometheus."""
        self._back = int(hours_ago * 3_600_000)

    def step(self, *, minutes: float) -> None:
        """Set the wall clock ahead, or back; what never goes back goes on as before."""
        self._back -= int(minutes * 60_000)

    def turn(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        self.turned += int((seconds + minutes * 60 + hours * 3600) * 1000)


async def wait_until(seen: Callable[[], Any], *, within: float = 30.0, what: str = "") -> Any:
    """Wait for a condition, sync or async; the value that made it true. What is not there yet is no error."""
    missing: Exception | None = None
    try:
        async with asyncio.timeout(within):
            while True:
                try:
                    value = seen()
                    if isinstance(value, Awaitable):
                        value = await value
                except (AssertionError, LookupError, StopIteration, ValueError) as error:
                    value, missing = None, error
                if value:
                    return value
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {within} s: {what or seen}") from missing


@dataclass
class SlackDouble:
    """A workspace and the faults it can be given; `url` is SLACK_API_URL."""

    ws: Workspace
    faults: Faults
    url: str = ""

    def cards(self, channel: str) -> list[Message]:
        return [message for message in self.ws.messages(channel) if not message.deleted]

    def card(self, channel: str, words: str) -> Message:
        found = [message for message in self.cards(channel) if words in message.text]
        assert len(found) == 1, f"{len(found)} cards with {words!r} in #{channel}: {[m.text for m in found]}"
        return found[0]

    def all_cards(self) -> list[Message]:
        return [message for channel in self.ws.channels for message in self.cards(channel.id)]

    def replies(self, message: Message) -> list[Message]:
        return [reply for reply in self.ws.thread(message.channel, message.ts) if reply.ts != message.ts]


@asynccontextmanager
async def serve(app: web.Application, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class Stage:
    """Everything a user's test needs: send something in, look what Slack shows."""

    redis_url: str
    slack: SlackDouble
    clock: TurningClock
    http: aiohttp.ClientSession
    bots: list[Bot] = field(default_factory=list)

    async def bot(self, policy: Path = DEFAULT, *, host: str = "127.0.0.1", port: int = 0, **environ: str) -> Bot:
        given = {
            "SERENO_REDIS_URL": self.redis_url,
            "SLACK_BOT_TOKEN": self.slack.ws.token,
            "SLACK_API_URL": self.slack.url,
            "SLACK_SIGNING_SECRET": self.slack.ws.signing_secret,
            **environ,
        }
        bot = Bot(read(given), Options(policy=policy, host=host, port=port), self.clock)
        await bot.start()
        self.bots.append(bot)
        await bot.directory.loaded.wait()
        return bot

    async def stop(self, bot: Bot) -> None:
        self.bots.remove(bot)
        await bot.stop()

    async def send(self, source: str, body: object, bot: Bot | None = None, **headers: str) -> int:
        status, _ = await self.answer(source, body, bot, **headers)
        return status

    async def answer(
        self, source: str, body: object, bot: Bot | None = None, **headers: str
    ) -> tuple[int, dict[str, str]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{(bot or self.bots[0]).url}/hooks/{source}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.post(url, data=data, headers={"Content-Type": "application/json", **named}) as response:
            return response.status, await response.json()

    async def quiet(self, *, within: float = 60.0) -> None:
        """Wait until Slack shows all there is to show."""
        async with Redis.from_url(self.redis_url) as redis:

            async def empty() -> bool:
                async with redis.pipeline() as pipe:  # at one moment: what leaves one lane may have come into another
                    for lane in range(16):
                        pipe.zcard(f"{{sereno:{lane}}}:dirty")
                    return not sum(await pipe.execute())

            await wait_until(empty, within=within, what="everything is in Slack")


def pytest_configure() -> None:
    """What the environment must not decide."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # some hundred processes would compile the bot anew
    sys.dont_write_bytecode = False
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")  # a busy machine is no failure


@pytest.fixture(scope="session", autouse=True)
def _english() -> Iterator[None]:
    """The command line speaks the language of the environment; the tests read English."""
    with pytest.MonkeyPatch.context() as environ:
        environ.delenv("LANGUAGE", raising=False)
        environ.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = Embedded(tmp_path_factory.mktemp("valkey"))
    asyncio.run(server.start())
    yield server.url
    asyncio.run(server.stop())


@pytest.fixture
async def redis(valkey_url: str) -> AsyncIterator[Redis]:
    """An empty database; afterwards no key may be left without a TTL but those on the short list."""
    async with Redis.from_url(valkey_url) as client:
        await client.flushall()
        yield client
        for key in await client.keys("*"):
            name = key.decode().partition("}:")[2]
            if not name.startswith((*LASTING, *MOVING)):
                assert await client.pttl(key) != NO_TTL, f"{key!r} would stay for ever"


@asynccontextmanager
async def slack_double(seed: int = 1, clock: Clock | None = None) -> AsyncIterator[SlackDouble]:
    clock = clock or SystemClock()
    shortcuts = {name: draw(one.name) for name, one in registry.shortcuts().items()}
    ws = Workspace(clock=lambda: clock.now() / 1000, events=EVENTS, shortcuts=shortcuts)
    double = SlackDouble(ws, Faults(chance=random.Random(seed)))
    if SLOW_SLACK_S:
        double.faults.add(Fault(method="*", kind=Kind.delay, seconds=SLOW_SLACK_S, probability=0.5))
    app = web.Application()
    add_playground(app, ws, faults=double.faults, bot_url=lambda: "http://127.0.0.1:9")
    async with serve(app) as url:
        double.url = f"{url}/playground/api/"
        yield double


@pytest.fixture
def clock() -> TurningClock:
    return TurningClock()


@pytest.fixture
async def slack(clock: TurningClock) -> AsyncIterator[SlackDouble]:
    async with slack_double(clock=clock) as double:
        yield double


@pytest.fixture
async def stage(valkey_url: str, redis: Redis, slack: SlackDouble, clock: TurningClock) -> AsyncIterator[Stage]:
    async with aiohttp.ClientSession() as http:
        built = Stage(valkey_url, slack, clock, http)
        yield built
        for bot in built.bots:
            await bot.stop()
