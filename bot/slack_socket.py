"""Socket Mode: the same Bolt app behind a WebSocket that we open; it comes back by itself whatever happens to it."""

import asyncio
from typing import NoReturn

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError

AGAIN_S = 5.0
PING_S = 2.0  # a connection that is gone without a word is missed, and made anew, within this
log = structlog.get_logger()


class SlackSocket:
    """Connected as long as `keep` runs."""

    def __init__(self, bolt: AsyncApp, token: str) -> None:
        self._handler = AsyncSocketModeHandler(bolt, token, ping_interval=PING_S)

    @property
    def is_open(self) -> bool:
        """Whether Slack can reach us now."""
        session = self._handler.client.current_session
        return session is not None and not session.closed

    async def keep(self) -> NoReturn:
        """Connect, and again when Slack cannot be reached; the client itself mends what breaks later."""
        while True:
            try:
                await self._handler.connect_async()  # type: ignore[no-untyped-call] # Bolt has no types here
            except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("socket_not_open", error=str(error)[:200], next=f"trying again in {AGAIN_S:.0f} s")
                await asyncio.sleep(AGAIN_S)
            else:
                log.info("socket_open")
                await asyncio.Event().wait()

    async def close(self) -> None:
        """Close the connection."""
        await self._handler.close_async()  # type: ignore[no-untyped-call] # Bolt has no types here
