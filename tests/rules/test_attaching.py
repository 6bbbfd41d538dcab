"""A war-room as its incident knows it: wanted by the policy, told how the incident stands, heard from."""

from dataclasses import replace

import pytest

from bot.cards.plain import plain
from rules import attaching, incident_table
from rules.attaching import DECLARED, OVER, is_offered, joined, told, untold
from rules.decide import decide
from rules.incident import Attached, Incident, State
from rules.observed import Posted
from rules.policy import Policy
from rules.policy_file import load
from rules.projection import next_step
from rules.room import Room, Status, key_of
from rules.rooming import OPEN
from rules.signal import Kind, Signal
from rules.steps import PostCard, TellRoom
from rules.text import Text
from tests.rules.situations import HOUR, MIN, NOW, POLICY_TEXT, Desk, S, act, member, over, report


def ruled(when: str, more: str = "") -> Policy:
    """`when`: what a P0 does about a war-room."""
    text = POLICY_TEXT.replace("interrupts_quiet_hours: true", f"interrupts_quiet_hours: true, war_room: {when}")
    return load(text + more, "rooms.yaml")


AUTO = ruled("auto")
BAD = member("a", "critical")


def opened(policy: Policy = AUTO, severity: str = "critical") -> Desk:
    desk = Desk(policy)
    assert desk.hear(report(member("a", severity))) in ("opened", "counted")
    return desk


def news(key: str, *, is_open: bool = True, text: str = "", place: str = "#inc-a") -> Signal:
    labels = {"room": key, "place": place, "channel": "C1", "open": "yes" if is_open else ""}
    said = Text.of("{text}", text=text) if text else None
    return Signal(key="x", source="sereno", kind=Kind.ROOM, event="news", labels=labels, text=said)


def carded(incident: Incident) -> Incident:
    """With its card where it belongs, and drawn as it is."""
    posted = Posted(channel="C1", place=incident.place, ts="1.0", revision=incident.revision, detailed=True)
    return replace(incident, observed=replace(incident.observed, posted=posted, cards=1, replied=incident.seq))


def own(desk: Desk) -> str:
    return key_of(desk.incident.id)


@pytest.mark.parametrize(
    ("when", "wanted", "offered"), [("auto", True, True), ("offer", False, True), ("never", False, False)]
)
def test_what_the_policy_wants(when: str, wanted: bool, offered: bool) -> None:
    desk = opened(ruled(when))
    assert (desk.incident.room is not None) is wanted
    assert is_offered(desk.incident, desk.policy) is offered
    assert isinstance(next_step(desk.incident), PostCard), "people come from the card into the room"
    desk.record = carded(desk.incident)
    assert isinstance(next_step(desk.incident), TellRoom) is wanted
    desk.hear(act("resolve"))
    assert not is_offered(desk.incident, desk.policy)


def test_what_is_not_bad_enough_or_muted_wants_none() -> None:
    assert opened(severity="warning").incident.room is None
    mute = "mutes: [{channel: alerts, until: 2030-01-01T00:00:00Z, by: Ana}]\n"
    assert opened(ruled("auto", mute)).incident.room is None


def test_only_what_begins_comes_back_or_gets_worse_wants_one() -> None:
    desk = opened(ruled("offer"))
    desk.policy = AUTO
    for change in (report(BAD, member("b", "critical")), act("snooze", until=str(NOW + HOUR)), report(BAD, title="B")):
        desk.hear(change, MIN)
        assert desk.incident.room is None, "the policy is another one now, but it stands as it stood"
    desk.hear(act("acknowledge"), MIN)
    assert desk.incident.room is None
    desk.hear(report(over(BAD), over(member("b", "critical"))), MIN)
    desk.hear(report(replace(BAD, since=NOW + HOUR)), HOUR)
    assert desk.incident.room


def test_what_somebody_has_wants_none_when_it_gets_worse() -> None:
    desk = opened(severity="warning")
    desk.hear(act("acknowledge"))
    desk.hear(report(member("a", "warning"), BAD), MIN)
    assert (desk.incident.state, desk.incident.severity, desk.incident.room) == (State.ACKNOWLEDGED, "P0", None)


def test_the_end_of_a_mute_opens_none() -> None:
    desk = opened(ruled("auto", "mutes: [{channel: alerts, until: 2030-01-01T00:00:00Z, by: Ana}]\n"))
    desk.policy = AUTO
    assert desk.hear(report(BAD, member("b", "critical")), MIN) == "new_member"
    assert desk.incident.room is None


def test_what_becomes_worse_wants_one() -> None:
    desk = opened(severity="warning")
    desk.hear(report(member("a", "warning"), member("b", "critical")), MIN)
    assert desk.incident.room == Attached(key=own(desk), id=desk.incident.id)
    assert isinstance(next_step(carded(desk.incident)), TellRoom)


def test_what_flaps_wants_none() -> None:
    desk = opened(severity="warning")
    for turn in range(1, 5):
        one = member("a", "warning", since=NOW + turn * MIN)
        desk.hear(report(over(replace(one, since=NOW + (turn - 1) * MIN))), MIN)
        desk.hear(report(one), 31 * S)
    assert desk.incident.flapping
    desk.hear(report(member("a", "critical", since=NOW + HOUR)), MIN)
    assert desk.incident.room is None


def test_an_incident_that_people_declare_has_its_room() -> None:
    policy = AUTO
    room = Room(key=key_of(f"{DECLARED}x"), id="R", own=f"{DECLARED}x", title="DB down", severity="P0", base="inc",
                opened_at=NOW)  # fmt: skip
    decision = decide(attaching.report(room, NOW), None, policy, NOW)
    assert isinstance(decision.record, Incident)
    assert (decision.record.room, decision.record.severity, decision.record.since) == (None, "P0", NOW)
    over_ = attaching.report(replace(room, status=Status.RESOLVED), NOW + MIN)
    assert decide(over_, decision.record, policy, NOW + MIN).reason == "resolved"


@pytest.mark.parametrize("was_told", [True, False])
def test_what_people_declared_ends_as_bad_as_they_said_last(*, was_told: bool) -> None:
    policy = ruled("offer")
    room = Room(key=key_of(f"{DECLARED}x"), id="R", own=f"{DECLARED}x", title="DB down", severity="P0", base="inc",
                opened_at=NOW)  # fmt: skip
    eased = replace(room, severity="P1")
    ended = replace(eased, status=Status.RESOLVED)
    incident = None
    for at, one in enumerate([room, eased, ended] if was_told else [room, ended]):
        decision = decide(attaching.report(one, NOW + at * MIN), incident, policy, NOW + at * MIN)
        assert isinstance(decision.record, Incident)
        incident = decision.record
    assert incident is not None
    assert (incident.state, incident.severity, incident.peak) == (State.RESOLVED, "P1", "P0")
    [_, (_, impact, *_)] = incident_table.table([incident], policy.zone)
    assert plain(impact) == "P1 DB down"
    alert = opened()
    alert.hear(report(member("a", "warning")), MIN)
    alert.hear(report(over(BAD)), MIN)
    assert (alert.incident.severity, alert.incident.peak) == ("P0", "P0"), "what nobody judged was as bad as it was"


def test_what_the_room_does_not_know_yet() -> None:
    desk = opened()
    stands = untold(desk.incident)
    assert stands
    desk.record = told(desk.incident, own(desk), stands)
    assert untold(desk.incident) == ""
    assert not isinstance(next_step(desk.incident), TellRoom)
    assert told(desk.incident, "room:OTHER", "x") == desk.incident
    for change in (act("acknowledge"), report(over(member("a", "critical")))):
        desk.hear(change, MIN)
        assert untold(desk.incident), change
        desk.record = told(desk.incident, own(desk), untold(desk.incident))
        assert untold(desk.incident) == ""
    assert untold(opened(ruled("never")).incident) == "", "without a room nobody is told"


def test_what_is_over_before_its_room_was_there_opens_none() -> None:
    desk = opened()
    desk.hear(report(over(member("a", "critical"))), S)
    assert desk.incident.room
    assert untold(desk.incident) == ""
    assert next_step(carded(desk.incident)) is None, "nothing of it is left to do"
    desk.hear(report(member("a", "critical", since=NOW + 10 * MIN)), 10 * MIN)
    assert isinstance(next_step(carded(desk.incident)), TellRoom), "it is back, and wants it again"


def test_what_its_room_hears() -> None:
    signal = attaching.news(opened().incident, "room:X", OPEN, AUTO)
    assert (signal.key, signal.kind, signal.event, signal.people) == ("room:X", Kind.ROOM, OPEN, ("channel",))
    assert signal.labels["incident"] == "alertmanager:one"
    assert (signal.labels["private"], signal.labels["flapping"]) == ("", "")
    flaps = attaching.news(replace(opened().incident, flapping=True), "room:X", OPEN, AUTO)
    assert flaps.labels["flapping"] == "yes"
    hides = ruled("auto", 'war_room: {private: alertname="HighErrorRate"}\n')
    assert attaching.news(opened().incident, "room:X", OPEN, hides).labels["private"] == "yes"


def test_where_its_room_is_and_what_it_says() -> None:
    desk = opened(ruled("offer"))
    revision = desk.incident.revision
    assert desk.hear(news("room:X", text="🧯 It is there.")) == "in_room"
    assert desk.incident.room == Attached(key="room:X", id=desk.incident.id, place="#inc-a", channel="C1", is_open=True)
    assert desk.incident.revision == revision + 1
    assert desk.lines[-1] == "🧯 It is there."
    assert desk.hear(news("room:X")) == "repeat"
    assert not is_offered(desk.incident, desk.policy)
    assert desk.hear(news("room:X", is_open=False)) == "in_room"
    assert is_offered(desk.incident, desk.policy)


def test_a_room_that_is_closed_before_it_was_told_anything_is_not_opened_again() -> None:
    desk = opened(ruled("offer"))
    desk.hear(news("room:X"))
    desk.hear(news("room:X", is_open=False))
    assert desk.incident.room
    assert desk.incident.room.told == OVER
    assert not isinstance(next_step(desk.incident), TellRoom)


def test_an_incident_that_joins_another_room_hears_of_that() -> None:
    desk = opened()
    desk.record = told(joined(desk.incident, "room:OTHER"), "room:OTHER", untold(desk.incident))
    assert untold(desk.incident) == ""
    assert desk.hear(news("room:OTHER")) == "in_room"
    assert desk.incident.room
    assert (desk.incident.room.key, desk.incident.room.told != "") == ("room:OTHER", True)
    assert desk.hear(news("room:EARLIER", is_open=False, text="It is over.")) == "stale"
    assert desk.incident.room.is_open
    assert desk.hear(news("room:LATER")) == "in_room", "merged into one that is open"
    assert desk.incident.room.key == "room:LATER"
    assert untold(desk.incident), "which knows nothing of it yet"
    assert isinstance(next_step(replace(desk.incident, shown=False)), TellRoom)


def test_a_room_that_people_closed_is_not_opened_again_by_what_fires_again() -> None:
    desk = opened()
    desk.record = told(desk.incident, own(desk), untold(desk.incident))
    desk.hear(news(own(desk)))
    desk.hear(report(over(member("a", "critical"))), MIN)
    desk.hear(news(own(desk), is_open=False))
    desk.hear(report(member("a", "critical", since=NOW + 10 * MIN)), 10 * MIN)
    assert desk.incident.state is State.OPEN
    assert desk.incident.room
    assert not desk.incident.room.is_open
    assert not wants_a_room(desk.incident)
    desk.hear(news(own(desk)))
    assert desk.incident.room.is_open, "people have opened it again"


def wants_a_room(incident: Incident) -> bool:
    """Whether the next thing to do is to open its room."""
    step = next_step(incident)
    return isinstance(step, TellRoom) and not (incident.room and incident.room.told)
