"""Finds what a digest is written from: counts, incidents, releases, the numbers of GitHub and of the digest before."""

import asyncio
from collections.abc import Callable, Mapping

from bot.clock import Clock
from bot.community import Community
from bot.memories import Memories
from bot.queues import Queues
from bot.store import Store
from rules.community import Measured, Numbers
from rules.digest_plan import Digest
from rules.digests import schedule
from rules.digests.facts import Facts, Period
from rules.matching import matches_all
from rules.policy import Policy
from rules.report import Report, key_of
from rules.room import Room
from rules.text import Moment, Text

KEPT_S = 120.0
Asked = tuple[str | int, ...]


class Gathering:
    """What GitHub does not tell is said to be missing; only Redis being away is an error."""

    def __init__(
        self, store: Store, queues: Queues, memories: Memories, community: Community, clock: Clock,
        policy: Callable[[], Policy],
    ) -> None:  # fmt: skip
        self._store, self._queues, self._memories, self._community = store, queues, memories, community
        self._clock, self._policy = clock, policy
        self._known: dict[Asked, tuple[float, Numbers | None]] = {}

    async def facts(self, name: str, digest: Digest, period: Period) -> Facts:
        """All of a digest. Raises Unavailable."""
        asked = await asyncio.gather(*(self._numbers(one, digest, period) for one in digest.repositories))
        numbers = {one.repository: one for one in asked}
        incidents = await self._memories.incidents(period.since)
        since = await self._memories.since(self._clock.now())
        return Facts(
            digest=name,
            period=period,
            rooms=await self._rooms(digest),
            tallies=await self._queues.tallies((*period.before, *period.days)),
            incidents=tuple(
                one for one in incidents if matches_all(digest.matchers, {**one.labels, "source": one.source})
            ),
            watches=tuple(await self._memories.watches()),
            community=numbers,
            previous=await self._previous(name, digest, period),
            since=since,
            incomplete=(*_young(since, period), *(text for one in numbers.values() for text in _troubles(one))),
        )

    async def _rooms(self, digest: Digest) -> tuple[Room, ...]:
        """Of a digest of some labels those with an incident that has them."""
        rooms = await self._memories.rooms()
        if not digest.match:
            return tuple(rooms)
        known = await self._memories.incidents(0)
        fits = {one.key for one in known if matches_all(digest.matchers, {**one.labels, "source": one.source})}
        return tuple(one for one in rooms if fits & set(one.incidents))

    async def _numbers(self, repository: str, digest: Digest, period: Period) -> Numbers:
        """Kept for a while: anybody may ask for a digest, again and again, and GitHub counts the calls."""
        asked: Asked = (repository, period.since, period.until, *digest.bugs, "", *digest.requests)
        at, known = self._known.get(asked, (0.0, None))
        if known is None or self._clock.monotonic() - at >= KEPT_S:
            known = await self._community.numbers(
                repository, period.since, period.until, bugs=digest.bugs, requests=digest.requests
            )
            fresh = {key: one for key, one in self._known.items() if self._clock.monotonic() - one[0] < KEPT_S}
            self._known = {**fresh, asked: (self._clock.monotonic(), known)}
        return known

    async def _previous(self, name: str, digest: Digest, period: Period) -> Mapping[str, float]:
        """The numbers of the last digest that was written before this one."""
        zone = schedule.zone_of(digest, self._policy())
        for earlier in reversed(schedule.owed(digest, zone, 0, period.due_at - 1)):
            [found] = await self._store.peek([key_of(name, earlier.day)])
            if isinstance(found, Report) and not found.missed:
                return found.numbers
        return {}


def _young(since: int, period: Period) -> list[Text]:
    return [Text.of("I remember nothing from before {at}", at=Moment(at=since))] if since > period.since else []


def _troubles(numbers: Numbers) -> list[Text]:
    """What GitHub did not tell, each reason once."""
    found = (one for one in _measured(numbers) if one.trouble)
    words = dict.fromkeys(one.trouble for one in found)
    return [Text.of("GitHub ({repository}): {why}", repository=numbers.repository, why=why) for why in words]


def _measured(numbers: Numbers) -> list[Measured]:
    """Each of the numbers."""
    return [value for name in numbers.__slots__ if isinstance(value := getattr(numbers, name), Measured)]
