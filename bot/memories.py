"""What is remembered beside what is open: incidents of a time, and the releases that were watched."""

from collections.abc import Iterable

from bot.queues import Queues, name
from bot.store import TTL_CLOSED, Store, redis_errors
from rules import keys
from rules.decision import Record
from rules.incident import Incident
from rules.watch import Watch

WATCH = "watch:"


class Memories:
    """Reads the records behind the indexes of the queues, as they are now: other processes change them too."""

    def __init__(self, store: Store, queues: Queues) -> None:
        self._store, self._queues = store, queues

    async def incident(self, key: str) -> Incident | None:
        """The incident under a key. Raises Unavailable."""
        record = await self._store.load(key)
        return record if isinstance(record, Incident) else None

    async def incidents(self, since: int) -> list[Incident]:
        """Those that were open at some time from `since` (unix milliseconds) on, the latest first. Raises Unavailable.

        All that are remembered are looked at: one that opened long before may have ended since.
        """
        names = dict.fromkeys([*await self._queues.history(0), *await self._queues.open_keys()])
        found = [one for one in await self._current(names) if isinstance(one, Incident)]
        return sorted((one for one in found if _lasted_until(one, since)), key=lambda one: -one.opened_at)

    async def since(self, now: int) -> int:
        """From when on all incidents are remembered (unix milliseconds); `now` when none ever was. Raises Unavailable.

        That is since the first thing that was heard, and no longer than what has ended is kept.
        """
        async with redis_errors(), self._store.redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.xrange(f"{name(lane)}:journal", count=1)
                pipe.zrange(f"{name(lane)}:history", 0, 0, withscores=True)
            answers = await pipe.execute()
        heard = [int(id_.partition(b"-")[0]) for rows in answers[::2] for id_, _ in rows]
        opened = [int(at) for rows in answers[1::2] for _, at in rows]
        return max(min([now, *heard, *opened]), now - TTL_CLOSED * 1000)

    async def watch(self, key: str) -> Watch | None:
        """The watched release under a key. Raises Unavailable."""
        record = self._store.cached(key) or await self._store.load(key)
        return record if isinstance(record, Watch) else None

    async def open_watches(self) -> list[Watch]:
        """The releases that are watched, or wait for their decision. Raises Unavailable."""
        names = [key for key in await self._queues.open_keys() if key.startswith(WATCH)]
        return [one for one in await self._current(names) if isinstance(one, Watch) and one.is_open]

    async def watches(self) -> list[Watch]:
        """All watched releases that are remembered, the latest first. Raises Unavailable."""
        return [one for one in await self._current(await self._queues.watches()) if isinstance(one, Watch)]

    async def _current(self, names: Iterable[str]) -> list[Record]:
        """The records that are there still; only those that somebody has changed are read anew."""
        wanted = list(names)
        async with redis_errors(), self._store.redis.pipeline(transaction=False) as pipe:
            for key in wanted:
                pipe.hget(f"{name(keys.lane(key))}:r:{key}", "v")
            versions = await pipe.execute() if wanted else []
        found = [await self._read(key, int(at)) for key, at in zip(wanted, versions, strict=True) if at is not None]
        return [one for one in found if one is not None]

    async def _read(self, key: str, version: int) -> Record | None:
        known = self._store.cached(key)
        return known if known is not None and known.version == version else await self._store.load(key)


def _lasted_until(one: Incident, since: int) -> bool:
    return one.is_open or max(one.opened_at, one.resolved_at) >= since
