"""What waits in the lanes: dirty records, due times, open records, and how long the oldest has waited."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.store import redis_errors
from rules import keys

URGENCIES = 13  # those of what waits for Slack; what waits for others has higher ones (rules/projection.py)
BEGUN_MAX = 500  # of one lane
LETTERS = 200  # looked at in one go
DIGESTS, DIGESTS_S = "{sereno:0}:digests", 400 * 86_400
SCALE = 1e13  # a dirty mark's score is urgency * SCALE + the unix milliseconds since when


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One dirty record. `since`: unix milliseconds."""

    key: str
    urgency: int
    since: int


class Queues:
    """Reads the sorted sets that commits write."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def dirty(self, lane: int, start: int, count: int) -> list[Waiting]:
        """Dirty records of a lane, most urgent first. Raises Unavailable."""
        async with redis_errors():
            rows: Any = await self._redis.zrange(f"{name(lane)}:dirty", start, start + count - 1, withscores=True)
        return [_waiting(*row) for row in rows]

    async def stirred(self, lanes: list[int], now: int) -> tuple[set[int], dict[int, list[str]]]:
        """The lanes that have dirty records, and the keys that are due in each. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in lanes:
                pipe.zcard(f"{name(lane)}:dirty")
                pipe.zrangebyscore(f"{name(lane)}:timers", "-inf", now, start=0, num=50)
            answers = await pipe.execute()
        dirty = {lane for lane, count in zip(lanes, answers[::2], strict=True) if count}
        due = {lane: [key.decode() for key in rows] for lane, rows in zip(lanes, answers[1::2], strict=True) if rows}
        return dirty, due

    async def open_keys(self) -> list[str]:
        """The keys of all open records, oldest change first in each lane. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.zrange(f"{name(lane)}:open", 0, -1)
            return [key.decode() for rows in await pipe.execute() for key in rows]

    async def watches(self) -> list[str]:
        """The keys of the watched releases that are remembered, the latest first. Raises Unavailable.

        The latest BEGUN_MAX of each lane at most.
        """
        return await self._begun("watches", 0)

    async def rooms(self) -> list[str]:
        """The keys of the war-rooms that are remembered, the latest first, BEGUN_MAX at most. Raises Unavailable."""
        return await self._begun("rooms", 0)

    async def history(self, since: int) -> list[str]:
        """The keys of the incidents that opened from `since` (unix ms) on, the latest first. Raises Unavailable.

        The latest BEGUN_MAX of each lane at most.
        """
        return await self._begun("history", since)

    async def _begun(self, index: str, since: int) -> list[str]:
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.zrevrangebyscore(f"{name(lane)}:{index}", "+inf", since, start=0, num=BEGUN_MAX, withscores=True)
            found = [row for rows in await pipe.execute() for row in rows]
        return [key.decode() for key, _ in sorted(found, key=lambda row: -row[1])]

    async def journal(self, key: str) -> list[bytes]:
        """What the journal still has of a key: JSON lines, oldest first. Raises Unavailable."""
        wanted = f'"key":{json.dumps(key, ensure_ascii=False)},'.encode()
        async with redis_errors():
            rows: Any = await self._redis.xrange(f"{name(keys.lane(key))}:journal")
        return [fields[b"j"] for _, fields in rows if wanted in fields[b"j"]]

    async def tallies(self, days: Sequence[str]) -> dict[str, dict[str, int]]:
        """The counts of each day (2026-11-16), of all lanes together, by field. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for day in days:
                for lane in range(keys.LANES):
                    pipe.hgetall(f"{name(lane)}:tally:{day}")
                    pipe.hgetall(f"{name(lane)}:noise:{day}")
            answers = await pipe.execute()
        found: dict[str, dict[str, int]] = {}
        for index, fields in enumerate(answers):
            sums = found.setdefault(days[index // (2 * keys.LANES)], {})
            for field, count in fields.items():
                sums[field.decode()] = sums.get(field.decode(), 0) + int(count)
        return found

    async def told(self, digest: str, line: str, now: int) -> int:
        """Up to when (unix ms) a digest has been told; up to `now`, when it is new to us. Raises Unavailable.

        `line`: when it comes. One that comes at other times than before is new: it owes nothing for the past.
        """
        async with redis_errors():
            known: Any = await self._redis.hget(DIGESTS, digest)
        at, _, before = (known or b"").decode().partition(" ")
        if at.isdecimal() and before == line:
            return int(at)
        await self.tell(digest, line, now)
        return now

    async def last_told(self, digest: str) -> int:
        """Up to when (unix ms) a digest has been told, 0 when it is not known. Raises Unavailable."""
        async with redis_errors():
            known: Any = await self._redis.hget(DIGESTS, digest)
        return int((known or b"0").partition(b" ")[0])

    async def tell(self, digest: str, line: str, at: int) -> None:
        """A digest has been told up to then (unix ms). Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(DIGESTS, digest, f"{at} {line}")
            pipe.expire(DIGESTS, DIGESTS_S)
            await pipe.execute()

    async def forget_digests(self, known: Collection[str]) -> None:
        """Those that the policy has no more are new when it has them again. Raises Unavailable."""
        async with redis_errors():
            had: Any = await self._redis.hkeys(DIGESTS)
            gone = [one for one in had if one.decode() not in known]
            if gone:
                await self._redis.hdel(DIGESTS, *gone)

    async def letters(self, lanes: Sequence[int], now: int) -> list[str]:
        """The keys of records of these lanes that want a letter sent now, the worst and oldest first.

        Raises Unavailable.
        """
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in lanes:
                pipe.zrangebyscore(f"{name(lane)}:letters", "-inf", now, start=0, num=LETTERS, withscores=True)
            found = [row for rows in await pipe.execute() for row in rows]
        return [key.decode() for key, _ in sorted(found, key=lambda row: row[1])]

    async def rest_letters(self, key: str, until: int) -> None:
        """The letters of a record wait until then (unix ms), whoever sends them. Raises Unavailable."""
        async with redis_errors():
            await self._redis.zadd(f"{name(keys.lane(key))}:letters", {key: until}, xx=True)

    async def letters_waiting(self) -> int:
        """How many records wait for the mail server. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.zcard(f"{name(lane)}:letters")
            return sum(await pipe.execute())

    async def audit(self, since: int) -> list[bytes]:
        """What people did from `since` (unix milliseconds) on: JSON lines, in no order. Raises Unavailable."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.xrange(f"{name(lane)}:audit", min=f"{since}-0")
            return [fields[b"j"] for rows in await pipe.execute() for _, fields in rows]

    async def depth(self) -> tuple[int, int]:
        """How many records wait for Slack, and since when the oldest does (unix milliseconds, 0: none)."""
        async with redis_errors(), self._redis.pipeline(transaction=False) as pipe:
            for lane in range(keys.LANES):
                pipe.zcount(f"{name(lane)}:dirty", 0, URGENCIES * SCALE - 1)
                for urgency in range(URGENCIES):
                    low, high = urgency * SCALE, (urgency + 1) * SCALE - 1
                    pipe.zrangebyscore(f"{name(lane)}:dirty", low, high, start=0, num=1, withscores=True)
            answers = await pipe.execute()
        counts = answers[:: URGENCIES + 1]
        firsts = [row for index, rows in enumerate(answers) if index % (URGENCIES + 1) for row in rows]
        return sum(counts), min((_waiting(key, score).since for key, score in firsts), default=0)


def name(lane: int) -> str:
    """The prefix of a lane's keys; the braces keep them in one slot of a Redis Cluster."""
    return f"{{sereno:{lane}}}"


def _waiting(key: bytes, score: float) -> Waiting:
    urgency, since = divmod(int(score), int(SCALE))
    return Waiting(key=key.decode(), urgency=urgency, since=since)
