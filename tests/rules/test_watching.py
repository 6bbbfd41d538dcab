"""A release as it is read: what goes beyond and comes back, its incident, gates, points, and what is not drawn anew."""

from dataclasses import replace

import pytest

from rules import checking, observing
from rules.points import POINTS
from rules.projection import next_step
from rules.reading import Level
from rules.signal import Kind, Origin, Related, Signal
from rules.steps import Introduce, PostCard, TellCheck
from rules.watch import Watch
from tests.rules.releases import VERSION, Room, policy, watched
from tests.rules.situations import HOUR, MIN, NOW

LATENCY = '      latency: {words: Latency, prometheus: l, yellow: "> +30%", red: "> +100%"}\n'


def told(room: Room) -> list[tuple[str, str]]:
    """What the incidents of the checks are told, until they know all."""
    found = []
    while isinstance(step := next_step(room.one), TellCheck):
        found.append((step.check, step.level))
        record = observing.check_told(room.one, step.check, step.level, (), room.now)
        assert isinstance(record, Watch)
        room.watch = record
    return found


def test_a_breach_is_said_once_with_what_to_do() -> None:
    room = watched()
    assert room.read(MIN, errors=6) == "watch_turned"
    line = room.line("Beyond its threshold")
    assert "🔴 Errors: 6%" in line
    assert "To do: Go back to the version before." in line
    said = len(room.lines)
    assert room.read(MIN) == "watch_read"
    assert len(room.lines) == said


def test_worse_better_and_back_in_bounds() -> None:
    room = watched(policy(("> 1 for 20m", "> 1")))
    assert room.read(HOUR, errors=2) == "watch_turned"
    assert "🟡 Errors: 2%" in room.line("Beyond its threshold")
    assert room.read(HOUR, errors=6) == "watch_turned"
    assert "🔴 Errors: 6%" in room.line("Beyond its threshold")
    assert room.read(HOUR, errors=2) == "watch_turned"
    assert "🟡 Errors: 2%" in room.line("Better, not yet good.")
    assert room.read(HOUR, errors=0.1) == "watch_turned"
    assert "🟢 Errors: 0.1%" in room.line("Back in bounds after 3h.")


def test_what_cannot_be_read_is_neither_good_nor_bad() -> None:
    room = watched()
    room.read(MIN, errors=6, wheel=None)
    assert room.level("wheel") is Level.NO_DATA
    said = len(room.lines)
    assert room.read(MIN, errors=None) == "watch_read"
    assert (room.level("errors"), room.breached("errors")) == (Level.NO_DATA, "red")
    assert len(room.lines) == said, "nothing came back"
    assert room.one.level is Level.RED, "the release is not better for that"
    assert room.read(HOUR, errors=0.1) == "watch_turned"
    assert room.line("Back in bounds after 1.01667h")


def test_its_incident_is_told_what_people_see_later() -> None:
    room = watched(policy(("> 1 for 20m", "> 1")))
    assert told(room) == []
    room.read(MIN, errors=2, wheel=0)
    assert told(room) == [("errors", "yellow"), ("wheel", "red")]
    room.read(MIN, errors=6)
    assert told(room) == [("errors", "red")]
    room.read(MIN, errors=None)
    assert told(room) == [], "no data ends no incident"
    room.read(MIN, errors=0.1)
    assert told(room) == [("errors", "")]
    assert room.one.told == {"wheel": "red"}


@pytest.mark.parametrize("ending", ["stopped", "superseded"])
def test_who_is_left_alone_has_no_open_incident(ending: str) -> None:
    room = watched()
    room.read(MIN, errors=6)
    told(room)
    if ending == "stopped":
        assert room.act("stop") == "stopped"
    else:
        newer = Signal(key=room.one.key, source="sereno", kind=Kind.SUCCESSION, event="newer", labels={"release": "v2"})
        assert room.hear(newer) == "superseded"
    assert room.one.phase == ending
    assert told(room) == [("errors", "")]
    assert room.read(MIN) == "not_open"


def test_a_check_that_the_plan_dropped_has_no_open_incident() -> None:
    room = watched()
    room.read(MIN, latency=9)
    room.baselines = {"latency": 1}
    room.read(MIN)
    assert told(room) == [("latency", "red")]
    room.policy = policy((LATENCY, ""), ("should: [latency], ", ""))
    room.read(MIN)
    assert told(room) == [("latency", "")]


def test_what_an_incident_of_a_check_is_told() -> None:
    room = watched(policy(("    channel:", "    repository: acme/sdk\n    channel:")))
    room.read(HOUR, errors=6)
    plan = room.policy.releases["sdk"]
    signal = checking.report(room.one, plan, "errors", "red", "6%. Go back.", room.now)
    assert (signal.key, signal.kind, signal.source) == ("check:sdk:v1.1.1:errors", Kind.REPORT, "release-watch")
    assert (signal.title, signal.summary) == ("v1.1.1: Errors", "6%. Go back.")
    assert signal.labels == {
        "plan": "sdk", "version": VERSION, "check": "errors", "severity": "P0", "repository": "acme/sdk",
    }  # fmt: skip
    (member,) = signal.members
    assert (member.firing, member.since, member.until) == (True, room.now, 0)
    began = room.now
    room.read(HOUR, errors=None)
    room.read(HOUR, errors=0.1)
    (member,) = checking.report(room.one, plan, "errors", "", "", room.now).members
    assert (member.firing, member.since, member.until) == (False, began, room.now)


def test_the_incident_of_a_check_of_a_plan_that_is_gone() -> None:
    room = watched()
    signal = checking.report(room.one, None, "errors", "", "", room.now)
    assert signal.title == "v1.1.1: errors"
    assert signal.members[0].until == room.now


def test_relative_thresholds_need_the_baseline() -> None:
    room = watched()
    room.read(MIN, latency=9)
    assert room.level("latency") is Level.NO_DATA
    room.baselines = {"latency": 1.0}
    assert room.read(MIN, latency=1.4) == "watch_turned"
    assert "🟡 Latency" in room.line("Beyond its threshold")


def test_a_gate_that_failed_is_passed_as_soon_as_it_can_be() -> None:
    room = watched()
    room.go(48)
    assert room.one.taken[-1].gate is False
    assert "❌ gate: FAIL. Stop here." in room.line("*gate* of")
    room.go(50)
    assert room.tick() == "ticked"
    assert room.one.taken[-1].gate is True
    assert room.line("✅ gate: PASS, 2h after it was due. Go on.")
    said = len(room.lines)
    room.read(MIN)
    assert len(room.lines) == said, "once"
    assert room.tick(good=False) == "ticked"
    assert room.one.taken[-1].gate is True, "what was passed stays passed; the smoke test is a must of its own"


def test_a_gate_is_not_passed_by_what_nobody_can_tell() -> None:
    room = watched()
    room.tick()
    room.go(47)
    room.values["wheel"] = None
    room.go(48)
    assert room.one.taken[-1].gate is False
    assert room.read(MIN, wheel=1) == "gate_passed"


def test_points_are_as_many_as_a_chart_can_show() -> None:
    room = watched()
    room.go(72)
    points = room.one.points["errors"]
    assert POINTS // 2 <= len(points) <= POINTS + 1
    assert points[0].at <= NOW + MIN
    assert [one.at for one in points] == sorted(one.at for one in points)
    room.go(72 * 5)
    assert len(room.one.points["errors"]) <= 2 * POINTS, "also when nobody decides"


def test_points_leave_out_what_was_not_read() -> None:
    room = watched()
    room.read(HOUR, errors=None)
    assert [one.value for one in room.one.points["errors"]] == [0.4]
    room.baselines = {"errors": 0.3}
    room.read(HOUR, errors=0.5)
    assert [(one.value, one.baseline) for one in room.one.points["errors"]] == [(0.4, None), (0.5, 0.3)]


def test_the_card_is_not_drawn_anew_for_every_reading() -> None:
    room = watched()
    drawn = room.one.revision
    room.read(MIN, errors=0.5)
    room.read(MIN, errors=0.6)
    assert room.one.revision == drawn
    room.read(13 * MIN)
    assert room.one.revision == drawn + 1, "what drifts is drawn after a while"
    room.read(MIN, wheel=None)
    assert room.one.revision == drawn + 2, "what stands otherwise at once"
    room.incidents = (Related(key="i", id="I1", title="t", severity="P0", origin=Origin.NEW, opened_at=room.now),)
    room.read(MIN)
    assert room.one.revision == drawn + 3, "incidents at once"
    room.read(MIN)
    assert room.one.revision == drawn + 3


def test_an_older_round_of_readings_does_not_undo_a_newer_one() -> None:
    """Two processes may read for a moment, when a lane goes from one to the other."""
    room = watched()
    late = room.readings()
    room.read(MIN, errors=6)
    signal = Signal(key=room.one.key, source="readings", kind=Kind.READ, at=NOW, readings=late)
    room.hear(signal)
    assert room.one.readings["errors"].value == 6
    assert room.one.read_at == room.now
    assert room.breached("errors") == "red"


def test_without_a_plan_nothing_is_read_and_with_it_all_goes_on() -> None:
    room = watched()
    known, room.policy = room.policy, policy(("  sdk:", "  other:"))
    assert room.read(HOUR) == "no_plan"
    assert room.ring("checkpoint/T+0") == "timer_stale"
    assert room.one.timers == {}
    room.policy = known
    room.read(HOUR)
    assert "checkpoint/T+0" in room.one.timers


def test_what_it_does_first() -> None:
    room = watched()
    assert isinstance(next_step(room.one), Introduce)
    room.watch = replace(room.one, introduced=True)
    assert isinstance(next_step(room.one), PostCard)
    room.read(MIN, wheel=0)
    assert isinstance(next_step(room.one), TellCheck), "an incident goes before what people see of the watch"


def test_the_question_how_it_goes() -> None:
    room = watched(policy(("> 1 for 20m", "> 1")))
    room.tick()
    room.go(1)
    room.values["errors"] = 2
    room.go(5)
    assert "How does it go?" not in "".join(room.lines)
    room.go(6)
    assert "🟡 Errors: 2%" in room.line("How does it go? Still beyond its threshold:")
    assert room.one.timeline[-1].mention == ("@ana",)
    room.values["errors"] = None
    room.go(8)
    room.values["errors"] = 2
    room.go(10)
    assert len([line for line in room.lines if "How does it go?" in line]) == 2, "silence in between is no progress"
    room.values["errors"] = 0.1
    room.go(20)
    assert len([line for line in room.lines if "How does it go?" in line]) == 2


def test_how_the_release_stands_is_its_worst_check() -> None:
    room = watched()
    assert room.one.level is Level.NO_DATA, "of most nothing is known yet"
    room.tick()
    assert room.one.level is Level.GOOD
    room.read(MIN, wheel=0)
    assert room.one.level is Level.RED
    assert replace(room.one, judged={}).level is Level.NO_DATA


def test_what_goes_to_and_fro_is_not_told_each_time() -> None:
    room = watched()
    for _ in range(20):
        room.read(MIN, wheel=0)
        room.read(MIN, wheel=1)
    told = [line for line in room.lines if "Wheel" in line]
    assert len(told) == 5
    assert told[-1].startswith("Wheel goes to and fro around its threshold.")
    room.read(70 * MIN, wheel=1)
    room.read(MIN, wheel=0)
    assert room.lines[-1].startswith("Beyond its threshold."), "it was quiet for a while"
