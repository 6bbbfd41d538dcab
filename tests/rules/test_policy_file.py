"""A fault in the policy file says file, line, field, and what to write instead."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.policy import json_schema
from rules.policy_file import BadPolicy, line_of, load

DEFAULT, SPANISH = (Path(f"rules/policies/default{of}.yaml").read_text(encoding="utf-8") for of in ("", ".es"))
WORDS = ("language", "words", "checklist", "text", "asks", "do", "tick")  # what is said, not what is decided
BASE = """channels: {fallback: "#general", alerts: "#alerts"}
severities:
  P0: {label: [critical]}
  P1: {}
"""


def route(rest: str, match: str = 'a="b"') -> str:
    return f"{BASE}routes:\n  - name: one\n    match: {match}\n    {rest}\n"


def complaints(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as caught:
        load(text, "policy.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "policy.yaml:1: a policy is a mapping"),
        ("# only a comment", "policy.yaml:1: a policy is a mapping"),
        ("- a list", "policy.yaml:1: a policy is a mapping"),
        ("just words", "policy.yaml:1: a policy is a mapping"),
        ("team: x\nroutes: [", "policy.yaml:2: not YAML: a value is missing, or a bracket is not closed"),
        ("team: [x\nroutes: []", "policy.yaml:2: not YAML: a comma or `]` is missing"),
        ('team: "x', "policy.yaml:1: not YAML: a quote or a bracket is not closed"),
        ("team: x\n\tlanguage: en", "policy.yaml:2: not YAML: a line begins with a tab; write spaces"),
        ("team: @x", "policy.yaml:1: not YAML: '@' cannot begin a value; put the value in quotes"),
        ("team: * 9 x", "policy.yaml:1: not YAML: `*` and `&` begin a name in YAML; put a value such as"),
        ("team:\n  a: 1\n b: 2", "policy.yaml:3: not YAML: its indentation does not fit the lines above"),
        ("team: a: b", "policy.yaml:1: not YAML: a colon in the wrong place; put a value with `: ` in quotes"),
        (BASE + "team: !secret x", "policy.yaml:5: not YAML: the tag '!secret' is not known; put a value that begins"),
        (BASE + "team: 2026-13-45", "not YAML: month must be in 1..12"),
        (BASE + "? [x]\n: y", "policy.yaml:5: not YAML: found unhashable key"),
        (BASE + "team: x\nteam: y", "policy.yaml:6: team: this key stands twice"),
        (route("owner: x\n    owner: y"), "policy.yaml:9: routes[0].owner: this key stands twice"),
        (BASE + "teem: x", "policy.yaml:5: teem: unknown key; did you mean `team`?"),
        (route("severty: P0"), "policy.yaml:8: routes[0].severty: unknown key; did you mean `severity`?"),
        (route("zzz: P0"), "unknown key; known here: name, match, severity, channel"),
        (
            route("goes_on: true"),
            "known here: name, match, severity, channel, mention, owner, mail, runbook, ignore, continue",
        ),
        (BASE.replace("label", "lable"), "policy.yaml:3: severities.P0.lable: unknown key; did you mean `label`?"),
        (BASE + "storm:\n  incident: 3", "policy.yaml:6: storm.incident: unknown key; did you mean `incidents`?"),
        (BASE + "quiet_hours:\n  form: x", "unknown key; did you mean `from`?"),
        (BASE + "storm:\n  incidents: many", "policy.yaml:6: storm.incidents: write a whole number, not"),
        (BASE + "storm:\n  incidents: 1", "policy.yaml:6: storm.incidents: write 2 or more, not"),
        (BASE + "storm:\n  within: 300", "policy.yaml:6: storm.within: 300 has no unit; write one, such as 90s, 5m"),
        (
            BASE.replace("{}", "{respond_within: 7}"),
            "P1.respond_within: 7 has no unit; write one, such as 90s, 5m, 1h30m",
        ),
        (BASE + "reopen_within: 2 hours", "policy.yaml:5: reopen_within: '2 hours' is not a duration; write"),
        (BASE + "routes: {}", "policy.yaml:5: routes: write a list, not"),
        (BASE + "default_severity: P9", "policy.yaml:5: default_severity: 'P9' is not one of the severities P0, P1"),
        (route("severity: P9"), "policy.yaml:8: routes[0].severity: 'P9' is not one of the severities P0, P1"),
        (
            route("channel: alrts"),
            "policy.yaml:8: routes[0].channel: 'alrts' is neither a #channel nor one of the role",
        ),
        (BASE.replace("{}", "{channel: x}"), "policy.yaml:4: severities.P1.channel: 'x' is neither a #channel nor"),
        (route("mention: team"), "policy.yaml:8: routes[0].mention[0]: 'team' is not a mention; write channel, here"),
        (route("mention: [7]"), "policy.yaml:8: routes[0].mention[0]: write a text, not 7"),
        (BASE + "timezone: []", "policy.yaml:5: timezone: write a text, not []"),
        (route("runbook: wiki/page"), "routes[0].runbook: 'wiki/page' is not an address; write one such as https://"),
        (route("runbook: 7"), "policy.yaml:8: routes[0].runbook: 7 is not an address; write one such as https://"),
        (route("ignore: true", "a~b"), "policy.yaml:6: routes[0]: expected name="),
        (route("ignore: true", "a=~(b"), "policy.yaml:6: routes[0]: '(b' is not an RE2 pattern: missing )"),
        (BASE + "routes:\n  - name: x", "policy.yaml:6: routes[0].match: is required"),
        (route("ignore: true") + '  - {name: one, match: b="c"}', "routes[1].name: 'one' is the name of an earlier"),
        (BASE + "timezone: Europe/Madird", "policy.yaml:5: timezone: 'Europe/Madird' is not an IANA time zone; write"),
        (BASE + "timezone: +2", "policy.yaml:5: timezone: "),
        (BASE + "language: de", "policy.yaml:5: language: write one of 'en', 'es', not"),
        (BASE + 'quiet_hours:\n  from: 22:00\n  to: "07:00"', "policy.yaml:6: quiet_hours.from: quote the time"),
        (BASE + 'quiet_hours:\n  from: 22.30\n  to: "07:00"', "policy.yaml:6: quiet_hours.from: quote the time"),
        (BASE + 'quiet_hours:\n  from: "22:00Z"\n  to: "07:00"', "quiet_hours.from: write the time without a zone"),
        (BASE + 'quiet_hours:\n  from: "25:00"\n  to: "07:00"', "policy.yaml:6: quiet_hours.from: "),
        (BASE + 'quiet_hours:\n  from: "22:00"', "policy.yaml:5: quiet_hours.to: is required"),
        (BASE.replace("fallback", "other"), "policy.yaml:1: channels: name a `fallback`"),
        ("severities: {P1: {}}", "policy.yaml:1: channels: is required"),
    ],
)
def test_a_fault_says_where_and_what(text: str, wanted: str) -> None:
    found = complaints(text)
    assert any(wanted in line for line in found), found
    assert all(line.startswith("policy.yaml:") for line in found)


def test_all_faults_are_said_at_once() -> None:
    found = complaints(BASE + "teem: x\ntimezone: Mars\nlanguage: de\n")
    assert [line.split(":")[1] for line in found] == ["5", "6", "7"]


def test_what_may_be_of_two_kinds_is_wrong_once() -> None:
    [said] = complaints(BASE.replace("{}", "{respond_within: soon}"))
    where, what = "policy.yaml:4: severities.P1.respond_within", "'soon' is not a duration; write a number and a unit"
    assert said == f"{where}: {what}, such as 90s, 5m, 1h30m or 3d; or write end_of_day"


def test_a_smaller_policy_is_enough() -> None:
    policy = load(BASE, "p.yaml")
    assert policy.channel("alerts") == "#alerts"
    assert policy.channel("#any") == "#any"
    assert policy.severity_of("CRITICAL") == "P0"
    assert policy.severity_of("p0") == "P0"
    assert policy.severity_of("else") is None
    assert (policy.rank("P0"), policy.rank("P1"), policy.rank("gone")) == (0, 1, 1)
    assert policy.rule("gone") is policy.severities["P1"]


def test_a_list_of_matchers_is_one_match() -> None:
    policy = load(route("ignore: true", """['{a="b"}', 'c!="d"']"""), "p.yaml")
    assert [str(matcher) for matcher in policy.routes[0].matchers] == ['a="b"', 'c!="d"']


def test_the_line_of_a_part_or_of_its_nearest_parent() -> None:
    text = route("severity: P0")
    assert line_of(text, ("routes", 0, "severity")) == 8
    assert line_of(text, ("routes", 0, "nothing", 3)) == 6
    assert line_of("", ("x",)) == 1


@pytest.mark.parametrize("path", sorted(Path("rules/policies").glob("*.yaml")), ids=lambda path: path.stem)
def test_ready_made_policies_fit_the_schema_for_editors(path: Path) -> None:
    jsonschema.Draft202012Validator(json_schema()).validate(yaml.safe_load(path.read_text()))


def shape(said: Any) -> Any:
    """What people read, without the words: how much of it there is, and where the versions stand."""
    return [shape(one) for one in said] if isinstance(said, list) else said and re.findall(r"\$\w+", said)


def decided(tree: Any) -> Any:
    """What a policy decides, all of it in its order: severities are ranked by it, and routes are tried in it."""
    if isinstance(tree, dict):
        return [(name, shape(value) if name in WORDS else decided(value)) for name, value in tree.items()]
    return [decided(value) for value in tree] if isinstance(tree, list) else tree


def test_the_default_policy_in_spanish_decides_the_same() -> None:
    english, spanish = (load(text, "policy.yaml").model_dump() for text in (DEFAULT, SPANISH))
    assert decided(english) == decided(spanish)
    assert (english["language"], spanish["language"]) == ("en", "es")


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["routes"].reverse(),
        lambda tree: tree["routes"][0]["examples"].pop(),
        lambda tree: tree["severities"].update(P1=tree["severities"].pop("P1")),
        lambda tree: tree["severities"]["P0"].update(remind_every="31m"),
        lambda tree: tree["severities"]["P1"].update(respond_within="9h"),
        lambda tree: tree["severities"]["P0"]["checklist"].pop(),
        lambda tree: tree["releases"]["release"]["checks"]["smoke"].update(tick=None, incidents="open"),
        lambda tree: tree["releases"]["release"]["checkpoints"][0].update(text="¿Arranca?"),
    ],
)  # fmt: skip
def test_a_change_of_only_one_default_policy_is_noticed(change: Callable[[Any], object]) -> None:
    tree = yaml.safe_load(SPANISH)
    change(tree)
    changed = load(yaml.safe_dump(tree, sort_keys=False), "policy.yaml").model_dump()
    assert decided(changed) != decided(load(DEFAULT, "policy.yaml").model_dump())


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.integers(0, len(DEFAULT)), st.integers(0, 20), st.text(st.sampled_from("{}[]:-\"'#&*!|>%@\n\t xP0~"), max_size=8)
)
def test_a_damaged_policy_is_a_bad_policy_and_nothing_else(at: int, gone: int, put: str) -> None:
    try:
        load(DEFAULT[:at] + put + DEFAULT[at + gone :], "policy.yaml")
    except BadPolicy as error:
        assert all(fault.line >= 1 and fault.message for fault in error.faults)  # noqa: PT017 - loading is fine too
