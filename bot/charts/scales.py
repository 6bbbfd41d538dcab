"""Axes: which moments and values get a label, and how a number is written."""

import math
from itertools import pairwise

from bot.charts.chart import Chart, Limit, Points, one_line

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
_STEPS = [
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12, 24, 48, 72, 168)),
]  # fmt: skip
_TICKS_MAX = 7
_DAY_MAX = 10
_BAND = 0.95
_ROOM = 3.0  # a limit further away than so many times the height of the data would flatten the line


def time_ticks(chart: Chart) -> list[tuple[int, str]]:
    """The moments with a label, as milliseconds after the start, and the label."""
    if chart.days:
        return [(at - chart.start, one_line(word, _DAY_MAX)) for at, word in chart.days]
    return [(offset, since_start(offset, chart.span)) for offset in _steps(chart)]


def _steps(chart: Chart) -> range:
    step = next((one for one in _STEPS if chart.span / one <= _TICKS_MAX), 0)
    if not step:
        step = DAY * math.ceil(chart.span / DAY / _TICKS_MAX)
    return range(0, chart.span + 1, step)


def since_start(offset: int, span: int) -> str:
    """A moment as people count it: T+90 min, T+24 h, T+7 d."""
    if offset == 0:
        return "T+0"
    if span > 4 * DAY and offset % DAY == 0:
        return f"T+{offset // DAY} d"
    if offset % HOUR == 0 or offset > 10 * HOUR:
        return f"T+{round(offset / HOUR)} h"
    return f"T+{round(offset / MINUTE)} min"


def value_range(values: list[float], limits: tuple[Limit, ...]) -> tuple[float, float]:
    """The lowest and the highest value that the axis shows, with room for the name of the highest limit.

    It begins at 0, so that noise does not look like a change, unless all is in a narrow band far from it.
    """
    seen = values or [one.value for one in limits] or [0.0, 1.0]
    low, high = min(seen), max(seen)
    reach = max(high - low, abs(high) / 4) * _ROOM
    near = [one.value for one in limits if low - reach <= one.value <= high + reach]
    top = max([high, *near])
    low = 0.0 if 0 <= low <= high * _BAND else min([low, *near])
    room = (top - low) * 0.1 or abs(top) * 0.1 or 1.0
    return (low if low == 0 else low - room), top + (3 if limits else 1) * room


def value_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Round values in the range, with their labels."""
    rough = (high - low) / most
    size = math.floor(math.log10(rough))
    step = next((many * 10.0**size for many in (1, 2, 5) if many * 10.0**size >= rough), 10.0 ** (size + 1))
    first, last = math.ceil(low / step), math.floor(high / step)
    found = [one * step for one in range(first, min(last, first + 2 * most) + 1)]
    decimals = max(0, -math.floor(math.log10(step)))
    return [(one, _tick(one, decimals)) for one in found]


def number(value: float) -> str:
    """A value in three digits, or whole with separators, as short as it can be read."""
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.2g}"
    for unit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if size >= unit:
            return f"{value / unit:.3g}{letter}" if size < 999.5 * unit else f"{value / unit:,.0f}{letter}"
    return f"{value + 0.0:.3g}" if size < 999.5 else f"{value:,.0f}"


def with_unit(value: float, unit: str, chart: Chart) -> str:
    """A value and its unit, for who looks at the chart."""
    return f"{chart.numerals(number(value))} {unit}".rstrip()


def unbroken(points: Points) -> list[Points]:
    """The line in pieces: where nothing was measured for long, nothing is drawn."""
    if len(points) < 2:
        return [points] if points else []
    steps = sorted(later[0] - sooner[0] for sooner, later in pairwise(points))
    long = 3 * max(steps[len(steps) // 2], 1)
    cuts = [index for index in range(1, len(points)) if points[index][0] - points[index - 1][0] > long]
    return [points[start:end] for start, end in pairwise([0, *cuts, len(points)])]


def _tick(value: float, decimals: int) -> str:
    if value == 0:
        return "0"
    if decimals > 4 or abs(value) >= 1e6:
        return number(value)
    return f"{value:,.{decimals}f}"
