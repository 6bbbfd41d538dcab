"""A chart in words, for a screen reader: what a person who sees it would take from it."""

from dataclasses import replace

from bot.charts.chart import PANELS_MAX, Chart, Panel, Points, exceeded, limits, one_line, side
from bot.charts.panel import LEVELS
from bot.charts.scales import HOUR, number, since_start, with_unit
from rules.text import Text, Value

ALT_MAX = 2000
_NAME_MAX, _MARKS_MAX = 50, 10
_LIMITS = {
    1: Text.of("above the {level} limit of {value}"),
    0: Text.of("at the {level} limit of {value}"),
    -1: Text.of("below the {level} limit of {value}"),
}
_USUAL = {
    1: Text.of("above the usual {value}"),
    0: Text.of("at the usual {value}"),
    -1: Text.of("below the usual {value}"),
}


def alt(chart: Chart) -> str:
    """At most 2000 characters, of plain words."""
    title, subtitle = one_line(chart.title, 120) or chart.say(Text.of("Release")), one_line(chart.subtitle, 200)
    gone = since_start(max(0, min(chart.now - chart.start, chart.span)), chart.span)
    hours = chart.numerals(number(chart.span / HOUR))
    parts = [chart.say(Text.of("Chart of {title}.", title=title)), f"{subtitle.rstrip('.')}." if subtitle else ""]
    parts.append(chart.say(Text.of("Window of {hours} hours, now at {gone}.", hours=hours, gone=gone)))
    told = [_panel(panel, chart) for panel in chart.panels[:PANELS_MAX]]
    parts += told or [chart.say(Text.of("Nothing is measured."))]
    left_out = len(chart.panels) - PANELS_MAX
    if left_out > 0:
        parts.append(chart.say(Text.counted("{count} more not shown.", "{count} more not shown.", count=left_out)))
    parts += [
        _marks(chart, "checkpoint", Text.of("Checkpoints: {names}.")),
        _marks(chart, "incident", Text.of("Incidents: {names}.")),
    ]
    return one_line(" ".join(part for part in parts if part), ALT_MAX)


def _panel(panel: Panel, chart: Chart) -> str:
    name = one_line(panel.name, _NAME_MAX) or chart.say(Text.of("Without a name"))
    unit, points = one_line(panel.unit, 16), chart.within(panel.points)
    if not points:
        return chart.say(Text.of("{name}: not enough data.", name=name))
    at, value = points[-1]
    latest, since = with_unit(value, unit, chart), since_start(at - chart.start, chart.span)
    seen = chart.say(Text.of("{name}: latest {value} at {since}", name=name, value=latest, since=since))
    usual = tuple(one for one in chart.within(panel.baseline) if one[0] <= at)
    stands = chart.say(panel.stands) if panel.stands else ""
    told = (_limits(panel, value, unit, chart), _baseline(usual, value, unit, chart), stands)
    facts = [fact for fact in told if fact]
    return "; ".join([seen, *facts]) + "."


def _limits(panel: Panel, value: float, unit: str, chart: Chart) -> str:
    """The worst limit that is exceeded, or the nearest that is not."""
    told = exceeded(panel, value) or min(limits(panel), key=lambda one: abs(one.value - value), default=None)
    if told is None:
        return ""
    named: dict[str, Value] = {"level": LEVELS[told.level], "value": with_unit(told.value, unit, chart)}
    return chart.say(replace(_LIMITS[side(value, told.value)], values=named))


def _baseline(points: Points, value: float, unit: str, chart: Chart) -> str:
    if not points:
        return ""
    usual = points[-1][1]
    return chart.say(replace(_USUAL[side(value, usual)], values={"value": with_unit(usual, unit, chart)}))


def _marks(chart: Chart, kind: str, heading: Text) -> str:
    found = [one for one in chart.shown_marks() if one.kind == kind]
    told = [
        chart.say(
            Text.of(
                "{name} at {since}",
                name=one_line(one.name, _NAME_MAX) or kind, since=since_start(one.at - chart.start, chart.span),
            )
        )
        for one in found[:_MARKS_MAX]
    ]  # fmt: skip
    left = len(found) - _MARKS_MAX
    more = [chart.say(Text.counted("{count} more", "{count} more", count=left))] if left > 0 else []
    return chart.say(replace(heading, values={"names": ", ".join(told + more)})) if told else ""
