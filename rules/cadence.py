"""When the checkpoints of a plan are due: once, again and again, or by a cron line on the wall clock of the team."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rules import oncall
from rules.plan import Checkpoint, Plan
from rules.watch import Watch


def times(point: Checkpoint, began_at: int, ends_at: int, zone: ZoneInfo) -> Sequence[int]:
    """All times of a checkpoint, earliest first (unix milliseconds), for a release that began then."""
    if point.at is not None:
        return (began_at + point.at,)
    first = began_at + point.since
    last = ends_at if point.until is None else min(began_at + point.until, ends_at)
    if point.cron:
        moments = oncall.handoffs(point.cron, zone.key, _year(first, zone), _year(last, zone))
        return moments[bisect_left(moments, first) : bisect_right(moments, last)]
    step = point.every or 1  # one of the three is named
    return range(began_at + step * max(-(-point.since // step), 1), last + 1, step)


def due(plan: Plan, watch: Watch, zone: ZoneInfo) -> dict[str, int]:
    """The next time of each checkpoint that was not taken yet, by its name; what comes once is not taken again."""
    found = {}
    for point in plan.checkpoints:
        done = watch.done.get(point.name, -1)
        if point.at is not None and done >= 0:
            continue  # also when the policy has another time for it now
        moments = times(point, watch.began_at, watch.ends_at, zone)
        if later := moments[bisect_right(moments, done) :]:
            found[point.name] = later[0]
    return found


def missed(point: Checkpoint, watch: Watch, planned: int, now: int, zone: ZoneInfo) -> Sequence[int]:
    """The times of the same checkpoint after `planned` that have passed as well: taken late, one stands for all."""
    moments = times(point, watch.began_at, watch.ends_at, zone)
    return moments[bisect_right(moments, planned) : bisect_right(moments, now)]


def _year(at: int, zone: ZoneInfo) -> int:
    return datetime.fromtimestamp(at / 1000, zone).year
