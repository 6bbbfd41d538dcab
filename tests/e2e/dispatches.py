"""GitHub as a rollback calls it, and the service that goes back: it checks what it is told, and can be made to fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.conftest import serve

HANGS = 0
TOKEN = "ghs-1"


@dataclass
class GitHub:
    """`statuses`: those of the next calls, HANGS for none at all; then 204. `version`: what runs, "" for a 502."""

    url: str = ""
    version: str = "v1.1.1"
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def environ(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": TOKEN}

    async def dispatch(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.path, body))
        status = self.statuses.pop(0) if self.statuses else 204
        if status == HANGS:
            await self.hanging.wait()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _no(401, "Bad credentials")
        if status not in (HANGS, 204):
            return _no(
                status, {404: "Not Found", 403: "Resource not accessible by personal access token"}.get(status, "no")
            )
        return _no(422, fault) if (fault := _fault(request.path, body)) else web.Response(status=204)

    async def runs(self, _request: web.Request) -> web.Response:
        if not self.version:
            return web.Response(status=502)
        return web.json_response({"build": {"version": self.version}})


def _fault(path: str, body: dict[str, Any]) -> str:
    """What GitHub says of a body that it does not take; "" when it does."""
    is_event = not path.endswith(("/rollback.yml/dispatches",))
    permitted = {"event_type", "client_payload"} if is_event else {"ref", "inputs"}
    if wrong := set(body) - permitted:
        return f'Invalid request.\n\n"{wrong.pop()}" is not a permitted key.'
    if is_event and not 0 < len(body.get("event_type", "")) <= 100:
        return "Invalid request.\n\nFor 'properties/event_type', nil is not a string."
    if not is_event and body.get("ref") != "main":
        return f"No ref found for: {body.get('ref')}"
    given = body.get("client_payload", body.get("inputs", {}))
    return "" if len(given) <= 10 else f"No more than 10 properties are allowed; {len(given)} were supplied."


def _no(status: int, message: str) -> web.Response:
    address = "https://docs.github.com/rest"
    return web.json_response({"message": message, "documentation_url": address, "status": str(status)}, status=status)


@asynccontextmanager
async def github() -> AsyncIterator[GitHub]:
    one = GitHub()
    app = web.Application()
    app.router.add_post("/repos/acme/sdk/dispatches", one.dispatch)
    app.router.add_post("/repos/acme/sdk/actions/workflows/rollback.yml/dispatches", one.dispatch)
    app.router.add_get("/version", one.runs)
    async with serve(app) as url:
        one.url = url
        try:
            yield one
        finally:
            one.hanging.set()
