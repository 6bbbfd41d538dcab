"""What is remembered beside what is open: incidents of a time, and the releases that were watched."""

import asyncio
from collections.abc import Iterable, Mapping

from bot.keeping import TTL_CLOSED
from bot.queues import Queues, name
from bot.store import Store, redis_errors
from rules import keys
from rules.decision import Record
from rules.incident import Incident
from rules.rollback import PREFIX as ROLLBACK
from rules.rollback import Rollback
from rules.room import Room
from rules.watch import Watch, key_of

WATCH = "watch:"
ROOMS = 500  # that are looked through for the one of a channel
LATEST = 100  # releases that are looked through; an older one is found by its key
SHARED_S = 20.0  # many ask for the incidents of a time, each of them every minute
VERSIONS, SMALL, LARGE = 1000, 100, 20  # how many are asked for at once; a release may have hundreds of kilobytes


class Memories:
    """Reads the records behind the indexes of the queues, as they are now: other processes change them too."""

    def __init__(self, store: Store, queues: Queues) -> None:
        self._store, self._queues = store, queues
        self._alone = asyncio.Lock()
        self._incidents: dict[str, Incident] = {}
        self._looked_at = float("-inf")
        self._trusted = True
        self._rooms: dict[str, Room] = {}

    async def incident(self, key: str) -> Incident | None:
        """The incident under a key. Raises Unavailable."""
        record = await self._store.load(key)
        return record if isinstance(record, Incident) else None

    async def incidents(self, since: int) -> list[Incident]:
        """Those that were open at some time from `since` (unix milliseconds) on, the latest first. Raises Unavailable.

        One that opened long before may have ended since, so all are looked at: those that are open, and of each lane
        the latest queues.BEGUN_MAX that opened. They are as they were at most SHARED_S ago, whoever asked then.
        """
        async with self._alone:
            now = self._store.clock.monotonic()
            if now - self._looked_at >= SHARED_S or not self._trusted:
                self._trusted = True
                names = dict.fromkeys([*await self._queues.history(0), *await self._queues.open_keys()])
                found = await self._current(names, SMALL, self._incidents)
                self._incidents = {one.key: one for one in found if isinstance(one, Incident)}
                self._looked_at = now
            known = list(self._incidents.values())
        return sorted((one for one in known if _lasted_until(one, since)), key=lambda one: -one.opened_at)

    def distrust(self) -> None:
        """An incident has just changed that somebody waits for: the next who asks for those of a time has it."""
        self._trusted = False

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
        """The watched release under a key, however old it is. Raises Unavailable."""
        record = await self._read(key, (await self._versions([key])).get(key))
        return record if isinstance(record, Watch) else None

    async def open_keys(self, begins: str) -> list[str]:
        """The keys of what is open that begin so. Raises Unavailable."""
        return [key for key in await self._queues.open_keys() if key.startswith(begins)]

    async def open_watches(self) -> list[Watch]:
        """The releases that are watched, or wait for their decision. Raises Unavailable."""
        names = await self.open_keys(WATCH)
        found = [await self._read(key, version) for key, version in (await self._versions(names)).items()]
        return [one for one in found if isinstance(one, Watch) and one.is_open]

    async def open_rollbacks(self) -> list[Rollback]:
        """The rollbacks that go on, or wait for a second person. Raises Unavailable."""
        found = [await self._store.load(key) for key in await self.open_keys(ROLLBACK)]
        return [one for one in found if isinstance(one, Rollback) and one.is_open]

    async def watches(self, plan: str = "") -> list[Watch]:
        """The open ones and the LATEST of all watched releases, of one plan if given; latest first. Raises Unavailable.

        Those that are over are read anew each time: they are large, and few ask for them.
        """
        begins = key_of(plan, "") if plan else WATCH
        latest = [key for key in await self._queues.watches() if key.startswith(begins)][:LATEST]
        opened = [key for key in await self._queues.open_keys() if key.startswith(begins)]
        found = await self._current(dict.fromkeys([*latest, *opened]), LARGE, {})
        watches = [one for one in found if isinstance(one, Watch) and plan in ("", one.plan)]
        return sorted(watches, key=lambda one: -one.opened_at)

    async def rooms(self) -> list[Room]:
        """The latest of all war-rooms, the latest first. Raises Unavailable."""
        found = await self._current((await self._queues.rooms())[:ROOMS], SMALL, self._rooms)
        rooms = [one for one in found if isinstance(one, Room)]
        self._rooms = {one.key: one for one in rooms}
        return sorted(rooms, key=lambda one: -one.opened_at)

    async def _current(self, names: Iterable[str], at_once: int, known: Mapping[str, Record]) -> list[Record]:
        """The records that are there still; only those that somebody has changed are read anew."""
        versions = await self._versions(list(names))
        found = {key: self._believed(key, version, known) for key, version in versions.items()}
        missing = [key for key, one in found.items() if one is None]
        for start in range(0, len(missing), at_once):
            part = missing[start : start + at_once]
            found.update(zip(part, await self._store.peek(part), strict=True))
        return [one for one in found.values() if one is not None]

    async def _versions(self, names: list[str]) -> dict[str, int]:
        """The version of each record that is there still."""
        found: dict[str, int] = {}
        for start in range(0, len(names), VERSIONS):
            part = names[start : start + VERSIONS]
            async with redis_errors(), self._store.redis.pipeline(transaction=False) as pipe:
                for key in part:
                    pipe.hget(f"{name(keys.lane(key))}:r:{key}", "v")
                answers = await pipe.execute()
            found |= {key: int(answer) for key, answer in zip(part, answers, strict=True) if answer is not None}
        return found

    def _believed(self, key: str, version: int, known: Mapping[str, Record]) -> Record | None:
        """What this process has of a record, if it is the version that is there."""
        own = (self._store.cached(key), known.get(key))
        return next((one for one in own if one is not None and one.version == version), None)

    async def _read(self, key: str, version: int | None) -> Record | None:
        if version is None:
            return None
        return self._believed(key, version, {}) or await self._store.load(key)


def _lasted_until(one: Incident, since: int) -> bool:
    return one.is_open or max(one.opened_at, one.resolved_at) >= since
