"""Who was first, among all processes: a name is taken once, and whoever asks later hears by whom."""

from redis.asyncio import Redis

from bot.store import redis_errors

HAND_OVER = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return ARGV[2]
"""


class Claims:
    """Each claim is one key in Redis with a TTL."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pass_on = redis.register_script(HAND_OVER)

    async def take(self, what: str, owner: str, seconds: int) -> str:
        """Who has it: `owner`, when nobody had it before. Raises Unavailable."""
        key = _key(what)
        async with redis_errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, owner, nx=True, ex=seconds)
            pipe.get(key)
            _, holder = await pipe.execute()
        return holder.decode() if holder else owner

    async def pass_on(self, what: str, before: str, owner: str, seconds: int) -> str:
        """Who has it: `owner`, when until now `before` had it, or nobody. Raises Unavailable."""
        async with redis_errors():
            holder = await self._pass_on(keys=[_key(what)], args=[before, owner, seconds])
        return str(holder.decode())


def _key(what: str) -> str:
    return f"{{sereno:0}}:claim:{what}"
