"""Thresholds as plans write them, and whether a value is beyond one."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.thresholds import Threshold, Trend, holds, limit, parse
from tests.rules.situations import DAY, HOUR, MIN


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("> 1.0", Threshold(sign=">", number=1.0)),
        (">=2", Threshold(sign=">=", number=2)),
        ("  <   -3.5 ", Threshold(sign="<", number=-3.5)),
        ("== 0 for 15m", Threshold(sign="==", number=0, lasting=15 * MIN)),
        ("> 5 for 1h30m", Threshold(sign=">", number=5, lasting=90 * MIN)),
        ("> +30%", Threshold(sign=">", number=30, relative=True)),
        ("< -10 % for 2h", Threshold(sign="<", number=-10, relative=True, lasting=2 * HOUR)),
        ("<= +0%", Threshold(sign="<=", number=0, relative=True)),
        (">= -0%", Threshold(sign=">=", number=-0.0, relative=True)),
        ("!= 3", Threshold(sign="!=", number=3)),
        ("rising", Threshold(trend=Trend.RISING)),
        ("falling", Threshold(trend=Trend.FALLING)),
        (">= +50 in 7d", Threshold(sign=">=", number=50, span=7 * DAY)),
        ("< -2.5 in 1w2d for 2h", Threshold(sign="<", number=-2.5, span=9 * DAY, lasting=2 * HOUR)),
        ("==  +0  in  24h", Threshold(sign="==", number=0, span=DAY)),
        (" rising  in 7d", Threshold(trend=Trend.RISING, span=7 * DAY)),
        ("falling in 12h", Threshold(trend=Trend.FALLING, span=12 * HOUR)),
    ],
)
def test_what_a_text_means(text: str, wanted: Threshold) -> None:
    assert parse(text) == wanted
    assert parse(str(wanted)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "is not a threshold; write one such as"),
        ("1.0", "is not a threshold"),
        ("=> 1", "is not a threshold"),
        ("> one", "is not a threshold"),
        ("> 1e3", "is not a threshold"),
        ("> 1 for", "is not a threshold"),
        ("> 1 for 2", "is not a threshold"),
        ("> 1 for 2 hours", "is not a threshold"),
        ("> " + "9" * 400, "is not a threshold"),
        ("rising for 2h", "is not a threshold"),
        ("> 30%", "write > 30 for a value, > +30% for the baseline's"),
        ("> +30", "a + is for percent of the baseline, or for a change; write > +30% or > +30 in 7d"),
        ("> +1234567", "write > +1234567% or > +1234567 in 7d"),
        (">= 50 in 7d", "a change in a time is a number with a + or a -, no percent; write >= +50 in 7d"),
        (">= 50% in 7d", "no percent; write >= +50 in 7d"),
        ("< -5% in 7d", "no percent; write < -5 in 7d"),
        ("> +5 in 0s", "in 0s nothing changes; write a longer time, such as in 7d"),
        ("rising in 0d", "in 0d nothing changes; write a longer time"),
        ("+50 in 7d", 'is not a threshold; write one such as "> 1.0"'),
        (">= +50 in 7", '">= +50 in 7d" (than 7 days before)'),
        ("> +5 for 2h in 7d", "is not a threshold"),
        ("growing in 7d", '"rising", "falling" or "rising in 7d"'),
    ],
)
def test_a_fault_says_what_to_write(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match="write") as caught:
        parse(text)
    assert wanted in str(caught.value)


@given(
    st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
    st.floats(-1e14, 1e14, allow_nan=False).map(lambda number: round(number, 9)),
    st.sampled_from(["value", "percent", "change"]),
    st.integers(1, 10**7).map(lambda seconds: seconds * 1000),
    st.integers(0, 10**6).map(lambda seconds: seconds * 1000),
)
@settings(derandomize=True, deadline=None)
def test_a_threshold_is_read_back_from_its_own_words(sign: str, number: float, of: str, span: int, last: int) -> None:
    """The policy keeps its words and parses them again: a large or a small number must not become 1e+06."""
    span = span if of == "change" else 0
    one = Threshold(sign=sign, number=number + 0.0, relative=of == "percent", span=span, lasting=last)
    assert parse(str(one)) == one


@pytest.mark.parametrize(
    ("text", "below", "same", "above"),
    [
        ("> 2", False, False, True),
        (">= 2", False, True, True),
        ("< 2", True, False, False),
        ("<= 2", True, True, False),
        ("== 2", False, True, False),
        ("!= 2", True, False, True),
    ],
)
def test_signs(text: str, below: bool, same: bool, above: bool) -> None:
    one = parse(text)
    assert [holds(one, value, baseline=None, before=None) for value in (1.9, 2, 2.1)] == [below, same, above]


@pytest.mark.parametrize(
    ("text", "value", "baseline", "wanted"),
    [
        ("> +30%", 1.31, 1.0, True),
        ("> +30%", 1.29, 1.0, False),
        ("> +30%", 1.31, None, None),
        ("< -10%", 89, 100, True),
        ("< -10%", 91, 100, False),
        ("> +50%", -4, -10, True),  # more than a baseline below zero is nearer to zero
        ("> +50%", -6, -10, False),
        ("> +30%", 0.1, 0, True),
        ("> +30%", 0, 0, False),
        ("<= +0%", 0, 0, True),
    ],
)
def test_what_is_relative_needs_a_baseline(
    text: str, value: float, baseline: float | None, wanted: bool | None
) -> None:
    assert holds(parse(text), value, baseline=baseline, before=7) is wanted


@pytest.mark.parametrize(
    ("text", "before", "wanted"),
    [
        ("rising", 1, True),
        ("rising", 2, False),
        ("rising", 3, False),
        ("rising", None, None),
        ("falling", 1, False),
        ("falling", 2, False),
        ("falling", 3, True),
        ("falling", None, None),
    ],
)
def test_a_trend_needs_something_before(text: str, before: float | None, wanted: bool | None) -> None:
    assert holds(parse(text), 2, baseline=9, before=before) is wanted


@pytest.mark.parametrize(
    ("text", "before", "wanted"),
    [
        (">= +50 in 7d", 1000, True),
        (">= +50 in 7d", 1001, False),
        ("> +50 in 7d", 1000, False),
        ("< -5 in 7d", 1056, True),
        ("< -5 in 7d", 1055, False),
        ("< +10 in 7d", 1041, True),
        ("== +0 in 7d", 1050, True),
        ("rising in 7d", 1049, True),
        ("rising in 7d", 1050, False),
        ("falling in 7d", 1051, True),
        (">= +50 in 7d", None, None),
        ("rising in 7d", None, None),
    ],
)
def test_a_change_is_counted_from_the_value_before(text: str, before: float | None, wanted: bool | None) -> None:
    assert holds(parse(text), 1050, baseline=1, before=before) is wanted, "whatever the baseline"


@given(
    st.integers(-(10**9), 10**9),
    st.integers(-(10**9), 10**9),
    st.integers(-(10**6), 10**6),
    st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
)
@settings(derandomize=True, deadline=None)
def test_a_change_holds_as_its_difference_does(value: int, before: int, number: int, sign: str) -> None:
    change = parse(f"{sign} {number:+d} in 7d")
    plain = parse(f"{sign} {number}")
    wanted = holds(plain, value - before, baseline=None, before=None)
    assert holds(change, value, baseline=None, before=before) is wanted


def test_the_limit_that_a_chart_draws() -> None:
    assert limit(parse("> 4"), None) == 4
    assert limit(parse("> +50%"), 2) == 3
    assert limit(parse("< -50%"), 2) == 1
    assert math.isnan(limit(parse("> +50%"), None))
    assert math.isnan(limit(parse("rising"), 2))
