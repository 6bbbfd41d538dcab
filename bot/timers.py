"""Brings due times to the desk as signals, and wakes lanes for what other processes have committed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.clock import Clock
from bot.leases import Leases
from bot.queues import Queues
from bot.store import Store, Unavailable
from rules.decision import Decision
from rules.signal import Kind, Signal

TICK_S = 0.5
log = structlog.get_logger()


class Timers:
    """Looks every TICK_S at the lanes whose leases are ours."""

    def __init__(
        self,
        store: Store,
        queues: Queues,
        leases: Leases,
        clock: Clock,
        submit: Callable[[Signal], Awaitable[Decision]],
        wake: Callable[[int], None],
    ) -> None:
        self._store, self._queues, self._leases, self._clock = store, queues, leases, clock
        self._submit, self._wake = submit, wake

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("timers_wait", error=str(error)[:200])
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Submit what is due now. Raises Unavailable."""
        lanes = self._leases.held()
        if not lanes:
            return
        dirty, due = await self._queues.stirred(lanes, self._clock.now())
        for lane in dirty:
            self._wake(lane)
        for names in due.values():
            for key in names:
                try:
                    await self._ring(key)
                except Unavailable:
                    raise
                except Exception:  # one record must not stop the others' timers; it is tried again with the next look
                    log.exception("timer_failed", key=key)

    async def _ring(self, key: str) -> None:
        record = await self._store.load(key)
        if record is None:
            await self._store.forget(key)
            return
        now = self._clock.now()
        for name, at in record.timers.items():
            if at <= now:
                await self._submit(Signal(key=key, source="timer", kind=Kind.TIMER, event=name, at=at))
