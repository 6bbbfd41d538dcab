"""For how long Sereno has listened: a clock that stands still while no process was up, or Redis was away."""

from dataclasses import dataclass

from redis.asyncio import Redis

from bot.clock import Clock
from bot.store import redis_errors

KEY, PRESENT = "{sereno:0}:awake", "{sereno:0}:listening"
LAPSE_MS = 15_000  # so long without a tick, and nobody listened; the lane has another process sooner
TTL_S = 30 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Waking:
    """`since`: from when on it has listened without a break; `total`: how long it ever has. Both in milliseconds."""

    since: int
    total: int


class Awake:
    """Ticked by the one process that holds lane 0; what it knows is in Redis, so the next one goes on with it."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis, self._clock = redis, clock

    async def tick(self) -> Waking:
        """Somebody listens now. Raises Unavailable.

        Whether there was a break is by Redis' own clock, that of PRESENT's TTL: it goes on while we are stopped.
        """
        now = self._clock.now()
        async with redis_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.exists(PRESENT)
                pipe.hmget(KEY, ["at", "since", "total"])
                was_awake, known = await pipe.execute()
            at, since, total = (int(value or 0) for value in known)
            if not was_awake or not since:
                at = since = now
            waking = Waking(since=since, total=total + max(0, now - at))
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(PRESENT, 1, px=LAPSE_MS)
                pipe.hset(KEY, mapping={"at": now, "since": waking.since, "total": waking.total})
                pipe.expire(KEY, TTL_S)
                await pipe.execute()
        return waking
