"""A threshold as a plan writes it ("> 1.0", "> +30% for 2h", ">= +50 in 7d", "falling"), and whether it holds."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rules import durations
from rules.text import Text
from rules.unfit import Unfit

_WHOLE = re.compile(
    r"(?P<sign>>=|<=|==|!=|>|<)\s*(?P<number>(?P<delta>[+-])?\d{1,15}(?:\.\d{1,15})?)\s*(?P<percent>%)?"
    r"(?:\s+in\s+(?P<span>(?:\d+[wdhms])+))?(?:\s+for\s+(?P<lasting>(?:\d+[wdhms])+))?"
)
_TREND = re.compile(r"(?P<trend>rising|falling)(?:\s+in\s+(?P<span>(?:\d+[wdhms])+))?")


class Trend(StrEnum):
    """Where a value goes, compared with the last checkpoint, or with some time before."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """`sign` and `number` of a comparison; `relative`: `number` is percent more (or less) than the baseline.

    `span`: milliseconds in which the value changes by `number`, 0: it is no change. `lasting`: milliseconds for which
    it must hold without a break, 0: at once. With a `trend` only its `span` counts.
    """

    sign: str = ""
    number: float = 0.0
    relative: bool = False
    span: int = 0
    lasting: int = 0
    trend: Trend | None = None

    def __str__(self) -> str:
        within = f" in {durations.show(self.span)}" if self.span else ""
        if self.trend:
            return f"{self.trend}{within}"
        plain = format(Decimal(str(self.number)).normalize(), "f")  # never 1e+06
        plus = "+" if (self.relative or self.span) and not plain.startswith("-") else ""  # as `parse` reads it
        number = f"{plus}{plain}{'%' if self.relative else ''}"
        return f"{self.sign} {number}{within}" + (f" for {durations.show(self.lasting)}" if self.lasting else "")


def parse(text: str) -> Threshold:
    """The threshold that a text says. Raises ValueError with what to write instead."""
    said = " ".join(text.split())
    if found := _TREND.fullmatch(said):
        return Threshold(trend=Trend(found["trend"]), span=_span(found["span"]))
    found = _WHOLE.fullmatch(said)
    if found is None:
        raise Unfit(
            Text.of(
                '{text} is not a threshold; write one such as "> 1.0", ">= 2 for 2h", "> +30%" (than the baseline), '
                '">= +50 in 7d" (than 7 days before), "rising", "falling" or "rising in 7d"',
                text=repr(text),
            )
        )
    if wrong := _misread(found):
        raise Unfit(Text.of("{text}: {wrong}", text=repr(text), wrong=wrong))
    return Threshold(
        sign=found["sign"],
        number=float(found["number"]),
        relative=bool(found["percent"]),
        span=_span(found["span"]),
        lasting=durations.parse(found["lasting"]) if found["lasting"] else 0,
    )


def holds(threshold: Threshold, value: float, *, baseline: float | None, before: float | None) -> bool | None:
    """Whether a value is as the threshold says now, whatever lasted; None when there is nothing to compare with.

    `baseline`: the value of the release to compare with; `before`: the value at the last checkpoint, of a change that
    of so long before.
    """
    match threshold.trend:
        case Trend.RISING:
            return None if before is None else value > before
        case Trend.FALLING:
            return None if before is None else value < before or value == before == 0  # it cannot fall further
    number = limit(threshold, before if threshold.span else baseline)
    return None if math.isnan(number) else _compare(threshold.sign, value, number)


def limit(threshold: Threshold, against: float | None) -> float:
    """The number that a value is compared with, NaN when there is none: a trend, or nothing to hold it against.

    `against`: the baseline; of a change the value from which it is counted.
    """
    if threshold.trend:
        return math.nan
    if not threshold.relative and not threshold.span:
        return threshold.number
    if against is None:
        return math.nan
    return against + (threshold.number if threshold.span else abs(against) * threshold.number / 100)


def _misread(found: re.Match[str]) -> Text | None:
    """What is wrong with its sign or percent, and what to write instead; None when nothing is."""
    sign, delta, percent = found["sign"], found["delta"], found["percent"]
    number = found["number"].removeprefix("+")
    if found["span"] and (percent or not delta):
        meant = f"{sign} {number if delta == '-' else f'+{number}'} in {found['span']}"
        return Text.of("a change in a time is a number with a + or a -, no percent; write {meant}", meant=meant)
    if percent and not delta:
        return Text.of(
            "write {sign} {number} for a value, {sign} +{number}% for the baseline's", sign=sign, number=number
        )
    if delta == "+" and float(number) > 0 and not percent and not found["span"]:
        return Text.of(
            "a + is for percent of the baseline, or for a change; write {sign} +{number}% or {sign} +{number} in 7d",
            sign=sign, number=number,
        )  # fmt: skip
    return None


def _span(text: str | None) -> int:
    span = durations.parse(text) if text else 0
    if text and not span:
        raise Unfit(Text.of("in {text} nothing changes; write a longer time, such as in 7d", text=text))
    return span


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
