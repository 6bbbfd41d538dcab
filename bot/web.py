"""The webhooks' front door: size, signature, parse, submit; 2xx only after the commit."""

import asyncio
import hmac
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.metrics import Metrics
from bot.store import Unavailable
from handlers.contract import MIB, Auth, Delivery, Source, Unparseable, Unsupported
from rules.decision import Decision
from rules.reason import Reason
from rules.signal import Signal

BODY_TIMEOUT_S, RETRY_AFTER_S, AGAIN_S = 20.0, 2, 0.25
IN_FLIGHT = 64 * MIB  # bytes of bodies in memory at once, for each source; more is told to come again
log = structlog.get_logger()

Submit = Callable[[Signal], Awaitable[Decision]]


class Hooks:
    """`POST /hooks/<source>` for every source. `secrets(source)` is empty for a closed one; `open_`: loopback only."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        secrets: Callable[[str], list[str]],
        submit: Submit,
        metrics: Metrics,
        clock: Clock,
        *,
        open_: bool,
        heard: Callable[[str], None],
    ) -> None:
        self._sources, self._secrets, self._submit, self._heard = sources, secrets, submit, heard
        self._metrics, self._clock, self._open = metrics, clock, open_
        self._in_flight: Counter[str] = Counter()

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one delivery; every answer is JSON with a `status` word."""
        name = request.match_info["source"]
        source = self._sources.get(name)
        if source is None or not (self._open or self._secrets(name)):
            return self._answer("unknown", 404, "unknown", f"no source {name!r} is open here")
        size = source.max_bytes if request.content_length is None else min(request.content_length, source.max_bytes)
        if self._in_flight[name] + size > IN_FLIGHT:
            return self._overload(name, "too many requests at once")
        self._in_flight[name] += size
        try:
            return await self._receive(name, source, request)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception:  # the web boundary: a fault of ours; the sender comes again, the log says what it was
            log.exception("hook_failed", source=name)
            return self._answer(name, 500, "failed", "a fault of ours, it is in the log; nothing was accepted")
        finally:
            self._in_flight[name] -= size

    async def _receive(self, name: str, source: Source, request: web.Request) -> web.Response:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return self._answer(name, 415, "encoded", "send the body without Content-Encoding")
        if not self._may_try(name, source, request.headers):
            return self._answer(name, 401, "unsigned", _how_to_sign(name, source))
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                body = await _read(request, source.max_bytes)
        except TimeoutError:
            return self._answer(name, 408, "slow", f"the body did not come within {BODY_TIMEOUT_S:.0f} s")
        if body is None:
            return self._answer(name, 413, "too_large", f"more than {source.max_bytes} bytes")
        if source.auth is Auth.GITHUB and not self._is_signed(name, request.headers, body):
            return self._answer(name, 401, "unsigned", _how_to_sign(name, source))
        started = self._clock.monotonic()
        try:
            signals = source.parse(Delivery(headers=_lower(request.headers), body=body))
        except Unparseable as error:
            return self._answer(name, 400, "unparseable", str(error))
        except Unsupported as error:
            return self._answer(name, 202, "unsupported", str(error))
        if not signals:
            return self._answer(name, 202, "ignored", "known, and nothing to do for it")
        return await self._take(name, source, signals, started)

    async def _take(self, name: str, source: Source, signals: list[Signal], started: float) -> web.Response:
        try:
            decisions = [await self._commit(source, signal) for signal in signals]
        except Unavailable as error:
            return self._overload(name, str(error))
        self._metrics.took(name, self._clock.monotonic() - started)
        self._heard(name)
        known = all(decision.reason is Reason.DUPLICATE for decision in decisions)
        reasons = ", ".join(decision.reason for decision in decisions)
        return self._answer(name, 200, "duplicate" if known else "accepted", reasons)

    async def _commit(self, source: Source, signal: Signal) -> Decision:
        until = self._clock.monotonic() + source.patience
        while True:
            try:
                return await self._submit(signal)
            except Unavailable:
                if self._clock.monotonic() >= until:
                    raise
                await asyncio.sleep(AGAIN_S)

    def _may_try(self, name: str, source: Source, headers: Mapping[str, str]) -> bool:
        """What can be told without the body: a wrong bearer, or a web page that posts to an open source."""
        secrets = self._secrets(name)
        if not secrets:
            return self._open and "Origin" not in headers
        if source.auth is not Auth.BEARER:
            return True
        kind, _, given = headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and any(_same(secret, given.strip()) for secret in secrets)

    def _is_signed(self, name: str, headers: Mapping[str, str], body: bytes) -> bool:
        secrets, given = self._secrets(name), headers.get("X-Hub-Signature-256", "")
        if not secrets:
            return self._open
        return any(_same("sha256=" + hmac.new(s.encode(), body, sha256).hexdigest(), given) for s in secrets)

    def _overload(self, name: str, why: str) -> web.Response:
        log.warning("not_accepted", source=name, why=why[:200], next="the sender comes again")
        answer = self._answer(name, 503, "unavailable", why)
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
        return answer

    def _answer(self, name: str, status: int, word: str, why: str) -> web.Response:
        self._metrics.answered(name, word)
        return web.json_response({"status": word, "why": why}, status=status)


async def _read(request: web.Request, limit: int) -> bytes | None:
    if (request.content_length or 0) > limit:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _same(secret: str, given: str) -> bool:
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogateescape"))


def _how_to_sign(name: str, source: Source) -> str:
    secret = f"SERENO_HOOK_SECRET__{name.upper()}"
    if source.auth is Auth.BEARER:
        return f"send `Authorization: Bearer <{secret}>`"
    return f"sign the body with {secret} (X-Hub-Signature-256)"


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can reach a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
