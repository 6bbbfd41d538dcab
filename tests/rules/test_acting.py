"""What people do to an incident: their own card and others', with rights and without."""

import pytest

from rules.incident import State
from rules.policy_file import load
from rules.signal import Kind, Signal
from tests.rules.situations import HOUR, KEY, MIN, NOW, Desk, member, over, report
from tests.rules.test_attention import BAD, POLICY, TEAM, WARNING, known, last, opened

ACTS = ["acknowledge", "resolve", "escalate", "snooze", "silence", "unsilence"]
GIVEN = {"until": str(NOW + HOUR), "matchers": 'a="b"'}
GIVEN_TO = "rights: {resolve: platform, escalate: everyone, silence: everyone, mute: boss, override: boss}"
RIGHTS = "rights: {resolve: platform, escalate: everyone, silence: everyone, mute: boss, override: boss}"
NOBODY = load(TEAM.replace(RIGHTS, "rights: {acknowledge: []}"), "nobody.yaml")


@pytest.fixture
def desk() -> Desk:
    return opened(BAD)


@pytest.mark.parametrize("event", ACTS)
def test_without_a_right_nothing_changes(desk: Desk, event: str) -> None:
    desk.policy, before = NOBODY, desk.incident
    assert desk.hear(known(event, "bob", **GIVEN)) == "not_allowed"
    assert desk.incident is before
    assert not desk.said[-1].changed


@pytest.mark.parametrize("event", ["", "remind", "mute", "unknown"])
def test_what_is_no_act_is_not_allowed(desk: Desk, event: str) -> None:
    assert desk.hear(known(event, "ana", **GIVEN)) == "not_allowed"
    assert desk.hear(Signal(key=KEY, source="slack", kind=Kind.ACT, event="resolve")) == "not_allowed"


def test_who_has_taken_it_may_resolve_it_and_pass_it_on_without_a_right(desk: Desk) -> None:
    desk.hear(known("acknowledge", "bob"))
    desk.policy = NOBODY
    for who, wanted in (("ana", "not_allowed"), ("bob", "escalated")):
        assert desk.hear(known("escalate", who)) == wanted
    for event in ("snooze", "silence", "unsilence"):
        assert desk.hear(known(event, "bob", **GIVEN)) == "not_allowed"
    assert desk.hear(known("resolve", "bob")) == "resolved_by_hand"


def test_who_is_on_call_now_may_and_who_was_may_not() -> None:
    desk = opened(WARNING)
    assert desk.hear(known("resolve", "bob")) == "not_allowed"
    desk.now += 24 * HOUR
    assert desk.hear(known("resolve", "ana")) == "not_allowed"
    assert desk.hear(known("resolve", "bob")) == "resolved_by_hand"


def test_a_card_that_opened_again_is_nobodys_own(desk: Desk) -> None:
    desk.hear(known("acknowledge", "bob"))
    desk.hear(report(over(BAD)), MIN)
    assert desk.hear(known("resolve", "bob")) == "not_open", "it is still the one that bob had"
    desk.hear(report(member("a", "critical", since=NOW + HOUR)), HOUR)
    assert desk.incident.state is State.OPEN
    assert desk.hear(known("resolve", "bob")) == "not_allowed"


@pytest.mark.parametrize("event", [event for event in ACTS if event != "unsilence"])
def test_what_is_over_takes_no_acts(desk: Desk, event: str) -> None:
    desk.hear(report(over(BAD)), MIN)
    before = desk.incident
    assert desk.hear(known(event, "ana", **GIVEN)) == "not_open"
    assert desk.incident is before


def test_a_snooze_is_said_and_shown(desk: Desk) -> None:
    revision = desk.incident.revision
    assert desk.hear(known("snooze", "bob", until=str(NOW + HOUR))) == "snoozed"
    assert last(desk) == (f"bob: no reminders until {NOW + HOUR}.", ())
    assert (desk.incident.attention.snoozed_until, desk.incident.revision) == (NOW + HOUR, revision + 1)


def test_who_acted_is_remembered_by_each_name_for_a_while(desk: Desk) -> None:
    desk.hear(known("acknowledge", "bob"))
    desk.hear(known("snooze", "ana", until="0"), 9 * MIN)
    assert set(desk.incident.attention.acted) == {"bob", "user:U0000BOB", "ana", "user:U0000ANA"}
    desk.hear(known("snooze", "ana", until="0"), 9 * MIN)
    assert desk.incident.attention.acted == {"ana": desk.now, "user:U0000ANA": desk.now}


def test_a_group_of_somebody_who_acted_is_still_mentioned() -> None:
    desk = Desk(POLICY)
    desk.hear(report(WARNING))
    desk.hear(Signal(key=KEY, source="slack", kind=Kind.ACT, event="snooze", labels={"until": "0"},
                     actor=known("snooze", "ana").actor))  # fmt: skip
    desk.hear(known("escalate", "bob", whom="@ops"), MIN)
    assert last(desk)[1] == ("@ops",)
