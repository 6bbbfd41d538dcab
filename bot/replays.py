"""Remembers for ten minutes what Slack has sent: its retries, a doubled envelope and a replayed request do nothing."""

from hashlib import blake2b

from redis.asyncio import Redis

from bot.store import redis_errors

KEPT_S = 600


class Replays:
    """Shared by all processes through Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def is_first(self, name: str) -> bool:
        """Whether this was never asked before; it is remembered then. Raises Unavailable."""
        key = f"{{sereno:0}}:replay:{blake2b(name.encode(), digest_size=16).hexdigest()}"
        async with redis_errors():
            return bool(await self._redis.set(key, 1, nx=True, ex=KEPT_S))
