"""The Web API over HTTP: token, arguments, faults, pace, then the method; every call is recorded."""

import asyncio
import json
from dataclasses import dataclass

from aiohttp import web

from bot.playground.answers import apply
from bot.playground.arguments import Arguments
from bot.playground.faults import Fault, Faults, Kind
from bot.playground.message import Call, Json
from bot.playground.methods import METHODS, Method
from bot.playground.methods_sockets import OPEN_SOCKET
from bot.playground.pace import Pace
from bot.playground.refusal import Refused
from bot.playground.scopes import APP_SCOPE, check, needed
from bot.playground.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class _Outcome:
    status: int = 200
    body: Json | None = None
    done: bool = False
    fault: str | None = None
    retry_after: int | None = None


class Api:
    """Answers `/api/{method}` and `/api/response/{id}`."""

    def __init__(self, ws: Workspace, faults: Faults) -> None:
        self._ws = ws
        self._faults = faults
        self._pace = Pace(ws.clock)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One method."""
        method = request.match_info["method"]
        at = self._ws.clock()
        raw, outcome = await _read(request)
        token = _token(request, raw, method)
        if outcome is None:
            outcome = await self._outcome(method, Arguments(raw), token)
        self._ws.record(
            Call(
                method=method, args=raw, at=at, status=outcome.status, result=outcome.body,
                done=outcome.done, fault=outcome.fault,
            )
        )  # fmt: skip
        granted = {APP_SCOPE} if method == OPEN_SOCKET else self._ws.scopes
        return _respond(request, outcome, granted, needed(self._ws, method, Arguments(raw)))

    async def respond(self, request: web.Request) -> web.Response:
        """What the bot posts to a response URL."""
        try:
            body = await request.json()
            if not isinstance(body, dict):
                return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
            apply(self._ws, self._ws.responses.use(request.match_info["id"]), body)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        except Refused as refused:
            gone = refused.word in ("invalid_url", "used_url", "expired_url")
            return web.json_response(refused.body(), status=404 if gone else 400)
        return web.Response(text="ok")

    async def _outcome(self, method: str, args: Arguments, token: str | None) -> _Outcome:
        for fault in self._faults.strike(method, self._named(args)):
            if fault.kind == Kind.delay:
                await asyncio.sleep(fault.seconds)
            else:
                return self._faulty(fault, method, args, token)
        return self._honest(method, args, token)

    def _faulty(self, fault: Fault, method: str, args: Arguments, token: str | None) -> _Outcome:
        match Kind(fault.kind):
            case Kind.ratelimited:
                body = {"ok": False, "error": "ratelimited"}
                outcome = _Outcome(status=429, body=body, retry_after=fault.retry_after)
            case Kind.error:
                outcome = _Outcome(body={"ok": False, "error": fault.error})
            case Kind.server_error_after | Kind.drop_after:
                outcome = _Outcome(status=500, done=self._honest(method, args, token).done)
            case _:
                outcome = _Outcome(status=500)
        outcome.fault = str(fault.kind)
        return outcome

    def _honest(self, method: str, args: Arguments, token: str | None) -> _Outcome:
        try:
            work = self._work(method, args, token)
            wait = self._wait(method, args)
            if wait:
                body = {"ok": False, "error": "ratelimited"}
                return _Outcome(status=429, body=body, retry_after=wait)
            return _Outcome(body={"ok": True, **work(self._ws, args)}, done=True)
        except Refused as refused:
            return _Outcome(body=refused.body())

    def _work(self, method: str, args: Arguments, token: str | None) -> Method:
        """The method, if this token may call it."""
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        if method == "api.test":
            return METHODS[method]
        if not token:
            raise Refused("not_authed")
        mine, other = self._ws.token, self._ws.app_token
        if method == OPEN_SOCKET:
            mine, other = other, mine
        if token == other:
            raise Refused("not_allowed_token_type")
        if token != mine:
            raise Refused("invalid_auth")
        check(self._ws, self._ws.scopes, method, args)
        return METHODS[method]

    def _wait(self, method: str, args: Arguments) -> int:
        if method != "chat.postMessage" or self._ws.pace is None:
            return 0
        return self._pace.wait(min(self._named(args)), self._ws.pace)

    def _named(self, args: Arguments) -> frozenset[str]:
        wanted = (args.text("channel") or args.text("channel_id") or "").removeprefix("#")
        try:
            channel = self._ws.channel(wanted)
        except Refused:
            return frozenset({wanted})
        return frozenset({channel.id, channel.name})


async def _read(request: web.Request) -> tuple[Json, _Outcome | None]:
    """The arguments, or the refusal of a body that cannot be read."""
    raw: Json = dict(request.query)
    try:
        if request.content_type == "application/json":
            body = json.loads(await request.text() or "{}")
            if not isinstance(body, dict):
                return raw, _Outcome(body={"ok": False, "error": "json_not_object"})
            return raw | body, None
        return raw | dict(await request.post()), None
    except LookupError:
        return raw, _Outcome(body={"ok": False, "error": "invalid_charset"})
    except ValueError:
        return raw, _Outcome(body={"ok": False, "error": "invalid_json"})


def _token(request: web.Request, raw: Json, method: str) -> str | None:
    """The bearer token, or the `token` argument, which is taken out so that it is never recorded."""
    given = raw.pop("token", None)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return "only the header counts" if given and method == OPEN_SOCKET else given


def _respond(request: web.Request, outcome: _Outcome, granted: set[str], accepted: list[str]) -> web.StreamResponse:
    if outcome.fault in (Kind.drop_before, Kind.drop_after) and request.transport is not None:
        request.transport.close()
    if outcome.body is None:
        return web.Response(status=outcome.status, text="Internal Server Error")
    headers = {"X-OAuth-Scopes": ",".join(sorted(granted)), "Cache-Control": "no-store"}
    if accepted:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(accepted)
    if outcome.retry_after is not None:
        headers["Retry-After"] = str(outcome.retry_after)
    return web.json_response(outcome.body, status=outcome.status, headers=headers)
