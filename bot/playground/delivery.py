"""How an act reaches the bot, through an open socket or as a signed HTTP request, and what the bot answered."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.playground.message import Json
from bot.playground.signing import signed
from bot.playground.workspace import Workspace

_LATE = "It did not answer in 3 s."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bot said; `status` is None when it did not answer in 3 s or could not be reached.

    `reason` is Slack's word for why an event is told again, `no_retry` that the bot asked not to be told again.
    """

    status: int | None
    text: str = ""
    content_type: str = ""
    why: str = ""
    errors: dict[str, str] | None = None
    reason: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether Slack would be content."""
        return self.status == 200 and not self.errors and not self.why

    @property
    def heard(self) -> bool:
        """Whether Slack takes an event for told: any 2xx in time."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.text) if self.text.strip() else None
        except ValueError:
            return None


class Delivery:
    """Brings payloads to the bot at `url`, or over its sockets when the workspace is in Socket Mode."""

    def __init__(self, ws: Workspace, url: str, session: aiohttp.ClientSession, patience: float) -> None:
        self._ws = ws
        self._url = url
        self._session = session
        self._patience = patience

    async def command(self, form: dict[str, str]) -> Answer:
        """A slash command."""
        if self._ws.sockets.on:
            return await self._socket("slash_commands", dict(form))
        return await self._post(urlencode(form).encode(), "application/x-www-form-urlencoded")

    async def interactive(self, payload: Json) -> Answer:
        """A press, a submission, a modal that was closed."""
        if self._ws.sockets.on:
            return await self._socket("interactive", payload)
        form = {"payload": json.dumps(payload)}
        return await self._post(urlencode(form).encode(), "application/x-www-form-urlencoded")

    async def event(self, body: Json, retry: int = 0, reason: str = "") -> Answer:
        """An Events API callback; `retry` counts from 1 when it is told again, for this `reason`."""
        if self._ws.sockets.on:
            again = {"retry_attempt": retry, "retry_reason": reason}
            return await self._socket("events_api", body, again)
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        return await self._post(json.dumps(body).encode(), "application/json", headers)

    async def _socket(self, kind: str, payload: Json, more: Json | None = None) -> Answer:
        try:
            ack = await self._ws.sockets.deliver(kind, payload, self._patience, more or {})
        except TimeoutError:
            return Answer(status=None, why=_LATE, reason="timeout")
        except ConnectionError as problem:
            return Answer(status=None, why=f"It could not be reached: {problem}.", reason="connection_failed")
        said = ack.get("payload")
        return Answer(status=200, text=json.dumps(said) if said else "", content_type="application/json")

    async def _post(self, body: bytes, content_type: str, more: dict[str, str] | None = None) -> Answer:
        headers = signed(self._ws.signing_secret, int(self._ws.clock()), body) | {"Content-Type": content_type}
        headers |= more or {}
        timeout = aiohttp.ClientTimeout(total=self._patience)
        try:
            async with self._session.post(self._url, data=body, headers=headers, timeout=timeout) as got:
                said = await got.text()
                why = "" if got.status == 200 else f"It answered {got.status}."
                return Answer(
                    status=got.status, text=said, content_type=got.content_type, why=why, reason="http_error",
                    no_retry=got.headers.get("X-Slack-No-Retry") == "1",
                )  # fmt: skip
        except TimeoutError:
            return Answer(status=None, why=_LATE, reason="http_timeout")
        except (aiohttp.ClientError, OSError) as problem:
            return Answer(status=None, why=f"It could not be reached: {problem}.", reason="connection_failed")
