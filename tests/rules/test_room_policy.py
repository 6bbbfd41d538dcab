"""A fault in `war_room:` says file, line, field, and what to write instead."""

import pytest

from rules.policy_file import BadPolicy, load

BASE = """channels: {fallback: "#general"}
severities:
  P0: {label: [critical]}
  P1: {}
people: {ana: {name: Ana}}
oncall: {ops: {group: "@ops"}}
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as caught:
        load(text, "policy.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("invite: [anna]", "war_room.invite: 'anna' is not one of `people` or `oncall`, nor an \"@group\"; did you"),
        ("invite: [channel]", "war_room.invite: 'channel' cannot be invited; name people, rotations or an \"@group\""),
        ("invite: ['@here']", "war_room.invite: '@here' cannot be invited"),
        ("announce: news", "war_room.announce: 'news' is neither a #channel nor one of the roles fallback"),
        ("private: security", "policy.yaml:7: war_room.private: expected name="),
        ("bookmarks: [{title: Status, url: status.example.org}]", "write one such as https://status.example.org"),
        ("update_every: soon", "war_room.update_every: "),
        ("commander_within: 5s", "war_room.commander_within: "),
        ("publish: {repository: shop}", "war_room.publish.repository: "),
        ("publish: {repository: acme/shop, as: wiki}", "war_room.publish.as: "),
        ("invites: [ana]", "war_room.invites: "),
    ],
)
def test_a_fault_is_named(line: str, said: str) -> None:
    found = complaints(f"{BASE}war_room: {{{line}}}\n")
    assert any(said in one for one in found), found
    assert all(one.startswith("policy.yaml:") for one in found), found


def test_what_is_only_counted_opens_no_room() -> None:
    [found] = complaints(BASE.replace("P1: {}", "P1: {card: counted, war_room: auto}"))
    assert "severities.P1.war_room: P1 is only counted; `card: shown` opens a room" in found


def test_what_is_good_is_taken() -> None:
    policy = load(
        f'{BASE}war_room: {{invite: [ana, ops, "@ops"], announce: "#news", private: team="security", gather: 0s}}\n',
        "policy.yaml",
    )
    assert (policy.war_room.announce, policy.war_room.gather) == ("#news", 0)
    assert policy.war_room.hides is not None
    assert policy.rule("P0").war_room == "never", "nothing opens a room that the policy does not name"
