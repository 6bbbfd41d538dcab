"""Performs one step in Slack and says what came of it; never retries by itself, that is the reconciler's part.

Errors: https://docs.slack.dev/reference/methods/chat.postMessage#errors and the pages of the other methods.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.face import Face
from bot.clients import slack_files
from bot.clients.slack_files import Uploaded

TIMEOUT_S = 10
SKEW_MS = 300_000  # Slack's clock and ours; a look-up searches this long before and after the attempt
EVENT_TYPE = "sereno_step"


class Why(StrEnum):
    """What a refusal is about."""

    CHANNEL = "channel"  # this channel takes nothing from us
    BLOCKS = "blocks"  # Slack cannot read this message
    MESSAGE = "message"  # the message is gone or cannot be edited
    RIGHTS = "rights"  # the token is bad or may not do this
    ROOM = "room"  # what was asked of a channel, whatever it was
    FILES = "files"  # the workspace does not take such a file, or cannot show this one (yet)


@dataclass(frozen=True, slots=True)
class Sent:
    """Done. `channel` is Slack's id."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Certainly not done; may be tried again after `after` seconds. `limited`: Slack said 429."""

    after: float
    error: str
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not done, and trying the same again is no use."""

    why: Why
    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Perhaps done, perhaps not."""

    error: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """A look-up found nothing."""


Answer = Sent | Retry | Refused | Unknown

_CHANNEL = {
    "channel_not_found", "is_archived", "not_in_channel", "restricted_action", "cannot_post_to_channel",
    "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "channel_is_archived", "is_inactive", "invalid_channel", "no_permission", "messages_tab_disabled",
    "team_access_not_granted", "slack_connect_canvas_sharing_blocked",
    "user_not_found", "users_not_found", "user_disabled", "user_not_visible", "cannot_dm_bot", "cannot_dm_slackbot",
}  # fmt: skip
_BLOCKS = {
    "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_too_long", "msg_blocks_too_long", "no_text",
    "invalid_arguments", "invalid_array_arg", "too_many_attachments", "attachment_payload_limit_exceeded",
    "metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema",
}  # fmt: skip
_MESSAGE = {
    "message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "thread_gone",
    "cannot_reply_to_message", "invalid_thread_ts", "is_ephemeral", "cant_broadcast_message",
    "block_mismatch", "external_channel_migrating",
}  # fmt: skip
_RIGHTS = {
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope",
    "not_allowed_token_type", "access_denied", "org_login_required", "ekm_access_denied", "two_factor_setup_required",
}  # fmt: skip
_MAYBE = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}


class Slack:
    """The Web API, one call at a time. `observe(method, result)` is told of each call, for metrics."""

    def __init__(self, client: AsyncWebClient, observe: Callable[[str, str], None]) -> None:
        self.web, self._observe = client, observe

    async def post(self, channel: str, face: Face, step: str, *, thread_ts: str = "", aloud: bool = False) -> Answer:
        """A new message that carries the step's name in its metadata, so that it can be found again."""
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": face.text,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": step}},
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if face.blocks:
            arguments["blocks"] = face.blocks
        if thread_ts:
            arguments |= {"thread_ts": thread_ts, "reply_broadcast": aloud}
        strayed: list[str] = []

        async def send() -> Any:
            reply = await self.web.chat_postMessage(**arguments)
            message = reply.get("message")
            if thread_ts and isinstance(message, dict) and not message.get("thread_ts"):
                strayed.append(str(reply.get("ts", "")))
            return reply

        answer = await self.ask("chat.postMessage", send, repeatable=False)
        if strayed and isinstance(answer, Sent) and await self._is_gone(answer.channel or channel, thread_ts):
            return await self._take_back(answer)
        return answer

    async def _is_gone(self, channel: str, thread_ts: str) -> bool:
        """Whether Slack surely has no such thread: not everything that speaks like Slack echoes `thread_ts`."""
        answer = await self.ask(
            "conversations.replies", lambda: self.web.conversations_replies(channel=channel, ts=thread_ts, limit=1)
        )
        return isinstance(answer, Refused) and answer.error in ("thread_not_found", "message_not_found")

    async def _take_back(self, strayed: Sent) -> Answer:
        """Slack puts a reply to a deleted message into the channel, without a word: it does not belong there."""
        await self.delete(strayed.channel, strayed.ts)
        return Refused(Why.MESSAGE, "thread_gone")

    async def edit(self, channel: str, ts: str, face: Face) -> Answer:
        """Replace a message."""
        blocks = face.blocks or []
        return await self.ask(
            "chat.update",
            lambda: self.web.chat_update(channel=channel, ts=ts, text=face.text, blocks=blocks, parse="none"),
        )

    async def delete(self, channel: str, ts: str) -> Answer:
        """Take one of our messages away."""
        return await self.ask("chat.delete", lambda: self.web.chat_delete(channel=channel, ts=ts))

    async def find(self, channel: str, step: str, since: int, thread_ts: str = "") -> Answer | NotFound:
        """The message of a step that was sent at `since` (unix milliseconds) or later, in a channel or a thread."""
        oldest, latest = f"{(since - SKEW_MS) / 1000:.6f}", f"{(since + SKEW_MS) / 1000:.6f}"
        found: list[Sent] = []

        async def look() -> Any:
            cursor = ""
            while True:
                page = await self._page(channel, thread_ts, oldest, latest, cursor)
                for message in page.get("messages", []):
                    payload = (message.get("metadata") or {}).get("event_payload") or {}
                    if payload.get("id") == step:
                        found.append(Sent(channel, message["ts"]))
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if found or not cursor:
                    return {"channel": channel, "ts": ""}

        answer = await self.ask("conversations.replies" if thread_ts else "conversations.history", look)
        if isinstance(answer, Sent):
            return found[0] if found else NotFound()
        return answer

    async def open_direct(self, user: str) -> Answer:
        """The conversation with a person; opening it again is the same one."""
        return await self.ask("conversations.open", lambda: self._opened(user))

    async def _opened(self, user: str) -> dict[str, str]:
        reply = await self.web.conversations_open(users=user)
        channel = reply.get("channel")
        return {"channel": str(channel["id"]) if isinstance(channel, dict) else "", "ts": ""}

    async def upload(
        self, name: str, body: bytes, alt: str, *, channel: str = "", comment: str = "", thread_ts: str = ""
    ) -> Uploaded | Answer:
        """A file that nothing shows yet: doing it again only makes another one. Never `Sent`.

        With `channel`, Slack's id of one, it is shown there, or in a thread of it, below `comment`, which is mrkdwn.
        """
        found: dict[str, str] = {}
        shown: dict[str, Any] = {"channel_id": channel, "initial_comment": comment} if channel else {}
        shown |= {"thread_ts": thread_ts} if thread_ts else {}

        async def ask() -> Any:
            alt_txt = alt[: slack_files.ALT_MAX] or None
            reply = await self.web.files_getUploadURLExternal(filename=name, length=len(body), alt_txt=alt_txt)
            found.update(url=str(reply.get("upload_url")), id=str(reply.get("file_id")))
            return reply

        steps: tuple[tuple[str, Callable[[], Awaitable[Any]]], ...] = (
            ("files.getUploadURLExternal", ask),
            ("files.put", lambda: slack_files.put(self.web, found["url"], body)),
            (
                "files.completeUploadExternal",
                lambda: self.web.files_completeUploadExternal(files=[{"id": found["id"], "title": name}], **shown),
            ),
        )
        for method, step in steps:
            answer = await self.ask(method, step)
            if not isinstance(answer, Sent):
                return answer
        return Uploaded(found["id"])

    async def alive(self) -> Answer:
        """Whether Slack answers and knows the token."""
        return await self.ask("auth.test", self.web.auth_test)

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message, "" when Slack does not say."""
        try:
            return str((await self.web.chat_getPermalink(channel=channel, message_ts=ts)).get("permalink", ""))
        except (SlackClientError, aiohttp.ClientError, TimeoutError):
            return ""

    async def _page(self, channel: str, thread_ts: str, oldest: str, latest: str, cursor: str) -> dict[str, Any]:
        more: dict[str, Any] = {"limit": 200, "include_all_metadata": True, "oldest": oldest, "latest": latest}
        if cursor:
            more["cursor"] = cursor
        if thread_ts:
            reply = await self.web.conversations_replies(channel=channel, ts=thread_ts, **more)
        else:
            reply = await self.web.conversations_history(channel=channel, **more)
        return dict(reply.data) if isinstance(reply.data, dict) else {}

    async def ask(
        self, method: str, call: Callable[[], Awaitable[Any]], *, repeatable: bool = True, final: bool = False
    ) -> Answer:
        """One call. `repeatable`: it may be made again when its answer was lost; `final`: each refusal is Slack's last.

        Without `final` a word that we do not know is taken for one that passes.
        """
        answer = await self._ask(call, final=final)
        if isinstance(answer, Unknown) and repeatable:
            answer = Retry(1.0, answer.error)
        self._observe(method, "ok" if isinstance(answer, Sent) else answer.error)
        return answer

    async def _ask(self, call: Callable[[], Awaitable[Any]], *, final: bool) -> Answer:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                reply = await call()
        except SlackApiError as error:
            answer = _refusal(error)
            if final and isinstance(answer, Retry) and not answer.limited:
                return Refused(Why.ROOM, answer.error)
            return answer
        except aiohttp.ClientConnectorError as error:
            return Retry(1.0, f"not connected: {error.os_error}")
        except TimeoutError:
            return Unknown("timeout")
        except (aiohttp.ClientError, SlackClientError, OSError, ValueError) as error:
            return Unknown(type(error).__name__)
        return Sent(str(reply.get("channel", "")), str(reply.get("ts", "")))


def _refusal(error: SlackApiError) -> Answer:
    status = getattr(error.response, "status_code", 0)
    headers = getattr(error.response, "headers", None) or {}
    data = getattr(error.response, "data", None)
    word = slack_files.word_of(data)
    if status == 429 or word in ("ratelimited", "rate_limited"):
        return Retry(_seconds(headers), "ratelimited", limited=True)
    if status >= 500 or not word or word in _MAYBE:
        return Unknown(word or f"http_{status}")
    for words, why in ((_CHANNEL, Why.CHANNEL), (_BLOCKS, Why.BLOCKS), (_MESSAGE, Why.MESSAGE), (_RIGHTS, Why.RIGHTS)):
        if word in words:
            return Refused(why, word)
    if word in slack_files.REFUSED:
        return Refused(Why.FILES, word)
    return Retry(30.0, word)


def _seconds(headers: Any) -> float:
    value = next((text for name, text in dict(headers).items() if str(name).lower() == "retry-after"), "1")
    value = value[0] if isinstance(value, list) else value
    try:
        return min(max(float(value), 0.1), 3600.0)
    except ValueError:
        return 1.0
