"""Reads the checks of a watched release, each at its source, in time, and not more often than the source likes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.cards.plain import plain
from bot.clients.asking import Rejected, Unreachable
from bot.clients.documents import Documents
from bot.clients.github import GitHub
from bot.clients.probes import Probes
from bot.clients.prometheus import Prometheus
from bot.clients.registries import Registries
from bot.clock import Clock
from bot.sources import budget, document, github, incidents, probe, prometheus, registry
from bot.sources.asked import Asked, NotSet
from bot.sources.heard import Heard
from bot.store import Unavailable
from rules import budgeting
from rules.incident import Incident
from rules.plan import Plan
from rules.policy import Policy
from rules.reading import Reading
from rules.slo import Budget
from rules.text import Text
from rules.watch import Watch

MINUTE = 60_000
EVERY = {
    "prometheus": MINUTE, "slo": MINUTE, "http": MINUTE, "registry": 10 * MINUTE, "github": 10 * MINUTE,
    "json": 15 * MINUTE,
}  # fmt: skip
AGAIN = 2 * MINUTE  # what failed is asked again this soon, unless the source wants more rest
BASELINE_AGAIN = 60 * MINUTE  # when GitHub does not know a release, a check may still do without
AT_ONCE = 8
GRACE = 5_000  # a round that begins a little early reads all the same
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """The ways to the sources; `budget` says how an SLO's budget stands."""

    prometheus: Prometheus | None
    github: GitHub
    heard: Heard
    registries: Registries
    documents: Documents
    probes: Probes
    budget: Callable[[str], Awaitable[Budget]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A reading. `about`: what it depends on; `until`: it will do for so long; `resting`: nothing is asked before."""

    about: tuple[object, ...]
    reading: Reading
    until: int
    resting: int

    def will_do(self, now: int, *, anew: bool) -> bool:
        """Whether it need not be asked for again, or must not be."""
        return now < self.resting or (now < self.until and not (anew and now - self.reading.at > MINUTE))


class Sources:
    """`read` never raises: what a source does wrong is in the reading."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients, self._clock = clients, clock
        self._known: dict[tuple[str, str], _Known] = {}
        self._unknown: dict[tuple[str, str], int] = {}  # baselines, and until when they are not asked about

    async def read(self, watch: Watch, plan: Plan, remembered: Sequence[Incident], *, anew: bool) -> dict[str, Reading]:
        """A reading of each check that a source tells. `anew`: also of those that were read a while ago."""
        names = [name for name, check in plan.checks.items() if check.source not in ("tick", "enter")]
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(name: str) -> Reading:
            async with limit:
                return await self._kept(name, watch, plan, remembered, anew=anew)

        readings = await asyncio.gather(*(one(name) for name in names))
        return dict(zip(names, readings, strict=True))

    async def budgets(self, plan: Plan, policy: Policy) -> dict[str, Reading]:
        """The error budgets of the policy that are no checks of the plan, by the keys of their incidents."""
        shown = {check.slo for check in plan.checks.values()}
        found = {}
        for name in policy.slos:
            if name in shown:
                continue
            try:
                left = (await self._clients.budget(name)).left
            except (NotSet, Unreachable, Rejected, Unavailable):
                left = None  # bot/budgets.py says so in the log
            value = None if left is None else 100 * left
            found[budgeting.key_of(name)] = Reading(at=self._clock.now(), source="error budget", value=value)
        return found

    def forget(self, keys: set[str]) -> None:
        """Let go of what was read for other watches than these."""
        self._known = {known: row for known, row in self._known.items() if known[0] in keys}
        self._unknown = {known: until for known, until in self._unknown.items() if known[0] in keys}

    async def baseline_at(self, watch: Watch, plan: Plan) -> int:
        """When the baseline was released (unix milliseconds), as far as GitHub knows; 0 when it does not."""
        about, now = (watch.key, watch.baseline), self._clock.now()
        if not watch.baseline or watch.baseline_at or not plan.repository or now < self._unknown.get(about, 0):
            return 0
        try:
            found = (await self._clients.github.release(plan.repository, watch.baseline)).at
        except (Unreachable, Rejected) as error:
            found = None
            log.info("baseline_unknown", key=watch.key, error=str(error)[:200])
        if found is None:
            self._unknown[about] = now + BASELINE_AGAIN
        return found or 0

    async def _kept(
        self, name: str, watch: Watch, plan: Plan, remembered: Sequence[Incident], *, anew: bool
    ) -> Reading:
        check, now = plan.checks[name], self._clock.now()
        about = (check, plan.repository, watch.baseline, watch.baseline_at)
        known = self._known.get((watch.key, name))
        if known is not None and known.about == about and known.will_do(now, anew=anew):
            return known.reading
        fresh, rest, wait = await self._asked(Asked(check=check, watch=watch, plan=plan, now=now), remembered)
        if fresh.trouble and (known is None or fresh.trouble != known.reading.trouble):  # said once, not each minute
            log.info("not_read", key=watch.key, check=name, source=fresh.source, why=_words(fresh)[:200])
        resting = self._clock.now() + wait if wait else 0
        self._known[(watch.key, name)] = _Known(about=about, reading=fresh, until=now + rest - GRACE, resting=resting)
        return fresh

    async def _asked(self, asked: Asked, remembered: Sequence[Incident]) -> tuple[Reading, int, int]:
        """The reading, for how long it will do, and for how long the source wants to be left alone (milliseconds)."""
        trouble: Text | str
        source, wait = asked.check.source, 0
        rest = asked.check.every or EVERY.get(source, 0)
        try:
            return await self._ask(asked, remembered), rest, wait
        except NotSet as error:
            trouble, rest = error.said, MINUTE
        except Unreachable as error:
            trouble, wait = Text.of("no answer: {why}", why=error.said), error.retry_after * 1000
            rest = min(rest, AGAIN)
        except (Rejected, Unavailable) as error:
            trouble = error.said if isinstance(error, Rejected) else str(error)
            rest = max(min(rest, AGAIN), MINUTE)
        return Reading(at=asked.now, source=source, trouble=trouble), rest, wait

    async def _ask(self, asked: Asked, remembered: Sequence[Incident]) -> Reading:
        match asked.check.source:
            case "prometheus":
                return await prometheus.read(self._clients.prometheus, asked)
            case "registry":
                return await registry.read(self._clients.registries, asked)
            case "github":
                return await github.read(self._clients.github, self._clients.heard, asked)
            case "json":
                return await document.read(self._clients.documents, asked)
            case "http":
                return await probe.read(self._clients.probes, asked)
            case "slo":
                return await budget.read(self._clients.budget, asked)
            case _:
                return incidents.read(remembered, asked)


def _words(reading: Reading) -> str:
    """What is missing, for the log."""
    return plain(reading.trouble) if isinstance(reading.trouble, Text) else reading.trouble
