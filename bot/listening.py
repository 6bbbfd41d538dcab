"""What must not fall silent: one process at a time looks whether heartbeats and sources still come."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import NoReturn

import structlog
from redis.asyncio import Redis

from bot.alarms import Alarms
from bot.awake import Awake
from bot.clock import Clock
from bot.ears import Ears
from bot.heartbeats import Heartbeats
from bot.leases import Leases
from bot.memories import Memories
from bot.metrics import Metrics
from bot.silent_sources import SilentSources
from bot.store import Unavailable
from rules.decision import Decision
from rules.policy import Policy
from rules.signal import Signal

TICK_S, AGAIN_S = 1.0, 5.0
LANE = 0
log = structlog.get_logger()

Submit = Callable[[Signal], Awaitable[Decision]]


class Listening:
    """Looks each second while lane 0 is ours, so that an alarm has one author and waking one clock."""

    def __init__(
        self, redis: Redis, leases: Leases, clock: Clock, policy: Callable[[], Policy], memories: Memories,
        submit: Submit, ears: Ears, metrics: Metrics, sources: Iterable[str],
    ) -> None:  # fmt: skip
        self._leases, self._submit, self._awake = leases, submit, Awake(redis, clock)
        self._alarms = Alarms(memories, clock, policy, submit)
        self._heartbeats = Heartbeats(redis, clock, policy, self._alarms, metrics)
        self._sources = SilentSources(ears, clock, policy, self._alarms, sources)

    async def take(self, signal: Signal) -> Decision:
        """Submit what came in from outside, and hear it: our own signals are no beats. Raises Unavailable."""
        decision = await self._submit(signal)
        await self._heartbeats.hear(signal)
        return decision

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("listening_waits", error=str(error)[:200])
                await asyncio.sleep(AGAIN_S - TICK_S)
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Look once, if it is for us to look. Raises Unavailable."""
        if not self._leases.token(LANE):
            self._alarms.forget()
            self._heartbeats.rest()
            return
        waking = await self._awake.tick()
        await self._heartbeats.look(waking.since)
        await self._sources.look(waking.total)
