"""Words in quotes, of whatever kind a keyboard makes, and what stands behind them."""

import pytest

from handlers.quoting import Unclosed, parted


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", None),
        ("DB down", None),
        ('a "b" c', None),
        ('"DB down"', ("DB down", [])),
        ('"DB down" P0', ("DB down", ["P0"])),
        ("“DB down” @ana 7d", ("DB down", ["@ana", "7d"])),
        ("„DB down“ P0", ("DB down", ["P0"])),
        ("«DB down» P0", ("DB down", ["P0"])),
        ("'customers can't pay' P0", ("customers can't pay", ["P0"])),
        ('"the "big" one"P0', ('the "big" one', ["P0"])),
        ('""', ("", [])),
        ('"  " P0', ("", ["P0"])),
    ],
)
def test_words_are_parted(typed: str, found: tuple[str, list[str]] | None) -> None:
    assert parted(typed.split()) == found


@pytest.mark.parametrize("typed", ['"DB down P0', "“DB down", "'DB down", '"'])
def test_a_quote_that_does_not_end_is_refused(typed: str) -> None:
    with pytest.raises(Unclosed):
        parted(typed.split())
