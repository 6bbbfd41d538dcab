"""Which lanes this process works on: a lease on each, with a fencing token that Redis checks at every write."""

import asyncio

from redis.asyncio import Redis

from bot import owner, scripts
from bot.clock import Clock
from bot.queues import name
from bot.store import Unavailable, redis_errors
from rules import keys

TTL_MS = 5_000
RENEW_S = 1.5


class Leases:
    """Takes the leases that are free, renews those has; after a silent death others take over in TTL_MS."""

    def __init__(self, redis: Redis, clock: Clock, nonce: str) -> None:
        self._redis, self._clock, self._owner = redis, clock, owner.name(nonce)
        self._held: dict[int, tuple[str, float]] = {}
        self._taken = [asyncio.Event() for _ in range(keys.LANES)]

    def token(self, lane: int) -> str:
        """The fencing token of a lane, "" when the lease is not ours (any more)."""
        token, until = self._held.get(lane, ("", 0.0))
        return token if self._clock.monotonic() < until else ""

    def held(self) -> list[int]:
        """The lanes whose lease is ours."""
        return [lane for lane in range(keys.LANES) if self.token(lane)]

    async def wait(self, lane: int) -> str:
        """The token of a lane, once it is ours."""
        while not (token := self.token(lane)):
            self._taken[lane].clear()
            await self._taken[lane].wait()
        return token

    def lost(self, lane: int) -> None:
        """Redis said that another process has the lane."""
        self._held.pop(lane, None)

    async def renew(self) -> None:
        """Ask for every lane once. Raises Unavailable."""
        asked = self._clock.monotonic()
        async with redis_errors():
            await self._redis.ping()
            async with self._redis.pipeline(transaction=False) as pipe:
                for lane in range(keys.LANES):
                    lease = (f"{name(lane)}:lease", f"{name(lane)}:fence")
                    pipe.eval(scripts.LEASE, 2, *lease, self._owner, TTL_MS)
                tokens = await pipe.execute()
        for lane, token in enumerate(tokens):
            if isinstance(token, int):
                self._held[lane] = (str(token), asked + TTL_MS / 1000 - 0.5)
                self._taken[lane].set()
            else:
                self._held.pop(lane, None)
        dead = {holder.decode() for holder in tokens if isinstance(holder, bytes) and owner.is_dead(holder.decode())}
        for holder in dead:
            await self.release(holder)
        if dead:
            await self.renew()

    async def keep(self) -> None:
        """Renew for ever; Redis being away means that the leases run out by themselves."""
        while True:
            try:
                await self.renew()
            except Unavailable:
                await asyncio.sleep(RENEW_S / 3)
                continue
            await asyncio.sleep(RENEW_S)

    async def release(self, holder: str = "") -> None:
        """Let others take over at once: from us, or from a process that is surely dead. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.eval(scripts.RELEASE, 1, f"{name(lane)}:lease", holder or self._owner)
            await pipe.execute()
        if not holder:
            self._held.clear()
