"""What is remembered of incidents and watches, while other processes change it; on a real Valkey."""

from dataclasses import replace

from redis.asyncio import Redis

from bot.memories import Memories
from bot.queues import Queues
from bot.store import TTL_CLOSED, Note, Store
from rules import keys
from rules.decision import Shown
from rules.incident import Incident, State
from rules.watch import Phase, Watch
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


async def test_what_another_process_changed_is_seen(redis: Redis, clock: TurningClock) -> None:
    now = clock.now()
    (mine, memories), (others, _) = made(redis, clock), made(redis, clock)
    opened = incident("a", now - HOUR)
    await kept(mine, opened)
    assert [one.is_open for one in await memories.incidents(now - DAY)] == [True]
    await kept(others, replace(opened, state=State.RESOLVED, resolved_at=now))
    assert mine.cached(opened.key) is not None
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
