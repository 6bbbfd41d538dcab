"""What an SLO comes to: how much of its error budget is spent, and whether it burns too fast.

The arithmetic is that of the Google SRE workbook, "Alerting on SLOs" (https://sre.google/workbook/alerting-on-slos/).
Shares are between 0 and 1, objectives are percent, lengths of time are milliseconds. Too little data is an answer of
its own: it is never taken for healthy, and never for failing.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules import durations
from rules.slo_plan import DAY, WINDOW, BurnWindow, Objective, allowed
from rules.text import Number, Span, Text, Value


class Standing(StrEnum):
    """How a budget stands."""

    OK = "ok"
    APPROACHING = "approaching"
    SPENT = "spent"
    NOT_ENOUGH_DATA = "not_enough_data"


class Burning(StrEnum):
    """Whether a budget burns too fast."""

    YES = "yes"
    NO = "no"
    NOT_ENOUGH_DATA = "not_enough_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How much was good, of how much there was, in one unit: requests, requests a second, milliseconds."""

    good: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The error budget of an SLO now.

    `objective`: percent. `window`: milliseconds. `spent`: as a share of the whole budget, 0.25 when a quarter of it is
    used, more than 1 when it is overspent; None when there is not enough data. `approaching`: the share of it at which
    that is said. `when_spent`: what holds then, in the policy's words.
    """

    objective: float
    window: int
    spent: float | None
    approaching: float = 0.75
    when_spent: str = ""

    @property
    def left(self) -> float | None:
        """The share that is left; less than 0 when it is overspent."""
        return None if self.spent is None else 1 - self.spent

    @property
    def standing(self) -> Standing:
        """How it stands; a budget of which all is used is spent."""
        if self.spent is None:
            return Standing.NOT_ENOUGH_DATA
        if self.spent >= 1:
            return Standing.SPENT
        return Standing.APPROACHING if self.spent >= self.approaching else Standing.OK


def error_rate(ratio: Ratio | None) -> float | None:
    """The share that was bad. None when there was nothing (no traffic, no answer, not a number)."""
    if ratio is None or not (math.isfinite(ratio.good) and math.isfinite(ratio.total)) or ratio.total <= 0:
        return None
    return min(max(1 - ratio.good / ratio.total, 0.0), 1.0)  # Prometheus extrapolates: good may be a little above total


def burn_rate(objective: Objective, rate: float) -> float:
    """How many times as fast as the objective allows errors come; at 1 the budget lasts just the SLO's window."""
    return rate / float(allowed(objective.objective))


def budget(objective: Objective, ratio: Ratio | None) -> Budget:
    """The budget, by the ratio over the SLO's whole window: what the errors of it are of those that it allows."""
    rate = error_rate(ratio)
    return Budget(
        objective=objective.objective,
        window=objective.window,
        spent=None if rate is None else burn_rate(objective, rate),
        approaching=objective.approaching / 100,
        when_spent=objective.when_spent,
    )


def burning(objective: Objective, short: Ratio | None, long: Ratio | None, alert: BurnWindow) -> Burning:
    """Whether errors come more than `alert.factor` times too fast in both windows.

    One window that is surely slow enough is enough for NO; YES needs both.
    """
    rates = [error_rate(short), error_rate(long)]
    over = [None if rate is None else burn_rate(objective, rate) > alert.factor for rate in rates]
    if False in over:
        return Burning.NO
    return Burning.NOT_ENOUGH_DATA if None in over else Burning.YES


def bad_time(intervals: Iterable[tuple[int, int | None]], start: int, end: int) -> int:
    """The milliseconds between `start` and `end` in which at least one interval is open.

    Intervals are (from, until) in unix milliseconds, in any order; `until` is None while one is open still.
    """
    bad, upto = 0, start
    for since, until in sorted((since, end if until is None else until) for since, until in intervals):
        last = min(until, end)
        bad += max(last - max(since, upto), 0)
        upto = max(upto, last)
    return bad


def time_ratio(intervals: Iterable[tuple[int, int | None]], start: int, end: int) -> Ratio:
    """The time that was good, of all the time between `start` and `end`, for an SLO that is measured by incidents."""
    return Ratio(good=end - start - bad_time(intervals, start, end), total=end - start)


def windows(objective: Objective) -> tuple[int, ...]:
    """All windows (milliseconds) that have to be known, the shortest first."""
    return tuple(sorted({objective.window} | {one for burn in objective.burn for one in (burn.short, burn.long)}))


def queries(objective: Objective) -> Mapping[int, tuple[str, str]]:
    """For each window (milliseconds) the PromQL of what was good and of how much there was; each gives a value or none.

    While there is a total, a good that is missing is 0: when nothing succeeds, the series of successes may not exist.
    Nothing is asked for an SLO that is measured by incidents.
    """
    if not objective.total:
        return {}
    asked = {}
    for window in windows(objective):
        good, total = (_sum(WINDOW.sub(span(window), expr)) for expr in (objective.good, objective.total))
        asked[window] = (f"{good} or 0 * {total}", total)
    return asked


def span(ms: int) -> str:
    """A length of time as PromQL has it, with days for the longest unit: 30d, 1h30m."""
    days, rest = divmod(ms, DAY)
    return f"{days}d{durations.show(rest) if rest else ''}" if days else durations.show(ms)


def said(found: Budget, name: str) -> Text:
    """How a budget stands, in a sentence."""
    values: dict[str, Value] = {
        "name": name, "objective": Number(number=found.objective, digits=10), "window": Span(ms=found.window),
    }  # fmt: skip
    if found.spent is None:
        return Text.of("{name}: not enough data to say how much of the error budget is left.", name=name)
    used = math.floor(found.spent * 1000 + 1e-6) / 10  # 99.96 % is not 100 %
    values |= {"used": Number(number=used, digits=10), "left": Number(number=100 - used, digits=10)}
    match found.standing:
        case Standing.SPENT:
            return Text.of(
                "{name}: the error budget is spent: {used} % of it is used. {objective} % over {window} is not kept.",
                **values,
            )
        case Standing.APPROACHING:
            return Text.of(
                "{name}: {used} % of the error budget is used, {left} % is left ({objective} % over {window}).",
                **values,
            )
        case _:
            return Text.of("{name}: {left} % of the error budget is left ({objective} % over {window}).", **values)


def _sum(expr: str) -> str:
    """Makes one value of what may be several; a comment at the end of a line must not take the bracket with it."""
    return f"sum({expr}\n)" if "#" in expr else f"sum({expr})"
