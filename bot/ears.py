"""When each source was last heard, in any process."""

from collections.abc import Iterable

from redis.asyncio import Redis

from bot.clock import Clock
from bot.store import redis_errors

KEY = "{sereno:0}:heard"
TTL_S = 30 * 86_400


class Ears:
    """Notes in memory, and in Redis with each `flush`."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis, self._clock = redis, clock
        self._fresh: dict[str, int] = {}

    def hear(self, source: str) -> None:
        """Something that this source sent was accepted."""
        self._fresh[source] = self._clock.now()

    async def flush(self) -> None:
        """Let others know. Raises Unavailable."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, {}
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for source, at in fresh.items():
                pipe.hset(KEY, source, str(at))
            pipe.expire(KEY, TTL_S)
            await pipe.execute()

    async def heard(self, sources: Iterable[str]) -> dict[str, int]:
        """Unix milliseconds for each source, 0 for one that was not heard in thirty days. Raises Unavailable."""
        async with redis_errors():
            names = list(sources)
            known = await self._redis.hmget(KEY, names) if names else []
        stored = zip(names, known, strict=True)
        return {name: max(int(at or 0), self._fresh.get(name, 0)) for name, at in stored}
