"""What people mark in a war-room's channel, with a pushpin or a pin: Slack is answered when the mark is kept.

Events: https://docs.slack.dev/reference/events/reaction_added and the pages of the others. What is not answered with
200 Slack sends again, three times in about five minutes: https://docs.slack.dev/apis/events-api/#retries
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.clients.directory import Directory
from bot.marks import PIN
from bot.store import Unavailable
from handlers.contract import Desk
from rules.reason import Reason
from rules.room_marking import MARK, UNMARK
from rules.room_writing import TS, WHO
from rules.signal import Kind, Signal

EVENTS = ("reaction_added", "reaction_removed", "pin_added", "pin_removed")
TS_FORM = re.compile(r"\d{1,12}\.\d{1,9}")
log = structlog.get_logger()


class SlackMarks:
    """Listens to the four events; bot/marks.py reads what they are about."""

    def __init__(self, bolt: AsyncApp, desk: Desk, directory: Directory) -> None:
        self._desk, self._directory = desk, directory
        for name in EVENTS:
            bolt.event(name, middleware=[self._keep])(_nothing_left)

    async def _keep(
        self, body: dict[str, Any], event: dict[str, Any], next: Callable[[], Awaitable[BoltResponse]]  # noqa: A002 - Bolt's
    ) -> BoltResponse:  # fmt: skip
        """Before Bolt answers, for it answers an event before the listener runs."""
        try:
            reason = await self._kept(event, str(body.get("event_id") or ""))
        except Unavailable as error:
            return _again(str(error)[:200])
        return _again("too many wait to be read") if reason is Reason.FULL else await next()

    async def _kept(self, event: dict[str, Any], id_: str) -> Reason | None:
        item = event.get("item") or {}
        channel = str(item.get("channel") or event.get("channel_id") or "")
        ts = str(item.get("ts") or (item.get("message") or {}).get("ts") or "")
        user = str(event.get("user") or "")
        if event.get("reaction", PIN) != PIN or not TS_FORM.fullmatch(ts) or user in ("", self._directory.me):
            return None
        room = await self._desk.room(channel)
        if room is None or (room.observed.posted and room.observed.posted.ts == ts):
            return None
        named = MARK if str(event.get("type")).endswith("_added") else UNMARK
        labels = {TS: ts, WHO: user}
        signal = Signal(key=room.key, source="slack", kind=Kind.ROOM, event=named, id=id_, labels=labels)
        return (await self._desk.submit(signal)).reason


def _again(why: str) -> BoltResponse:
    log.warning("mark_not_kept", why=why, next="Slack sends it again")
    return BoltResponse(status=503)


async def _nothing_left() -> None:
    """The mark is kept; Bolt wants a listener."""
