"""A stage on a Valkey of its own, for tests that stop it, fill it or count its keys."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from redis.asyncio import Redis

from tests.conftest import Stage, TurningClock, slack_double
from tests.system.processes import Valkey


@asynccontextmanager
async def private_stage(folder: Path) -> AsyncIterator[tuple[Stage, Valkey]]:
    """The stage and its Valkey; both are gone afterwards."""
    valkey = Valkey(folder)
    await valkey.start()
    try:
        async with slack_double() as slack, aiohttp.ClientSession() as http:
            stage = Stage(valkey.url, slack, TurningClock(), http)
            try:
                yield stage, valkey
            finally:
                for bot in stage.bots:
                    await bot.stop()
    finally:
        valkey.kill()


@contextmanager
def shared_stage(redis_url: str) -> Iterator[Callable[..., None]]:
    """`run(what, *arguments)` runs `what(stage, *arguments)`; one bot serves all the runs (for hypothesis)."""
    with asyncio.Runner() as runner:
        entered = _one_bot(redis_url)
        stage = runner.run(entered.__aenter__())
        try:
            yield lambda what, *arguments: runner.run(what(stage, *arguments))
        finally:
            runner.run(entered.__aexit__(None, None, None))


@asynccontextmanager
async def _one_bot(redis_url: str) -> AsyncIterator[Stage]:
    async with slack_double() as slack, aiohttp.ClientSession() as http:
        stage = Stage(redis_url, slack, TurningClock(), http)
        bot = await stage.bot()
        try:
            yield stage
        finally:
            await bot.stop()


async def full(valkey: Valkey, *, megabytes: int) -> None:
    """Let Redis take no more than this; 0 is no bound."""
    async with Redis.from_url(valkey.url) as redis:
        await redis.config_set("maxmemory-policy", "noeviction")
        await redis.config_set("maxmemory", megabytes * 1024 * 1024)


async def written(redis: Redis) -> dict[str, int]:
    """How often each command that can write was called; what reads is left out."""
    stats = await redis.info("commandstats")
    reading = {"ping", "info", "get", "hget", "hmget", "hgetall", "zrange", "zcard", "zrangebyscore", "keys", "type",
               "hello", "client|setinfo", "client|setname", "exists", "pttl", "time", "zscore", "select", "dbsize",
               "config|set", "config|get", "command", "multi", "exec", "script|load", "evalsha", "eval"}  # fmt: skip
    return {name[8:]: row["calls"] for name, row in stats.items() if name[8:] not in reading}
