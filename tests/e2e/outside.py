"""GitHub and PyPI for tests of watched releases: they answer as the real ones do, and can be told to fail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.clients.asking import rfc3339
from tests.conftest import TurningClock, serve

HANGS = 0


@dataclass
class Outside:
    """One server for both. `fails`: part of a path -> the status to answer instead, HANGS for none at all."""

    clock: TurningClock
    url: str = ""
    yanked: bool = False
    kinds: tuple[str, ...] = ("sdist", "bdist_wheel")
    conclusions: list[str] = field(default_factory=lambda: ["success"] * 20)
    fails: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def environ(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.url, "PYPI_URL": self.url, "CRATES_URL": self.url, "NPM_URL": self.url}

    def pypi(self, request: web.Request) -> web.Response:
        files = [
            {"packagetype": kind, "upload_time_iso_8601": "2026-11-01T05:00:00.000000Z", "yanked": self.yanked,
             "yanked_reason": "it does not start" if self.yanked else None} for kind in self.kinds
        ]  # fmt: skip
        info = {"name": request.match_info["name"], "version": request.match_info["version"], "yanked": self.yanked}
        return web.json_response({"info": info, "urls": files})

    def runs(self, _request: web.Request) -> web.Response:
        at = rfc3339(self.clock.now())
        rows = [self._run(number, one, at) for number, one in enumerate(self.conclusions)]
        return web.json_response({"total_count": len(rows), "workflow_runs": rows})

    def _run(self, number: int, conclusion: str, at: str) -> dict[str, Any]:
        return {
            "id": number, "name": "CI", "path": ".github/workflows/ci.yml", "head_sha": f"{number:040x}",
            "conclusion": conclusion, "run_attempt": 1, "created_at": at,
        }  # fmt: skip

    def answered(self, how: Callable[[web.Request], web.Response]) -> Any:
        async def answer(request: web.Request) -> web.Response:
            self.asked.append(request.path)
            status = next((status for part, status in self.fails.items() if part in request.path), None)
            if status == HANGS:
                await self.hanging.wait()
            if status:
                return web.json_response({"message": "no"}, status=status)
            return how(request)

        return answer


@asynccontextmanager
async def outside(clock: TurningClock) -> AsyncIterator[Outside]:
    one = Outside(clock)
    app = web.Application()
    app.router.add_get("/pypi/{name}/{version}/json", one.answered(one.pypi))
    app.router.add_get("/repos/acme/sdk/actions/workflows/ci.yml/runs", one.answered(one.runs))
    async with serve(app) as url:
        one.url = url
        try:
            yield one
        finally:
            one.hanging.set()
