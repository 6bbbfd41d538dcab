"""The life of an incident, told through `decide` alone."""

from dataclasses import replace

import pytest

from rules.incident import State
from rules.merging import LATE_COPY_MS
from rules.observed import Posted
from rules.policy_file import load
from rules.projection import next_step
from rules.signal import Kind, Link, Signal
from tests.rules.situations import HOUR, KEY, MIN, NOW, POLICY_TEXT, Desk, S, act, member, over, report, timer
from tests.rules.slack import Slack

A, B, C = member("a"), member("b"), member("c")
WORSE = member("w", "critical")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_first_signal_opens(desk: Desk) -> None:
    assert desk.hear(report(A, B, title="T", summary="S")) == "opened"
    incident = desk.incident
    assert (incident.severity, incident.peak, incident.rank, incident.place) == ("P1", "P1", 1, "#monitoring")
    assert (incident.title, incident.summary, incident.state, incident.opened_at) == ("T", "S", State.OPEN, NOW)
    assert (incident.mention, incident.shown, len(incident.id)) == (("@oncall",), True, 6)
    assert incident.members.keys() == {"a", "b"}
    assert desk.said[0].tried == ("bots", "db")


def test_a_repeat_changes_nothing(desk: Desk) -> None:
    desk.hear(report(A, B))
    before = desk.incident
    for after in (0, S, HOUR, 100 * HOUR):
        assert desk.hear(report(B, A), after) == "repeat"
        assert desk.said[-1].record is before
        assert not desk.said[-1].changed


@pytest.mark.parametrize("again", [report(A, over(B)), report(over(A), over(B))], ids=["partly", "all"])
def test_a_repeat_of_what_is_over_changes_nothing(desk: Desk, again: Signal) -> None:
    desk.hear(report(A, B))
    desk.hear(again, MIN)
    before = desk.incident
    assert desk.hear(again, MIN) == "repeat"
    assert desk.said[-1].record is before
    assert not desk.said[-1].changed


def test_new_words_are_shown_and_not_said(desk: Desk) -> None:
    desk.hear(report(A, summary="old"))
    revision = desk.incident.revision
    link = Link(name="runbook", url="https://r.example")
    assert desk.hear(report(A, summary="new", links=(link,), truncated=3)) == "updated"
    assert (desk.incident.summary, desk.incident.links, desk.incident.truncated) == ("new", (link,), 3)
    assert desk.incident.revision > revision
    assert not desk.incident.timeline


def test_a_new_member_is_said_in_the_thread_without_a_ping(desk: Desk) -> None:
    desk.hear(report(A))
    assert desk.hear(report(A, B, C), MIN) == "new_member"
    (entry,) = desk.incident.timeline
    assert desk.lines == ["2 more firing: instance=b, instance=c"]
    assert (entry.aloud, entry.mention, entry.seq) == (False, (), 1)
    assert desk.incident.severity == "P1"


def test_many_new_members_are_counted(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(A, *(member(f"n{n}") for n in range(8))))
    assert desk.lines == ["8 more firing: " + ", ".join(f"instance=n{n}" for n in range(5)) + " (+3)"]


def test_worse_moves_to_the_other_channel_with_its_ping(desk: Desk) -> None:
    desk.hear(report(A))
    assert desk.hear(report(A, WORSE), MIN) == "worse"
    incident = desk.incident
    assert (incident.severity, incident.peak, incident.rank) == ("P0", "P0", 0)
    assert (incident.place, incident.mention, incident.pinged) == ("#alerts", ("channel",), "")
    assert desk.lines == ["Worse: P0 now, was P1."]


def test_worse_in_the_same_channel_is_said_aloud_with_its_ping() -> None:
    desk = Desk(load(POLICY_TEXT.replace("channel: monitoring", "channel: alerts"), "x"))
    desk.hear(report(A))
    seen = replace(desk.incident.observed, posted=Posted(channel="C1", ts="1.0", place="#alerts", revision=1), cards=1)
    desk.record = replace(desk.incident, observed=seen, pinged="P1")
    assert desk.hear(report(A, WORSE)) == "worse"
    (entry,) = desk.incident.timeline
    assert (entry.aloud, entry.mention) == (True, ("channel",))
    assert desk.incident.pinged == "P1"


def test_eased_is_shown_and_not_said(desk: Desk) -> None:
    desk.hear(report(member("a", "critical")))
    assert desk.hear(report(member("a", "warning")), MIN) == "eased"
    assert (desk.incident.severity, desk.incident.peak, desk.incident.place) == ("P1", "P0", "#alerts")
    assert not desk.lines


def test_as_bad_again_is_said_without_another_ping(desk: Desk) -> None:
    desk.hear(report(member("a", "critical")))
    desk.hear(report(member("a", "warning")), MIN)
    assert desk.hear(report(member("a", "critical")), MIN) == "worse"
    (entry,) = desk.incident.timeline
    assert (desk.incident.severity, entry.aloud, entry.mention) == ("P0", True, ())


def test_partly_resolved_keeps_it_open_and_says_nothing(desk: Desk) -> None:
    desk.hear(report(A, B))
    assert desk.hear(report(A, over(B)), MIN) == "partly_resolved"
    assert desk.incident.is_open
    assert [held.firing for held in desk.incident.members.values()] == [True, False]
    assert not desk.lines
    assert "1 resolved" in desk.incident.timeline[0].text.template.format(count=1, names="")


def test_resolved_says_how_long_it_took(desk: Desk) -> None:
    desk.hear(report(A, B))
    assert desk.hear(report(over(A), over(B)), 5 * MIN) == "resolved"
    incident = desk.incident
    assert (incident.state, incident.resolved_at, incident.severity) == (State.RESOLVED, NOW + 5 * MIN, "P1")
    assert desk.lines == [f"Resolved after {5 * MIN}."]
    assert not incident.timers


def test_a_group_first_heard_of_when_partly_over_shows_both(desk: Desk) -> None:
    assert desk.hear(report(A, over(B), over(WORSE))) == "opened"
    assert {id_: held.firing for id_, held in desk.incident.members.items()} == {"a": True, "b": False, "w": False}
    assert desk.incident.severity == "P1"


def test_when_all_is_over_members_that_are_not_named_are_over_too(desk: Desk) -> None:
    desk.hear(report(A, B))
    assert desk.hear(report(over(A)), MIN) == "resolved"
    assert not desk.incident.firing


def test_members_that_are_not_named_stay_when_the_report_is_not_complete(desk: Desk) -> None:
    desk.hear(report(A, B))
    assert desk.hear(report(over(A), complete=False), MIN) == "partly_resolved"
    assert len(desk.incident.firing) == 1


def test_what_has_pinged_fires_again_aloud_without_another_ping(desk: Desk) -> None:
    desk.hear(report(A))
    desk.record = replace(desk.incident, pinged="P0")
    desk.hear(report(over(A)), MIN)
    assert desk.hear(report(member("a", since=NOW + HOUR)), HOUR) == "reopened"
    assert (desk.incident.timeline[-1].aloud, desk.incident.timeline[-1].mention) == (True, ())


def test_worse_after_a_resolve_by_hand_opens_it_again(desk: Desk) -> None:
    desk.hear(report(member("a", severity="warning")))
    desk.hear(act("resolve"))
    assert desk.hear(report(member("a", severity="critical"))) == "reopened"
    assert desk.incident.severity == "P0"


def test_it_fires_again_soon_and_the_same_incident_opens_again(desk: Desk) -> None:
    desk.hear(report(A))
    first = desk.incident.id
    desk.hear(act("acknowledge"))
    desk.hear(report(over(A)), MIN)
    assert desk.hear(report(member("a", since=NOW + HOUR)), HOUR) == "reopened"
    incident = desk.incident
    assert (incident.id, incident.state, incident.taken_by, incident.resolved_at) == (first, State.OPEN, "", 0)
    entry = incident.timeline[-1]
    assert (entry.aloud, entry.mention) == (True, ("@oncall",)), "it has never pinged, so it may now"
    assert desk.lines[-1] == f"Fires again, {HOUR} after it was resolved: instance=a"


def test_it_fires_again_much_later_and_it_is_another_incident(desk: Desk) -> None:
    desk.hear(report(A))
    first = desk.incident
    desk.hear(report(over(A)), MIN)
    desk.record = Slack().finish(desk.incident, desk.now)
    assert desk.hear(report(member("a", since=NOW + 3 * HOUR)), 3 * HOUR) == "opened"
    assert desk.incident.id != first.id
    assert desk.incident.opened_at == desk.now
    assert not desk.incident.timeline
    assert desk.incident.observed.posted is None


def test_what_slack_has_not_shown_as_over_yet_is_not_forgotten(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(over(A)), MIN)
    assert desk.hear(report(member("a", since=NOW + 3 * HOUR)), 3 * HOUR) == "reopened"


def test_closed_by_hand_while_it_fires_is_not_forgotten(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(act("resolve"))
    desk.record = Slack().finish(desk.incident, desk.now)
    assert desk.hear(report(A), 4 * HOUR) == "repeat"


def test_a_slow_copy_of_an_end_does_not_close_what_began_later(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(over(A, until=NOW + MIN)), MIN)
    desk.hear(report(member("b", since=NOW + 2 * MIN)), 2 * MIN)
    desk.hear(report(over(A, until=NOW + MIN), complete=True), 2 * MIN)
    assert desk.incident.is_open
    assert len(desk.incident.firing) == 1


def test_it_reopens_worse(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(over(A)), MIN)
    assert desk.hear(report(over(A), member("w", "critical", since=NOW + HOUR)), HOUR) == "reopened"
    assert (desk.incident.severity, desk.incident.place, desk.incident.mention) == ("P0", "#alerts", ("channel",))


def test_the_end_of_something_never_seen_is_not_kept(desk: Desk) -> None:
    assert desk.hear(report(over(A))) == "never_seen"
    assert desk.record is None


def test_an_end_without_a_beginning_is_remembered_where_the_source_tells_times(desk: Desk) -> None:
    assert desk.hear(report(over(A), at=NOW)) == "never_seen"
    assert next_step(desk.incident) is None
    assert desk.hear(report(A, at=NOW - MIN), S) == "stale"
    assert desk.hear(report(A, at=NOW + MIN), S) == "opened"
    assert desk.incident.shown
    assert next_step(desk.incident) is not None


def test_resolved_by_hand_stays_so_until_it_fires_anew(desk: Desk) -> None:
    desk.hear(report(A))
    assert desk.hear(act("resolve"), MIN) == "resolved_by_hand"
    assert desk.incident.state is State.RESOLVED
    assert "ana resolved it by hand" in desk.lines[-1]
    assert desk.hear(report(A), MIN) == "repeat"
    assert desk.hear(report(A), MIN) == "repeat"
    assert not desk.incident.is_open
    assert desk.hear(report(A, B), MIN) == "reopened"
    assert desk.incident.is_open


def test_resolved_by_hand_then_over_then_it_fires_anew(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(act("resolve"), MIN)
    assert desk.hear(report(over(A)), MIN) == "repeat"
    assert not desk.incident.firing
    assert desk.hear(report(member("a", since=NOW + HOUR)), HOUR) == "reopened"


def test_somebody_takes_it_once(desk: Desk) -> None:
    desk.hear(report(A))
    assert desk.hear(act("acknowledge", "ana"), MIN) == "acknowledged"
    assert (desk.incident.state, desk.incident.taken_by, desk.incident.taken_at) == (
        State.ACKNOWLEDGED,
        "ana",
        NOW + MIN,
    )
    assert desk.lines == ["ana has it."]
    before = desk.incident
    assert desk.hear(act("acknowledge", "bob")) == "already"
    assert desk.incident is before
    assert desk.hear(report(A, B)) == "new_member"
    assert desk.incident.state is State.ACKNOWLEDGED
    desk.hear(act("resolve"))
    assert desk.hear(act("resolve")) == "not_open"
    assert desk.hear(act("acknowledge")) == "not_open"


@pytest.mark.parametrize("signal", [act("acknowledge"), act("resolve"), timer("settle")])
def test_acts_and_timers_need_a_record(desk: Desk, signal: Signal) -> None:
    assert desk.hear(signal) == "no_record"
    assert desk.record is None


def test_a_late_copy_is_doubted_then_denied(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(over(A)), MIN)
    assert desk.hear(report(A), S) == "late_copy"
    assert not desk.incident.is_open
    assert desk.incident.timers == {"doubt": desk.now + LATE_COPY_MS}
    due = desk.incident.timers["doubt"]
    assert desk.hear(report(A), 5 * S) == "late_copy"
    assert desk.incident.timers == {"doubt": due}
    assert desk.hear(report(over(A)), S) == "repeat"
    assert not desk.incident.doubts
    assert not desk.incident.timers
    assert desk.hear(timer("doubt"), HOUR) == "timer_stale"
    assert not desk.incident.is_open


def test_a_late_copy_that_nobody_denies_is_confirmed_by_its_timer(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(over(A)), MIN)
    desk.hear(report(A), S)
    assert desk.hear(timer("doubt"), S) == "timer_stale"
    assert desk.ring("doubt") == "confirmed"
    assert desk.incident.is_open
    assert desk.incident.firing
    assert not desk.incident.timers
    assert not desk.incident.doubts


def test_a_member_in_doubt_is_not_forgotten_when_the_others_end(desk: Desk) -> None:
    desk.hear(report(A, B))
    desk.hear(report(A, over(B)), MIN)
    assert desk.hear(report(over(A), B), S) == "resolved"
    assert desk.ring("doubt") == "confirmed"
    assert [held.what for held in desk.incident.firing] == ["instance=b"]


def test_the_same_start_much_later_is_no_late_copy(desk: Desk) -> None:
    desk.hear(report(A))
    desk.hear(report(over(A)), MIN)
    assert desk.hear(report(A), LATE_COPY_MS) == "reopened"


def test_the_end_of_an_older_start_ends_nothing(desk: Desk) -> None:
    desk.hear(report(member("a", since=NOW)))
    assert desk.hear(report(over(member("a", since=NOW - HOUR)), complete=False), MIN) == "repeat"
    assert desk.incident.firing


def test_what_is_older_at_its_source_is_stale(desk: Desk) -> None:
    desk.hear(report(A, at=NOW, title="new"))
    before = desk.incident
    assert desk.hear(report(over(A), at=NOW - S, title="old"), MIN) == "stale"
    assert desk.incident is before
    assert desk.hear(report(over(A), at=NOW), MIN) == "resolved"


def test_a_counted_one_is_not_shown_until_it_is_worse(desk: Desk) -> None:
    assert desk.hear(report(member("a", "info"))) == "counted"
    assert next_step(desk.incident) is None
    assert desk.hear(report(member("a", "info"), member("b", "info"))) == "new_member"
    assert next_step(desk.incident) is None
    assert desk.hear(report(member("a", "info"), member("b", "warning"))) == "worse"
    assert desk.incident.shown
    assert desk.incident.mention == ("@oncall",)
    assert next_step(desk.incident) is not None


def test_the_timeline_of_what_is_not_shown_does_not_grow_for_ever(desk: Desk) -> None:
    members = [member("a0", "info")]
    desk.hear(report(*members))
    for n in range(1, 300):
        members.append(member(f"a{n}", "info"))
        desk.hear(report(*members))
    assert len(desk.incident.timeline) == 100
    assert desk.incident.seq == 299


def test_what_a_route_leaves_out_is_only_journalled(desk: Desk) -> None:
    bot = member("bot", "critical", author="robot")
    assert desk.hear(report(bot)) == "ignored"
    assert desk.record is None
    assert desk.said[0].route == "bots"
    assert desk.hear(report(A, bot)) == "opened"
    assert (desk.incident.severity, desk.incident.members.keys()) == ("P1", {"a"})
    assert desk.hear(report(A, bot, B)) == "new_member"
    assert (desk.incident.severity, desk.incident.members.keys()) == ("P1", {"a", "b"})
    assert desk.hear(report(bot)) == "ignored"
    assert desk.hear(report(over(A), over(B), bot), MIN) == "resolved"


def test_a_group_of_several_severities_goes_by_its_worst_that_fires(desk: Desk) -> None:
    desk.hear(report(A, WORSE, member("i", "info")))
    assert (desk.incident.severity, desk.incident.place) == ("P0", "#alerts")
    assert {id_: held.severity for id_, held in desk.incident.members.items()} == {"a": "P1", "w": "P0", "i": "P2"}
    assert desk.hear(report(A, over(WORSE), member("i", "info")), MIN) == "partly_resolved"
    assert (desk.incident.severity, desk.incident.peak) == ("P1", "P0")


def test_what_a_route_knows_of_the_owner_is_kept(desk: Desk) -> None:
    desk.hear(report(member("a", team="db")))
    assert (desk.incident.owner, desk.incident.route, desk.said[0].route) == ("DBA", "db", "db")


def test_a_tally_is_only_counted(desk: Desk) -> None:
    assert desk.hear(Signal(key=KEY, source="github", kind=Kind.TALLY, event="star")) == "tallied"
    labels = {"author": "dependabot"}
    assert desk.hear(Signal(key=KEY, source="github", kind=Kind.TALLY, event="x", labels=labels)) == "ignored"
    assert desk.record is None


def test_a_policy_without_the_severity_of_a_record_still_decides(desk: Desk) -> None:
    desk.hear(report(A, WORSE))
    desk.policy = load('channels: {fallback: "#general"}\nseverities: {P1: {label: [critical]}}', "smaller.yaml")
    assert desk.hear(report(A, WORSE, B), MIN) == "new_member"
    assert desk.hear(report(over(A), over(WORSE), over(B)), MIN) == "resolved"
