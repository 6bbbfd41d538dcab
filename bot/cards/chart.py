"""The chart of a watched release: its main checks over the window, against threshold and baseline."""

import math

from bot.cards.plain import plain
from bot.charts import Chart, Limit, Mark, Panel
from rules import release_words, thresholds
from rules.plan import Check, Level, Plan
from rules.reading import Point
from rules.watch import Watch

PANELS = 6
_SIGNS = ("<", "<=", ">", ">=")


def chart(watch: Watch, plan: Plan, now: int) -> Chart:
    """What is drawn of it now."""
    names = [name for name, check in plan.checks.items() if check.chart] or _suggested(plan)
    return Chart(
        title=f"{watch.release} · {watch.title}",
        subtitle=plain(release_words.elapsed(watch, now)) + (f" · baseline {watch.baseline}" if watch.baseline else ""),
        start=watch.began_at,
        end=watch.ends_at,
        now=min(max(now, watch.began_at), watch.ends_at),
        panels=tuple(_panel(plan.checks[name], watch.points.get(name, ())) for name in names),
        marks=(*_checkpoints(watch), *_incidents(watch)),
    )


def _suggested(plan: Plan) -> list[str]:
    """The checks that have a threshold, when the plan does not say which are the main ones."""
    numeric = [name for name, check in plan.checks.items() if check.tick is None and check.unit != "yes/no"]
    held = [name for name in numeric if plan.checks[name].red or plan.checks[name].yellow]
    return (held or numeric)[:PANELS]


def _panel(check: Check, points: tuple[Point, ...]) -> Panel:
    return Panel(
        name=check.words,
        unit=check.unit,
        points=tuple((point.at, point.value) for point in points),
        baseline=tuple((point.at, point.baseline) for point in points if point.baseline is not None),
        limits=tuple(limit for limit in (_limit(check, "yellow", points), _limit(check, "red", points)) if limit),
    )


def _limit(check: Check, level: Level, points: tuple[Point, ...]) -> Limit | None:
    """The line of a threshold: none for a trend, for one number that is good or bad, or without a baseline."""
    threshold = check.threshold(level)
    if threshold is None or threshold.trend or threshold.sign not in _SIGNS:
        return None
    baseline = next((point.baseline for point in reversed(points) if point.baseline is not None), check.baseline)
    value = thresholds.limit(threshold, baseline)
    if math.isnan(value):
        return None
    return Limit(level=level, value=value, below="<" in threshold.sign, inclusive="=" in threshold.sign)


def _checkpoints(watch: Watch) -> list[Mark]:
    return [Mark(at=taken.planned, kind="checkpoint", name=taken.name) for taken in watch.taken]


def _incidents(watch: Watch) -> list[Mark]:
    own = [one for one in watch.incidents if one.opened_at >= watch.began_at]
    return [Mark(at=one.opened_at, kind="incident", name=f"{one.severity} {one.id}") for one in own]
