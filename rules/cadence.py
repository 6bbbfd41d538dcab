"""When the checkpoints of a plan are due: once, again and again, or by a cron line on the wall clock of the team."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from croniter import croniter

from rules.plan import Checkpoint, Plan
from rules.watch import Watch

MOST = 2_000  # times of one checkpoint within its window


def times(point: Checkpoint, began_at: int, ends_at: int, zone: ZoneInfo) -> Iterator[int]:
    """All times of a checkpoint, earliest first (unix milliseconds), for a release that began then."""
    if point.at is not None:
        yield began_at + point.at
        return
    first = began_at + point.since
    last = ends_at if point.until is None else min(began_at + point.until, ends_at)
    endless = _by_cron(point.cron, first, zone) if point.cron else _every(point.every or MOST, began_at, first)
    for _, at in zip(range(MOST), takewhile(lambda at: at <= last, endless), strict=False):
        yield at


def due(plan: Plan, watch: Watch, zone: ZoneInfo) -> dict[str, int]:
    """The next time of each checkpoint that was not taken yet, by its name."""
    found = {}
    for point in plan.checkpoints:
        done = watch.done.get(point.name, -1)
        later = (at for at in times(point, watch.began_at, watch.ends_at, zone) if at > done)
        if (at := next(later, None)) is not None:
            found[point.name] = at
    return found


def missed(point: Checkpoint, watch: Watch, planned: int, now: int, zone: ZoneInfo) -> tuple[int, ...]:
    """The times of the same checkpoint after `planned` that have passed as well: taken late, one stands for all."""
    return tuple(at for at in times(point, watch.began_at, watch.ends_at, zone) if planned < at <= now)


def _every(step: int, began_at: int, first: int) -> Iterator[int]:
    at = began_at + step
    while True:
        if at >= first:
            yield at
        at += step


def _by_cron(line: str, first: int, zone: ZoneInfo) -> Iterator[int]:
    """Each time once, though the wall clock may show it twice in the night when the clocks go back."""
    start, seen = datetime.fromtimestamp(first / 1000, UTC).astimezone(zone), set()
    steps = croniter(line, start)
    while True:
        at: datetime = steps.get_next(datetime)
        wall = at.replace(tzinfo=None)
        if wall not in seen:
            seen.add(wall)
            yield int(at.timestamp() * 1000)
