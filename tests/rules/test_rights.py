"""Who may do what: each right, given in each way, asked for by each kind of person."""

from datetime import datetime
from functools import cache

import pytest

from rules.policy import Policy
from rules.policy_file import load
from rules.rights import permitted, who_may
from rules.signal import Actor
from rules.team import Right
from tests.rules.situations import words

BASE = """
channels: {fallback: "#general"}
severities: {P1: {}}
people: {ana: {name: Ana Ruiz}, bruno: {name: Bruno Costa}, chloe: {name: Chloe Martin}}
oncall:
  platform: {people: [ana, bruno], handoff: "0 9 * * *", since: 2026-11-19}
  payments:
    people: [ana]
    overrides: [{person: chloe, from: 2026-11-21T08:00:00Z, until: 2026-11-21T20:00:00Z}]
  web: {group: "@web-team"}
  lent:
    group: "@web-team"
    overrides: [{person: chloe, from: 2026-11-21T08:00:00Z, until: 2026-11-21T20:00:00Z}]
"""
NOON = int(datetime.fromisoformat("2026-11-21T12:00:00Z").timestamp() * 1000)  # ana has had her turn, bruno his: ana
TONIGHT = int(datetime.fromisoformat("2026-11-21T21:00:00Z").timestamp() * 1000)

ACTORS = {
    "ana": Actor(id="U1", name="Ana", known_as=frozenset({"ana"})),
    "bruno": Actor(id="U2", name="Bruno", known_as=frozenset({"bruno"})),
    "chloe": Actor(id="U3", name="Chloe", known_as=frozenset({"chloe", "@release"})),
    "webber": Actor(id="U4", name="Webber", known_as=frozenset({"@web-team"})),
    "impostor": Actor(id="U5", name="ana", known_as=frozenset({"@ana", "@platform", "@payments", "@everyone"})),
    "stranger": Actor(id="U6", name="Ana Ruiz"),
}
# How a right is given, and whom that lets: by hand, by what the words of the policy mean at NOON.
GIVEN: dict[str, set[str]] = {
    "everyone": set(ACTORS),
    "ana": {"ana"},
    "@ana": {"ana"},
    "@release": {"chloe"},
    "@Release": {"chloe"},
    "@web-team": {"webber"},
    "@nobody-is-in-it": set(),
    "platform": {"ana"},  # on call now; bruno was yesterday
    "@platform": {"ana"},
    "payments": {"chloe"},  # stands in for ana, who is it by the calendar
    "@payments": {"chloe"},
    "web": {"webber"},
    "@web": {"webber"},
    "lent": {"chloe"},  # stands in for the whole group
    "bruno, @release": {"bruno", "chloe"},
    "": set(),
}
OF_ONES_OWN = {"resolve", "escalate", "watch", "decide"}  # of the card that one has taken, of the plan that one owns


@cache
def giving(right: Right, names: str) -> Policy:
    """A policy that gives one right, and every other one to nobody."""
    lines = [f"  {one}: {[name for name in names.split(', ') if name] if one is right else []}" for one in Right]
    return load(f"{BASE}rights:\n" + "\n".join(lines), "test.yaml")


CELLS = [(right, names, who) for right in Right for names in GIVEN for who in ACTORS]


def test_the_matrix_is_whole() -> None:
    assert len(CELLS) == 10 * 16 * 6
    assert {right.value for right in Right} == {
        "acknowledge", "resolve", "escalate", "silence", "mute", "override", "freeze", "watch",
        "decide", "war_room",
    }  # fmt: skip


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("names", GIVEN)
def test_each_right_given_in_each_way_lets_those_whom_the_words_mean(right: Right, names: str) -> None:
    policy = giving(right, names)
    let = {who for who, actor in ACTORS.items() if permitted(policy, right, actor, NOON)}
    assert let == GIVEN[names]


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("names", GIVEN)
def test_what_is_ones_own_is_enough_for_some_rights_only(right: Right, names: str) -> None:
    policy = giving(right, names)
    let = {who for who, actor in ACTORS.items() if permitted(policy, right, actor, NOON, own=True)}
    assert let == (set(ACTORS) if right.value in OF_ONES_OWN else GIVEN[names])


@pytest.mark.parametrize("right", list(Right))
def test_a_right_that_is_given_says_nothing_of_the_others(right: Right) -> None:
    policy = giving(right, "everyone")
    assert [one for one in Right if permitted(policy, one, ACTORS["ana"], NOON)] == [right]


def test_the_rights_of_a_policy_that_names_none() -> None:
    policy = load(BASE, "test.yaml")
    assert {one.value for one in Right if permitted(policy, one, ACTORS["stranger"], NOON)} == {
        "acknowledge", "war_room",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "at_noon", "tonight"),
    [("platform", "ana", "ana"), ("payments", "chloe", "ana"), ("lent", "chloe", "webber")],
)
def test_the_right_of_whoever_stands_in_ends_with_the_override(names: str, at_noon: str, tonight: str) -> None:
    policy = giving(Right.SILENCE, names)
    for moment, wanted in ((NOON, at_noon), (TONIGHT, tonight)):
        assert [who for who, one in ACTORS.items() if permitted(policy, Right.SILENCE, one, moment)] == [wanted]


def test_the_right_of_the_one_on_call_goes_over_with_the_handoff() -> None:
    policy = giving(Right.SILENCE, "platform")
    nine = int(datetime.fromisoformat("2026-11-21T09:00:00Z").timestamp() * 1000)
    let = [
        [who for who, one in ACTORS.items() if permitted(policy, Right.SILENCE, one, nine + step)] for step in (-1, 0)
    ]
    assert let == [["bruno"], ["ana"]]


@pytest.mark.parametrize(
    ("right", "names", "wanted"),
    [
        (Right.SILENCE, "everyone", "everybody may"),
        (Right.SILENCE, "ana, everyone", "everybody may"),
        (Right.SILENCE, "ana, @release", "Ana Ruiz, @release may"),
        (Right.SILENCE, "@ana, ana, platform, @web", "Ana Ruiz, @platform, @web may"),
        (Right.RESOLVE, "bruno", "Bruno Costa may, and whoever has taken it"),
        (Right.SILENCE, "", 'nobody may yet; write `silence: ["@on-call"]` under `rights:` in the policy'),
        (
            Right.ESCALATE,
            "",
            'only whoever has taken it may; for others write `escalate: ["@on-call"]` under `rights:` in the policy',
        ),
    ],
)
def test_a_refusal_says_who_may_or_what_to_write(right: Right, names: str, wanted: str) -> None:
    assert words(who_may(giving(right, names), right)) == wanted


@pytest.mark.parametrize("right", list(Right))
def test_what_a_refusal_says_to_write_is_a_policy_and_gives_the_right(right: Right) -> None:
    line = str(who_may(giving(right, ""), right).values["line"])
    policy = load(f"{BASE}rights:\n  {line}\n", "test.yaml")
    assert permitted(policy, right, Actor(id="U9", name="x", known_as=frozenset({"@on-call"})), NOON)
