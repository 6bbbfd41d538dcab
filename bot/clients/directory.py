"""Names to Slack ids: channels and user groups, asked ahead of time, never on an alert's way."""

import asyncio
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.mrkdwn import inert

REFRESH_S, AGAIN_S = 3600.0, 15.0
log = structlog.get_logger()


class Directory:
    """What Slack calls our channels and groups. A name that is not known (yet) is used as it is."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web = web
        self._channels: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self.loaded = asyncio.Event()

    def channel(self, place: str) -> str:
        """The id of a #channel, or the name when the id is not known."""
        return self._channels.get(place.removeprefix("#"), place)

    def learn(self, place: str, channel: str) -> None:
        """Slack answered for a #channel with this id."""
        if channel:
            self._channels[place.removeprefix("#")] = channel

    def spell(self, name: str) -> str:
        """Slack's markup for a mention of the policy: channel, here, or an @name; unknown names stay plain text."""
        if name in ("channel", "here"):
            return f"<!{name}>"
        return self._names.get(name.removeprefix("@").lower(), inert(name, 80))

    async def refresh(self) -> None:
        """Ask Slack for all channels and user groups. Raises what the Slack client raises."""
        cursor = ""
        while True:
            page = await self._web.conversations_list(limit=1000, cursor=cursor, types="public_channel,private_channel")
            rows: list[dict[str, Any]] = page.get("channels") or []
            self._channels |= {row["name"]: row["id"] for row in rows if row.get("name") and not row.get("is_archived")}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        try:
            groups = await self._web.usergroups_list()
        except SlackApiError as error:  # not on every plan, and a scope of its own; channels do not depend on it
            log.warning("no_user_groups", error=str(error.response.get("error")), hint="@names stay plain text")
            return
        rows = groups.get("usergroups") or []
        self._names |= {row["handle"].lower(): f"<!subteam^{row['id']}>" for row in rows if row.get("handle")}

    async def keep(self) -> None:
        """Refresh for ever."""
        while True:
            pause = REFRESH_S
            try:
                async with asyncio.timeout(30):
                    await self.refresh()
            except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                log.warning("directory_failed", error=str(error)[:200], hint="names are used as they are; trying again")
                pause = AGAIN_S
            self.loaded.set()
            await asyncio.sleep(pause)
