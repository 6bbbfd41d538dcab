"""What Slack sends over HTTP: the signature over the raw bytes first, and only then Bolt (bot/slack_app.py)."""

import asyncio
import hmac
from collections.abc import Mapping
from hashlib import sha256

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.clock import Clock

SKEW_S, STAMP_MAX = 300, 12  # seconds; digits
BODY_MAX, BODY_TIMEOUT_S = 1024 * 1024, 10.0


class SlackIn:
    """`POST /slack/events`."""

    def __init__(self, bolt: AsyncApp, secret: str, clock: Clock) -> None:
        self._bolt, self._secret, self._clock = bolt, secret, clock

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request of Slack; 401 when it is not Slack's, and nothing is touched then."""
        if (request.content_length or 0) > BODY_MAX:
            return web.Response(status=413)
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        if not self._is_genuine(request.headers, body):
            return web.json_response({"status": "unsigned"}, status=401)
        try:
            text = body.decode("utf-8")
            asked = AsyncBoltRequest(body=text, query=request.query_string, headers=dict(request.headers))
        except (ValueError, AttributeError, TypeError):  # Bolt takes it for granted that JSON is an object
            return web.json_response({"status": "unparseable"}, status=400)
        if not asked.body.get("command") and not asked.body.get("type"):
            return web.json_response({"status": "unknown", "why": "no command and no type"}, status=400)
        return await to_aiohttp_response(await self._bolt.async_dispatch(asked))

    def _is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Slack's own scheme: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
        stamp = headers.get("X-Slack-Request-Timestamp", "")
        if not self._secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= STAMP_MAX):
            return False
        if abs(self._clock.now() / 1000 - int(stamp)) > SKEW_S:
            return False
        expected = "v0=" + hmac.new(self._secret.encode(), f"v0:{stamp}:".encode() + body, sha256).hexdigest()
        given = headers.get("X-Slack-Signature", "")
        return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
