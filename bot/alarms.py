"""Incidents that Sereno opens and ends by itself: each opened once, and ended once."""

import math
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.clock import Clock
from bot.memories import Memories
from rules import alarm
from rules.alarm import Alarm
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.signal import Signal

AGAIN_S = 60.0  # Redis may have lost what was said, or another process said something else
log = structlog.get_logger()


class Said(NamedTuple):
    """Whether an incident fires, as it was said or found; `until`: so long (monotonic s) nobody need ask again."""

    fires: bool
    policy: Policy
    until: float


class Alarms:
    """Remembers for a while how its incidents are, so that each look need not ask Redis again."""

    def __init__(
        self, memories: Memories, clock: Clock, policy: Callable[[], Policy],
        submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:  # fmt: skip
        self._memories, self._clock, self._policy, self._submit = memories, clock, policy, submit
        self._said: dict[str, Said] = {}

    def forget(self) -> None:
        """Another process may say something from now on."""
        self._said.clear()

    async def open(self, wanted: Alarm) -> None:
        """Open its incident, unless that is so already, or somebody has closed it by hand. Raises Unavailable."""
        if self._is_said(wanted.key, fires=True):
            return
        policy, lasts = self._policy(), AGAIN_S
        record = await self._memories.incident(wanted.key)
        if record is None or not record.firing:
            with speaking(policy.language, policy.zone):
                title, summary = plain(wanted.title), plain(wanted.summary)
            decision = await self._submit(alarm.opened(wanted, record, title, summary, self._clock.now()))
            log.warning("fell_silent", key=wanted.key, reason=decision.reason)
            lasts = math.inf if decision.reason is Reason.IGNORED else AGAIN_S  # it leaves no record to be found
        self._said[wanted.key] = Said(fires=True, policy=policy, until=self._clock.monotonic() + lasts)

    async def end(self, key: str) -> None:
        """End the incident under a key, if there is one. Raises Unavailable."""
        if self._is_said(key, fires=False):
            return
        record = await self._memories.incident(key)
        if record is not None and record.firing:
            decision = await self._submit(alarm.ended(record, self._clock.now()))
            log.info("heard_again", key=key, reason=decision.reason)
        self._said[key] = Said(fires=False, policy=self._policy(), until=self._clock.monotonic() + AGAIN_S)

    def _is_said(self, key: str, *, fires: bool) -> bool:
        said = self._said.get(key)
        if said is None or said.fires is not fires or said.policy is not self._policy():
            return False
        return self._clock.monotonic() < said.until
