"""Sources that fall silent: learns what is usual for each, and lets an incident know when one is silent for longer."""

from collections.abc import Callable, Iterable

from bot.alarms import Alarms
from bot.clock import Clock
from bot.ears import Ears
from rules import habit
from rules.policy import Policy

EVERY_S = 5.0  # ears bring to Redis what they heard as often


class SilentSources:
    """Looked after by the process that holds lane 0."""

    def __init__(
        self, ears: Ears, clock: Clock, policy: Callable[[], Policy], alarms: Alarms, sources: Iterable[str]
    ) -> None:
        self._ears, self._clock, self._policy, self._alarms = ears, clock, policy, alarms
        self._sources = tuple(sources)
        self._looked_at = float("-inf")

    async def look(self, awake: int) -> None:
        """Learn, open and end what there is to. `awake`: how long Sereno ever was, in ms. Raises Unavailable."""
        if self._clock.monotonic() - self._looked_at < EVERY_S:
            return
        self._looked_at = self._clock.monotonic()
        known = await self._ears.habits()
        for source, at in (await self._ears.heard(self._sources)).items():
            one = known.get(source)
            if at and _is_news(one, at, self._clock.now()):
                one = habit.heard(one, at, awake)
                await self._ears.learn(source, one)
            if one is not None:
                await self._judge(source, one, awake)
        for source in known.keys() - set(self._sources):
            await self._alarms.end(habit.key_of(source))

    async def _judge(self, source: str, one: habit.Habit, awake: int) -> None:
        policy = self._policy()
        wanted = policy.silent_sources
        says = habit.is_silent(one, wanted, awake) if wanted else False
        if wanted and says:
            await self._alarms.open(habit.alarm(source, one, wanted, awake, policy))
        elif says is False:
            await self._alarms.end(habit.key_of(source))


def _is_news(one: habit.Habit | None, at: int, now: int) -> bool:
    """Whether it was heard since; a clock that went ahead may have noted the time before."""
    return one is None or at > one.at or at < one.at > now
