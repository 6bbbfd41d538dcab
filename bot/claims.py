"""Who was first, among all processes: a name is taken once, and whoever asks later hears by whom."""

from redis.asyncio import Redis

from bot.store import redis_errors


class Claims:
    """Each claim is one key in Redis with a TTL."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def take(self, what: str, owner: str, seconds: int) -> str:
        """Who has it: `owner`, when nobody had it before. Raises Unavailable."""
        key = f"{{sereno:0}}:claim:{what}"
        async with redis_errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, owner, nx=True, ex=seconds)
            pipe.get(key)
            _, holder = await pipe.execute()
        return holder.decode() if holder else owner
