"""What is remembered of incidents and watches, while other processes change it; on a real Valkey."""

import asyncio
from dataclasses import replace

from redis.asyncio import Redis

from bot.keeping import TTL_CLOSED
from bot.memories import LATEST, SHARED_S, Memories
from bot.queues import BEGUN_MAX, Queues
from bot.store import Note, Store
from rules import keys
from rules.decision import Shown
from rules.incident import Incident, State
from rules.reading import Point
from rules.watch import Phase, Watch, key_of
from tests.conftest import TurningClock

MIN, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def made(redis: Redis, clock: TurningClock) -> tuple[Store, Memories]:
    """What one process has."""
    store = Store(redis, clock)
    return store, Memories(store, Queues(redis))


def incident(name: str, at: int, ended: int = 0) -> Incident:
    return Incident(
        key=f"alertmanager:{name}", id=keys.short(name, at), source="alertmanager", title=name, severity="P1",
        peak="P1", place="#general", opened_at=at, resolved_at=ended, state=State.RESOLVED if ended else State.OPEN,
    )  # fmt: skip


async def kept(store: Store, record: Shown, note: Note | None = None) -> None:
    await store.commit(record.key, await store.load(record.key), record, note)


def release(plan: str, version: str, at: int, ended: int = 0) -> Watch:
    return Watch(
        key=key_of(plan, version), id=keys.short(f"{plan}{version}", at), plan=plan, release=version, title="x",
        place="#general", opened_at=at, began_at=at, ends_at=at + DAY, ended_at=ended,
        phase=Phase.DECIDED if ended else Phase.WATCHING,
        points={"errors": tuple(Point(at=at + index, value=index / 7) for index in range(20))},
    )  # fmt: skip


async def questions(redis: Redis) -> int:
    """How often Redis was asked for a record, or for its version."""
    asked = (await redis.info("commandstats")).get("cmdstat_hget", {})
    return int(asked.get("calls", 0))


async def test_what_another_process_changed_is_seen(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    (mine, memories), (others, _) = made(redis, clock), made(redis, clock)
    opened = incident("a", now - HOUR)
    await kept(mine, opened)
    assert [one.is_open for one in await memories.incidents(now - DAY)] == [True]
    await kept(others, replace(opened, state=State.RESOLVED, resolved_at=now))
    assert mine.cached(opened.key) is not None
    clock.turn(seconds=SHARED_S)
    assert [one.is_open for one in await memories.incidents(now - DAY)] == [False]
    await kept(others, replace(opened, title="b"))
    found = await memories.incident(opened.key)
    assert found is not None
    assert found.title == "b"

    watch = Watch(key="watch:sdk:v1", id="K7F3Q2", plan="sdk", release="v1", title="x", place="#general",
                  opened_at=now, began_at=now, ends_at=now + DAY)  # fmt: skip
    await kept(mine, watch)
    assert [one.release for one in await memories.open_watches()] == ["v1"]
    await kept(others, replace(watch, phase=Phase.STOPPED, ended_at=now))
    assert await memories.open_watches() == []
    assert [one.phase for one in await memories.watches()] == [Phase.STOPPED]


async def test_an_incident_is_of_a_time_when_it_lasted_into_it(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    store, memories = made(redis, clock)
    for one in (incident("before", now - 9 * DAY, now - 2 * DAY), incident("into", now - 8 * DAY, now - HOUR),
                incident("still", now - 7 * DAY), incident("within", now - 2 * HOUR, now - HOUR)):  # fmt: skip
        await kept(store, one)
    assert [one.title for one in await memories.incidents(now - DAY)] == ["within", "still", "into"]
    assert len(await memories.incidents(0)) == 4


async def test_what_is_gone_is_not_believed_any_more(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    store, memories = made(redis, clock)
    ended = incident("gone", now - HOUR, now)
    await kept(store, ended)
    assert len(await memories.incidents(0)) == 1
    await redis.delete(f"{{sereno:{keys.lane(ended.key)}}}:r:{ended.key}")
    assert store.cached(ended.key) is not None
    clock.turn(seconds=SHARED_S)
    assert await memories.incidents(0) == []
    assert await memories.incident(ended.key) is None


async def test_from_when_on_all_is_remembered(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    store, memories = made(redis, clock)
    assert await memories.since(now) == now
    await kept(store, incident("a", now), Note(line={"at": now}))
    assert abs(await memories.since(now + HOUR) - now) < MIN, "since the first line of the journal"
    await kept(store, incident("b", now - DAY))
    assert await memories.since(now) == now - DAY
    await kept(store, incident("c", now - 50 * DAY))
    assert await memories.since(now) == now - TTL_CLOSED * 1000, "what ended is not kept for longer"


async def test_incidents_are_looked_at_once_for_all_who_ask_at_the_same_time(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    (others, _), (mine, memories) = made(redis, clock), made(redis, clock)
    for number in range(30):
        await kept(others, incident(f"n{number}", now - number * HOUR, now - number * HOUR + MIN))
    await kept(others, incident("open", now - DAY))
    before = await questions(redis)
    found = await asyncio.gather(*(memories.incidents(since) for since in (0, now - 4 * HOUR, now - DAY, 0)))
    assert [len(one) for one in found] == [31, 6, 26, 31]
    assert await questions(redis) == before + 2 * 31, "a version and a record each, whoever asks for whatever time"
    clock.turn(seconds=SHARED_S - 1)
    await memories.incidents(0)
    assert await questions(redis) == before + 2 * 31
    await kept(others, replace(incident("n3", now - 3 * HOUR, now - 3 * HOUR + MIN), title="another"))
    clock.turn(seconds=1)
    before = await questions(redis)
    assert "another" in [one.title for one in await memories.incidents(0)]
    assert await questions(redis) == before + 31 + 1, "only what was changed is read anew"
    assert not [one for one in found[0] if mine.cached(one.key)], "what is worked on is not pushed out by a look"


async def test_of_many_incidents_the_latest_of_each_lane_and_all_that_are_open(
    redis: Redis, clock: TurningClock
) -> None:
    now = clock.now()
    store, memories = made(redis, clock)
    names = [name for name in (f"n{number}" for number in range(20_000)) if keys.lane(f"alertmanager:{name}") == 0]
    names = names[: BEGUN_MAX + 3]
    ended = [incident(name, now - DAY - place, now) for place, name in enumerate(names[:-1])]
    still = incident(names[-1], now - 3 * DAY)
    await asyncio.gather(*(store.commit(one.key, None, one, None) for one in (*ended, still)))
    found = await memories.incidents(0)
    assert {one.key for one in found} == {one.key for one in (*ended[:BEGUN_MAX], still)}


async def test_the_latest_releases_and_all_that_are_open(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    (others, _), (mine, memories) = made(redis, clock), made(redis, clock)
    ended = [release("sdk", f"v1.{number}", now - number * HOUR - HOUR, now) for number in range(LATEST + 5)]
    old, other = release("sdk", "v0.1", now - 300 * DAY), release("sdk-two", "v1.0", now - 200 * DAY, now)
    await asyncio.gather(*(others.commit(one.key, None, one, None) for one in (*ended, old, other)))
    assert await memories.watches() == [replace(one, version=1) for one in (*ended[:LATEST], old)]
    assert not [one for one in ended if mine.cached(one.key)], "they are large, and nobody works on them"
    assert [one.release for one in await memories.watches("sdk-two")] == ["v1.0"]
    assert len(await memories.watches("sdk")) == LATEST + 1
    assert await memories.watches("sd") == []
    found = await memories.watch(key_of("sdk-two", "v1.0"))
    assert found == replace(other, version=1)
    assert await memories.watch(key_of("sdk", "v9")) is None


async def test_a_release_that_another_process_changed_is_found_as_it_is(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    (mine, memories), (others, _) = made(redis, clock), made(redis, clock)
    watch = release("sdk", "v1", now)
    await kept(mine, watch)
    await kept(others, replace(watch, title="another"))
    assert mine.cached(watch.key) is not None
    found = await memories.watch(watch.key)
    assert found is not None
    assert found.title == "another"
    await redis.delete(f"{{sereno:{keys.lane(watch.key)}}}:r:{watch.key}")
    assert await memories.watch(watch.key) is None
    assert await memories.watches() == await memories.open_watches() == []


async def test_one_that_cannot_be_read_does_not_hide_the_others(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    store, _ = made(redis, clock)
    _, memories = made(redis, clock)
    for number in range(3):
        await kept(store, release("sdk", f"v{number}", now - number * HOUR, now))
        await kept(store, incident(f"n{number}", now - number * HOUR, now))
    for key in (key_of("sdk", "v1"), "alertmanager:n1"):
        await redis.hset(f"{{sereno:{keys.lane(key)}}}:r:{key}", "b", b'{"kind": "of another time"}')
    assert [one.release for one in await memories.watches()] == ["v0", "v2"]
    assert [one.title for one in await memories.incidents(0)] == ["n0", "n2"]
