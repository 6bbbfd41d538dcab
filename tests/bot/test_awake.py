"""The clock of our own waking: what counts as a break, and what a wall clock that is set anew does to it."""

import pytest
from redis.asyncio import Redis

from bot import awake
from bot.awake import Awake, Waking
from tests.conftest import TurningClock

MINUTE = 60_000


@pytest.fixture
async def ticking(redis: Redis, clock: TurningClock) -> Awake:
    one = Awake(redis, clock)
    await one.tick()
    return one


def is_near(found: int, wanted: int) -> bool:
    return 0 <= found - wanted < 5_000


async def later(ticking: Awake, clock: TurningClock, *, minutes: float = 0, steps: float = 0) -> Waking:
    """Its tick after these minutes, in which the wall clock was set ahead by so many more."""
    clock.turn(minutes=minutes)
    clock.step(minutes=steps)
    return await ticking.tick()


async def test_the_sign_of_life_lasts_for_seconds(redis: Redis, ticking: Awake) -> None:
    assert 10_000 < await redis.pttl(awake.PRESENT) <= 15_000, (
        "as the documents say: away for longer, and it is a break"
    )


async def test_without_the_sign_it_begins_anew(redis: Redis, ticking: Awake, clock: TurningClock) -> None:
    assert is_near((await later(ticking, clock, minutes=9)).total, 9 * MINUTE)
    await redis.delete(awake.PRESENT)
    waking = await later(ticking, clock, minutes=9)
    assert is_near(clock.now(), waking.since)
    assert is_near(waking.total, 9 * MINUTE)


@pytest.mark.parametrize("steps", [60, -60])
async def test_a_wall_clock_that_is_set_anew_is_a_break(ticking: Awake, clock: TurningClock, steps: int) -> None:
    before = await later(ticking, clock, minutes=9)
    assert is_near(clock.now() - before.since, 9 * MINUTE)
    after = await later(ticking, clock, minutes=1, steps=steps)
    assert is_near(clock.now(), after.since)
    assert is_near(after.total, 10 * MINUTE), "so long it was awake, whatever the wall clock says"
    again = await later(ticking, clock, minutes=1)
    assert again.since == after.since, "only once"


@pytest.mark.parametrize(("steps", "is_break"), [(0, False), (10, True), (-10, True)])
async def test_the_next_process_goes_on_unless_its_clock_is_another(
    redis: Redis, ticking: Awake, clock: TurningClock, steps: int, is_break: bool
) -> None:
    before = await later(ticking, clock, minutes=9)
    after = await later(Awake(redis, clock), clock, steps=steps)
    assert (after.since != before.since) is is_break
    assert after.since <= clock.now()
    assert 0 <= after.total - before.total <= awake.LAPSE_MS
