"""What the page sees: the whole state as JSON, then every change, over server-sent events."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict

from aiohttp import web

from bot.playground.message import Json
from bot.playground.people import BOT_USER, PEOPLE
from bot.playground.workspace import Workspace

WAITING = 2_000
QUIET_SECONDS = 15.0
SHOWN = 1_000
_Event = tuple[str, Json]


def snapshot(ws: Workspace, most: int | None = None) -> Json:
    """The whole workspace; `most` bounds the messages of each channel to the latest."""
    shelves = {one.id: ws.everything(one.id) for one in ws.channels}
    return {
        "bot": BOT_USER,
        "people": list(PEOPLE),
        "users": {user.id: asdict(user) for user in ws.users.values()},
        "usergroups": [asdict(group) for group in ws.usergroups.values()],
        "channels": [asdict(channel) for channel in ws.channels],
        "messages": {
            key: [asdict(one) for one in (shelf[-most:] if most else shelf)] for key, shelf in shelves.items()
        },
        "ephemerals": [asdict(one) for one in ws.ephemerals],
        "pings": [asdict(one) for one in ws.pings()],
        "views": ws.modals.all(),
        "shortcuts": [{"callback_id": one, "name": name} for one, name in ws.shortcuts.items()],
    }


class Live:
    """The open streams; a reader too slow to follow is cut off, and gets everything anew when it returns."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._queues: set[asyncio.Queue[_Event | None]] = set()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """One page's stream."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[_Event | None] = asyncio.Queue(WAITING)
        stop = self._ws.listen(_feed(queue))
        self._queues.add(queue)
        try:
            await _send(response, "state", snapshot(self._ws, SHOWN))
            await _follow(response, queue)
        except ConnectionError:
            return response
        finally:
            stop()
            self._queues.discard(queue)
        return response

    async def shutdown(self, _app: web.Application) -> None:
        """Ends every stream, so that the server can stop at once."""
        for queue in tuple(self._queues):
            _end(queue)


def _feed(queue: asyncio.Queue[_Event | None]) -> Callable[[str, Json], None]:
    def feed(what: str, body: Json) -> None:
        try:
            queue.put_nowait((what, body))
        except asyncio.QueueFull:
            _end(queue)

    return feed


def _end(queue: asyncio.Queue[_Event | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)


async def _follow(response: web.StreamResponse, queue: asyncio.Queue[_Event | None]) -> None:
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), QUIET_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event is None:
            return
        await _send(response, *event)


async def _send(response: web.StreamResponse, what: str, body: Json) -> None:
    await response.write(f"event: {what}\ndata: {json.dumps(body)}\n\n".encode())
