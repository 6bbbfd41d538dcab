"""What Slack can do with a channel that we make: each call once; the reconciler tries again.

Methods: https://docs.slack.dev/reference/methods/conversations.create and the pages of the others.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.clients.slack import SKEW_MS, Answer, Refused, Retry, Sent, Slack, Unknown

LOOKED_AT = 200  # the latest messages
INVITED_AT_ONCE = 100  # https://docs.slack.dev/reference/methods/conversations.invite
THERE = {"already_in_channel", "cant_invite_self"}
DONE = {"already_pinned", "already_archived"}
No = Retry | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel of Slack. `creator`: the user that made it."""

    id: str
    name: str
    creator: str = ""
    archived: bool = False


class SlackRooms:
    """Channels, invitations, topics, pins and bookmarks."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def create(self, name: str, *, private: bool) -> Channel | No:
        """A new channel. Refused("name_taken"): there is one of this name."""
        reply = await self._ask(
            "conversations.create", lambda: self._slack.web.conversations_create(name=name, is_private=private)
        )
        return reply if isinstance(reply, No) else _channel(reply.get("channel") or {})

    async def find(self, name: str) -> Channel | No | None:
        """The channel of this name, of those that we may see; None without one."""
        cursor = ""
        while True:
            reply = await self._ask("conversations.list", partial(self._page, cursor))
            if isinstance(reply, No):
                return reply
            for row in reply.get("channels") or []:
                if row.get("name") == name:
                    return _channel(row)
            cursor = (reply.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def invite(self, channel: str, users: Sequence[str]) -> Mapping[str, str] | No:
        """Invite all that can be; who cannot, and Slack's word for why."""
        failed: dict[str, str] = {}
        for start in range(0, len(users), INVITED_AT_ONCE):
            some = list(users[start : start + INVITED_AT_ONCE])
            reply = await self._invited(channel, some)
            if isinstance(reply, Refused) and len(some) > 1:  # one of them spoils it for all: each alone
                for user in some:
                    one = await self._invited(channel, [user])
                    if isinstance(one, Refused):
                        failed |= {} if one.error in THERE else {user: one.error}
                    elif isinstance(one, No):
                        return one
            elif isinstance(reply, Refused):
                failed |= {} if reply.error in THERE else {some[0]: reply.error}
            elif isinstance(reply, No):
                return reply
            else:
                errors = [one for one in reply.get("errors") or [] if one.get("error") not in THERE]
                failed |= {str(one.get("user")): str(one.get("error")) for one in errors}
        return failed

    async def topic(self, channel: str, text: str) -> Answer:
        """Set the line in the head of a channel."""
        return await self._slack.ask(
            "conversations.setTopic", lambda: self._slack.web.conversations_setTopic(channel=channel, topic=text),
            final=True,
        )  # fmt: skip

    async def purpose(self, channel: str, text: str) -> Answer:
        """Set what a channel is for."""
        return await self._slack.ask(
            "conversations.setPurpose",
            lambda: self._slack.web.conversations_setPurpose(channel=channel, purpose=text), final=True,
        )  # fmt: skip

    async def pin(self, channel: str, ts: str) -> Answer:
        """Pin a message; one that is pinned is."""
        answer = await self._slack.ask(
            "pins.add", lambda: self._slack.web.pins_add(channel=channel, timestamp=ts), final=True
        )
        return _done(answer, channel)

    async def archive(self, channel: str) -> Answer:
        """Archive a channel; one that is archived is."""
        answer = await self._slack.ask(
            "conversations.archive", lambda: self._slack.web.conversations_archive(channel=channel), final=True
        )
        return _done(answer, channel)

    async def bookmark(self, channel: str, title: str, url: str) -> Answer:
        """Set a link into the head of a channel, unless it is there."""
        known = await self._ask("bookmarks.list", lambda: self._slack.web.bookmarks_list(channel_id=channel))
        if isinstance(known, No):
            return known
        if any(row.get("link") == url for row in known.get("bookmarks") or []):
            return Sent(channel, "")
        return await self._slack.ask(
            "bookmarks.add",
            lambda: self._slack.web.bookmarks_add(channel_id=channel, title=title, type="link", link=url), final=True,
        )  # fmt: skip

    async def message(self, channel: str, ts: str) -> Mapping[str, Any] | No | None:
        """A message of a channel or of one of its threads; None when it is gone."""
        reply = await self._ask(
            "conversations.replies",
            lambda: self._slack.web.conversations_replies(
                channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=10
            ),
        )
        if isinstance(reply, Refused) and reply.error in ("thread_not_found", "message_not_found"):
            return None
        if isinstance(reply, No):
            return reply
        return next((one for one in reply.get("messages") or [] if one.get("ts") == ts), None)

    async def team(self, user: str) -> str | No:
        """The workspace of a person, "" when Slack names none."""
        reply = await self._ask("users.info", lambda: self._slack.web.users_info(user=user))
        return reply if isinstance(reply, No) else str((reply.get("user") or {}).get("team_id") or "")

    async def file(self, channel: str, name: str, since: int, thread_ts: str = "") -> str | No:
        """The id of a file of this name that stands in a channel, or in a thread, since then (unix ms); "" of none."""
        more: dict[str, Any] = {"channel": channel, "oldest": f"{(since - SKEW_MS) / 1000:.6f}", "limit": LOOKED_AT}
        web = self._slack.web
        reply = await (
            self._ask("conversations.replies", lambda: web.conversations_replies(ts=thread_ts, **more))
            if thread_ts
            else self._ask("conversations.history", lambda: web.conversations_history(**more))
        )
        if isinstance(reply, No):
            return reply
        files = (one for message in reply.get("messages") or [] for one in message.get("files") or [])
        return next((str(one.get("id", "")) for one in files if one.get("name") == name), "")

    async def _invited(self, channel: str, users: list[str]) -> Mapping[str, Any] | No:
        return await self._ask(
            "conversations.invite",
            lambda: self._slack.web.conversations_invite(channel=channel, users=users, force=True),
        )

    async def _page(self, cursor: str) -> Any:
        kinds = "public_channel,private_channel"
        return await self._slack.web.conversations_list(limit=1000, cursor=cursor, types=kinds)

    async def _ask(self, method: str, call: Callable[[], Awaitable[Any]]) -> Mapping[str, Any] | No:
        """The whole answer of a call."""
        found: list[Mapping[str, Any]] = []

        async def heard() -> Any:
            reply = await call()
            found.append(reply.data if isinstance(reply.data, dict) else {})
            return {"channel": "", "ts": ""}

        answer = await self._slack.ask(method, heard, final=True)
        return found[0] if isinstance(answer, Sent) else answer


def _channel(row: Mapping[str, Any]) -> Channel:
    return Channel(
        id=str(row.get("id", "")), name=str(row.get("name", "")), creator=str(row.get("creator", "")),
        archived=bool(row.get("is_archived")),
    )  # fmt: skip


def _done(answer: Answer, channel: str) -> Answer:
    return Sent(channel, "") if isinstance(answer, Refused) and answer.error in DONE else answer
