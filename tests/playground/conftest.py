"""A playground on a free port, a double of the bot that checks signatures, a clock to turn, and a browser."""

import asyncio
import hmac
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.app import add_playground
from bot.playground.faults import Faults
from bot.playground.signing import signature
from bot.playground.workspace import Workspace

SECRET = "test-secret"


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class BotDouble:
    """Records what reached it; `answers` are given in turn, an empty 200 afterwards."""

    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    payloads: list[dict] = field(default_factory=list)
    hooks: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Callable[[], web.Response]] = field(default_factory=list)
    hook_status: int = 200
    hook_why: str = "opened"
    wait: Callable[[], Awaitable[object]] | None = None
    headers: Callable[[Mapping[str, str]], object] | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def told(self, count: int) -> list[dict]:
        """The payloads, once so many have come."""
        async with asyncio.timeout(5):
            while len(self.payloads) < count:
                self.news.clear()
                await self.news.wait()
        return self.payloads

    async def events(self, request: web.Request) -> web.Response:
        body = await request.read()
        at = int(request.headers["X-Slack-Request-Timestamp"])
        if not hmac.compare_digest(signature(SECRET, at, body), request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        if request.content_type == "application/json":
            self.payloads.append(json.loads(body))
        else:
            form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            self.forms.append(form)
            if "payload" in form:
                self.payloads.append(json.loads(form["payload"]))
        if self.headers:
            self.headers(request.headers)
        self.news.set()
        if self.wait:
            await self.wait()
        return self.answers.pop(0)() if self.answers else web.Response()

    async def hook(self, request: web.Request) -> web.Response:
        self.hooks.append((request.match_info["source"], dict(request.headers), await request.read()))
        body = {"status": "accepted" if self.hook_status == 200 else "unsigned", "why": self.hook_why}
        return web.json_response(body, status=self.hook_status)


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ws(clock: Clock) -> Workspace:
    return Workspace(clock=clock, signing_secret=SECRET)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@asynccontextmanager
async def bot_double() -> AsyncIterator[BotDouble]:
    double = BotDouble()
    app = web.Application()
    app.router.add_post("/slack/events", double.events)
    app.router.add_post("/hooks/{source}", double.hook)
    runner, double.url = await serve(app)
    yield double
    await runner.cleanup()


@pytest.fixture
def make_bot():
    return bot_double


@pytest.fixture
async def bot() -> AsyncIterator[BotDouble]:
    async with bot_double() as double:
        yield double


@pytest.fixture
def make_playground(ws: Workspace, faults: Faults, bot: BotDouble, tmp_path):
    """A context manager that serves the playground and gives its address, on the loop of the one who enters it."""

    @asynccontextmanager
    async def make() -> AsyncIterator[str]:
        folder = tmp_path / "payloads"
        for name in ("alertmanager/firing__disk.json", "github/release__published.json"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text('{"hello": "world"}')
        app = web.Application()
        add_playground(
            app,
            ws,
            faults=faults,
            bot_url=lambda: bot.url,
            samples=folder,
            hook_headers=lambda source, body: {"X-Given": f"{source}:{len(body)}"},
        )
        runner, url = await serve(app)
        yield url
        await runner.cleanup()

    return make


@pytest.fixture
async def playground(make_playground) -> AsyncIterator[str]:
    async with make_playground() as url:
        yield url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as one:
        yield one


@pytest.fixture
async def slack(playground: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(
        token="xoxb-playground", base_url=f"{playground}/playground/api/", session=session, retry_handlers=[]
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium: apt install chromium")
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield one
        await one.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser, served) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    one = await context.new_page()
    one.set_default_timeout(5_000)
    problems: list[str] = []
    one.on("pageerror", lambda problem: problems.append(str(problem)))
    one.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    yield one
    await context.close()
    assert problems == []


@pytest_asyncio.fixture(loop_scope="module")
async def served(make_playground) -> AsyncIterator[str]:
    async with make_playground() as url:
        yield url
