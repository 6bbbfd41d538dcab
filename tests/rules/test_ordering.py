"""What people order for a while: mutes and who is on call; who may, what ends, and what the policy becomes by it."""

import pytest

from rules import hushing, oncall
from rules.policy_file import load
from rules.signal import Actor, Kind, Signal
from rules.standing import KEY, Muted, Standing, applied
from tests.rules.situations import DAY, HOUR, MIN, NOW, Desk, S, person
from tests.rules.test_attention import BAD, POLICY, TEAM, last, opened

MOVING = Muted(route="", channel="#alerts", by="boss", reason="moving", until=NOW + HOUR)


def order(what: str, who: Actor | None = None, **particulars: str) -> Signal:
    actor = who or person("boss", "boss")
    return Signal(key=KEY, source="slack", kind=Kind.ACT, event=what, actor=actor, labels=particulars)


def mute(route: str = "", channel: str = "", until: int = NOW + HOUR) -> Signal:
    return order("mute", route=route, channel=channel, until=str(until), reason="moving")


def override(who: str, since: int = 0, until: int = NOW + HOUR) -> Signal:
    more = {"since": str(since)} if since else {}
    return order("override", rotation="platform", person=who, until=str(until), **more)


@pytest.fixture
def desk() -> Desk:
    return Desk(POLICY)


def standing(desk: Desk) -> Standing:
    assert isinstance(desk.record, Standing)
    return desk.record


def on_call(desk: Desk, at: int) -> str:
    return oncall.now(applied(POLICY, standing(desk)), "platform", at).person


def test_a_mute_is_remembered_with_who_and_why(desk: Desk) -> None:
    assert desk.hear(mute(channel="#alerts")) == "muted"
    assert standing(desk).mutes == (MOVING,)
    assert standing(desk).is_open
    assert not standing(desk).timers


def test_another_mute_of_the_same_replaces_it(desk: Desk) -> None:
    desk.hear(mute(channel="#alerts"))
    desk.hear(mute(route="db"))
    desk.hear(mute(channel="#alerts", until=NOW + DAY))
    assert [(one.route, one.channel, one.until) for one in standing(desk).mutes] == [
        ("db", "", NOW + HOUR), ("", "#alerts", NOW + DAY),
    ]  # fmt: skip


def test_a_mute_is_ended_by_its_own_name(desk: Desk) -> None:
    desk.hear(mute(channel="#alerts"))
    desk.hear(mute(route="db"))
    assert desk.hear(order("unmute", route="db", channel="")) == "unmuted"
    assert standing(desk).mutes == (MOVING,)


@pytest.mark.parametrize("after", [0, 2 * HOUR])
def test_what_is_not_muted_or_no_longer_cannot_be_ended(desk: Desk, after: int) -> None:
    desk.hear(mute(channel="#alerts"))
    before = desk.record
    assert desk.hear(order("unmute", route="db" if not after else "", channel="#alerts"), after) == "already"
    assert desk.record is before
    assert Desk(POLICY).hear(order("unmute", route="db")) == "already"


@pytest.mark.parametrize("what", ["mute", "unmute", "override", "freeze", "acknowledge", ""])
def test_who_has_no_right_changes_nothing(desk: Desk, what: str) -> None:
    desk.hear(mute(channel="#alerts"))
    before = desk.record
    for who in (person("ana", "ana"), person("boss", "@boss")):
        assert desk.hear(order(what, who)) == "not_allowed"
    assert desk.hear(Signal(key=KEY, source="slack", kind=Kind.ACT, event=what)) == "not_allowed"
    assert desk.record is before


def test_what_has_ended_is_dropped_with_the_next_order(desk: Desk) -> None:
    desk.hear(mute(channel="#alerts"))
    desk.hear(override("boss"))
    assert desk.hear(mute(route="db", until=NOW + DAY), HOUR) == "muted"
    assert ([one.route for one in standing(desk).mutes], standing(desk).overrides) == (["db"], ())


def test_whoever_takes_over_is_on_call_until_then(desk: Desk) -> None:
    assert desk.hear(override("boss")) == "taken_over"
    assert [on_call(desk, NOW + step) for step in (0, HOUR - 1, HOUR)] == ["boss", "boss", "ana"]


def test_the_latest_who_takes_over_has_it(desk: Desk) -> None:
    desk.hear(override("boss"))
    desk.hear(override("bob", since=NOW + 30 * MIN), S)
    assert [on_call(desk, NOW + step) for step in (S, 30 * MIN, HOUR)] == ["boss", "bob", "ana"]


def test_a_step_goes_to_whoever_took_over(desk: Desk) -> None:
    desk.hear(override("boss"))
    watching = opened(BAD, policy=applied(POLICY, standing(desk)))
    watching.ring("escalate/0")
    assert last(watching)[1] == ("@boss",)


def test_a_policy_that_has_lost_the_names_leaves_out_what_named_them(desk: Desk) -> None:
    desk.hear(override("boss"))
    desk.hear(override("bob"))
    desk.hear(mute(route="db"))
    smaller = load(TEAM.replace("boss: {name: Chloe Martin}", "eva: {name: Eva}").replace("boss", "eva")
                   .replace("name: db", "name: disks"), "small.yaml")  # fmt: skip
    policy = applied(smaller, standing(desk))
    assert [one.person for one in policy.oncall["platform"].overrides] == ["bob"]
    assert policy.mutes == []
    bare = load("channels: {fallback: '#general'}\nseverities: {P1: {}}", "bare.yaml")
    assert applied(bare, standing(desk)) == bare


def test_a_policy_with_nothing_added_is_the_same() -> None:
    assert applied(POLICY, Standing()) == POLICY


def test_what_is_added_hushes_as_if_it_stood_in_the_file(desk: Desk) -> None:
    desk.hear(mute(channel="#alerts"))
    policy = applied(POLICY, standing(desk))
    assert hushing.hush(policy, "P0", "#alerts", "", NOW)
    assert hushing.not_before(policy, "P0", "#alerts", "", NOW) == NOW + HOUR
    assert hushing.hush(policy, "P0", "#monitoring", "", NOW) is None
    assert POLICY.mutes == []
