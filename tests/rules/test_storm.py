"""A storm board gathers, grows, follows, passes, and lets the incidents have their cards."""

from dataclasses import replace

import pytest

from rules import observing, storming
from rules.decide import decide
from rules.incident import Incident
from rules.observed import Posted
from rules.projection import next_step
from rules.reason import Reason
from rules.signal import Kind, Signal
from rules.steps import PostCard, TellStorm, Unroll
from rules.storm import Storm, key_of
from tests.rules.situations import MIN, NOW, POLICY, Desk, member, over, report, words

PLACE = "#monitoring"
QUIET = 3 * MIN


def news(key: str, severity: str = "P1", state: str = "open", carded: str = "no", id_: str = "") -> Signal:
    labels = {"incident": key, "place": PLACE, "id": id_ or key.upper(), "severity": severity, "state": state}
    return Signal(
        key=key_of(PLACE),
        source="sereno",
        kind=Kind.STORM,
        event="arrived",
        title=f"T {key}",
        labels={**labels, "carded": carded},
    )


def calm() -> Signal:
    return Signal(key=key_of(PLACE), source="timer", kind=Kind.TIMER, event="calm")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    assert desk.hear(news("a")) == "storm_began"
    return desk


def board(desk: Desk) -> Storm:
    assert isinstance(desk.record, Storm)
    return desk.record


def test_it_grows_and_waits_anew_for_calm(desk: Desk) -> None:
    assert desk.hear(news("b", "P0"), MIN) == "storm_grew"
    storm = board(desk)
    assert (storm.severity, storm.rank, storm.caught.keys()) == ("P0", 0, {"a", "b"})
    assert storm.timers == {"calm": NOW + MIN + QUIET}
    assert storm.revision == 2


def test_news_of_one_that_is_on_it_do_not_prolong_it(desk: Desk) -> None:
    assert desk.hear(news("a"), MIN) == "repeat"
    assert not desk.said[-1].changed
    assert desk.hear(news("a", state="resolved"), MIN) == "storm_grew"
    assert not board(desk).caught["a"].is_open
    assert board(desk).timers == {"calm": NOW + QUIET}


def test_it_passes_when_nothing_new_came(desk: Desk) -> None:
    desk.hear(news("b", state="resolved"), MIN)
    desk.hear(news("c", carded="yes"))
    assert desk.hear(calm(), MIN) == "timer_stale"
    assert desk.hear(calm(), QUIET) == "storm_passed"
    storm = board(desk)
    assert (storm.is_open, storm.timers) == (False, {})
    assert words(storm.timeline[0].text) == (
        f"The storm has passed: 3 incidents in {MIN}. 1 still open gets a card of its own now."
    )
    assert desk.hear(calm(), QUIET) == "timer_stale"


def test_a_passed_board_follows_its_own_and_begins_anew_for_others(desk: Desk) -> None:
    desk.hear(calm(), QUIET)
    first = board(desk)
    assert desk.hear(news("a", state="resolved")) == "storm_grew"
    assert board(desk).id == first.id
    assert desk.hear(news("z"), MIN) == "storm_began"
    assert board(desk).id != first.id


def test_the_same_alert_in_a_second_storm_is_caught_anew(desk: Desk) -> None:
    desk.hear(calm(), QUIET)
    desk.record = observing.unrolled(board(desk), "a")
    assert desk.hear(news("a", id_="ANEW"), 24 * 60 * MIN) == "storm_began"
    assert board(desk).is_open
    assert not board(desk).caught["a"].unrolled


def test_those_that_still_wait_are_taken_into_the_next_storm(desk: Desk) -> None:
    desk.hear(news("b"))
    desk.hear(calm(), QUIET)
    desk.record = observing.unrolled(board(desk), "a")
    assert desk.hear(news("c")) == "storm_began"
    assert board(desk).caught.keys() == {"b", "c"}


def test_when_it_has_passed_all_on_it_are_told_before_its_card_is_edited(desk: Desk) -> None:
    desk.hear(news("b"))
    step = next_step(board(desk))
    assert isinstance(step, PostCard)
    assert (step.place, step.mention) == (PLACE, ())
    desk.record = replace(
        board(desk),
        observed=replace(board(desk).observed, posted=Posted(channel="C", ts="1", place=PLACE, revision=2), cards=1),
    )
    assert next_step(board(desk)) is None
    desk.hear(calm(), QUIET)
    for key in ("a", "b"):
        step = next_step(board(desk))
        assert isinstance(step, Unroll)
        assert step.key == key
        desk.record = observing.unrolled(board(desk), key)
    assert not isinstance(next_step(board(desk)), Unroll)


@pytest.fixture
def caught() -> Desk:
    """An incident that waits on the board of its channel, which knows of it."""
    desk = Desk()
    desk.hear(report(member()))
    desk.record = storming.caught_by(desk.incident)
    assert isinstance(next_step(desk.record), TellStorm)
    desk.record = observing.storm_told(desk.record, desk.incident.revision, "storm")
    assert next_step(desk.record) is None
    return desk


def unroll(desk: Desk) -> str:
    return desk.hear(Signal(key=desk.incident.key, source="sereno", kind=Kind.UNROLL, event="unroll"))


def test_the_board_is_told_of_each_change(caught: Desk) -> None:
    caught.hear(report(member(), member("b")))
    assert isinstance(next_step(caught.incident), TellStorm)


def test_one_that_is_open_gets_its_card_when_the_storm_has_passed(caught: Desk) -> None:
    assert unroll(caught) == "unrolled"
    assert isinstance(next_step(caught.incident), PostCard)
    assert unroll(caught) == "already"


def test_one_that_is_over_gets_no_card(caught: Desk) -> None:
    caught.hear(report(over(member())), MIN)
    assert isinstance(next_step(caught.incident), TellStorm)
    caught.record = observing.storm_told(caught.incident, caught.incident.revision, "storm")
    assert unroll(caught) == "unrolled"
    assert next_step(caught.incident) is None
    assert caught.hear(report(member(since=NOW + 5 * MIN)), 5 * MIN) == "reopened"
    assert isinstance(next_step(caught.incident), PostCard)


def test_one_that_becomes_a_p0_leaves_the_board_for_its_own_card(caught: Desk) -> None:
    assert caught.hear(report(member("a", "critical")), MIN) == "worse"
    step = next_step(caught.incident)
    assert isinstance(step, PostCard)
    assert (step.place, step.mention) == ("#alerts", ("channel",))


def test_unrolling_what_is_not_there_is_no_record() -> None:
    decision = decide(Signal(key="k", source="sereno", kind=Kind.UNROLL), None, POLICY, NOW)
    assert decision.reason is Reason.NO_RECORD
    assert not isinstance(decision.record, Incident)


def test_news_of_one_that_no_storm_caught_begin_none(desk: Desk) -> None:
    old = replace(news("old", state="resolved", carded="yes"), event="news")
    assert desk.hear(old) == "no_record"
    desk.hear(news("a"))
    assert desk.hear(old) == "no_record"
    assert set(desk.record.caught) == {"a"}
