"""Makes Slack match what we know: takes the most urgent dirty record of a lane and does its next step."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.clock import jitter
from bot.leases import Leases
from bot.means import Means, Wait
from bot.performing import advance
from bot.queues import Queues
from bot.store import Fenced, Unavailable
from rules import keys
from rules.projection import next_step
from rules.steps import ELSEWHERE

PAGE = 50
POLL_S = 1.0
ASIDE_S = 60.0  # longer than a step aside may take: it is not begun twice
log = structlog.get_logger()


class Reconciler:
    """One task for each lane; a lane whose lease is not ours waits."""

    def __init__(self, means: Means, queues: Queues, leases: Leases) -> None:
        self._means, self._queues, self._leases, self._clock = means, queues, leases, means.clock
        self._stirred = [asyncio.Event() for _ in range(keys.LANES)]
        self._hints: dict[int, str] = {}
        self._later: dict[str, tuple[float, int]] = {}
        self._idle = [False] * keys.LANES  # nothing was dirty when we last looked
        self._failures: dict[str, int] = {}
        self._aside: dict[str, asyncio.Task[None]] = {}
        self._finishing = False

    def wake(self, lane: int, key: str = "") -> None:
        """Something in the lane is dirty; `key`, when it is known what, spares an idle lane the question."""
        if key and not self._stirred[lane].is_set():
            self._hints[lane] = key
        else:
            self._hints.pop(lane, None)
        self._stirred[lane].set()

    def lanes(self) -> list[Coroutine[Any, Any, None]]:
        """The work on each lane, until `finish`."""
        return [self._work(lane) for lane in range(keys.LANES)]

    def finish(self) -> None:
        """Let each lane end after the step that it is doing: a message on its way is then written down."""
        self._finishing = True
        for stirred in self._stirred:
            stirred.set()

    async def _work(self, lane: int) -> None:
        known = ""
        while not self._finishing:
            token = await self._leases.wait(lane)
            if token != known:
                self._means.store.distrust(lane)
                known = token
            try:
                pause = await self._advance(lane, token)
            except Unavailable as error:
                log.warning("redis_away", lane=lane, error=str(error)[:200])
                pause = jitter(0.5)
            except Fenced:
                log.info("lane_lost", lane=lane)
                self._leases.lost(lane)
                continue
            if pause:
                await self._rest(lane, pause)

    async def _advance(self, lane: int, token: str) -> float:
        """One step of one record. Seconds to rest; 0 when there may be more to do."""
        hint = self._hints.pop(lane, "")
        self._stirred[lane].clear()
        key, urgency, pause = (hint, self._urgency(hint), 0.0) if hint and self._idle[lane] else await self._next(lane)
        if not key:
            return pause
        if urgency >= ELSEWHERE:
            self._perform_aside(lane, key, token)
        else:
            self._rested(key, urgency, await self._perform(key, token))
        return 0.0

    def _rested(self, key: str, urgency: int, answer: Wait | None) -> None:
        if answer is None:
            self._later.pop(key, None)
            self._failures.pop(key, None)
        else:
            self._later[key] = (self._clock.monotonic() + answer.seconds, urgency)

    def _perform_aside(self, lane: int, key: str, token: str) -> None:
        """What is not for Slack may take its time: the lane goes on, and hears when it is done."""

        async def aside() -> None:
            answer: Wait | None = Wait(POLL_S)
            try:
                answer = await self._perform(key, token)
            except (Unavailable, Fenced) as error:
                log.info("aside_waits", key=key, error=str(error)[:200])
            finally:
                del self._aside[key]
                self._rested(key, ELSEWHERE, answer)
                self.wake(lane)

        self._later[key] = (self._clock.monotonic() + ASIDE_S, ELSEWHERE)
        if key not in self._aside:  # two at once would make the same silence twice
            self._aside[key] = asyncio.create_task(aside())

    async def stop(self) -> None:
        """Leave what is done aside: it is found again where it was left."""
        aside = list(self._aside.values())
        for task in aside:
            task.cancel()
        await asyncio.gather(*aside, return_exceptions=True)

    def _urgency(self, key: str) -> int:
        record = self._means.store.cached(key)
        step = next_step(record) if record else None
        return step.urgency if step else 0

    async def _perform(self, key: str, token: str) -> Wait | None:
        try:
            return await advance(self._means, key, token)
        except (Unavailable, Fenced):
            raise
        except Exception:  # one bad record must not stop the others: it is tried again, ever more slowly
            failures = self._failures[key] = self._failures.get(key, 0) + 1
            log.exception("step_failed", key=key, failures=failures)
            return Wait(min(2.0**failures, 300.0))

    async def _next(self, lane: int) -> tuple[str, int, float]:
        """The most urgent record that need not wait, or "" and the seconds until one might be ready.

        One that was told to wait and has become more urgent since need not.
        """
        start, pause, now = 0, POLL_S, self._clock.monotonic()
        self._idle[lane] = False
        while rows := await self._queues.dirty(lane, start, PAGE):
            for row in rows:
                ready, urgency = self._later.get(row.key, (0.0, 0))
                if ready <= now or row.urgency < urgency:
                    return row.key, row.urgency, 0.0
                pause = min(pause, ready - now)
            if len(rows) < PAGE:
                break
            start += PAGE
        self._idle[lane] = not rows and not start
        return "", 0, pause

    async def _rest(self, lane: int, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stirred[lane].wait()
        except TimeoutError:
            return
