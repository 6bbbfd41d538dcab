"""Runs a script for many at once: what waits together goes to Redis together, in one write and one fsync."""

import asyncio
from hashlib import sha1
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

GROUP = 64
Asked = tuple[list[str], list[str | int | bytes], "asyncio.Future[Any]"]


class Together:
    """One script. Each caller gets the answer to its own call; nobody waits for a group to fill."""

    def __init__(self, redis: Redis, script: str) -> None:
        self._redis, self._script = redis, script
        self._sha = sha1(script.encode(), usedforsecurity=False).hexdigest()
        self._waiting: list[Asked] = []
        self._sending: asyncio.Task[None] | None = None

    async def run(self, keys: list[str], args: list[str | int | bytes]) -> Any:
        """The script's answer. Raises what Redis says, or what is wrong with the way to it."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((keys, args, answer))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return await answer

    async def _send(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            try:
                results = await self._exchange(group)
            except (RedisError, OSError) as error:
                group, self._waiting = [*group, *self._waiting], []  # who waits behind a dead Redis need not try it too
                self._fail(group, error)
                return
            except BaseException as error:
                self._fail([*group, *self._waiting], RedisError(f"not sent: {error!r}"))
                raise
            for asked, result in zip(group, results, strict=True):
                if isinstance(result, Exception):
                    self._fail([asked], result)
                elif not asked[2].done():
                    asked[2].set_result(result)

    def _fail(self, group: list[Asked], error: Exception) -> None:
        for *_, answer in group:
            if not answer.done():
                answer.set_exception(error)

    async def _exchange(self, group: list[Asked]) -> list[Any]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for keys, args, _ in group:
                pipe.evalsha(self._sha, len(keys), *keys, *args)
            results: list[Any] = await pipe.execute(raise_on_error=False)
        unknown = [index for index, result in enumerate(results) if isinstance(result, NoScriptError)]
        if unknown:
            await self._redis.script_load(self._script)
            again = await self._exchange([group[index] for index in unknown])
            for index, result in zip(unknown, again, strict=True):
                results[index] = result
        return results
