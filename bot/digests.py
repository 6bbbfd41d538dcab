"""Writes the digests that are due: each once, late rather than never, and a note when it is too late."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NoReturn

import structlog

from bot.clock import Clock
from bot.gathering import Gathering
from bot.leases import Leases
from bot.queues import Queues
from bot.store import Unavailable
from rules import keys
from rules.decision import Decision
from rules.digest_plan import Digest
from rules.digests import schedule
from rules.digests.facts import Facts, Gathered, Period
from rules.policy import Policy
from rules.report import key_of
from rules.signal import Kind, Signal

EVERY_S = 5.0
log = structlog.get_logger()


class Digests:
    """A digest is written by the process that holds the lane of its key; another one finds that it is there."""

    def __init__(
        self, gathering: Gathering, queues: Queues, leases: Leases, clock: Clock, policy: Callable[[], Policy],
        submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:  # fmt: skip
        self._gathering, self._queues, self._leases, self._clock = gathering, queues, leases, clock
        self._policy, self._submit = policy, submit

    async def run(self) -> NoReturn:
        """Look for ever; Redis being away is not the end."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("digests_wait", error=str(error)[:200])
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Write what is due. Raises Unavailable."""
        policy = self._policy()
        if keys.lane("") in self._leases.held():
            await self._queues.forget_digests(policy.digest)
        for name, digest in policy.digest.items():
            zone = schedule.zone_of(digest, policy)
            line = f"{zone.key} {digest.cron}"
            last = await self._queues.told(name, line, self._clock.now())
            for period in schedule.owed(digest, zone, last, self._clock.now()):
                if not await self._write(name, digest, period):
                    break
                await self._queues.tell(name, line, period.due_at)

    async def _write(self, name: str, digest: Digest, period: Period) -> bool:
        """Whether it was ours to write."""
        if keys.lane(key_of(name, period.day)) not in self._leases.held():
            return False
        late = self._clock.now() - period.due_at
        if late > schedule.LATE_MS:
            facts = Facts(digest=name, period=period, late=late, missed=True)
        else:
            facts = replace(await self._gathering.facts(name, digest, period), late=late)
        decision = await self._submit(_signal(facts))
        log.info("digest", name=name, day=period.day, reason=decision.reason, late_s=late // 1000)
        return True


def _signal(facts: Facts) -> Gathered:
    """What the desk decides on."""
    key = key_of(facts.digest, facts.period.day)
    return Gathered(key=key, source="sereno", kind=Kind.DIGEST, event="digest", at=facts.period.due_at, facts=facts)
