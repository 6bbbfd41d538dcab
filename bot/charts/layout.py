"""Where everything of a chart stands: title, a strip of names, one panel below the other, the axis, the legend."""

from typing import Any

from bot.charts.chart import PANELS_MAX, Chart, Mark, one_line
from bot.charts.panel import Frame, drawn, ruled
from bot.charts.scales import time_ticks
from bot.charts.shapes import (
    BACKGROUND,
    CHECKPOINT,
    FRAME,
    INCIDENT,
    INK,
    MEASURED,
    RED,
    SHADE,
    SOFT,
    USUAL,
    YELLOW,
    Shape,
    area,
    path,
    triangle,
    width,
    words,
)
from rules.text import Text

WIDTH, LEFT, RIGHT, PLOT = 600.0, 20.0, 580.0, 64.0
_HEIGHTS = {0: 60.0, 1: 210.0, 2: 135.0, 3: 104.0, 4: 80.0, 5: 68.0, 6: 59.0}
_HEAD, _GAP, _ROW, _ROWS = 20.0, 13.0, 15.0, 5
_TITLE, _SMALL = 15.0, 9.5
_NAME_MAX = 26


def laid_out(chart: Chart) -> dict[str, Any]:
    """The picture as chart.typ reads it: what is further back comes first."""
    shapes, top = _heading(chart)
    flags = _Flags(chart)
    frames = _frames(chart, top + flags.height)
    bottom = frames[-1].top + frames[-1].high
    shapes += [shape for frame in frames for shape in _still_to_come(frame)]
    ruled_frames = []
    for panel, frame in zip(chart.panels, frames, strict=False):
        scaled, grid = ruled(panel, frame)
        ruled_frames.append((panel, scaled))
        shapes += grid
    shapes += flags.poles(top, frames)
    for panel, frame in ruled_frames:
        shapes += drawn(panel, frame, LEFT)
    if not chart.panels:
        middle = (PLOT + 12, bottom - frames[-1].high / 2 + 4)
        shapes.append(words(middle, chart.say(Text.of("nothing is measured")), size=11))
    shapes += flags.names(top) + flags.triangles(frames) + _time_axis(chart, bottom)
    legend, end = _legend(chart, flags.unnamed, bottom + 36)
    return {"width": WIDTH, "height": round(end + 12, 2), "background": BACKGROUND, "shapes": shapes + legend}


def _frames(chart: Chart, top: float) -> list[Frame]:
    """One plot for each panel, at least one."""
    count = min(len(chart.panels), PANELS_MAX)
    high = _HEIGHTS[count]
    tops = [top + index * (_HEAD + high + _GAP) + _HEAD for index in range(max(count, 1))]
    return [Frame(chart=chart, left=PLOT, right=RIGHT, top=one, high=high) for one in tops]


def _heading(chart: Chart) -> tuple[list[Shape], float]:
    most = int((RIGHT - LEFT) / width("x", _TITLE))
    title = words(
        (LEFT, 31), one_line(chart.title, most) or chart.say(Text.of("Release")), size=_TITLE, colour=INK, bold=True
    )
    said = one_line(chart.subtitle, int((RIGHT - LEFT) / width("x", _SMALL + 0.5)))
    return [title, *([words((LEFT, 49), said, size=_SMALL + 0.5)] if said else [])], 60.0 if said else 44.0


def _still_to_come(frame: Frame) -> list[Shape]:
    """Shaded, from a line where now is."""
    now = frame.x(frame.chart.now)
    if now >= frame.right:
        return []
    line = path([(now, frame.top), (now, frame.top + frame.high)], FRAME, thick=1.2)
    return [area((now, frame.top), frame.right - now, frame.high, SHADE), *([line] if now > frame.left else [])]


def _time_axis(chart: Chart, bottom: float) -> list[Shape]:
    shapes: list[Shape] = []
    for offset, text in time_ticks(chart):
        x = PLOT + offset / chart.span * (RIGHT - PLOT)
        left = min(x - width(text, _SMALL) / 2, RIGHT - width(text, _SMALL))
        shapes += [path([(x, bottom), (x, bottom + 4)], SOFT), words((left, bottom + 15), text, size=_SMALL)]
    return shapes


def _legend(chart: Chart, unnamed: int, top: float) -> tuple[list[Shape], float]:
    """What the lines mean, as far as they are there, and what has been left out."""
    x, y, shapes = LEFT, top, list[Shape]()
    for sample, text in _samples(chart):
        wide = 30 + width(text, _SMALL)
        if x + wide > RIGHT:
            x, y = LEFT, y + _ROW
        shapes += [*sample(x, y), words((x + 26, y), text, size=_SMALL)]
        x += wide + 16
    for text in _left_out(chart, len(chart.panels) - PANELS_MAX, unnamed):
        y += _ROW
        shapes.append(words((LEFT, y), text, size=_SMALL, colour=INK, bold=True))
    return shapes, y


def _left_out(chart: Chart, panels: int, unnamed: int) -> list[str]:
    not_shown = Text.counted("{count} more measurement not shown", "{count} more measurements not shown", count=panels)
    nameless = Text.counted(
        "{count} more mark without room for a name", "{count} more marks without room for a name", count=unnamed
    )
    return [chart.say(text) for count, text in ((panels, not_shown), (unnamed, nameless)) if count > 0]


def _samples(chart: Chart) -> list[Any]:
    panels, marks = chart.panels[:PANELS_MAX], chart.shown_marks()

    def line(colour: str, thick: float, dash: str | None) -> Any:
        return lambda x, y: [path([(x, y - 3.4), (x + 21, y - 3.4)], colour, thick=thick, dash=dash)]

    shown = [
        (any(one.points for one in panels), line(MEASURED, 2.0, None), Text.of("measured")),
        (any(one.baseline for one in panels), line(USUAL, 1.4, "dashed"), Text.of("usual before")),
        (_has_limit(chart, "yellow"), line(YELLOW, 1.4, "dash-dotted"), Text.of("yellow limit")),
        (_has_limit(chart, "red"), line(RED, 1.4, None), Text.of("red limit")),
        (any(one.kind == "checkpoint" for one in marks), line(CHECKPOINT, 1.2, "dotted"), Text.of("checkpoint")),
        (any(one.kind == "incident" for one in marks), lambda x, y: [triangle((x + 14, y), INCIDENT)],
         Text.of("incident")),
        (chart.share(chart.now) < 1, lambda x, y: [area((x, y - 8), 21, 9.5, SHADE)], Text.of("still to come")),
    ]  # fmt: skip
    return [(sample, chart.say(text)) for there, sample, text in shown if there]


def _has_limit(chart: Chart, level: str) -> bool:
    return any(limit.level == level for one in chart.panels[:PANELS_MAX] for limit in one.limits)


class _Flags:
    """The names of the marks above the panels, each where there is room for it."""

    def __init__(self, chart: Chart) -> None:
        self._places: list[tuple[Mark, float, float, int | None]] = []
        self._taken: list[list[tuple[float, float]]] = []
        for mark in chart.shown_marks():
            x = PLOT + chart.share(mark.at) * (RIGHT - PLOT)
            wide = width(_name(mark), _SMALL) + 9
            left, row = self._room(x, wide)
            self._places.append((mark, x, left, row))
        self.unnamed = sum(row is None for *_, row in self._places)
        self.height = len(self._taken) * _ROW + (6 if self._taken else 0)

    def _room(self, x: float, wide: float) -> tuple[float, int | None]:
        for row in range(_ROWS):
            if row == len(self._taken):
                self._taken.append([])
            for left in (x, x - wide):
                inside = left >= LEFT and left + wide <= RIGHT + 8
                if inside and all(left + wide + 9 <= start or end + 9 <= left for start, end in self._taken[row]):
                    self._taken[row].append((left, left + wide))
                    return left, row
        return x, None

    def poles(self, top: float, frames: list[Frame]) -> list[Shape]:
        """A line for each mark, from its name to the first panel and through each panel."""
        shapes = []
        for mark, x, _, row in self._places:
            start = frames[0].top if row is None else top + row * _ROW + 3
            parts = [(start, frames[0].top + frames[0].high)]
            parts += [(frame.top, frame.top + frame.high) for frame in frames[1:]]
            is_checkpoint = mark.kind == "checkpoint"
            colour, dash, thick = (CHECKPOINT, "dotted", 1.2) if is_checkpoint else (INCIDENT, None, 0.7)
            shapes += [path([(x, high), (x, low)], colour, thick=thick, dash=dash) for high, low in parts]
        return shapes

    def names(self, top: float) -> list[Shape]:
        """The names, over the lines of others."""
        shapes = []
        for mark, x, left, row in self._places:
            if row is None:
                continue
            is_right, y = left >= x, top + row * _ROW + 11
            colour = CHECKPOINT if mark.kind == "checkpoint" else INCIDENT
            at, anchor = ((x + 7, y), 0) if is_right else ((x - 7, y), 1)
            shapes.append(words(at, _name(mark), colour=colour, bold=True, anchor=anchor, fill=BACKGROUND))
            if mark.kind == "incident":
                shapes.append(triangle((x, y + 1), INCIDENT))
        return shapes

    def triangles(self, frames: list[Frame]) -> list[Shape]:
        """In each panel, where an incident began."""
        incidents = [x for mark, x, *_ in self._places if mark.kind == "incident"]
        return [triangle((x, frame.top + frame.high), INCIDENT) for frame in frames for x in incidents]


def _name(mark: Mark) -> str:
    return one_line(mark.name, _NAME_MAX) or mark.kind
