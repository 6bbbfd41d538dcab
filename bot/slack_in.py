"""What Slack sends: the signature over the raw bytes first, then Bolt, then the handler that answers the asker."""

import asyncio
import hmac
from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.face import SECTION_MAX, section
from bot.cards.mrkdwn import draw, fits
from bot.clock import Clock
from bot.store import Unavailable
from handlers.contract import Button, Command, Desk, Person, Reply
from rules.text import Text

SKEW_S, STAMP_MAX = 300, 12  # seconds; digits
BODY_MAX, BODY_TIMEOUT_S = 1024 * 1024, 10.0
AWAY = [Text.of("My memory (Redis) does not answer just now; nothing was changed. Please try again in a moment.")]
log = structlog.get_logger()


class SlackIn:
    """`POST /slack/events` for commands and buttons."""

    def __init__(
        self,
        web_client: AsyncWebClient,
        secret: str,
        desk: Desk,
        clock: Clock,
        buttons: Mapping[str, Button],
        commands: Mapping[str, Command],
    ) -> None:
        self._secret, self._desk, self._clock = secret, desk, clock
        self._buttons, self._commands = buttons, commands
        # Requests are verified here before Bolt reads them; Bolt parses first and answers 500 to what it cannot parse.
        self._bolt = AsyncApp(client=web_client, signing_secret=secret or "unused", request_verification_enabled=False)
        for name in buttons:
            self._bolt.action(name)(self._pressed)
        self._bolt.command("/sereno")(self._asked)

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

    async def _pressed(self, ack: Any, body: dict[str, Any], action: dict[str, Any], respond: Any) -> None:
        await ack()
        person = Person(id=str(body["user"]["id"]), name=str(body["user"].get("name") or body["user"]["id"]))
        button = self._buttons[action["action_id"]]
        await self._answer(respond, lambda: button.press(str(action.get("value", "")), person, self._desk))

    async def _asked(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        person = Person(id=str(body["user_id"]), name=str(body.get("user_name") or body["user_id"]))
        words = str(body.get("text", "")).split()
        command = self._commands.get(words[0].lower()) if words else None
        if command is None:
            await _tell(respond, self._help(words[:1]))
            return
        await self._answer(respond, lambda: command.run(words[1:], person, self._desk))

    async def _answer(self, respond: Any, ask: Any) -> None:
        try:
            reply: Reply = await ask()
        except Unavailable:
            reply = AWAY
        await _tell(respond, reply)

    def _help(self, words: list[str]) -> Reply:
        lines = []
        if words and words[0].lower() != "help":
            close = get_close_matches(words[0].lower(), list(self._commands), n=1)
            lines.append(Text.of("I do not know `{word}`.", word=words[0]))
            lines += [Text.of("Did you mean `/sereno {word}`?", word=word) for word in close]
        for command in self._commands.values():
            help_ = draw(command.help)
            lines.append(Text.of("`/sereno {usage}` – {help}", usage=command.usage, help=help_))
        return lines


async def _tell(respond: Any, reply: Reply) -> None:
    """Answer only the asker; in a block, because Slack makes links of bare addresses in a text."""
    lines, left = fits([draw(line) for line in reply], SECTION_MAX - 100)
    if left:
        lines.append(draw(Text.of("{count} more lines are not shown.", count=left)))
    text = "\n".join(lines)
    await respond(text=text, blocks=[section(text)], response_type="ephemeral", replace_original=False)
