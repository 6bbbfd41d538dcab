"""How large a watched release becomes: its points, its thread, and what is let go once it is over."""

from dataclasses import replace
from itertools import pairwise
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from rules import judging, observing, release_words
from rules.baseline import with_baseline
from rules.decision import Record
from rules.incident import Incident, State
from rules.observed import Posted, Sending
from rules.points import POINTS, thinned
from rules.projection import next_step
from rules.reading import Judged, Level, Point, Reading
from rules.settling import settled
from rules.signal import Kind, Signal
from rules.steps import PostReply
from rules.summary import closing
from rules.text import Text
from rules.thresholds import parse
from rules.timeline import KEPT, TOLD_KEPT
from rules.watch import Phase, Taken, Watch
from tests.rules.releases import Room, policy
from tests.rules.situations import DAY, HOUR, MIN, NOW

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
POSTED = Posted(channel="C1", ts="1.0", place="#releases", revision=1, detailed=True)
STEP = 10 * MIN


def line(*values: float, step: int = STEP, baseline: float | None = None) -> tuple[Point, ...]:
    return tuple(Point(at=index * step, value=value, baseline=baseline) for index, value in enumerate(values))


def grown(points: tuple[Point, ...], most: int = POINTS) -> tuple[Point, ...]:
    """The same as they come, one after the other."""
    kept: tuple[Point, ...] = ()
    for point in points:
        kept = thinned((*kept, point), STEP, most)
    return kept


def told(watch: Watch) -> Watch:
    """Slack has all of it."""
    for _ in range(500):
        step = next_step(watch)
        if not isinstance(step, PostReply):
            return watch
        watch = delivered(watch, step)
    raise AssertionError("replies without end")


def delivered(watch: Watch, step: PostReply) -> Watch:
    mark = Sending(step=step.name, channel="C1", place="#releases", at=NOW)
    sent = observing.sent(observing.sending(watch, mark), mark, "C1", "2.0")
    assert isinstance(sent, Watch)
    return sent


def shown(watch: Watch) -> Watch:
    """Its card is there as it is now, and nobody else waits for it."""
    levels = {name: judged.breached for name, judged in watch.judged.items() if judged.breached}
    seen = replace(watch.observed, posted=replace(POSTED, revision=watch.revision), cards=1)
    return replace(watch, introduced=True, told=levels, observed=seen)


def watched(hours: float = 30) -> Room:
    room = Room(policy(("at: 48h", "at: 40h")))
    room.publish()
    room.go(hours)
    return room


def bytes_of(watch: Watch) -> int:
    return len(RECORD.dump_json(watch))


# --- points ---


def test_a_level_line_needs_every_other_point() -> None:
    assert [one.at // STEP for one in grown(line(*[1.0] * 9))] == [0, 2, 4, 6, 8]
    assert [one.at // STEP for one in grown(line(*[1.0] * 8))] == [0, 2, 4, 6, 7], "the latest is always there"
    assert grown(line(1, 2, 1, 2, 2, 1)) == line(1, 2, 1, 2, 2, 1), "what moves is kept as it is"
    other = (*line(1, 1), Point(at=2 * STEP, value=1, baseline=0.5))
    assert grown(other) == other, "also when only the baseline moves"


def test_a_gap_is_not_made_longer() -> None:
    points = tuple(Point(at=at * STEP, value=1) for at in (0, 1, 5, 6, 20))
    assert grown(points) == points


@given(st.lists(st.sampled_from([0.0, 1.0, 1.0, 7.5]), max_size=400), st.integers(3, POINTS))
def test_points_are_few_in_order_and_keep_the_extremes(values: list[float], most: int) -> None:
    points = line(*values)
    kept = grown(points, most)
    assert len(kept) <= most
    assert set(kept) <= set(points)
    assert [one.at for one in kept] == sorted(one.at for one in kept)
    assert kept[-1:] == points[-1:]
    assert kept[:1] == points[:1]


def test_the_worst_value_outlasts_the_others() -> None:
    points = line(*(9.0 if index == 33 else 1 + index % 2 / 10 for index in range(6 * POINTS)))
    kept = grown(points)
    assert len(kept) == POINTS
    assert Point(at=33 * STEP, value=9.0) in kept
    gaps = [later.at - sooner.at for sooner, later in pairwise(kept)]
    assert max(gaps) <= 20 * STEP, "spread over all of the time"


def test_many_that_were_kept_before_become_few() -> None:
    assert len(thinned(line(*range(2 * POINTS)), STEP, POINTS)) == POINTS


def test_a_release_keeps_points_for_the_whole_window_and_the_next_is_compared_with_all() -> None:
    room = watched(72 * 3)
    for name, points in room.one.points.items():
        assert len(points) <= POINTS, name
        assert points[0].at <= NOW + MIN
        assert room.now - points[-1].at <= 2 * HOUR
    after = replace(room.one, began_at=room.one.began_at + 10 * DAY)
    for minutes in range(0, 72 * 60, 7):
        now = after.began_at + minutes * MIN
        fresh = with_baseline({"errors": Reading(at=now, source="test", value=1)}, after, room.one, now)
        assert fresh["errors"].baseline == 0.4, f"nothing to compare with at T+{minutes} minutes"


# --- the thread ---


def test_a_thread_that_was_told_keeps_its_last_lines() -> None:
    watch = shown(watched(1).one)
    for number in range(300):
        watch = told(watch.say(NOW + number, Text.of("line {n}", n=number)))
    assert len(watch.timeline) == TOLD_KEPT
    assert watch.timeline[-1].seq == watch.seq == watch.observed.replied
    assert next_step(watch) is None


def test_nothing_is_let_go_before_it_is_told() -> None:
    watch = shown(watched(1).one)
    before = watch.seq
    for number in range(2 * KEPT):
        watch = watch.say(NOW + number, Text.of("line {n}", n=number))
    assert [entry.seq for entry in watch.timeline if entry.seq > before] == list(range(before + 1, watch.seq + 1))
    step = next_step(watch)
    assert isinstance(step, PostReply)
    mark = Sending(step=step.name, channel="C1", place="#releases", at=NOW)
    sending = observing.sending(watch, mark)
    assert isinstance(sending, Watch)
    assert step.entries[0] in sending.say(NOW, Text.of("another")).timeline, "what is on its way may have to go again"
    assert told(watch).observed.replied == watch.seq


def test_an_incident_keeps_its_timeline() -> None:
    incident = Incident(key="a:b", id="K7F3Q2", source="a", title="t", severity="P1", peak="P1", place="#general",
                        opened_at=NOW, state=State.OPEN)  # fmt: skip
    for number in range(3 * KEPT):
        incident = incident.say(NOW, Text.of("line {n}", n=number))
        incident = replace(incident, observed=replace(incident.observed, replied=incident.seq, cards=1))
    assert len(incident.timeline) == KEPT


# --- what is over ---


@pytest.mark.parametrize("end", ["stop", "decide", "newer"])
def test_what_is_over_and_told_is_small_and_shows_the_same(end: str) -> None:
    room = watched()
    room.watch = told(shown(room.one))
    match end:
        case "stop":
            room.act("stop", note="enough")
        case "decide":
            room.decide("patch")
        case _:
            labels = {"release": "v9"}
            room.hear(Signal(key=room.one.key, source="sereno", kind=Kind.SUCCESSION, event="newer", labels=labels))
    ended, plan = room.one, room.policy.releases["sdk"]
    assert not ended.is_open
    assert ended.timeline
    small = told(shown(ended))
    assert small.timeline == ()
    assert small.timers == {}
    assert not any(judged.holding for judged in small.judged.values())
    assert (small.points, small.decision, small.phase) == (ended.points, ended.decision, ended.phase)
    assert [(one.name, one.planned, one.gate) for one in small.taken] == [
        (one.name, one.planned, one.gate) for one in ended.taken
    ]
    assert bytes_of(replace(small, points={})) < 6000
    now = room.now + DAY
    assert closing(small, plan, room.policy, now) == closing(ended, plan, room.policy, now)
    for name in plan.checks:
        line_ = release_words.check_line(name, plan, ended, now, changes=True)
        assert release_words.check_line(name, plan, small, now, changes=True) == line_
    assert RECORD.validate_json(RECORD.dump_json(small)) == small


def test_what_is_open_or_not_yet_told_is_left_alone() -> None:
    open_ = told(shown(watched().one))
    assert settled(open_) is open_
    assert open_.timers
    ended = replace(open_, phase=Phase.STOPPED, ended_at=NOW).say(NOW, Text.of("over"))
    assert settled(ended) is ended
    card = observing.edited(ended, ended.revision)
    assert isinstance(card, Watch)
    assert card.timeline == ended.timeline, "the card alone is not all of it"
    assert settled(settled(told(ended))) == told(ended)


def test_each_check_keeps_the_checkpoint_that_it_is_held_against() -> None:
    levels = {"a": Level.GOOD, "b": Level.RED}
    taken = (
        Taken(name="one", planned=NOW, at=NOW, levels=levels, values={"a": 1, "b": 1}, gate=True),
        Taken(name="two", planned=NOW + DAY, at=NOW + DAY, levels=levels, values={"a": 2, "b": 2}),
        Taken(name="three", planned=NOW + 2 * DAY, at=NOW + 2 * DAY, levels=levels, values={"a": 3}),
        Taken(name="four", planned=NOW + 3 * DAY, at=NOW + 3 * DAY, levels=levels, values={"a": 4}),
    )
    read = {name: Reading(at=NOW + 3 * DAY - HOUR, source="test", value=5) for name in "ab"}
    watch = replace(watched(1).one, phase=Phase.DECIDED, timeline=(), taken=taken, readings=read,
                    judged={"a": Judged(level=Level.RED, breached="red", holding={"red": 1})})  # fmt: skip
    small = settled(watch)
    assert [dict(one.values) for one in small.taken] == [{}, {"b": 2}, {"a": 3}, {"a": 4}]
    assert [dict(one.levels) for one in small.taken] == [{}, {}, {}, levels]
    assert [one.gate for one in small.taken] == [True, None, None, None]
    rising = parse("rising")
    for one in (small, watch):
        assert [judging.before(one, name, rising) for name in "ab"] == [3, 2]
    assert small.judged["a"] == Judged(level=Level.RED, breached="red"), "what its incident knows stays"
    assert settled(small) == small
