"""Error budgets: asks for what the SLOs of the policy need, and lets incidents know when one burns too fast."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.cards.plain import plain
from bot.clients.prometheus import Prometheus, Rejected, Unreachable
from bot.clock import Clock
from bot.leases import Leases
from bot.memories import Memories
from bot.sources.asked import NotSet
from bot.store import Unavailable
from rules import budgeting, keys, slo
from rules.decide import decide
from rules.decision import Decision
from rules.incident import Incident
from rules.matching import Matcher, matches_all
from rules.policy import Policy
from rules.signal import Signal
from rules.slo import Budget, Ratio

EVERY_S, KEPT_S = 60.0, 55.0
log = structlog.get_logger()


class Budgets:
    """Each SLO is looked after by the process that holds its lane; anybody may ask how one stands."""

    def __init__(
        self, prometheus: Prometheus | None, memories: Memories, leases: Leases, clock: Clock,
        policy: Callable[[], Policy], submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:  # fmt: skip
        self._prometheus, self._memories, self._leases, self._clock = prometheus, memories, leases, clock
        self._policy, self._submit = policy, submit
        self._known: dict[str, tuple[float, Budget]] = {}

    async def run(self) -> NoReturn:
        """Look for ever; a source or Redis being away is not the end."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Ask about each SLO of our lanes, and submit what has changed."""
        for name in self._policy().slos:
            if keys.lane(budgeting.key_of(name)) not in self._leases.held():
                continue
            try:
                await self._look(name)
            except (NotSet, Unreachable, Rejected, Unavailable) as error:
                log.warning("budget_unknown", slo=name, error=str(error)[:200], next="what is open stays open")

    async def budget(self, name: str) -> Budget:
        """How a budget stands now. Raises NotSet, Unreachable, Rejected, Unavailable."""
        asked, known = self._known.get(name, (-KEPT_S, None))
        if known is not None and self._clock.monotonic() - asked < KEPT_S:
            return known
        objective = self._policy().slos[name]
        ratios = await self._ratios(name, (objective.window,))
        return self._kept(name, slo.budget(objective, ratios[objective.window]))

    async def _look(self, name: str) -> None:
        objective, now = self._policy().slos[name], self._clock.now()
        ratios = await self._ratios(name, slo.windows(objective))
        found = self._kept(name, slo.budget(objective, ratios[objective.window]))
        burning = [slo.burning(objective, ratios[one.short], ratios[one.long], one) for one in objective.burn]
        signal = budgeting.report(
            name, objective, found, burning, plain(slo.said(found, objective.words)), self._policy(), now
        )
        record = await self._memories.incident(signal.key)
        if decide(signal, record, self._policy(), now).changed:
            decision = await self._submit(signal)
            log.info("budget", slo=name, reason=decision.reason)

    def _kept(self, name: str, found: Budget) -> Budget:
        self._known[name] = (self._clock.monotonic(), found)
        return found

    async def _ratios(self, name: str, windows: tuple[int, ...]) -> dict[int, Ratio | None]:
        objective, now = self._policy().slos[name], self._clock.now()
        if objective.alerts:
            since = now - max(windows)
            found = [one for one in await self._memories.incidents(since) if _counts(one, objective.matchers)]
            times = [pair for one in found for pair in budgeting.times(one)]
            return {window: slo.time_ratio(times, now - window, now) for window in windows}
        if self._prometheus is None:
            raise NotSet("PROMETHEUS_URL is not set")
        queries, ratios = slo.queries(objective), {}
        for window in windows:
            good, total = [(await self._prometheus.value(expr, now)).value for expr in queries[window]]
            ratios[window] = None if good is None or total is None else Ratio(good=good, total=total)
        return ratios


def _counts(one: Incident, matchers: tuple[Matcher, ...]) -> bool:
    return matches_all(matchers, {**one.labels, "source": one.source})
