"""The Events API's side of the app: what it has subscribed to, and how long Slack tries to tell it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from aiohttp import web

from bot.playground.message import Json

RETRIES = (0.0, 60.0, 300.0)


class Events:
    """`retries` are the seconds before each further attempt; for tests they may all be 0.

    `courier` is set while the playground is mounted: it brings what the bot itself, or a person on the page, did.
    """

    def __init__(self, subscribed: Iterable[str]) -> None:
        self.subscribed = set(subscribed)
        self.retries: tuple[float, ...] = RETRIES
        self.courier: Callable[[Json], Coroutine[Any, Any, object]] | None = None
        self._under_way: set[asyncio.Task[object]] = set()

    def happened(self, event: Json) -> None:
        """Has the event brought to the bot, while everything else goes on."""
        if self.courier is not None:
            self.later(self.courier(event))

    def later(self, work: Coroutine[Any, Any, object]) -> None:
        """Does it beside everything else, until the playground is stopped."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def shutdown(self, _app: web.Application) -> None:
        """Gives up what is still to be brought, so that the server can stop at once."""
        waiting = list(self._under_way)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
