"""The chart of a watched release, of its main checks over the window; and of a digest, day by day."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.cards.plain import plain
from bot.cards.tongue import spoken
from bot.charts import Chart, Limit, Mark, Panel, alt
from rules import release_words, thresholds
from rules.decision import Shown
from rules.plan import Check, Level, Plan
from rules.points import step
from rules.policy import Policy
from rules.reading import Level as Standing
from rules.reading import Point
from rules.report import Report
from rules.text import Span, Text
from rules.watch import Watch

PANELS = 6
DAY_MS = 86_400_000
_SIGNS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is to be drawn. `name`: of the file; `words`: the chart for who cannot see it."""

    name: str
    chart: Chart
    words: str


def sketch(record: Shown, policy: Policy, now: int) -> Sketch | None:
    """The chart of a record, as it is now; None when it has none."""
    if isinstance(record, Report):
        return Sketch(name=record.name, chart=days(record), words=day_words(record)) if record.bars else None
    plan = policy.releases.get(record.plan) if isinstance(record, Watch) else None
    if not isinstance(record, Watch) or plan is None:
        return None
    drawn = chart(record, plan, now)
    return Sketch(name=record.release, chart=drawn, words=alt(drawn))


def chart(watch: Watch, plan: Plan, now: int) -> Chart:
    """What is drawn of it now."""
    names = drawn(plan)
    return Chart(
        title=f"{watch.release} · {watch.title}",
        subtitle=_subtitle(watch, now),
        start=watch.began_at,
        end=watch.ends_at,
        now=min(max(now, watch.began_at), watch.ends_at),
        panels=tuple(_panel(name, plan.checks[name], watch) for name in names),
        marks=(*_checkpoints(watch), *_incidents(watch)),
        say=plain,
        numerals=spoken().marked,
    )


def drawn(plan: Plan) -> list[str]:
    """The names of the checks that are drawn: those that the plan marks, else those that are most likely meant."""
    return [name for name, check in plan.checks.items() if check.chart] or _suggested(plan)


def lacking(watch: Watch, plan: Plan) -> Text | None:
    """Why there is nothing to draw yet; None when there is."""
    names = drawn(plan)
    if not names:
        return Text.of("the plan has no check with a number to draw")
    if any(len(watch.points.get(name, ())) > 1 for name in names):
        return None  # a point is no trend
    words, every = ", ".join(plan.checks[name].words for name in names), Span(ms=step(watch.ends_at - watch.began_at))
    why = Text.of("of {checks} there are not two values yet; one is kept each {span}", checks=words, span=every)
    if any(check.chart for check in plan.checks.values()):
        return why
    return Text.of("the plan marks no check with `chart: true`, so I take {checks}; {why}", checks=words, why=why)


def _subtitle(watch: Watch, now: int) -> str:
    elapsed = plain(release_words.elapsed(watch, now))
    if not watch.baseline:
        return elapsed
    return f"{elapsed} · {plain(Text.of('baseline {version}', version=watch.baseline))}"


def _suggested(plan: Plan) -> list[str]:
    """The checks that have a threshold, when the plan does not say which are the main ones."""
    numeric = [name for name, check in plan.checks.items() if check.tick is None and check.unit != "yes/no"]
    held = [name for name in numeric if plan.checks[name].red or plan.checks[name].yellow]
    return (held or numeric)[:PANELS]


def _panel(name: str, check: Check, watch: Watch) -> Panel:
    points, judged = watch.points.get(name, ()), watch.judged.get(name)
    level = judged.level if judged else Standing.GOOD
    return Panel(
        name=check.words,
        unit=check.unit,
        points=tuple((point.at, point.value) for point in points),
        baseline=tuple((point.at, point.baseline) for point in points if point.baseline is not None),
        limits=tuple(limit for limit in (_limit(check, "yellow", points), _limit(check, "red", points)) if limit),
        stands=release_words.LEVEL_WORDS[level] if level in (Standing.SHORT, Standing.NO_DATA) else None,
    )


def _limit(check: Check, level: Level, points: tuple[Point, ...]) -> Limit | None:
    """The line of a threshold: none for a trend, a change, one number that is good or bad, or without a baseline."""
    threshold = check.threshold(level)
    if threshold is None or threshold.trend or threshold.span or threshold.sign not in _SIGNS:
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


def days(report: Report) -> Chart:
    """Signals of each severity and pings, by day, with those of the days a period earlier."""
    dated = [(report.since + index * DAY_MS + DAY_MS // 2, bar) for index, bar in enumerate(report.bars)]
    names = sorted({name for bar in report.bars for name in (*bar.signals, *bar.signals_before)})
    panels = [
        _by_day(
            plain(Text.of("{severity}: signals", severity=name)),
            [(at, bar.signals.get(name, 0), bar.signals_before.get(name, 0)) for at, bar in dated],
        )
        for name in names
    ]
    pings = [(at, sum(bar.pings.values()), sum(bar.pings_before.values())) for at, bar in dated]
    panels.append(_by_day(plain(Text.of("Pings")), pings))
    return Chart(
        title=plain(report.title),
        subtitle=plain(Text.of("by day; dashed: the days before")),
        start=report.since,
        end=report.until,
        now=report.until,
        panels=tuple(panels[-PANELS:]),
        days=tuple((at, _day(bar.day)) for at, bar in dated),
        say=plain,
        numerals=spoken().marked,
    )


def day_words(report: Report) -> str:
    """The same in words: each day with its signals and pings."""
    told = [
        plain(Text.of("{day}: {signals}; pings: {pings}", day=bar.day, signals=_listed(bar.signals),
                      pings=sum(bar.pings.values())))
        for bar in report.bars
    ]  # fmt: skip
    before = sum(sum(bar.signals_before.values()) for bar in report.bars)
    pings = sum(sum(bar.pings_before.values()) for bar in report.bars)
    head = plain(Text.of("Signals and pings by day. {days}.", days=". ".join(told)))
    return (
        f"{head} {plain(Text.of('In the days before: signals {signals}, pings {pings}.', signals=before, pings=pings))}"
    )


def _by_day(name: str, counted: list[tuple[int, int, int]]) -> Panel:
    """Of (moment, how many, how many a period earlier)."""
    return Panel(
        name=name,
        unit="",
        points=tuple((at, float(now)) for at, now, _ in counted),
        baseline=tuple((at, float(before)) for at, _, before in counted),
    )


def _listed(signals: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(signals.items())) or "0"


def _day(day: str) -> str:
    return spoken().day(date.fromisoformat(day))
