"""Looks which version runs, once a minute, for the rollbacks of our lanes that go on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.clients.asking import Rejected, Unreachable
from bot.clients.documents import Documents
from bot.clients.prometheus import Prometheus
from bot.clock import Clock
from bot.leases import Leases
from bot.memories import Memories
from bot.store import Unavailable
from rules import keys
from rules.decide import decide
from rules.decision import Decision
from rules.policy import Policy
from rules.rollback import Phase, Rollback
from rules.rollback_plan import Running
from rules.rolling_back import RUNS, SEEN, TROUBLE, UNSEEN
from rules.signal import Kind, Signal
from rules.text import Text

TICK_S, EVERY_S = 1.0, 60.0
SOURCE = "versions"
log = structlog.get_logger()


class Versions:
    """A rollback is looked after by the process that holds its lane."""

    def __init__(
        self, prometheus: Prometheus | None, documents: Documents, memories: Memories, leases: Leases, clock: Clock,
        policy: Callable[[], Policy], submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:  # fmt: skip
        self._prometheus, self._documents = prometheus, documents
        self._memories, self._leases, self._clock = memories, leases, clock
        self._policy, self._submit = policy, submit
        self._looked: dict[str, float] = {}

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("versions_wait", error=str(error)[:200])
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """See what runs, for each rollback that was not looked at for a minute. Raises Unavailable."""
        wanted = [one for one in await self._memories.open_rollbacks() if one.phase is Phase.BEGUN and one.looks]
        self._looked = {one.id: self._looked[one.id] for one in wanted if one.id in self._looked}
        for rollback in wanted:
            since = self._clock.monotonic() - self._looked.get(rollback.id, float("-inf"))
            if since < EVERY_S or keys.lane(rollback.key) not in self._leases.held():
                continue
            self._looked[rollback.id] = self._clock.monotonic()
            signal = await self._signal(rollback)
            if decide(signal, rollback, self._policy(), self._clock.now()).changed:  # else each minute in the journal
                decision = await self._submit(signal)
                log.info("version", key=rollback.key, reason=decision.reason)

    async def _signal(self, rollback: Rollback) -> Signal:
        plan = self._policy().releases.get(rollback.plan)
        if plan is None or plan.running is None:
            return Signal(key=rollback.key, source=SOURCE, kind=Kind.READ, event=UNSEEN)
        runs = trouble = ""
        try:
            runs = await self._runs(plan.running)
        except Unreachable as error:
            trouble = error.word  # without what is other each time
        except Rejected as error:
            trouble = str(error)
        return Signal(
            key=rollback.key, source=SOURCE, kind=Kind.READ, event=SEEN, labels={RUNS: runs, TROUBLE: trouble}
        )

    async def _runs(self, running: Running) -> str:
        """The version; several, with commas between, while one takes the other's place. Raises as its source does."""
        if running.prometheus is None:
            return await self._documents.text(running.json_url or "", running.path)
        if self._prometheus is None:
            raise Rejected(Text.of("PROMETHEUS_URL is not set"))
        return ", ".join(await self._prometheus.labels(running.prometheus, running.label))
