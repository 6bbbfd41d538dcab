"""How a check stands: good, beyond, or not enough data; what lasts, ages, is thin, has nothing to compare with."""

from dataclasses import replace
from typing import Any

import pytest

from rules.judging import ENTERED_MS, FRESH_MS, band, fulfilled, judge, on_target, standing
from rules.plan import Check
from rules.reading import Judged, Level, Reading
from rules.thresholds import holds, parse
from rules.watch import Taken, Tick, Watch
from tests.rules.releases import POLICY
from tests.rules.situations import HOUR, MIN, NOW, S

BLANK = Watch(key="k", id="i", plan="sdk", release="v1", title="t", place="#p", opened_at=NOW, began_at=NOW,
              ends_at=NOW + 72 * HOUR)  # fmt: skip
LASTING = {"yellow": "> 1 for 20m", "red": "> 5"}
RELATIVE = {"yellow": "> +30%", "red": "> +100%"}


def check(**more: Any) -> Check:
    return Check.model_validate({"words": "w", "prometheus": "x", **more})


class One:
    """One check under the readings that come."""

    def __init__(self, **more: Any) -> None:
        self.check, self.watch, self.now = check(**more), BLANK, NOW

    def see(self, value: float | None, after: int = 0, **more: Any) -> Level:
        self.now += after
        reading = Reading(at=self.now, source="s", value=value, **more)
        self.watch = replace(self.watch, readings={"x": reading})
        return self.look()

    def look(self, after: int = 0) -> Level:
        self.now += after
        self.watch = replace(self.watch, judged={"x": judge("x", self.check, self.watch, self.now)})
        return self.judged.level

    @property
    def judged(self) -> Judged:
        return self.watch.judged["x"]


def test_without_a_reading_there_is_no_word() -> None:
    one = One(red="> 5")
    assert one.look() is Level.NO_DATA
    assert one.see(None) is Level.NO_DATA
    assert one.see(1) is Level.GOOD
    assert one.see(None, MIN) is Level.NO_DATA


@pytest.mark.parametrize(
    ("value", "wanted"), [(0.5, Level.GOOD), (1, Level.GOOD), (1.5, Level.YELLOW), (5, Level.YELLOW), (6, Level.RED)]
)
def test_the_worst_level_counts(value: float, wanted: Level) -> None:
    assert One(yellow="> 1", red="> 5").see(value) is wanted


def test_without_thresholds_a_value_is_good() -> None:
    assert One().see(99) is Level.GOOD


def test_it_has_to_last() -> None:
    one = One(**LASTING)
    assert one.see(2) is Level.GOOD
    assert one.see(2, 10 * MIN) is Level.GOOD
    assert one.see(2, 10 * MIN) is Level.YELLOW
    assert one.judged.breached == "yellow"
    assert one.judged.holding == {"yellow": NOW}


def test_what_is_red_does_not_wait_for_what_has_to_last() -> None:
    assert One(**LASTING).see(6) is Level.RED


def test_one_good_reading_begins_anew() -> None:
    one = One(**LASTING)
    assert [one.see(2), one.see(1, 10 * MIN), one.see(2, 5 * MIN), one.see(2, 15 * MIN)] == [Level.GOOD] * 4
    assert one.see(2, 5 * MIN) is Level.YELLOW


def test_a_gap_begins_anew() -> None:
    """Nobody looked in between: it may have been good."""
    one = One(yellow="> 1 for 1h")
    one.see(2)
    assert one.see(2, FRESH_MS + 1) is Level.GOOD
    assert one.see(2, 29 * MIN) is Level.GOOD, "an hour after the first, but nobody knows of the time between"
    assert one.see(2, 30 * MIN) is Level.GOOD
    assert one.see(2, MIN) is Level.YELLOW


def test_a_short_silence_is_no_gap() -> None:
    one = One(yellow="> 1 for 1h")
    one.see(2)
    assert one.see(None, 15 * MIN) is Level.NO_DATA
    assert [one.see(2, 15 * MIN), one.see(2, 15 * MIN)] == [Level.GOOD] * 2
    assert one.see(2, 15 * MIN) is Level.YELLOW


def test_how_long_is_told_by_readings_and_not_by_the_clock() -> None:
    """Somebody ticks an item: all checks are judged again, but nothing new is known of this one."""
    one = One(yellow="> 1 for 20m")
    one.see(2)
    assert one.look(25 * MIN) is Level.GOOD
    assert one.see(2) is Level.YELLOW


def test_no_data_never_ends_what_is_beyond() -> None:
    one = One(yellow="> 1", red="> 5")
    one.see(6)
    assert one.see(None, MIN) is Level.NO_DATA
    assert (one.judged.breached, one.judged.beyond_since) == ("red", NOW)
    assert one.look(10 * HOUR) is Level.NO_DATA
    assert one.judged.breached == "red"
    assert one.see(2, MIN) is Level.YELLOW
    assert (one.judged.breached, one.judged.beyond_since, one.judged.times) == ("yellow", NOW, 1)
    assert one.see(1, MIN) is Level.GOOD
    assert (one.judged.breached, one.judged.times) == ("", 1)


def test_what_is_still_beyond_after_a_gap_did_not_come_back() -> None:
    """A threshold that has to last begins anew after a gap; what it opened is not closed by that."""
    one = One(**LASTING)
    [one.see(2, 10 * MIN) for _ in range(3)]
    assert one.judged.breached == "yellow"
    one.see(None, MIN)
    assert one.see(2, 5 * HOUR) is Level.YELLOW
    assert one.judged.breached == "yellow"


def test_red_that_eased_is_not_good_because_yellow_has_to_last() -> None:
    one = One(**LASTING)
    one.see(6)
    assert one.see(2, MIN) is Level.YELLOW
    assert one.judged.breached == "yellow"
    assert one.see(1, MIN) is Level.GOOD


def test_an_old_reading_says_nothing() -> None:
    one = One(red="> 5")
    one.see(1)
    assert one.look(FRESH_MS) is Level.GOOD
    assert one.look(1) is Level.NO_DATA


def test_what_is_read_seldom_holds_longer() -> None:
    one = One(red="> 5", every="6h")
    one.see(1)
    assert one.look(18 * HOUR) is Level.GOOD
    assert one.look(1) is Level.NO_DATA


@pytest.mark.parametrize(("sample", "wanted"), [(None, Level.NO_DATA), (49, Level.NO_DATA), (50, Level.RED)])
def test_a_minimum_of_cases(sample: float | None, wanted: Level) -> None:
    one = One(red="> 5", sample="n", minimum=50)
    assert one.see(6, sample=sample) is wanted
    assert one.judged.breached == ("red" if wanted is Level.RED else "")


def test_too_few_cases_end_nothing() -> None:
    one = One(red="> 5", sample="n", minimum=50)
    one.see(6, sample=50)
    assert one.see(0, MIN, sample=3) is Level.NO_DATA
    assert one.judged.breached == "red"


def test_against_the_baseline() -> None:
    one = One(**RELATIVE)
    assert one.see(1.2, baseline=1) is Level.GOOD
    assert one.see(1.4, baseline=1) is Level.YELLOW
    assert one.see(2.1, baseline=1) is Level.RED


def test_without_the_baseline_nobody_can_tell() -> None:
    one = One(**RELATIVE)
    assert one.see(9) is Level.NO_DATA
    one.see(1.4, baseline=1)
    assert one.see(0.1) is Level.NO_DATA
    assert one.judged.breached == "yellow"


def test_one_threshold_may_tell_where_another_cannot() -> None:
    one = One(yellow="> +30%", red="> 5")
    assert one.see(1) is Level.NO_DATA, "it may be yellow"
    assert one.see(6) is Level.RED, "whatever yellow may say"
    one = One(yellow="> 1", red="> +100%")
    assert one.see(2) is Level.YELLOW, "at least"
    one.see(3, baseline=1)
    assert one.judged.breached == "red"
    assert one.see(3, MIN) is Level.NO_DATA, "the baseline is gone: nobody knows whether it is better"
    assert one.judged.breached == "red"


def test_a_trend_is_against_the_last_checkpoint() -> None:
    one = One(yellow="rising")
    assert one.see(2) is Level.NO_DATA
    early = NOW - HOUR
    one.watch = replace(one.watch, taken=(Taken(name="T+0", planned=early, at=early, values={"x": 2}),))
    assert [one.see(2), one.see(3), one.see(1)] == [Level.GOOD, Level.YELLOW, Level.GOOD]
    later = Taken(name="T+1", planned=early, at=early, values={"other": 9})
    one.watch = replace(one.watch, taken=(*one.watch.taken, later))
    assert one.see(3) is Level.YELLOW, "a checkpoint that could not read it says nothing of it"
    just = Taken(name="T+2", planned=NOW, at=NOW, values={"x": 3})
    one.watch = replace(one.watch, taken=(*one.watch.taken, just))
    assert one.see(3) is Level.YELLOW, "a checkpoint of this very moment is no earlier one"


def test_what_cannot_fall_further_falls() -> None:
    assert holds(parse("falling"), 0, baseline=None, before=0) is True
    assert holds(parse("falling"), 1, baseline=None, before=1) is False


@pytest.mark.parametrize(("failed", "wanted"), [("yellow", Level.YELLOW), ("red", Level.RED)])
def test_ticks(failed: str, wanted: Level) -> None:
    one = One(prometheus=None, tick="Run it.", failed=failed)
    assert one.look() is Level.NO_DATA
    one.watch = replace(one.watch, ticks={"x": Tick(good=False, by="a", at=NOW)})
    assert one.look() is wanted
    assert one.judged.breached == failed
    one.watch = replace(one.watch, ticks={"x": Tick(good=True, by="a", at=NOW)})
    assert one.look(60 * HOUR) is Level.GOOD, "a tick does not age"
    assert one.judged.breached == ""


def test_entered_values_hold_longer_and_age_too() -> None:
    one = One(prometheus=None, enter="a survey", yellow="< 30")
    assert one.see(20) is Level.YELLOW
    assert one.see(42) is Level.GOOD
    assert one.look(ENTERED_MS) is Level.GOOD
    assert one.look(1) is Level.NO_DATA


def test_on_target() -> None:
    one = One(target=">= 95", red="< 50")
    assert on_target(one.watch, "x") is None
    for value, wanted in ((96, True), (90, False), (40, False)):
        one.see(value)
        assert on_target(one.watch, "x") is wanted
    one.see(None, MIN)
    assert on_target(one.watch, "x") is False, "its incident is open"
    one.see(96, MIN)
    one.see(None, MIN)
    assert on_target(one.watch, "x") is None


def test_short_of_its_target_is_neither_good_nor_beyond() -> None:
    one = One(target="== 1", red="== 0 for 2m")
    assert one.see(1) is Level.GOOD
    assert one.see(0) is Level.SHORT
    assert one.judged.breached == ""
    assert one.see(0, 2 * MIN) is Level.RED
    assert one.see(1, MIN) is Level.GOOD


def test_of_a_target_that_nobody_can_tell_there_is_no_data_but_its_thresholds_count() -> None:
    one = One(target=">= +50 in 7d", red="> 500")
    assert [one.see(100), one.see(600, MIN)] == [Level.NO_DATA, Level.RED]
    assert one.judged.breached == "red"
    assert one.see(100, MIN) is Level.NO_DATA
    assert one.judged.breached == "", "it is back in bounds, whatever was wanted"
    assert one.judged.clear
    assert (fulfilled("x >= 90", one.watch), fulfilled("x", one.watch)) == (True, None)
    one.look(FRESH_MS + MIN)
    assert fulfilled("x >= 90", one.watch) is None, "too old by now"


@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ("gggsn", Level.GOOD), ("gsss", Level.SHORT), ("snn", Level.NO_DATA), ("s", Level.SHORT), ("gn", Level.GOOD),
        ("gsn", Level.SHORT), ("sy", Level.YELLOW), ("", Level.NO_DATA),
    ],
)  # fmt: skip
def test_how_a_release_stands_by_its_checks(levels: str, wanted: Level) -> None:
    known = {"g": Level.GOOD, "s": Level.SHORT, "n": Level.NO_DATA, "y": Level.YELLOW}
    judged = {str(number): Judged(level=known[one]) for number, one in enumerate(levels)}
    assert replace(BLANK, judged=judged).level is wanted


def test_criteria() -> None:
    plan = POLICY.releases["sdk"]
    blank = replace(BLANK, judged=standing(plan, BLANK, NOW))
    assert {name: fulfilled(name, blank) for name in ("errors", "smoke", "nps >= 50")} == dict.fromkeys(
        ("errors", "smoke", "nps >= 50")
    )
    readings = {
        "errors": Reading(at=NOW, source="s", value=0.2, sample=60),
        "nps": Reading(at=NOW, source="s", value=45),
        "latency": Reading(at=NOW, source="s", value=1),
    }
    read = replace(BLANK, readings=readings)
    read = replace(read, judged=standing(plan, read, NOW))
    wanted = {"errors": True, "errors < 0.1": False, "nps": True, "nps >= 50": False, "nps >= 45": True,
              "latency": None, "latency < 2": None, "latency <= +10%": None, "smoke": None}  # fmt: skip
    assert {name: fulfilled(name, read) for name in wanted} == wanted


def test_bands_are_the_first_that_holds() -> None:
    one = check(bands={"excellent": "< 20", "good": "<= 30", "critical": "> 50"})
    assert [band(one, value) for value in (19.9, 20, 30, 40, 51)] == ["excellent", "good", "good", "", "critical"]


def test_times_counts_how_often_it_went_beyond() -> None:
    one = One(yellow="> 1", red="> 5")
    for value in (2, 6, 2, 0, None, 6, None, 6, 0):
        one.see(value, 10 * S)
    assert one.judged.times == 2
