"""Heartbeats: notes each beat in Redis, and lets an incident know when one has stopped."""

from collections.abc import Callable
from typing import Any

import structlog
from redis.asyncio import Redis

from bot.alarms import Alarms
from bot.clock import Clock
from bot.metrics import Metrics
from bot.store import Unavailable, redis_errors
from rules import heartbeat
from rules.heartbeat import Beats, Pulse
from rules.policy import Policy
from rules.signal import Signal

KEY = "{sereno:0}:heartbeats"  # field `known <name>`: since when it is listened for; `last <name>`: the last beat
TTL_S = 30 * 86_400
NOTED_EACH_S = 1.0  # a storm may be all beats; a second that is lost is harmless
log = structlog.get_logger()


class Heartbeats:
    """Any process hears; the one that holds lane 0 looks."""

    def __init__(
        self, redis: Redis, clock: Clock, policy: Callable[[], Policy], alarms: Alarms, metrics: Metrics
    ) -> None:
        self._redis, self._clock, self._policy, self._alarms = redis, clock, policy, alarms
        self._ages = metrics.heartbeats
        self._noted: dict[str, float] = {}

    async def hear(self, signal: Signal) -> None:
        """Note which heartbeats a signal is a beat of, before its sender is answered."""
        started = self._clock.monotonic()
        names = [
            name
            for name in heartbeat.beaten(signal, self._policy().heartbeats)
            if started - self._noted.get(name, float("-inf")) >= NOTED_EACH_S
        ]
        if not names:
            return
        try:
            async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(KEY, mapping={f"last {name}": self._clock.now() for name in names})
                pipe.expire(KEY, TTL_S)
                await pipe.execute()
        except Unavailable as error:  # the signal itself is committed: the sender has its answer
            log.warning("beat_not_noted", heartbeats=names, error=str(error)[:200], next="the next one is")
            return
        self._noted |= dict.fromkeys(names, started)

    async def look(self, listening: int) -> None:
        """Open and end what there is to. `listening`: since when without a break (unix ms). Raises Unavailable."""
        policy, now = self._policy(), self._clock.now()
        known, last = await self._noted_so_far(now)
        for name, plan in policy.heartbeats.items():
            if name not in known:
                known[name] = await self._begin(name, now)
            beats = Beats(known=known[name], last=last.get(name, 0))
            self._ages.labels(name).set(max(0, now - (beats.last or beats.known)) / 1000)
            match heartbeat.pulse(plan, beats, listening, now):
                case Pulse.BEATS:
                    await self._alarms.end(heartbeat.key_of(name))
                case Pulse.STOPPED:
                    await self._alarms.open(heartbeat.alarm(name, plan, beats, policy))
        for name in (known.keys() | last.keys()) - policy.heartbeats.keys():
            await self._drop(name)

    def rest(self) -> None:
        """Another process looks now: what this one knew of ages is not so any more."""
        self._ages.clear()

    async def _noted_so_far(self, now: int) -> tuple[dict[str, int], dict[str, int]]:
        """Since when each is listened for, and when each last beat; what a clock ahead of ours has noted is now."""
        async with redis_errors():
            found: Any = await self._redis.hgetall(KEY)
            fields = {field.decode(): int(at) for field, at in found.items()}
            if ahead := {field: now for field, at in fields.items() if at > now}:
                await self._redis.hset(KEY, mapping=ahead)
        fields |= ahead
        known, last = (
            {field.removeprefix(of): at for field, at in fields.items() if field.startswith(of)}
            for of in ("known ", "last ")
        )
        return known, last

    async def _begin(self, name: str, now: int) -> int:
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(KEY, f"known {name}", str(now))
            pipe.expire(KEY, TTL_S)
            await pipe.execute()
        return now

    async def _drop(self, name: str) -> None:
        """The policy has it no longer: its incident is over, and when it comes back it begins anew."""
        await self._alarms.end(heartbeat.key_of(name))
        async with redis_errors():
            await self._redis.hdel(KEY, f"known {name}", f"last {name}")
        self._ages.clear()
