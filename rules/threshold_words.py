"""The words for a value, for how it changed, and for the threshold that it is held against."""

from dataclasses import replace

from rules import thresholds
from rules.text import Number, Span, Text
from rules.thresholds import Threshold, Trend

_SIGNS = {
    ">": Text.of("above {limit}"), ">=": Text.of("at {limit} or more"), "==": Text.of("at {limit}"),
    "<": Text.of("below {limit}"), "<=": Text.of("at {limit} or less"), "!=": Text.of("other than {limit}"),
}  # fmt: skip
_TRENDS = {Trend.RISING: Text.of("rising"), Trend.FALLING: Text.of("falling")}


def number(value: float, unit: str) -> Text:
    """A value with its unit."""
    if unit == "yes/no":
        return Text.of("yes") if value else Text.of("no")
    measured = Number(number=value)
    if unit == "%":
        return Text.of("{value}%", value=measured)
    return Text.of("{value} {unit}", value=measured, unit=unit) if unit else Text.of("{value}", value=measured)


def difference(value: float, unit: str) -> Text:
    """How far two values are apart, without a sign; of percents in points."""
    if unit == "%":
        return Text.counted("{count} point", "{count} points", count=Number(number=abs(value)))
    return number(abs(value), "" if unit == "yes/no" else unit)


def change(value: float, unit: str) -> Text:
    """By how much a value changed, with its sign."""
    size = difference(value, unit)
    return Text.of("−{size}", size=size) if value < 0 else Text.of("+{size}", size=size)


def progress(said: Threshold, changed: float, unit: str) -> Text:
    """How far a change has come that is wanted: "+37 of +50 in 7 d"."""
    told = change(changed, unit)
    if said.sign in (">", ">=") and said.number > 0:
        wanted = change(said.number, unit)
        return Text.of("{change} of {wanted} in {span}", change=told, wanted=wanted, span=Span(ms=said.span))
    return Text.of("wanted {target}: {change}", target=threshold(str(said), unit), change=told)


def threshold(text: str, unit: str) -> Text:
    """A threshold of the plan in words."""
    said = thresholds.parse(text)
    limit = _TRENDS[said.trend] if said.trend else _limit(said, unit)
    if said.span:
        limit = Text.of("{limit} in {span}", limit=limit, span=Span(ms=said.span))
    return Text.of("{limit} for {span}", limit=limit, span=Span(ms=said.lasting)) if said.lasting else limit


def _limit(said: Threshold, unit: str) -> Text:
    if said.relative:
        percent = Number(number=abs(said.number), digits=6)
        above = Text.of("{percent}% above the baseline", percent=percent)
        return above if said.number >= 0 else Text.of("{percent}% below the baseline", percent=percent)
    if unit == "yes/no" and not said.span:
        is_yes = thresholds.holds(said, 1, baseline=None, before=None)
        return Text.of("when yes") if is_yes else Text.of("when no")
    limit = change(said.number, unit) if said.span else number(said.number, unit)
    return replace(_SIGNS[said.sign], values={"limit": limit})
