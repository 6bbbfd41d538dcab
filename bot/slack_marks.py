"""What people mark in a war-room's channel, with a pushpin or a pin: a line of the timeline, until they take it off.

Events: https://docs.slack.dev/reference/events/reaction_added and the pages of the others.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.clients.directory import Directory
from bot.clients.names import Names
from bot.clients.slack import Refused, Retry, Unknown
from bot.clients.slack_rooms import SlackRooms
from bot.store import Unavailable
from handlers.contract import Desk
from handlers.naming import said
from rules.room_writing import AT, BY, NOTE, TEXT, TS, UNNOTE
from rules.signal import Actor, Kind, Signal

PIN = "pushpin"
EVENTS = ("reaction_added", "reaction_removed", "pin_added", "pin_removed")
WORDS_MAX = 2000  # of a message; all of it stands in the channel
TRIES, PAUSE_S, LONGEST_S = 45, 2.0, 15.0  # ten minutes, for what Slack or Redis does not give at once
log = structlog.get_logger()


class SlackMarks:
    """Listens to the four events; each is Slack's only word, so it is kept trying for a while."""

    def __init__(self, bolt: AsyncApp, desk: Desk, directory: Directory, names: Names, rooms: SlackRooms) -> None:
        self._desk, self._directory, self._names, self._rooms = desk, directory, names, rooms
        self._running: set[asyncio.Task[None]] = set()
        for name in EVENTS:
            bolt.event(name)(self._heard)

    async def finish(self, seconds: float) -> None:
        """Let what was heard be written down before all is closed."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _heard(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        running = asyncio.create_task(self._settle(event, str(body.get("event_id") or "")))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        await asyncio.shield(running)

    async def _settle(self, event: Mapping[str, Any], id_: str) -> None:
        for attempt in range(TRIES):
            try:
                if await self._marked(event, id_):
                    return
            except Unavailable as error:
                log.warning("mark_waits", error=str(error)[:200])
            await asyncio.sleep(min(PAUSE_S * (attempt + 1), LONGEST_S))
        log.error("mark_lost", event_kind=event.get("type"), next="mark the message once more")

    async def _marked(self, event: Mapping[str, Any], id_: str) -> bool:
        """Whether nothing is left to do about it. Raises Unavailable."""
        item = event.get("item") or {}
        channel = str(item.get("channel") or event.get("channel_id") or "")
        ts = str(item.get("ts") or (item.get("message") or {}).get("ts") or "")
        user = str(event.get("user") or "")
        if event.get("reaction", PIN) != PIN or not ts or user in ("", self._directory.me):
            return True
        room = await self._desk.room(channel)
        if room is None or (room.observed.posted and room.observed.posted.ts == ts):
            return True
        team = await self._names.team(user)
        if not team:
            return False  # of which workspace somebody is must be known first
        if await self._directory.is_stranger(user, team):
            log.info("mark_of_a_stranger", user=user, team=team)
            return True
        message = await self._rooms.message(channel, ts)
        if isinstance(message, Retry | Unknown):
            return False
        found, labels = None if isinstance(message, Refused) else message, {TS: ts}
        if not str(event.get("type")).endswith("_added"):
            if found is not None and _is_marked(found):
                return True  # somebody else's mark is still on it
        elif found is None:
            return True
        else:
            by = await self._names.of(str(found["user"])) if found.get("user") else ""
            labels |= {TEXT: _words(found), AT: str(int(float(ts) * 1000)), BY: by}
        act = NOTE if TEXT in labels else UNNOTE
        person = Actor(id=user, name=await self._names.of(user), known_as=self._directory.known_as(user), act=id_)
        await self._desk.submit(
            Signal(key=room.key, source="slack", kind=Kind.ACT, event=act, id=id_, actor=person, labels=labels)
        )
        return True


def _words(message: Mapping[str, Any]) -> str:
    """What a message says; of another app's it may stand in its attachments only, of a file it is the name."""
    parts = [str(message.get("text") or "")]
    parts += [str(one.get("fallback") or one.get("text") or "") for one in message.get("attachments") or []]
    parts += [str(one.get("name") or "") for one in message.get("files") or []]
    return said(next((part for part in parts if part.strip()), "…"))[:WORDS_MAX]


def _is_marked(message: Mapping[str, Any]) -> bool:
    return bool(message.get("pinned_to")) or any(one.get("name") == PIN for one in message.get("reactions") or [])
