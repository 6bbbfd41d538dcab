"""One panel: its name and latest value, the measured line, the usual one, and the limits."""

from dataclasses import dataclass, replace

from bot.charts.chart import Chart, Limit, Panel, Points, exceeded, limits, one_line, side
from bot.charts.scales import number, time_ticks, unbroken, value_range, value_ticks, with_unit
from bot.charts.shapes import (
    BACKGROUND,
    COLOURS,
    DASHES,
    FRAME,
    GRID,
    INK,
    MEASURED,
    PALE,
    USUAL,
    Place,
    Shape,
    dot,
    path,
    width,
    words,
)
from rules.text import Text

_NAME, _STATUS, _LIMIT, _TICK = 11.0, 9.5, 9.0, 9.0
_NAME_MAX, _UNIT_MAX = 40, 16
LEVELS = {"yellow": Text.of("yellow"), "red": Text.of("red")}
SIDES = {1: Text.of("above {level}"), 0: Text.of("at {level}"), -1: Text.of("below {level}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The plot of a panel on the page, in points."""

    chart: Chart
    left: float
    right: float
    top: float
    high: float
    low_value: float = 0.0
    high_value: float = 1.0

    def x(self, at: int) -> float:
        """Where a moment is."""
        return self.left + self.chart.share(at) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Where a value is."""
        return self.top + (self.high_value - value) / (self.high_value - self.low_value) * self.high

    def scaled(self, low: float, high: float) -> "Frame":
        """The same place with an axis from low to high."""
        return Frame(
            chart=self.chart, left=self.left, right=self.right, top=self.top, high=self.high,
            low_value=low, high_value=high,
        )  # fmt: skip


def ruled(panel: Panel, place: Frame) -> tuple[Frame, list[Shape]]:
    """The plot with the axis that the panel needs, and its grid."""
    seen = [value for _, value in place.chart.within(panel.points) + place.chart.within(panel.baseline)]
    frame = place.scaled(*value_range(seen, limits(panel)))
    return frame, _grid(frame)


def drawn(panel: Panel, frame: Frame, margin: float) -> list[Shape]:
    """What is in the plot and above it; `margin` is where the name begins."""
    points, usual = frame.chart.within(panel.points), frame.chart.within(panel.baseline)
    shapes = _head(panel, points, frame, margin)
    shapes += _line(frame, usual, USUAL, thick=1.4, dash="dashed") + _limit_lines(frame, panel)
    shapes += _line(frame, points, MEASURED, thick=2.0, dash=None)
    if points:
        shapes.append(dot((frame.x(points[-1][0]), frame.y(points[-1][1])), MEASURED))
    else:
        at = (frame.left + 12, frame.top + frame.high / 2 + 4)
        nothing = frame.chart.say(Text.of("not enough data"))
        shapes.append(words(at, nothing, size=11, fill=BACKGROUND, outset=3))
    return shapes


def _grid(frame: Frame) -> list[Shape]:
    under, shapes = frame.top + frame.high, list[Shape]()
    for offset, _ in time_ticks(frame.chart):
        x = frame.x(frame.chart.start + offset)
        shapes.append(path([(x, frame.top), (x, under)], GRID, thick=0.7))
    for value, text in value_ticks(frame.low_value, frame.high_value, 5 if frame.high > 100 else 4):
        y = frame.y(value)
        shapes.append(path([(frame.left, y), (frame.right, y)], GRID, thick=0.7))
        numeral = frame.chart.numerals(text)
        shapes.append(words((frame.left - 6, y + 3.2), numeral, size=_TICK, anchor=1))
    shapes.append(path([(frame.left, under), (frame.right, under)], FRAME))
    return shapes


def _head(panel: Panel, points: Points, frame: Frame, margin: float) -> list[Shape]:
    """The name on the left; on the right the latest value, and in words what it means."""
    y, unit = frame.top - 6, one_line(panel.unit, _UNIT_MAX)
    name = one_line(panel.name, _NAME_MAX) or frame.chart.say(Text.of("(without a name)"))
    shapes = [words((margin, y), name, size=_NAME, colour=INK, bold=True, fill=BACKGROUND)]
    if unit:
        shapes.append(words((margin + width(name, _NAME) + 7, y), unit, size=_STATUS, fill=BACKGROUND))
    if not points:
        return shapes
    latest, right = points[-1][1], frame.right
    if panel.limits or panel.stands:
        said, status = _status(panel, latest, (right, y), frame.chart)
        shapes.append(status)
        right -= width(said, _STATUS) + 12
    value = with_unit(latest, unit, frame.chart)
    return [*shapes, words((right, y), value, size=_NAME + 1, colour=INK, bold=True, anchor=1, fill=BACKGROUND)]


def _status(panel: Panel, value: float, at: Place, chart: Chart) -> tuple[str, Shape]:
    worst = exceeded(panel, value)
    if worst is None:
        said = chart.say(panel.stands or Text.of("within limits"))
        return said, words(at, said, size=_STATUS, anchor=1, fill=BACKGROUND)
    sided, (x, y) = SIDES[side(value, worst.value)], at
    said = chart.say(replace(sided, values={"level": LEVELS[worst.level]}))
    colour, pale = COLOURS[worst.level], PALE[worst.level]
    return said, words((x - 3, y), said, size=_STATUS, colour=colour, bold=True, anchor=1, fill=pale, outset=3)


def _line(frame: Frame, points: Points, colour: str, *, thick: float, dash: str | None) -> list[Shape]:
    shapes = []
    for piece in unbroken(points):
        places = [(frame.x(at), frame.y(value)) for at, value in piece]
        if len(places) > 1:
            shapes.append(path(places, colour, thick=thick, dash=dash))
        else:
            shapes.append(dot(places[0], colour, radius=2.4))
    return shapes


def _limit_lines(frame: Frame, panel: Panel) -> list[Shape]:
    """Each limit with its name at its line; one that is off the scale has only the name, at the edge."""
    shapes: list[Shape] = []
    taken: list[Place] = []
    for limit in limits(panel):
        colour, y = COLOURS[limit.level], frame.y(min(max(limit.value, frame.low_value), frame.high_value))
        if frame.low_value <= limit.value <= frame.high_value:
            shapes.append(path([(frame.left, y), (frame.right, y)], colour, thick=1.4, dash=DASHES[limit.level]))
        text = _label(frame, limit)
        at = _free(max(y - 3, frame.top + 9), width(text, _LIMIT), taken, frame)
        taken.append((at[0] - width(text, _LIMIT) - 8, at[1]))
        shapes.append(words(at, text, size=_LIMIT, colour=colour, bold=True, anchor=1, fill=BACKGROUND))
    return shapes


def _free(base: float, wide: float, taken: list[Place], frame: Frame) -> Place:
    """Where a label ends: further left when another one stands at the same height."""
    end = frame.right - 4
    right = min([end, *(left for left, other in taken if abs(other - base) < 11)])
    return (right if right - wide > frame.left else end), base


def _label(frame: Frame, limit: Limit) -> str:
    chart = frame.chart
    said = f"{chart.say(LEVELS[limit.level])} {limit.sign} {chart.numerals(number(limit.value))}"
    if limit.value > frame.high_value:
        return f"{said} {chart.say(Text.of('(off the scale)'))}"
    return f"{said} {chart.say(Text.of('(below the scale)'))}" if limit.value < frame.low_value else said
