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
        self._ticked = (0, 0.0)  # our own last tick: unix milliseconds, and seconds that never go back

    async def tick(self) -> Waking:
        """Somebody listens now. Raises Unavailable.

        Whether there was a break is by Redis' own clock, that of PRESENT's TTL: it goes on while we are stopped. A wall
        clock that was set anew, or is another one than before, is as good as a break: who was silent for how long
        cannot be told by it.
        """
        now, started = self._clock.now(), self._clock.monotonic()
        async with redis_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.exists(PRESENT)
                pipe.hmget(KEY, ["at", "since", "total"])
                was_awake, known = await pipe.execute()
            at, since, total = (int(value or 0) for value in known)
            passed = self._passed(at, now, started) if was_awake and since else 0
            if not was_awake or not since or abs(now - at - passed) > LAPSE_MS:
                since = now
            waking = Waking(since=since, total=total + passed)
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(PRESENT, 1, px=LAPSE_MS)
                pipe.hset(KEY, mapping={"at": now, "since": waking.since, "total": waking.total})
                pipe.expire(KEY, TTL_S)
                await pipe.execute()
        self._ticked = now, started
        return waking

    def _passed(self, at: int, now: int, started: float) -> int:
        """The milliseconds since the tick at `at`: our own says it best; since another's, no more than a lapse."""
        mine, then = self._ticked
        return int((started - then) * 1000) if at == mine else min(max(0, now - at), LAPSE_MS)
