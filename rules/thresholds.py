"""A threshold as a plan writes it ("> 1.0", ">= 2 for 2h", "> +30%", "falling"), and whether a value is beyond it."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules import durations

_WHOLE = re.compile(
    r"(?P<sign>>=|<=|==|!=|>|<)\s*(?P<number>(?P<delta>[+-])?\d{1,15}(?:\.\d{1,15})?)\s*(?P<percent>%)?"
    r"(?:\s+for\s+(?P<lasting>(?:\d+[wdhms])+))?"
)
_WANTED = 'write one such as "> 1.0", ">= 2 for 2h", "> +30%" (than the baseline), "rising" or "falling"'


class Trend(StrEnum):
    """Where a value goes, compared with the last checkpoint."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """`sign` and `number` of a comparison; `relative`: `number` is percent more (or less) than the baseline.

    `lasting`: milliseconds for which it must hold without a break, 0: at once. With a `trend` nothing else counts.
    """

    sign: str = ""
    number: float = 0.0
    relative: bool = False
    lasting: int = 0
    trend: Trend | None = None

    def __str__(self) -> str:
        if self.trend:
            return self.trend
        plain = format(Decimal(str(self.number)).normalize(), "f")  # never 1e+06
        number = f"{'' if plain.startswith('-') else '+'}{plain}%" if self.relative else plain  # as `parse` reads it
        return f"{self.sign} {number}" + (f" for {durations.show(self.lasting)}" if self.lasting else "")


def parse(text: str) -> Threshold:
    """The threshold that a text says. Raises ValueError with what to write instead."""
    said = " ".join(text.split())
    if said in tuple(Trend):
        return Threshold(trend=Trend(said))
    found = _WHOLE.fullmatch(said)
    if found is None:
        raise ValueError(f"{text!r} is not a threshold; {_WANTED}")
    number, delta, percent = float(found["number"]), found["delta"], found["percent"]
    if delta and not percent and number > 0:
        raise ValueError(f"{text!r}: a + is for percent of the baseline; write {found['sign']} {delta}{number:g}%")
    if percent and not delta:
        raise ValueError(
            f"{text!r}: write {found['sign']} {number:g} for a value, {found['sign']} +{number:g}% for the baseline's"
        )
    lasting = durations.parse(found["lasting"]) if found["lasting"] else 0
    return Threshold(sign=found["sign"], number=number, relative=bool(percent), lasting=lasting)


def holds(threshold: Threshold, value: float, *, baseline: float | None, before: float | None) -> bool | None:
    """Whether a value is as the threshold says now, whatever lasted; None when there is nothing to compare with.

    `baseline`: the value of the release to compare with; `before`: the value at the last checkpoint.
    """
    match threshold.trend:
        case Trend.RISING:
            return None if before is None else value > before
        case Trend.FALLING:
            return None if before is None else value < before or value == before == 0  # it cannot fall further
    if not threshold.relative:
        return _compare(threshold.sign, value, threshold.number)
    if baseline is None:
        return None
    return _compare(threshold.sign, value, limit(threshold, baseline))


def limit(threshold: Threshold, baseline: float | None) -> float:
    """The number that a value is compared with, NaN when there is none: a trend, or no baseline."""
    if threshold.trend or (threshold.relative and baseline is None):
        return math.nan
    if not threshold.relative or baseline is None:
        return threshold.number
    return baseline + abs(baseline) * threshold.number / 100


def _compare(sign: str, value: float, number: float) -> bool:
    match sign:
        case ">":
            return value > number
        case ">=":
            return value >= number
        case "<":
            return value < number
        case "<=":
            return value <= number
        case "==":
            return value == number
        case _:
            return value != number
