"""Error budgets: asks for what the SLOs of the policy need, and lets incidents know when one burns too fast."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog

from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.clients.prometheus import Prometheus, Rejected, Unreachable
from bot.clock import Clock
from bot.leases import Leases
from bot.memories import Memories
from bot.sources.asked import NotSet
from bot.store import Unavailable
from rules import budgeting, keys, languages, slo
from rules.decide import decide
from rules.decision import Decision
from rules.incident import Incident
from rules.matching import Matcher, matches_all
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Signal
from rules.slo import Budget, Ratio
from rules.slo_plan import DAY, Objective
from rules.text import Text

TICK_S, EVERY_S, KEPT_S = 1.0, 60.0, 55.0
NOTHING_NEW = (Reason.REPEAT, Reason.NEVER_SEEN)  # it would be written down each minute, of each healthy SLO
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
        self._looked: dict[str, float] = {}
        self._followed: tuple[Policy, tuple[int, ...]] | None = None

    async def run(self) -> NoReturn:
        """Look for ever; a source or Redis being away is not the end."""
        while True:
            await self.look()
            await asyncio.sleep(TICK_S)

    async def look(self) -> None:
        """Ask about each SLO of our lanes that was not asked about for a minute, and submit what has changed."""
        await self._follow()
        for name, objective in self._policy().slos.items():
            since = self._clock.monotonic() - self._looked.get(name, float("-inf"))
            if since < EVERY_S or keys.lane(budgeting.key_of(name)) not in self._leases.held():
                continue
            self._looked[name] = self._clock.monotonic()
            try:
                await self._look(name, objective)
            except (NotSet, Unreachable, Rejected, Unavailable) as error:
                log.warning("budget_unknown", slo=name, error=str(error)[:200], next="what is open stays open")

    async def _follow(self) -> None:
        """With another policy, or other lanes: end the incidents of SLOs that are gone, nobody asks about them now."""
        followed = self._policy(), tuple(self._leases.held())
        if self._followed and followed[0] is self._followed[0] and followed[1] == self._followed[1]:
            return
        kept = {budgeting.key_of(name) for name in followed[0].slos}
        try:
            for key in await self._memories.open_keys(budgeting.key_of("")):
                if key not in kept and keys.lane(key) in followed[1]:
                    await self._submit(budgeting.withdrawn(key, self._clock.now()))
                    log.info("budget_withdrawn", key=key)
        except Unavailable as error:
            log.warning("budgets_wait", error=str(error)[:200])
            return
        self._followed = followed

    async def budget(self, name: str) -> Budget:
        """How a budget stands now. Raises NotSet, Unreachable, Rejected, Unavailable."""
        asked, known = self._known.get(name, (-KEPT_S, None))
        if known is not None and self._clock.monotonic() - asked < KEPT_S:
            return known
        objective = self._policy().slos.get(name)
        if objective is None:
            raise NotSet(Text.of("the policy has no SLO {name}; write it under `slos`", name=name))
        ratios = await self._ratios(objective, (objective.window,))
        return self._kept(name, slo.budget(objective, ratios[objective.window]))

    async def _look(self, name: str, objective: Objective) -> None:
        now = self._clock.now()
        ratios = await self._ratios(objective, slo.windows(objective))
        found = self._kept(name, slo.budget(objective, ratios[objective.window]))
        burning = [slo.burning(objective, ratios[one.short], ratios[one.long], one) for one in objective.burn]
        with speaking(*languages.of_team(self._policy())):
            said = plain(slo.said(found, objective.words))
        signal = budgeting.report(name, objective, found, burning, said, self._policy(), now)
        record = await self._memories.incident(signal.key)
        told = decide(signal, record, self._policy(), now)
        if told.changed and told.reason not in NOTHING_NEW:
            decision = await self._submit(signal)
            log.info("budget", slo=name, reason=decision.reason)

    def _kept(self, name: str, found: Budget) -> Budget:
        self._known[name] = (self._clock.monotonic(), found)
        return found

    async def _ratios(self, objective: Objective, windows: tuple[int, ...]) -> dict[int, Ratio | None]:
        now = self._clock.now()
        if objective.alerts:
            return await self._by_incidents(objective, windows, now)
        if self._prometheus is None:
            raise NotSet(Text.of("PROMETHEUS_URL is not set"))
        queries, ratios = slo.queries(objective), {}
        for window in windows:
            good, total = [(await self._prometheus.value(expr, now)).value for expr in queries[window]]
            ratios[window] = None if good is None or total is None else Ratio(good=good, total=total)
        return ratios

    async def _by_incidents(self, objective: Objective, windows: tuple[int, ...], now: int) -> dict[int, Ratio | None]:
        """Of the time that is remembered: what was before it is not known to have been good."""
        found = await self._memories.incidents(now - max(windows))
        times = [pair for one in found if _counts(one, objective.matchers) for pair in budgeting.times(one)]
        since = await self._memories.since(now)
        return {window: _ratio(times, window, since, now) for window in windows}


def _ratio(times: list[tuple[int, int | None]], window: int, since: int, now: int) -> Ratio | None:
    """None while less than the window, or less than a day of a longer one, is remembered."""
    start = max(now - window, since)
    return None if now - start < min(window, DAY) else slo.time_ratio(times, start, now)


def _counts(one: Incident, matchers: tuple[Matcher, ...]) -> bool:
    """Whether it is bad time; that of a budget never is, else it would keep itself open."""
    return one.source != budgeting.SOURCE and matches_all(matchers, {**one.labels, "source": one.source})
