"""What a channel bears, shared by all replicas: messages a second, pings an hour, new incidents in a while."""

from redis.asyncio import Redis

from bot import scripts
from bot.clock import Clock
from bot.store import redis_errors

# Slack allows about a message a second for a channel, and short bursts
# (https://docs.slack.dev/apis/web-api/rate-limits). We go faster until it says 429: each 429 doubles the interval up to
# SLOWEST_MS, each message that goes through shortens it again, as TCP does it.
INTERVAL_MS, BURST = 100, 20
SLOWEST_MS, EASE, KEEP_MS = 1_000, 0.95, 600_000
AHEAD = 3  # places that an urgent message may borrow
QUEUED_MAX_S = 5.0
HOUR_MS = 3_600_000


class Pacing:
    """Counts in Redis, in scripts of one slot each, by Redis' own clock."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis, self._clock = redis, clock
        self._closed: dict[tuple[str, bool], tuple[float, int]] = {}
        self._pace = redis.register_script(scripts.PACE)
        self._hold = redis.register_script(scripts.HOLD)
        self._ping = redis.register_script(scripts.PING)
        self._arrive = redis.register_script(scripts.ARRIVE)

    async def wait(self, channel: str, *, urgent: bool = False) -> float:
        """0.0: the message may go now, its place is taken; else the seconds to wait. Raises Unavailable.

        What is urgent borrows a few of the next places, so that it never queues behind what is not.
        """
        now = self._clock.monotonic()
        args = [INTERVAL_MS, BURST, EASE, AHEAD if urgent else 0]
        async with redis_errors():
            seconds = int(await self._pace(keys=_pace_keys(channel), args=args)) / 1000
        self._closed[channel, urgent] = (now + seconds, 0)
        return seconds

    def closed(self, channel: str, *, urgent: bool) -> float:
        """The seconds until it is worth asking again, 0.0: now. A backlog queues up here instead of asking Redis."""
        now = self._clock.monotonic()
        until, queued = self._closed.get((channel, urgent), (0.0, 0))
        if until <= now:
            return 0.0
        self._closed[channel, urgent] = (until, queued + 1)
        return until - now + min(queued * INTERVAL_MS / 1000, QUEUED_MAX_S)

    async def hold(self, channel: str, seconds: float) -> None:
        """Slack answered 429: wait that long, and be slow for a while. Raises Unavailable."""
        async with redis_errors():
            await self._hold(keys=_pace_keys(channel), args=[int(seconds * 1000), INTERVAL_MS, SLOWEST_MS, KEEP_MS])

    async def may_ping(self, channel: str, step: str, limit: int) -> int:
        """0 when this step may ping the channel; else the unix milliseconds of the next chance. Raises Unavailable."""
        async with redis_errors():
            return int(await self._ping(keys=[f"{{sereno:{channel}}}:pings"], args=[step, limit, HOUR_MS]))

    async def calm(self, channel: str) -> None:
        """The storm has passed: what arrived in it does not make the next one. Raises Unavailable."""
        async with redis_errors():
            await self._redis.delete(f"{{sereno:{channel}}}:arrivals")

    async def arrive(self, channel: str, key: str, now: int, within: int) -> list[str]:
        """The keys that were new to the channel within the window, this one too. Raises Unavailable."""
        async with redis_errors():
            found = await self._arrive(keys=[f"{{sereno:{channel}}}:arrivals"], args=[key, now, within])
        return [key.decode() for key in found]


def _pace_keys(channel: str) -> list[str]:
    return [f"{{sereno:{channel}}}:pace", f"{{sereno:{channel}}}:slow", f"{{sereno:{channel}}}:hold"]
