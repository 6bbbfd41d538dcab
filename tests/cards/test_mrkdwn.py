"""A value is only ever text; times, spans and links are ours."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.mrkdwn import cut, draw, fits, inert, link, moment, row, show
from bot.cards.tongue import span
from rules.text import Moment, Span, Text
from tests.cards.hostile import STRINGS, faults

TEXTS = st.text(st.sampled_from("<>&*_~`:!@#|\\ \n\tab1é-+'") | st.characters(exclude_categories=["Cs"]), max_size=60)
ENTITY = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)


def test_no_value_of_the_collection_is_more_than_text() -> None:
    for value in STRINGS:
        assert faults(inert(value)) == [], value
        assert faults(inert(value, 20)) == [], value
        assert faults(draw(Text.of("{value}", value=value))) == [], value


def test_a_value_is_cut_before_it_is_escaped() -> None:
    for value in STRINGS:
        assert len(ENTITY.findall(inert(value, 30))) <= 30
    assert inert("x" * 31, 30) == "x" * 29 + "…"
    assert inert("&" * 31, 30) == "&amp;" * 29 + "…"
    assert inert("x" * 30, 30) == "x" * 30


def test_what_is_harmless_stays_as_it_is() -> None:
    for value in (
        "10.0.0.1:9090",
        "snake_case_name",
        "12:30",
        "https://a.example/b_c",
        "ñandú",
        "a.b/c-d",
        "50%",
        "日本語",
    ):
        assert inert(value) == value
    assert inert("a < b & c > d") == "a &lt; b &amp; c &gt; d"


@settings(deadline=None, derandomize=True)
@given(TEXTS, st.integers(1, 80))
def test_no_value_at_all_is_more_than_text(value: str, size: int) -> None:
    assert faults(inert(value, size)) == []


@settings(deadline=None, derandomize=True)
@given(TEXTS, TEXTS)
def test_two_values_together_are_not_more_than_text(one: str, two: str) -> None:
    drawn = draw(Text.of("{one} of {two}", one=one, two=two))
    assert [fault for fault in faults(drawn) if not fault.startswith("a control")] == []


def test_values_are_not_templates() -> None:
    assert draw(Text.of("{a} {b}", a="{b}", b="{a.__class__}")) == "{b} {a.ˍˍclassˍˍ}"


def test_a_value_and_our_own_colons_are_no_emoji_together() -> None:
    assert faults(draw(Text.of("{name}: {value}", name=":fire", value="x"))) == []
    assert faults(draw(Text.of("{name}: :{value}: {name}:{value}:", name="a", value="fire"))) == []


def test_numbers_times_and_spans() -> None:
    assert show(7) == "7"
    assert show(Span(ms=0)) == "less than 1 s"
    assert show(Moment(at=1_800_000_000_123)) == moment(1_800_000_000_123)


def test_a_time_is_drawn_in_the_readers_zone_with_a_fallback() -> None:
    assert moment(1_800_000_000_999) == "<!date^1800000000^{date_short_pretty} {time}|2027-01-15 08:00 UTC>"
    assert moment(0) == "<!date^0^{date_short_pretty} {time}|1970-01-01 00:00 UTC>"


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-5, "less than 1 s"),
        (999, "less than 1 s"),
        (1_000, "1 s"),
        (61_000, "1 min 1 s"),
        (3_600_000, "1 h"),
        (3_900_000, "1 h 5 min"),
        (90_061_000, "1 d 1 h"),
        (86_400_000 * 400, "400 d"),
    ],
)
def test_a_length_of_time_has_at_most_two_units(ms: int, words: str) -> None:
    assert span(ms) == words


@pytest.mark.parametrize(
    ("url", "drawn"),
    [
        ("https://a.example/b?c=1&d=2", "<https://a.example/b?c=1&amp;d=2|Go>"),
        ("http://a.example/x|y>z<w", "<http://a.example/x%7Cy%3Ez%3Cw|Go>"),
        ("https://a.example/a b\nc\td", "<https://a.example/a%20bcd|Go>"),
        ('https://a.example/"`', "<https://a.example/%22%60|Go>"),
        ("https://a.example/\u202ex\x00", "<https://a.example/x|Go>"),
        ("https://a.example/ü", "<https://a.example/ü|Go>"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("file:///etc/passwd", ""),
        (" https://a.example", ""),
        ("//a.example", ""),
        ("", ""),
        ("https://a.example/" + "x" * 2000, ""),
        ("https://a.example/" + "&" * 500, ""),
    ],
)
def test_only_an_http_address_becomes_a_link(url: str, drawn: str) -> None:
    assert link("Go", url) == drawn


@settings(deadline=None, derandomize=True)
@given(TEXTS)
def test_no_address_ends_its_link_early(rest: str) -> None:
    drawn = link("Go", "https://a.example/" + rest)
    assert re.fullmatch(r"<https://a\.example/[^<>|\s]*\|Go>", drawn)


@settings(deadline=None, derandomize=True)
@given(st.text("&<>ab", max_size=40), st.integers(6, 60))
def test_a_cut_never_halves_an_entity(value: str, size: int) -> None:
    drawn = inert(value, 300) + moment(0)
    short = cut(drawn, size)
    assert len(short) <= size
    assert not re.search(r"&(?!(?:amp|lt|gt);)", short)
    assert short.count("<") == short.count(">")
    assert (short == drawn) == (len(drawn) <= size)


def test_lines_and_parts_are_left_out_whole_and_counted() -> None:
    assert fits(["aaa", "bbb", "ccc"], 8) == (["aaa", "bbb"], 1)
    assert fits(["aaa"], 2) == ([], 1)
    assert row(["a", "", "b"], 100) == "a · b"
    assert row(["a", "x" * 100, "b"], 60) == "a · b · 1 more did not fit"
