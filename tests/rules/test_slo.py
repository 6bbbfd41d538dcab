"""Error budgets: what is spent, what is left, what burns; too little data is neither good nor bad."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.plain import plain
from rules.slo import (
    Budget,
    Burning,
    Ratio,
    Standing,
    bad_time,
    budget,
    burn_rate,
    burning,
    error_rate,
    queries,
    said,
    span,
    time_ratio,
    windows,
)
from rules.slo_plan import BURNS, Objective
from rules.text import Number

MIN, HOUR, DAY = 60_000, 3_600_000, 86_400_000
FAST = BURNS[0]
NOTHING = [None, Ratio(good=0, total=0), Ratio(good=math.nan, total=1), Ratio(good=1, total=math.inf),
           Ratio(good=1, total=math.nan), Ratio(good=1, total=-1)]  # fmt: skip
RATIOS = st.builds(
    lambda total, share: Ratio(good=total * share, total=total), st.floats(1e-6, 1e12), st.floats(0, 1.01)
)
MAYBE = st.one_of(RATIOS, st.sampled_from(NOTHING))
OBJECTIVES = st.floats(1, 99.999)
INTERVALS = st.lists(st.tuples(st.integers(-50, 150), st.one_of(st.none(), st.integers(-50, 150))), max_size=12)


def objective(percent: float = 99.9, **more: object) -> Objective:
    given = {"good": "rate(ok[$window])", "total": "rate(all[$window])"}
    return Objective.model_validate({"words": "x", "objective": percent, **given, **more})


def failing(share: float) -> Ratio:
    return Ratio(good=1000 - 1000 * share, total=1000)


@pytest.mark.parametrize(
    ("ratio", "rate"),
    [
        (Ratio(good=999, total=1000), 0.001),
        (Ratio(good=1000, total=1000), 0),
        (Ratio(good=0, total=1000), 1),
        (Ratio(good=1000.4, total=1000), 0),
        (Ratio(good=-1, total=1000), 1),
    ],
)
def test_the_error_rate(ratio: Ratio, rate: float) -> None:
    assert error_rate(ratio) == pytest.approx(rate)


@pytest.mark.parametrize("ratio", NOTHING)
def test_nothing_to_tell_from(ratio: Ratio | None) -> None:
    assert error_rate(ratio) is None
    found = budget(objective(), ratio)
    assert (found.spent, found.left, found.standing) == (None, None, Standing.NOT_ENOUGH_DATA)


def test_the_burn_rates_of_the_workbook() -> None:
    assert burn_rate(objective(), 0.001) == pytest.approx(1)
    assert burn_rate(objective(), 0.0144) == pytest.approx(14.4)
    assert burn_rate(objective(), 1) == pytest.approx(1000), "a full outage uses up 30 days in 43 minutes"
    assert burn_rate(objective(99), 1) == pytest.approx(100)


@pytest.mark.parametrize(
    ("share", "spent", "standing"),
    [
        (0, 0, Standing.OK),
        (0.00025, 0.25, Standing.OK),
        (0.000749, 0.749, Standing.OK),
        (0.00076, 0.76, Standing.APPROACHING),
        (0.00099, 0.99, Standing.APPROACHING),
        (0.00101, 1.01, Standing.SPENT),
        (0.01, 10, Standing.SPENT),
    ],
)
def test_how_a_budget_stands(share: float, spent: float, standing: Standing) -> None:
    found = budget(objective(), failing(share))
    assert found.spent == pytest.approx(spent)
    assert found.left == pytest.approx(1 - spent)
    assert found.standing is standing


def test_the_edges_belong_to_the_worse_side() -> None:
    assert Budget(objective=99, window=DAY, spent=1.0).standing is Standing.SPENT
    assert Budget(objective=99, window=DAY, spent=0.5, approaching=0.5).standing is Standing.APPROACHING
    assert budget(objective(approaching=20), failing(0.0003)).standing is Standing.APPROACHING


@given(OBJECTIVES, MAYBE)
def test_what_is_spent_and_what_is_left_are_all(percent: float, ratio: Ratio | None) -> None:
    found = budget(objective(percent), ratio)
    if found.spent is None or found.left is None:
        assert found.spent is found.left is error_rate(ratio) is None
    else:
        assert found.spent >= 0
        assert found.left + found.spent == pytest.approx(1, abs=1e-9 * max(found.spent, 1))


@given(OBJECTIVES, st.floats(1e-3, 1e9), st.floats(0, 1), st.floats(0, 1))
def test_more_errors_spend_more(percent: float, total: float, one: float, other: float) -> None:
    better, worse = (Ratio(good=total * share, total=total) for share in (max(one, other), min(one, other)))
    first, then = budget(objective(percent), better), budget(objective(percent), worse)
    assert first.spent is not None
    assert then.spent is not None
    assert first.spent <= then.spent
    ranks = list(Standing)
    assert ranks.index(first.standing) <= ranks.index(then.standing)


@given(st.floats(0, 1), OBJECTIVES, OBJECTIVES)
def test_the_stricter_the_objective_the_faster_it_burns(rate: float, one: float, other: float) -> None:
    assert burn_rate(objective(min(one, other)), rate) <= burn_rate(objective(max(one, other)), rate)


@pytest.mark.parametrize(
    ("short", "long", "wanted"),
    [
        (failing(0.015), failing(0.015), Burning.YES),
        (failing(1), failing(0.0145), Burning.YES),
        (failing(0.014), failing(0.5), Burning.NO),
        (failing(0.5), failing(0.014), Burning.NO),
        (failing(0), failing(0), Burning.NO),
        (failing(0.5), None, Burning.NOT_ENOUGH_DATA),
        (None, failing(0.5), Burning.NOT_ENOUGH_DATA),
        (Ratio(good=0, total=0), failing(0.5), Burning.NOT_ENOUGH_DATA),
        (None, failing(0.001), Burning.NO),
        (failing(0.001), None, Burning.NO),
        (None, None, Burning.NOT_ENOUGH_DATA),
    ],
)
def test_burning(short: Ratio | None, long: Ratio | None, wanted: Burning) -> None:
    assert burning(objective(), short, long, FAST) is wanted


@given(MAYBE, MAYBE)
def test_what_burns_fast_burns_slowly_too(short: Ratio | None, long: Ratio | None) -> None:
    answers = [burning(objective(), short, long, alert) for alert in BURNS]
    assert answers == sorted(answers, key=[Burning.NO, Burning.NOT_ENOUGH_DATA, Burning.YES].index)
    if Burning.YES in answers:
        assert None not in (error_rate(short), error_rate(long))


@pytest.mark.parametrize(
    ("intervals", "wanted"),
    [
        ([], 0),
        ([(10, 20)], 10),
        ([(10, 20), (10, 20)], 10),
        ([(10, 30), (20, 40)], 30),
        ([(20, 40), (10, 30)], 30),
        ([(10, 50), (20, 30)], 40),
        ([(10, 20), (20, 30)], 20),
        ([(10, 20), (40, 50)], 20),
        ([(-50, 10)], 10),
        ([(90, 200)], 10),
        ([(90, None)], 10),
        ([(-50, None), (90, None)], 100),
        ([(-50, -10), (110, 200), (110, None)], 0),
        ([(30, 20)], 0),
    ],
)
def test_bad_time(intervals: list[tuple[int, int | None]], wanted: int) -> None:
    assert bad_time(intervals, 0, 100) == wanted
    assert time_ratio(intervals, 0, 100) == Ratio(good=100 - wanted, total=100)


@given(INTERVALS)
def test_bad_time_is_the_moments_that_at_least_one_covers(intervals: list[tuple[int, int | None]]) -> None:
    covered = [
        moment
        for moment in range(100)
        if any(since <= moment and (until is None or moment < until) for since, until in intervals)
    ]
    assert bad_time(intervals, 0, 100) == len(covered)


@given(INTERVALS, INTERVALS, st.integers(0, 100), st.integers(0, 100))
def test_bad_time_never_exceeds_the_window_and_only_grows(
    some: list[tuple[int, int | None]], more: list[tuple[int, int | None]], one: int, other: int
) -> None:
    start, end = min(one, other), max(one, other)
    assert 0 <= bad_time(some, start, end) <= bad_time(some + more, start, end) <= end - start
    assert bad_time(some, start, end) + bad_time(some, end, 150) == bad_time(some, start, 150)


def test_an_slo_by_incidents_goes_by_time() -> None:
    by_incidents = objective(good="", total="", alerts="alertname=Down")
    found = budget(by_incidents, time_ratio([(0, 21 * MIN + 36_000)], 0, 30 * DAY))
    assert found.spent == pytest.approx(0.5), "99.9 % of 30 days allows 43 m 12 s"
    assert budget(by_incidents, time_ratio([], 5, 5)).standing is Standing.NOT_ENOUGH_DATA
    assert queries(by_incidents) == {}
    assert windows(by_incidents) == windows(objective())


def test_the_queries_of_each_window() -> None:
    asked = queries(objective(window="28d"))
    hours = (1 / 12, 0.5, 1, 2, 6, 24, 72, 28 * 24)
    assert tuple(asked) == windows(objective(window="28d")) == tuple(int(hour * HOUR) for hour in hours)
    assert asked[HOUR] == ("sum(rate(ok[1h])) or 0 * sum(rate(all[1h]))", "sum(rate(all[1h]))")
    assert asked[28 * DAY][1] == "sum(rate(all[28d]))"


def test_window_is_a_whole_word_and_a_comment_takes_nothing_with_it() -> None:
    odd = objective(good='rate(ok{w="$windows"}[$window]) # all $window of it', total="  a[$window:] + b[$window]\n")
    good, total = queries(odd)[HOUR]
    assert total == "sum(a[1h:] + b[1h])"
    assert good == f'sum(rate(ok{{w="$windows"}}[1h]) # all 1h of it\n) or 0 * {total}'


@pytest.mark.parametrize(
    ("ms", "text"),
    [(30 * DAY, "30d"), (90 * MIN, "1h30m"), (5 * MIN, "5m"), (36 * HOUR, "1d12h"), (1000, "1s"), (7 * DAY, "7d")],
)
def test_lengths_of_time_as_prometheus_writes_them(ms: int, text: str) -> None:
    assert span(ms) == text


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (None, "checkout: not enough data to say how much of the error budget is left."),
        (0.0, "checkout: 100 % of the error budget is left (99.9 % over 30 d)."),
        (0.25, "checkout: 75 % of the error budget is left (99.9 % over 30 d)."),
        (0.7501, "checkout: 75 % of the error budget is used, 25 % is left (99.9 % over 30 d)."),
        (0.9996, "checkout: 99.9 % of the error budget is used, 0.1 % is left (99.9 % over 30 d)."),
        (1.0, "checkout: the error budget is spent: 100 % of it is used. 99.9 % over 30 d is not kept."),
        (12.3456, "checkout: the error budget is spent: 1234.5 % of it is used. 99.9 % over 30 d is not kept."),
    ],
)
def test_how_it_is_said(spent: float | None, words: str) -> None:
    text = said(Budget(objective=99.9, window=30 * DAY, spent=spent), "checkout")
    assert plain(text) == words


@given(st.one_of(st.floats(0, 0.999999), st.floats(1, 1e5)))
def test_a_budget_that_is_not_spent_is_never_said_to_be(spent: float) -> None:
    found = Budget(objective=99.9, window=DAY, spent=spent)
    used = said(found, "x").values.get("used", Number(number=0))
    assert isinstance(used, Number)
    assert (used.number >= 100) == (found.standing is Standing.SPENT)
