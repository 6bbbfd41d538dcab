"""What is remembered beside what is open: incidents of a time, and the releases that were watched."""

from bot.queues import Queues
from bot.store import Store
from rules.incident import Incident
from rules.watch import Watch

WATCH = "watch:"


class Memories:
    """Reads the records behind the indexes of the queues."""

    def __init__(self, store: Store, queues: Queues) -> None:
        self._store, self._queues = store, queues

    async def incident(self, key: str) -> Incident | None:
        """The incident under a key. Raises Unavailable."""
        record = self._store.cached(key) or await self._store.load(key)
        return record if isinstance(record, Incident) else None

    async def incidents(self, since: int) -> list[Incident]:
        """Those that opened from `since` (unix milliseconds) on, and all that are open, the latest first."""
        names = dict.fromkeys([*await self._queues.history(since), *await self._queues.open_keys()])
        found = [await self.incident(key) for key in names]
        return sorted((one for one in found if one), key=lambda one: -one.opened_at)

    async def open_watches(self) -> list[Watch]:
        """The releases that are watched, or wait for their decision. Raises Unavailable."""
        names = [key for key in await self._queues.open_keys() if key.startswith(WATCH)]
        found = [self._store.cached(key) or await self._store.load(key) for key in names]
        return [one for one in found if isinstance(one, Watch) and one.is_open]

    async def watches(self) -> list[Watch]:
        """All watched releases that are remembered, the latest first. Raises Unavailable."""
        found = [self._store.cached(key) or await self._store.load(key) for key in await self._queues.watches()]
        return [one for one in found if isinstance(one, Watch)]
