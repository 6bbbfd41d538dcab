"""What is wrong in a policy is said in our own sentences, whatever stands wherever."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rules.fault_words import WORDS, worded
from rules.policy import Policy
from rules.text import Text
from rules.unfit import Unfit, english

MORE = """
language: en
quiet_hours: {from: "22:00", to: "07:00", days: [mon]}
people: {ana: {name: Ana, language: es, timezone: UTC, slack: U1, mail: ana@example.org}}
oncall: {ops: {people: [ana], since: 2026-01-05, overrides: [{person: ana, from: 2026-01-05T09:00:00Z, until: 2026-01-06T09:00:00Z}]}}
mutes: [{route: watchdog, by: ana, until: 2026-01-05T09:00:00Z}]
slos: {up: {words: Up, objective: 99.9, alerts: 'a="b"', approaching: 75, burn: [{short: 5m, long: 1h, factor: 2, severity: P0}]}}
heartbeats: {prometheus: {match: a="b", within: 10m}}
silent_sources: {times: 3, at_least: 1d}
canary: {channel: alerts, every: 5m}
storm: {incidents: 60}
flapping: {flips: 4}
war_room: {bookmarks: [{title: x, url: "https://example.org"}], publish: {repository: a/b, folder: x}}
"""  # noqa: E501 - one part a line
WRONG = (None, 7, -7, 0.5, float("inf"), "", "x" * 400, [], ["x"] * 30, [7], {"x": 7}, date(1999, 1, 5))
OURS = {"value_error", "extra_forbidden"}


def places(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of each value in a policy."""
    if path:
        yield path
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from places(value, (*path, index))


def complaints(tree: Any, path: tuple[str | int, ...], wrong: object) -> list[ErrorDetails]:
    """What pydantic finds when `wrong` stands at `path`."""
    tree = deepcopy(tree)
    part = tree
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = wrong
    try:
        Policy.model_validate(tree)
    except ValidationError as error:
        return error.errors()
    return []


def test_whatever_stands_wherever_is_said_in_our_words() -> None:
    base = yaml.safe_load(Path("rules/policies/default.yaml").read_text(encoding="utf-8")) | yaml.safe_load(MORE)
    assert Policy.model_validate(base)
    found = [one for path in places(base) for wrong in WRONG for one in complaints(base, path, wrong)]
    assert [one["loc"] for one in found if any("[" in str(part) for part in one["loc"])] == [], (
        "several kinds, one validator"
    )
    kinds = {one["type"] for one in found}
    assert kinds - set(WORDS) - OURS == set(), "give these words in rules/fault_words.py"
    assert kinds >= {"int_type", "string_type", "missing", "literal_error", "greater_than", "too_short", "time_type"}


def test_our_own_sentence_says_where_it_is() -> None:
    with pytest.raises(ValidationError) as caught:
        Policy.model_validate(
            {"channels": {"fallback": "#general"}, "severities": {"P0": {}}, "default_severity": "P9"}
        )
    said, at = worded(caught.value.errors()[0])
    assert (english(said), at) == ("'P9' is not one of the severities P0", "default_severity")


def test_what_we_have_no_words_for_is_said_in_pydantics() -> None:
    detail = ErrorDetails(type="of_tomorrow", loc=("a",), msg="Input should be blue", input=1)
    assert worded(detail) == (Text.of("{why}", why="Input should be blue"), "")


def test_a_long_value_is_cut() -> None:
    said, _ = worded(ErrorDetails(type="list_type", loc=("a",), msg="", input="x" * 400))
    assert english(said) == f"write a list, not '{'x' * 59}…"


def test_what_does_not_fit_is_a_value_error_with_english_words() -> None:
    unfit = Unfit(Text.counted("{count} is too many", "{count} are too many", count=2), "a.b")
    assert isinstance(unfit, ValueError)
    assert (str(unfit), unfit.at) == ("2 are too many", "a.b")
