"""When each source was last heard, in any process, and how long it is usually silent."""

from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis

from bot.clock import Clock
from bot.store import redis_errors
from rules.habit import Habit

KEY, HABITS = "{sereno:0}:heard", "{sereno:0}:habits"
TTL_S = 30 * 86_400
_HABIT = TypeAdapter(Habit)
log = structlog.get_logger()


class Ears:
    """Notes in memory, and in Redis with each `flush`."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis, self._clock = redis, clock
        self._fresh: dict[str, int] = {}

    def hear(self, source: str) -> None:
        """Something that this source sent was accepted."""
        self._fresh[source] = self._clock.now()

    async def flush(self) -> None:
        """Let others know; what could not be told is kept for the next time. Raises Unavailable."""
        if not self._fresh:
            return
        fresh = dict(self._fresh)
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for source, at in fresh.items():
                pipe.hset(KEY, source, str(at))
            pipe.expire(KEY, TTL_S)
            await pipe.execute()
        self._fresh = {source: at for source, at in self._fresh.items() if at != fresh.get(source)}

    async def heard(self, sources: Iterable[str]) -> dict[str, int]:
        """Unix milliseconds for each source, 0 for one that was not heard in thirty days. Raises Unavailable."""
        async with redis_errors():
            names = list(sources)
            known = await self._redis.hmget(KEY, names) if names else []
        stored = zip(names, known, strict=True)
        return {name: max(int(at or 0), self._fresh.get(name, 0)) for name, at in stored}

    async def habits(self) -> dict[str, Habit]:
        """What was learnt of each source. Raises Unavailable."""
        async with redis_errors():
            found: Any = await self._redis.hgetall(HABITS)
        habits = {}
        for source, body in found.items():
            try:
                habits[source.decode()] = _HABIT.validate_json(body)
            except ValidationError:
                log.warning("habit_unreadable", source=source.decode(), next="it is learnt anew")
        return habits

    async def learn(self, source: str, habit: Habit) -> None:
        """Keep what was learnt of a source. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(HABITS, source, _HABIT.dump_json(habit).decode())
            pipe.expire(HABITS, TTL_S)
            await pipe.execute()
