"""Reads the checks of a watched release, each at its source, in time, and not more often than the source likes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.clients.asking import Rejected, Unreachable
from bot.clients.documents import Documents
from bot.clients.github import GitHub
from bot.clients.prometheus import Prometheus
from bot.clients.registries import Registries
from bot.clock import Clock
from bot.sources import budget, document, github, incidents, prometheus, registry
from bot.sources.asked import Asked, NotSet
from bot.store import Unavailable
from rules.incident import Incident
from rules.plan import Check, Plan
from rules.reading import Reading
from rules.slo import Budget
from rules.watch import Watch

MINUTE = 60_000
EVERY = {"prometheus": MINUTE, "slo": MINUTE, "registry": 10 * MINUTE, "github": 10 * MINUTE, "json": 15 * MINUTE}
AGAIN = 2 * MINUTE  # what failed is asked again this soon, unless the source wants more rest
AT_ONCE = 8
GRACE = 5_000  # a round that begins a little early reads all the same
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The ways to the sources; `budget` says how an SLO's budget stands."""

    prometheus: Prometheus | None
    github: GitHub
    registries: Registries
    documents: Documents
    budget: Callable[[str], Awaitable[Budget]]


class Sources:
    """`read` never raises: what a source does wrong is in the reading."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients, self._clock = clients, clock
        self._known: dict[tuple[str, str], tuple[int, Check, Reading]] = {}

    async def read(self, watch: Watch, plan: Plan, remembered: Sequence[Incident], *, anew: bool) -> dict[str, Reading]:
        """A reading of each check that a source tells. `anew`: also of those that were read a while ago."""
        names = [name for name, check in plan.checks.items() if check.source not in ("tick", "enter")]
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(name: str) -> Reading:
            async with limit:
                return await self._kept(name, watch, plan, remembered, anew=anew)

        readings = await asyncio.gather(*(one(name) for name in names))
        return dict(zip(names, readings, strict=True))

    def forget(self, keys: set[str]) -> None:
        """Let go of what was read for other watches than these."""
        self._known = {known: row for known, row in self._known.items() if known[0] in keys}

    async def baseline_at(self, watch: Watch, plan: Plan) -> int:
        """When the baseline was released (unix milliseconds), as far as GitHub knows; 0 when it does not."""
        if not watch.baseline or watch.baseline_at or not plan.repository:
            return 0
        try:
            return (await self._clients.github.release(plan.repository, watch.baseline)).at or 0
        except (Unreachable, Rejected) as error:
            log.info("baseline_unknown", key=watch.key, error=str(error)[:200])
            return 0

    async def _kept(
        self, name: str, watch: Watch, plan: Plan, remembered: Sequence[Incident], *, anew: bool
    ) -> Reading:
        check, now = plan.checks[name], self._clock.now()
        until, known, reading = self._known.get((watch.key, name), (0, None, None))
        if reading is not None and known == check and now < until and not (anew and now - reading.at > MINUTE):
            return reading
        asked = Asked(check=check, watch=watch, plan=plan, now=now)
        fresh, rest = await self._asked(asked, remembered)
        self._known[(watch.key, name)] = (now + rest - GRACE, check, fresh)
        return fresh

    async def _asked(self, asked: Asked, remembered: Sequence[Incident]) -> tuple[Reading, int]:
        """The reading, and for how long it will do (milliseconds)."""
        source = asked.check.source
        rest = asked.check.every or EVERY.get(source, 0)
        try:
            return await self._ask(asked, remembered), rest
        except NotSet as error:
            trouble, rest = str(error), MINUTE
        except Unreachable as error:
            trouble, rest = f"no answer: {error}", max(min(rest, AGAIN), error.retry_after * 1000)
        except (Rejected, Unavailable) as error:
            trouble, rest = str(error), max(min(rest, AGAIN), MINUTE)
        log.info("not_read", key=asked.watch.key, source=source, why=trouble[:200])
        return Reading(at=asked.now, source=source, trouble=trouble), rest

    async def _ask(self, asked: Asked, remembered: Sequence[Incident]) -> Reading:
        match asked.check.source:
            case "prometheus":
                return await prometheus.read(self._clients.prometheus, asked)
            case "registry":
                return await registry.read(self._clients.registries, asked)
            case "github":
                return await github.read(self._clients.github, asked)
            case "json":
                return await document.read(self._clients.documents, asked)
            case "slo":
                return await budget.read(self._clients.budget, asked)
            case _:
                return incidents.read(remembered, asked)
