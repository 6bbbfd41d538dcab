"""A chart in words, for a screen reader: what a person who sees it would take from it."""

from bot.charts.chart import PANELS_MAX, Chart, Panel, Points, exceeded, limits, one_line, side
from bot.charts.scales import HOUR, number, since_start, with_unit

ALT_MAX = 2000
_NAME_MAX, _MARKS_MAX = 50, 10


def alt(chart: Chart) -> str:
    """At most 2000 characters, of plain words."""
    title, subtitle = one_line(chart.title, 120) or "Release", one_line(chart.subtitle, 200)
    gone = since_start(max(0, min(chart.now - chart.start, chart.span)), chart.span)
    parts = [f"Chart of {title}.", f"{subtitle.rstrip('.')}." if subtitle else ""]
    parts.append(f"Window of {number(chart.span / HOUR)} hours, now at {gone}.")
    parts += [_panel(panel, chart) for panel in chart.panels[:PANELS_MAX]] or ["Nothing is measured."]
    left_out = len(chart.panels) - PANELS_MAX
    if left_out > 0:
        parts.append(f"{left_out} more not shown.")
    parts += [_marks(chart, "checkpoint", "Checkpoints"), _marks(chart, "incident", "Incidents")]
    return one_line(" ".join(part for part in parts if part), ALT_MAX)


def _panel(panel: Panel, chart: Chart) -> str:
    name, unit = one_line(panel.name, _NAME_MAX) or "Without a name", one_line(panel.unit, 16)
    points = chart.within(panel.points)
    if not points:
        return f"{name}: not enough data."
    at, value = points[-1]
    seen = f"{name}: latest {with_unit(value, unit)} at {since_start(at - chart.start, chart.span)}"
    usual = tuple(one for one in chart.within(panel.baseline) if one[0] <= at)
    facts = [fact for fact in (_limits(panel, value, unit), _baseline(usual, value, unit)) if fact]
    return "; ".join([seen, *facts]) + "."


def _limits(panel: Panel, value: float, unit: str) -> str:
    """The worst limit that is exceeded, or the nearest that is not."""
    told = exceeded(panel, value) or min(limits(panel), key=lambda one: abs(one.value - value), default=None)
    return f"{side(value, told.value)} the {told.level} limit of {with_unit(told.value, unit)}" if told else ""


def _baseline(points: Points, value: float, unit: str) -> str:
    if not points:
        return ""
    usual = points[-1][1]
    return f"{side(value, usual)} the usual {with_unit(usual, unit)}"


def _marks(chart: Chart, kind: str, heading: str) -> str:
    found = [one for one in chart.shown_marks() if one.kind == kind]
    told = [
        f"{one_line(one.name, _NAME_MAX) or kind} at {since_start(one.at - chart.start, chart.span)}"
        for one in found[:_MARKS_MAX]
    ]
    more = [f"{len(found) - _MARKS_MAX} more"] if len(found) > _MARKS_MAX else []
    return f"{heading}: {', '.join(told + more)}." if told else ""
