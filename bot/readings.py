"""Reads the checks of the watched releases of our lanes, each minute and when a checkpoint is due."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.clock import Clock
from bot.leases import Leases
from bot.memories import Memories
from bot.sources.sources import Sources
from bot.store import Unavailable
from rules import keys
from rules.attribution import related
from rules.baseline import with_baseline
from rules.decision import Decision
from rules.policy import Policy
from rules.releasing import BEGAN
from rules.signal import Kind, Signal
from rules.watch import Watch, key_of

TICK_S, EVERY_MS = 1.0, 60_000
LONGEST_MS = 35 * 24 * 3_600_000  # incidents are remembered for this long
log = structlog.get_logger()


class Readings:
    """A watch is read by the process that holds its lane."""

    def __init__(
        self, sources: Sources, memories: Memories, leases: Leases, clock: Clock,
        policy: Callable[[], Policy], submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:  # fmt: skip
        self._sources, self._memories, self._leases, self._clock = sources, memories, leases, clock
        self._policy, self._submit = policy, submit
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("readings_wait", error=str(error)[:200])
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Begin to read what is due; a source that hangs holds up only its own release. Raises Unavailable."""
        held = self._leases.held()
        watches = [one for one in await self._memories.open_watches() if keys.lane(one.key) in held]
        self._sources.forget({one.key for one in watches})
        for watch in watches:
            if watch.plan in self._policy().releases and watch.key not in self._reading and self._is_due(watch):
                self._reading[watch.key] = asyncio.create_task(self._read(watch))

    async def stop(self) -> None:
        """Leave what is being read: it is read again."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    def _is_due(self, watch: Watch) -> bool:
        now = self._clock.now()
        return now - watch.read_at >= EVERY_MS or self._is_awaited(watch, now)

    def _is_awaited(self, watch: Watch, now: int) -> bool:
        """Whether a checkpoint waits for readings of its own time."""
        return bool(watch.waited_since) and watch.read_at < watch.waited_since <= now

    async def _read(self, watch: Watch) -> None:
        try:
            await self._submit(await self._signal(watch))
        except Unavailable as error:
            log.warning("not_read_now", key=watch.key, error=str(error)[:200])
        except Exception:  # one release must not stop the others; it is tried again with the next look
            log.exception("reading_failed", key=watch.key)
        finally:
            del self._reading[watch.key]

    async def _signal(self, watch: Watch) -> Signal:
        plan, now = self._policy().releases[watch.plan], self._clock.now()
        reach = max([now - watch.began_at, *(check.within for check in plan.checks.values())])
        remembered = await self._memories.incidents(now - min(reach, LONGEST_MS))
        anew = self._is_awaited(watch, now) or now - watch.read_at > 5 * EVERY_MS
        readings = await self._sources.read(watch, plan, remembered, anew=anew)
        before = await self._memories.watch(key_of(watch.plan, watch.baseline)) if watch.baseline else None
        readings = with_baseline(readings, watch, before, now) | await self._sources.budgets(plan, self._policy())
        began = await self._sources.baseline_at(watch, plan)
        remembered = await self._memories.incidents(now - min(reach, LONGEST_MS))  # a source may have taken long
        return Signal(
            key=watch.key,
            source="readings",
            kind=Kind.READ,
            event="read",
            at=now,
            readings=readings,
            incidents=related(remembered, plan, watch),
            labels={BEGAN: str(began)} if began else {},
        )
