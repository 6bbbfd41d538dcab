"""Socket Mode: tickets, the open WebSockets, and the envelopes that go out and are acknowledged.

Source: docs.slack.dev/apis/events-api/using-socket-mode and the page on implementing it without an SDK.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.playground.message import Json
from bot.playground.people import APP

MOST = 10
_HOST = "applink-playground"
_LIVES_SECONDS = 18_060
_KEPT = 1_000


@dataclass(slots=True, kw_only=True)
class _Pending:
    """An envelope that waits for an ack of each of its copies; the first that comes is the answer."""

    copies: int
    went: bool = False
    acks: list[Json] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, ack: Json) -> None:
        self.acks.append(ack)
        if len(self.acks) >= self.copies:
            self.done.set()


class Sockets:
    """The bot's connections; `on` says whether acts go this way, and is set when the first one is asked for.

    For tests: `twice` sends each envelope two times, the second as Slack's retry; `sent` are the envelopes that went
    out, `acks` what came back, `opened` how many connections there have ever been.
    """

    def __init__(self, serial: Callable[[], int]) -> None:
        self.on = False
        self.twice = False
        self.opened = 0
        self.sent: deque[Json] = deque(maxlen=_KEPT)
        self.acks: deque[Json] = deque(maxlen=_KEPT)
        self._serial = serial
        self._tickets: set[str] = set()
        self._open: list[tuple[web.WebSocketResponse, web.Request]] = []
        self._changed = asyncio.Event()
        self._waiting: dict[str, _Pending] = {}

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def ticket(self) -> str:
        """A ticket for one connection; from now on the workspace is in Socket Mode."""
        self.on = True
        name = f"{self._serial()}-playground"
        self._tickets.add(name)
        return name

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="This ticket is not good, or was used: call apps.connections.open again.")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        if self.count >= MOST:
            await socket.send_json(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        await self._greet(socket, request)
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._took(message.data)
        finally:
            self._forget(socket)
        return socket

    async def connected(self, least: int = 1) -> None:
        """Waits until at least this many connections are open."""
        while self.count < least:
            self._changed.clear()
            await self._changed.wait()

    async def deliver(self, kind: str, payload: Json, seconds: float, more: Json) -> Json:
        """Sends an envelope with `more` in it; TimeoutError if no ack comes, ConnectionError if nobody listens."""
        envelope: Json = {
            "envelope_id": f"00000000-0000-4000-8000-{self._serial():012x}", "type": kind,
            "accepts_response_payload": kind != "events_api", "payload": payload, **more,
        }  # fmt: skip
        pending = _Pending(copies=2 if self.twice else 1)
        self._waiting[envelope["envelope_id"]] = pending
        try:
            async with asyncio.timeout(seconds):
                await self._send(envelope)
                pending.went = True
                if self.twice:
                    await self._send(envelope | {"retry_attempt": 1, "retry_reason": "timeout"})
                await pending.done.wait()
        except TimeoutError:
            if not pending.went:
                raise ConnectionError("the bot has no socket open") from None
            if not pending.acks:
                raise
        finally:
            del self._waiting[envelope["envelope_id"]]
        return pending.acks[0]

    async def drop(self, *, reason: str = "refresh_requested", abrupt: bool = False) -> None:
        """Ends every connection: after a `disconnect` message, or without a word. A "warning" is only said."""
        closing = list(self._open)
        if reason != "warning" or abrupt:
            self._open.clear()
        for socket, request in closing:
            if abrupt:
                if request.transport is not None:
                    request.transport.abort()
                continue
            with suppress(ConnectionError):
                await socket.send_json(_disconnect(reason))
                if reason != "warning":
                    await socket.close()

    async def shutdown(self, _app: web.Application) -> None:
        """Closes the connections, so that the server can stop at once."""
        await self.drop()

    async def _greet(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        await socket.send_json(
            {
                "type": "hello", "num_connections": self.count + 1, "connection_info": {"app_id": APP},
                "debug_info": {"host": _HOST, "build_number": 1, "approximate_connection_time": _LIVES_SECONDS},
            }
        )  # fmt: skip
        self.opened += 1
        self._open.append((socket, request))
        self._changed.set()

    async def _send(self, envelope: Json) -> None:
        """To any of the connections, each in its turn; waits for one if there is none."""
        await self.connected()
        self._open.append(self._open.pop(0))
        socket, _ = self._open[-1]
        self.sent.append(envelope)
        with suppress(ConnectionError):
            await socket.send_json(envelope)

    def _took(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return
        if isinstance(ack, dict) and "envelope_id" in ack:
            self.acks.append(ack)
            pending = self._waiting.get(str(ack["envelope_id"]))
            if pending is not None:
                pending.take(ack)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        self._open = [one for one in self._open if one[0] is not socket]


def socket_url(ws_url: str, ticket: str) -> str:
    """Where to connect with this ticket."""
    return f"{ws_url.replace('http', 'ws', 1)}/playground/socket?ticket={ticket}"


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
