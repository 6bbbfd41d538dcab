"""The two addresses of a file: where its bytes are sent to, and where the page gets them from."""

import asyncio

from aiohttp import web

from bot.playground.faults import Faults, Kind
from bot.playground.files import LENGTH_MAX
from bot.playground.workspace import Workspace

UPLOAD = "files.put"  # what a fault calls it: it is no method of Slack's
_BEFORE = (Kind.drop_before, Kind.server_error, Kind.ratelimited, Kind.error)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=86400",
}


class FilesHttp:
    """Everything about files that is not the Web API."""

    def __init__(self, ws: Workspace, faults: Faults) -> None:
        self._ws, self._faults = ws, faults

    async def take(self, request: web.Request) -> web.StreamResponse:
        """The bytes, raw or as a form; 200 when they were taken, anything else when not: so Slack documents it."""
        struck = self._faults.strike(UPLOAD, frozenset())
        for fault in struck:
            if fault.kind == Kind.delay:
                await asyncio.sleep(fault.seconds)
        kind = next((Kind(fault.kind) for fault in struck if fault.kind != Kind.delay), None)
        if kind in _BEFORE:
            return _failed(request, kind, struck[-1].retry_after)
        body = await _body(request)
        if body is None or not self._ws.files.fill(request.match_info["key"], body):
            return web.Response(status=400, text="no such upload, or not the length that was announced")
        return _failed(request, kind, 0) if kind else web.Response(text=f"OK - {len(body)}")

    async def show(self, request: web.Request) -> web.Response:
        """A picture, as itself and nothing else; a file of a channel, to be saved."""
        name = request.match_info["id"]
        if found := self._ws.files.shown(name):
            return web.Response(body=found.body, headers={**_HEADERS, "Content-Type": found.picture})
        if kept := self._ws.files.shared(name):
            kind = {"Content-Type": "application/octet-stream"}
            return web.Response(body=kept.body, headers={**_HEADERS, **kind, "Content-Disposition": "attachment"})
        raise web.HTTPNotFound(text="There is no such file in the playground.")


async def _body(request: web.Request) -> bytes | None:
    """At most as much as a file may have; None for more, or for a form without a file."""
    if request.content_type.startswith("multipart/"):
        part = await (await request.multipart()).next()
        read = getattr(part, "read_chunk", None)
        if read is None:
            return None
    else:
        read = request.content.read
    body = bytearray()
    while piece := await read(65_536):
        body += piece
        if len(body) > LENGTH_MAX:
            return None
    return bytes(body)


def _failed(request: web.Request, kind: Kind, retry_after: int) -> web.Response:
    if kind in (Kind.drop_before, Kind.drop_after) and request.transport is not None:
        request.transport.close()
    if kind == Kind.ratelimited:
        return web.Response(status=429, headers={"Retry-After": str(retry_after)})
    return web.Response(status=500, text="Internal Server Error")
