"""A Slack that only notes when it was called."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import web


class Ear:
    """When was a message with these words posted?"""

    def __init__(self) -> None:
        self.url = ""
        self._methods: set[str] = set()
        self._posts: list[tuple[str, float]] = []
        self._news = asyncio.Event()
        self._ts = count(1)

    async def call(self, request: web.Request) -> web.Response:
        at = time.perf_counter()
        method, body = request.match_info["method"], await request.text()
        self._methods.add(method)
        if method == "chat.postMessage":
            self._posts.append((body, at))
        self._news.set()
        ts = f"1800000000.{next(self._ts):06}"
        return web.json_response({"ok": True, "channel": "C1", "ts": ts, "channels": [], "usergroups": []})

    async def heard_of(self, method: str) -> None:
        while method not in self._methods:
            await self._wait()

    async def posted(self, words: str) -> float:
        while True:
            for body, at in self._posts:
                if words in body:
                    return at
            await self._wait()

    async def _wait(self) -> None:
        self._news.clear()
        await asyncio.wait_for(self._news.wait(), 10)


@asynccontextmanager
async def listen() -> AsyncIterator[Ear]:
    ear = Ear()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/api/{method}", ear.call)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    ear.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield ear
    await runner.cleanup()
