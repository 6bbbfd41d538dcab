"""The examples of a policy are its tests; a route that can never be reached is found."""

import pytest

from rules.examples import faults
from rules.policy_file import load

BASE = """channels: {fallback: "#general", alerts: "#alerts"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel}
  P1: {}
  P2: {card: counted}
routes:
"""


def check(routes: str) -> list[str]:
    text = BASE + routes
    return [str(fault) for fault in faults(load(text, "p.yaml"), text, "p.yaml")]


def test_examples_that_come_out_as_expected_are_no_faults() -> None:
    assert not check("""
  - name: db, net
    match: job="db"
    severity: P0
    examples:
      - labels: {job: db}
        expect: {severity: P0, channel: alerts, mention: channel, card: shown}
      - labels: {job: db, severity: whatever}
  - name: quiet
    match: job="ping"
    severity: P0
    mention: none
    examples:
      - {labels: {job: ping}, expect: {mention: none, channel: "#alerts"}}
      - {labels: {job: ping}, expect: {mention: []}}
  - name: bots
    match: author=~".*bot", source="github"
    ignore: true
    examples:
      - {labels: {author: dependabot, source: github}, expect: {card: ignored}}
""")


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ("severity: P1", "severity is 'P0', not 'P1'"),
        ("channel: fallback", "channel is '#alerts', not '#general'"),
        ("channel: '#x'", "channel is '#alerts', not '#x'"),
        ("mention: here", "mention is ['channel'], not ['here']"),
        ("card: counted", "card is 'shown', not 'counted'"),
    ],
)
def test_an_example_that_comes_out_otherwise_is_a_fault_on_its_line(expect: str, words: str) -> None:
    (said,) = check(f"""
  - name: db
    match: job="db"
    severity: P0
    examples:
      - labels: {{job: db}}
        expect: {{{expect}}}
""")
    assert said == f"p.yaml:12: routes[0].examples[0]: {words}"


def test_an_example_that_another_route_takes_or_none_is_a_fault() -> None:
    said = check("""
  - {name: first, match: job="db", severity: P0}
  - name: second
    match: job=~"d.*"
    examples:
      - labels: {job: db}
      - labels: {job: web}
""")
    assert said == [
        "p.yaml:12: routes[1].examples[0]: goes to 'first', not to this one",
        "p.yaml:13: routes[1].examples[1]: goes to no route, not to this one",
    ]


@pytest.mark.parametrize(
    ("first", "second", "shadowed"),
    [
        ('job="db"', 'job="db", env="prod"', True),
        ('job=~"d.*"', 'job="db"', True),
        ('job=~"d.*"', 'job=~"d.*", env="prod"', True),
        ('job=~".*"', 'severity="critical"', True),
        ('job!=""', 'job="db"', True),
        ('job="db", env="prod"', 'job="db"', False),
        ('job="db"', 'job="web"', False),
        ('job=~"d.*"', 'job=~"db|dc"', False),
    ],
)
def test_a_route_that_another_shadows_is_found(first: str, second: str, shadowed: bool) -> None:
    said = check(f"""
  - name: first
    match: {first}
  - name: second
    match: {second}
""")
    wanted = ["p.yaml:10: routes[1]: can never be reached: 'first' above it takes all that it matches; move it up"]
    assert said == (wanted if shadowed else [])


def test_a_route_that_continues_shadows_nothing() -> None:
    assert not check("""
  - {name: first, match: job="db", owner: ops, continue: true}
  - {name: second, match: job="db", severity: P0}
""")
