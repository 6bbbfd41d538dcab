"""Alertmanager's matcher syntax, as people write it in `match:`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.matching import BadMatcher, Matcher, Op, covers, matches_all, parse

VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = VALUES.filter(bool)


def read(text: str) -> list[tuple[str, str, str]]:
    return [(matcher.name, matcher.op.value, matcher.value) for matcher in parse(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('severity="critical"', [("severity", "=", "critical")]),
        ("severity=critical", [("severity", "=", "critical")]),
        ('{severity="critical"}', [("severity", "=", "critical")]),
        (' { severity = "critical" , } ', [("severity", "=", "critical")]),
        ('a="b",', [("a", "=", "b")]),
        ('a!="b", c=~"d|e",f!~"g.*"', [("a", "!=", "b"), ("c", "=~", "d|e"), ("f", "!~", "g.*")]),
        ('a=""', [("a", "=", "")]),
        ("a=", [("a", "=", "")]),
        ('a="b,c"', [("a", "=", "b,c")]),
        ('a="}"', [("a", "=", "}")]),
        ('{a="{}"}', [("a", "=", "{}")]),
        ('a="say \\"hi\\""', [("a", "=", 'say "hi"')]),
        ('a="back\\\\slash"', [("a", "=", "back\\slash")]),
        ('a="two\\nlines"', [("a", "=", "two\nlines")]),
        ('a=~"\\d+"', [("a", "=~", "\\d+")]),
        ('"with space"="b"', [("with space", "=", "b")]),
        ('"k8s.io/name"="x", "ünï"=~"ö"', [("k8s.io/name", "=", "x"), ("ünï", "=~", "ö")]),
        ('größe="XL", b="c"', [("größe", "=", "XL"), ("b", "=", "c")]),
        ('a:b="c"', [("a:b", "=", "c")]),
        ('a="\n"', [("a", "=", "\n")]),
    ],
)
def test_it_reads_what_alertmanager_reads(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no matcher in it"),
        ("{}", "no matcher in it"),
        ('{a="b"', "braces do not pair"),
        ('a="b"}', "braces do not pair"),
        ('a~"b"', "expected name="),
        ("severity", "expected name="),
        ('a="b" c="d"', "expected a comma at 'c=\"d\"'"),
        ('a="b",,c="d"', "expected name="),
        ('a="b', "closed double quotes"),
        ("a='b'", "closed double quotes"),
        ("a=`b`", "closed double quotes"),
        ('a=~"("', "'(' is not an RE2 pattern: missing )"),
        ('a=~"(?=look)"', "is not an RE2 pattern"),
        ('a=~"(x)\\\\1"', "is not an RE2 pattern"),
    ],
)
def test_what_is_wrong_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(BadMatcher) as caught:
        parse(text)
    assert words in str(caught.value)
    assert issubclass(BadMatcher, ValueError)


@pytest.mark.parametrize(
    ("text", "labels", "yes"),
    [
        ('a="b"', {"a": "b"}, True),
        ('a="b"', {"a": "B"}, False),
        ('a=""', {}, True),
        ('a=""', {"a": "x"}, False),
        ('a!=""', {}, False),
        ('a!="b"', {}, True),
        ('a=~"b"', {"a": "abc"}, False),
        ('a=~".*b.*"', {"a": "abc"}, True),
        ('a=~"b|c"', {"a": "bx"}, False),
        ('a=~"b|c"', {"a": "c"}, True),
        ('a=~"^b$"', {"a": "b"}, True),
        ('a=~".*"', {}, True),
        ('a=~".+"', {}, False),
        ('a!~"b.*"', {"a": "bcd"}, False),
        ('a!~"b.*"', {}, True),
        ('a=~"(?i)CRIT.*"', {"a": "critical"}, True),
        ('a=~"."', {"a": "é"}, True),
        ('a=~"a.b"', {"a": "a\nb"}, False),
        ('a=~"a.b"', {"a": "a\x00b"}, True),
        ('a="b", c!="d"', {"a": "b"}, True),
        ('a="b", c!="d"', {"a": "b", "c": "d"}, False),
    ],
)
def test_it_is_anchored_and_a_missing_label_is_empty(text: str, labels: dict[str, str], yes: bool) -> None:
    assert matches_all(parse(text), labels) is yes


def test_a_hostile_pattern_takes_linear_time() -> None:
    (matcher,) = parse('a=~"(x+x+)+y"')
    assert not matcher.accepts("x" * 5000)


@pytest.mark.parametrize(
    ("wide", "narrow", "yes"),
    [
        ('a="b"', 'a="b", c="d"', True),
        ('a="b", c="d"', 'a="b"', False),
        ('a=~"b.*"', 'a="bcd"', True),
        ('a=~"b.*"', 'a="cd"', False),
        ('a=~"b.*"', 'a=~"b.*", x="y"', True),
        ('a=~"b.*"', 'a=~"bc.*"', False),
        ('a!=""', 'a="x"', True),
        ('a!~"x|y"', 'a="z"', True),
        ('a=~".*"', 'b="c"', True),
        ('a=~".+"', 'b="c"', False),
    ],
)
def test_what_covers_what(wide: str, narrow: str, yes: bool) -> None:
    assert covers(parse(wide), parse(narrow)) is yes


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(NAMES, st.sampled_from([Op.EQUAL, Op.NOT_EQUAL]), VALUES), min_size=1, max_size=4))
def test_what_is_shown_reads_back_the_same(raw: list[tuple[str, Op, str]]) -> None:
    matchers = tuple(Matcher(name, op, value) for name, op, value in raw)
    shown = ", ".join(map(str, matchers))
    assert parse(shown) == matchers
    assert parse("{" + shown + "}") == matchers


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text('{}"\\=!~,ab \n', max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        matchers = parse(text)
    except BadMatcher as error:
        assert str(error)  # noqa: PT017 - either is fine, words are needed
        return
    assert parse(", ".join(map(str, matchers))) == matchers


@settings(deadline=None, derandomize=True)
@given(VALUES, VALUES)
def test_equal_and_not_equal_are_opposites(value: str, own: str) -> None:
    assert Matcher("a", Op.EQUAL, value).accepts(own) is not Matcher("a", Op.NOT_EQUAL, value).accepts(own)
    assert Matcher("a", Op.EQUAL, value).accepts(own) is (value == own)
