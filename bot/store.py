"""The one durable point: records, what is due and what is dirty, the journal and the tallies, each commit atomic."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

import structlog
from pydantic import Field, TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot import keeping, scripts
from bot.clock import Clock
from bot.keeping import DAY
from bot.together import Together
from rules import keys
from rules.decision import Record, Shown
from rules.deployment import Deployment
from rules.incident import Incident
from rules.lettering import queued_at
from rules.projection import next_step
from rules.standing import Standing
from rules.tallies import counted

TTL_TALLY, TTL_SEEN = 400 * DAY, 7 * DAY
TTL_BAD = 14 * DAY
JOURNAL_KEPT, AUDIT_KEPT = 10_000, 20_000
CACHED = 5_000
UNBOUNDED = 2**31
log = structlog.get_logger()
_RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


class Unavailable(Exception):
    """Redis does not answer, or is full: nothing was accepted; answer 503 and let the sender come again."""


class Overloaded(Unavailable):
    """More is waiting for Slack than the bound allows."""


class Fenced(Exception):
    """Another process has taken over the lane: stop working on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What goes into the journal and the tallies with a commit. `id`: a delivery that must not be counted twice.

    `is_act`: a person did it, or was not let: the audit keeps the line too.
    """

    line: Mapping[str, Any]
    tallies: Sequence[str] = ()
    id: str = ""
    is_repeat: bool = False
    is_act: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The commit is durable; the record as it is now."""

    record: Record | None


@dataclass(frozen=True, slots=True)
class Seen:
    """This delivery was committed before."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The record is another one than was expected: this one."""

    record: Record | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How often a record's signal came again, and when it last did (unix milliseconds)."""

    repeats: int
    at: int


class Store:
    """Records in Redis, sharded in lanes; every key of a lane is `{sereno:<lane>}:...`."""

    def __init__(
        self, redis: Redis, clock: Clock, *, bound: int = 20_000, zone: Callable[[], tzinfo] = lambda: UTC
    ) -> None:
        self.redis, self.clock, self._bound, self._zone = redis, clock, bound, zone
        self._commit = Together(redis, scripts.COMMIT)
        self._cache: OrderedDict[str, Record] = OrderedDict()

    def cached(self, key: str) -> Record | None:
        """What this process believes of a record; a commit finds out whether it is still so."""
        return self._cache.get(key)

    def distrust(self, lane: int) -> None:
        """Forget what this process believes of a lane: until now another may have worked on it."""
        for key in [key for key in self._cache if keys.lane(key) == lane]:
            del self._cache[key]

    async def load(self, key: str) -> Record | None:
        """The record as it is in Redis now. Raises Unavailable."""
        async with redis_errors():
            body = await self.redis.hget(f"{_lane(key)}:r:{key}", "b")
        return self._remember(key, await self._read(key, body))

    async def peek(self, names: Sequence[str]) -> list[Record | None]:
        """The records as they are in Redis now, by one round trip. Raises Unavailable.

        What this process believes stays as it is: whoever looks through many does not push out those it works on.
        """
        async with redis_errors(), self.redis.pipeline(transaction=False) as pipe:
            for key in names:
                pipe.hget(f"{_lane(key)}:r:{key}", "b")
            bodies = await pipe.execute() if names else []
        found = []
        for key, body in zip(names, bodies, strict=True):
            found.append(await self._read(key, body))
            await asyncio.sleep(0)  # a large one takes milliseconds; others have their turn in between
        return found

    async def named(self, short: str) -> str:
        """The key of the record that people call by a short id such as K7F3Q2, "" for none. Raises Unavailable."""
        async with redis_errors(), self.redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.get(f"{{sereno:{lane}}}:id:{short}")
            found = [key for key in await pipe.execute() if key]
        return found[0].decode() if found else ""

    async def forget(self, key: str) -> None:
        """Take a record that is gone from what is dirty, due and open. Raises Unavailable."""
        async with redis_errors(), self.redis.pipeline(transaction=False) as pipe:
            for name in ("dirty", "timers", "open", "letters"):
                pipe.zrem(f"{_lane(key)}:{name}", key)
            await pipe.execute()

    async def heard(self, key: str) -> Heard:
        """The repeats of a record. Raises Unavailable."""
        async with redis_errors():
            repeats, at = await self.redis.hmget(f"{_lane(key)}:r:{key}", ["r", "h"])
        return Heard(repeats=int(repeats or 0), at=int(at or 0))

    async def commit(
        self, key: str, old: Record | None, new: Record | None, note: Note | None, token: str = ""
    ) -> Done | Seen | Conflict:
        """Replace `old` by `new` (None or the same: leave it) if Redis has `old`. Raises Unavailable, Fenced."""
        fresh = replace(new, version=(old.version if old else 0) + 1) if new is not None and new is not old else None
        lane = _lane(key)
        names = [f"{lane}:r:{key}", *(f"{lane}:{name}" for name in ("dirty", "timers", "open", "journal"))]
        names += [
            f"{lane}:tally:{self._day()}",
            f"{lane}:lease",
            f"{lane}:seen:{note.id if note else ''}",
            f"{lane}:audit",
            f"{lane}:id:{fresh.id if fresh else ''}",
            f"{lane}:{keeping.listed(fresh)}",
            f"{lane}:letters",
            f"{lane}:noise:{self._day()}",
        ]
        async with redis_errors():
            answer = await self._commit.run(names, self._arguments(key, old, fresh, note, token))
        if answer[0] == b"conflict":
            return Conflict(self._remember(key, await self._read(key, answer[2])))
        return self._answered(key, answer, fresh)

    async def change(self, key: str, how: Callable[[Shown], Shown], token: str) -> Shown:
        """Write down what was observed, on top of whatever the record is now. Raises Unavailable, Fenced, KeyError."""
        record = self._cache.get(key) or await self.load(key)
        while record is not None and not isinstance(record, Standing | Deployment):
            changed = how(record)
            changed = replace(changed) if changed is record else changed  # a commit that clears the dirty mark
            match await self.commit(key, record, changed, None, token):
                case Conflict(current):
                    record = current
                case Done(now) if now is not None and not isinstance(now, Standing | Deployment):
                    return now
        raise KeyError(key)

    def _arguments(
        self, key: str, old: Record | None, fresh: Record | None, note: Note | None, token: str
    ) -> list[str | int | bytes]:
        step = next_step(fresh) if fresh else None
        record = fresh or old
        numbers = (
            old.version if old else 0,
            fresh.version if fresh else "",
            keeping.seconds(record),
            "" if step is None else step.urgency,
            self.clock.now(),
            min(fresh.timers.values()) if fresh and fresh.timers else "",
            1 if fresh and fresh.is_open else 0,
            JOURNAL_KEPT,
            TTL_TALLY,
            token,
            TTL_SEEN if note and note.id else "",
            self._bound
            if isinstance(fresh, Incident)
            else UNBOUNDED,  # a storm board must come in, it empties the queue
            1 if old is not None and fresh is not None and old.id != fresh.id else 0,
            1 if note and note.is_repeat else 0,
            AUDIT_KEPT if note and note.is_act else "",
            TTL_TALLY,
            keeping.begun(old, fresh),
            keeping.listed_for(fresh),
            queued_at(fresh) if fresh else "",
        )
        line = json.dumps(note.line, ensure_ascii=False, separators=(",", ":")) if note else ""
        body = _RECORD.dump_json(fresh) if fresh else ""
        return [
            key,
            body,
            line,
            " ".join("-" if number == "" else str(number) for number in numbers),
            *(f"1 {field}" for field in (note.tallies if note else ())),
            *(f"{count} {field}" for field, count in (counted(old, fresh) if fresh else {}).items()),
        ]

    def _day(self) -> str:
        """The day of the team, by which is counted."""
        return datetime.fromtimestamp(self.clock.now() / 1000, self._zone()).strftime("%Y-%m-%d")

    def _answered(self, key: str, answer: list[bytes], fresh: Record | None) -> Done | Seen:
        match answer[0]:
            case b"ok":
                if fresh is not None:
                    self._remember(key, fresh)
                return Done(fresh)
            case b"seen":
                return Seen()
            case b"full":
                raise Overloaded("too much is waiting for Slack: the queue is at its bound")
            case _:
                raise Fenced(key)

    async def _read(self, key: str, body: bytes | str | None) -> Record | None:
        """A record as it was written; one that this version cannot read is set aside, so that it stops nothing."""
        if not body:
            return None
        try:
            return _RECORD.validate_json(body)
        except ValidationError as error:
            why, aside = str(error)[:300], f"{_lane(key)}:bad:{key}"
            log.warning("record_unreadable", key=key, error=why, next=f"set aside for 14 days as {aside}")
        async with redis_errors(), self.redis.pipeline(transaction=True) as pipe:
            pipe.set(f"{_lane(key)}:bad:{key}", body, ex=TTL_BAD)
            pipe.delete(f"{_lane(key)}:r:{key}")
            await pipe.execute()
        return None

    def _remember(self, key: str, record: Record | None) -> Record | None:
        if record is None:
            self._cache.pop(key, None)
            return None
        known = self._cache.get(key)
        if known is not None and known.id == record.id and known.version > record.version:
            return known  # a slow answer does not undo what was learnt since
        self._cache[key] = record
        self._cache.move_to_end(key)
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)
        return record


def _lane(key: str) -> str:
    return f"{{sereno:{keys.lane(key)}}}"


@asynccontextmanager
async def redis_errors() -> AsyncIterator[None]:
    """Whatever Redis or the way to it does wrong is Unavailable."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable(f"Redis: {error}") from error
