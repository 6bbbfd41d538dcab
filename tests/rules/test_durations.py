"""Lengths of time as people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.durations import parse, show


@pytest.mark.parametrize(
    ("text", "ms"),
    [("90s", 90_000), ("5m", 300_000), ("1h30m", 5_400_000), ("3d", 259_200_000), ("2w", 1_209_600_000), ("0s", 0)],
)
def test_it_reads_them(text: str, ms: int) -> None:
    assert parse(text) == ms


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "1.5h", "-5m", "5M", "5min", "5m\n", "1h 30m", "ten minutes"])
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and a unit, such as 90s, 5m, 1h30m or 3d"):
        parse(text)


def test_it_shows_the_shortest() -> None:
    assert show(5_400_000) == "1h30m"
    assert show(0) == "0s"


@pytest.mark.parametrize("text", ["7d", "14d", "30d", "60d", "90d", "13w", "1h30m", "7d12h"])
def test_it_shows_days_as_people_write_them(text: str) -> None:
    assert show(parse(text)) == text


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_what_is_shown_reads_back_the_same(seconds: int) -> None:
    assert parse(show(seconds * 1000)) == seconds * 1000
