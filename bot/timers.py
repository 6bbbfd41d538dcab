"""Brings due times to the desk as signals, and wakes lanes for what other processes have committed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.clock import Clock
from bot.leases import Leases
from bot.queues import Queues
from bot.store import Store, Unavailable
from rules import keys
from rules.attention import CLOCKS
from rules.decide import decide
from rules.decision import Decision
from rules.incident import Incident
from rules.policy import Policy
from rules.signal import Kind, Signal

TICK_S = 0.5
log = structlog.get_logger()


class Timers:
    """Looks every TICK_S at the lanes whose leases are ours; `looks` counts them."""

    def __init__(
        self,
        store: Store,
        queues: Queues,
        leases: Leases,
        clock: Clock,
        submit: Callable[[Signal], Awaitable[Decision]],
        wake: Callable[[int], None],
        policy: Callable[[], Policy],
    ) -> None:
        self._store, self._queues, self._leases, self._clock = store, queues, leases, clock
        self._submit, self._wake, self._policy = submit, wake, policy
        self._kept: Policy | None = None  # the policy that the clocks of all incidents follow
        self.looks = 0

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
                self.looks += 1
            except Unavailable as error:
                log.warning("timers_wait", error=str(error)[:200])
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Submit what is due now. Raises Unavailable."""
        lanes = self._leases.held()
        if not lanes:
            return
        if self._policy() is not self._kept:
            await self._reset(lanes)
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

    async def _reset(self, lanes: list[int]) -> None:
        """The policy is another one, or a mute has come or gone: set the clocks of what is open anew."""
        policy, count = self._policy(), 0
        for key in await self._queues.open_keys():
            record = (self._store.cached(key) or await self._store.load(key)) if keys.lane(key) in lanes else None
            signal = Signal(key=key, source="sereno", kind=Kind.TIMER, event=CLOCKS)
            if isinstance(record, Incident) and decide(signal, record, policy, self._clock.now()).changed:
                await self._submit(signal)
                count += 1
        self._kept = policy
        log.info("clocks_set", incidents=count)

    async def _ring(self, key: str) -> None:
        record = await self._store.load(key)
        if record is None:
            await self._store.forget(key)
            return
        now = self._clock.now()
        for name, at in record.timers.items():
            if at <= now:
                await self._submit(Signal(key=key, source="timer", kind=Kind.TIMER, event=name, at=at))
