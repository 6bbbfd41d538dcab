"""Incidents that Sereno opens and ends by itself: each opened once, and ended once."""

from collections.abc import Awaitable, Callable

import structlog

from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.clock import Clock
from bot.memories import Memories
from rules import alarm
from rules.alarm import Alarm
from rules.decision import Decision
from rules.policy import Policy
from rules.signal import Signal

log = structlog.get_logger()


class Alarms:
    """Remembers what it has said, so that each look need not ask Redis again."""

    def __init__(
        self, memories: Memories, clock: Clock, policy: Callable[[], Policy],
        submit: Callable[[Signal], Awaitable[Decision]],
    ) -> None:  # fmt: skip
        self._memories, self._clock, self._policy, self._submit = memories, clock, policy, submit
        self._said: dict[str, bool] = {}

    def forget(self) -> None:
        """Another process may say something from now on."""
        self._said.clear()

    async def open(self, wanted: Alarm) -> None:
        """Open its incident, unless that is so already, or somebody has closed it by hand. Raises Unavailable."""
        if self._said.get(wanted.key) is True:
            return
        record = await self._memories.incident(wanted.key)
        if record is None or not record.firing:
            policy = self._policy()
            with speaking(policy.language, policy.zone):
                title, summary = plain(wanted.title), plain(wanted.summary)
            decision = await self._submit(alarm.opened(wanted, title, summary, self._clock.now()))
            log.warning("fell_silent", key=wanted.key, reason=decision.reason)
        self._said[wanted.key] = True

    async def end(self, key: str) -> None:
        """End the incident under a key, if there is one. Raises Unavailable."""
        if self._said.get(key) is False:
            return
        record = await self._memories.incident(key)
        if record is not None and record.firing:
            decision = await self._submit(alarm.ended(key, self._clock.now()))
            log.info("heard_again", key=key, reason=decision.reason)
        self._said[key] = False
