"""Quiet hours: in the team's zone, over midnight, on the nights when the clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.policy import Policy
from rules.windows import is_quiet
from tests.rules.situations import MIN, NOW, Desk, member, policy, report, words

MADRID = ZoneInfo("Europe/Madrid")
NIGHTS = policy('quiet_hours: {from: "22:00", to: "07:00", whole_days: [sat, sun]}')
LUNCH = policy('quiet_hours: {from: "13:00", to: "15:00", days: [mon, fri]}')
FRIDAYS = policy('quiet_hours: {from: "22:00", to: "07:00", days: [fri]}')


def at(text: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=MADRID, fold=fold).timestamp() * 1000)


@pytest.mark.parametrize(
    ("rules", "when", "quiet"),
    [
        (NIGHTS, "2026-11-18 21:59:59", False),
        (NIGHTS, "2026-11-18 22:00:00", True),
        (NIGHTS, "2026-11-19 06:59:59", True),
        (NIGHTS, "2026-11-19 07:00:00", False),
        (NIGHTS, "2026-11-21 12:00:00", True),
        (NIGHTS, "2026-11-22 23:59:59", True),
        (NIGHTS, "2026-11-23 12:00:00", False),
        (LUNCH, "2026-11-20 13:00:00", True),
        (LUNCH, "2026-11-20 15:00:00", False),
        (LUNCH, "2026-11-19 13:30:00", False),
        (FRIDAYS, "2026-11-20 23:00:00", True),
        (FRIDAYS, "2026-11-21 06:00:00", True),
        (FRIDAYS, "2026-11-21 23:00:00", False),
        (FRIDAYS, "2026-11-20 06:00:00", False),
    ],
)
def test_when_it_is_quiet(rules: Policy, when: str, quiet: bool) -> None:
    assert is_quiet(rules.quiet_hours, rules.zone, at(when)) is quiet


def test_without_quiet_hours_it_never_is() -> None:
    assert not is_quiet(None, MADRID, 0)


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24"], ids=["clocks go forward", "clocks go back"])
def test_it_begins_and_ends_by_the_clock_on_the_wall_when_the_clocks_change(night: str) -> None:
    rules = policy('quiet_hours: {from: "22:00", to: "07:00"}')
    start = at(f"{night} 22:00")
    end = at(f"{night[:-2]}{int(night[-2:]) + 1} 07:00")
    assert (end - start) / (60 * MIN) == (8 if "03" in night else 10)
    minutes = [is_quiet(rules.quiet_hours, rules.zone, moment) for moment in range(start - MIN, end + MIN, MIN)]
    assert minutes == [False] + [True] * ((end - start) // MIN) + [False]


def test_both_hours_of_the_night_that_has_one_twice_are_in_the_window() -> None:
    rules = policy('quiet_hours: {from: "02:00", to: "03:00"}')
    assert is_quiet(rules.quiet_hours, rules.zone, at("2026-10-25 02:30", fold=0))
    assert is_quiet(rules.quiet_hours, rules.zone, at("2026-10-25 02:30", fold=1))
    assert not is_quiet(rules.quiet_hours, rules.zone, at("2026-10-25 03:00"))


def test_a_p1_at_the_weekend_is_shown_without_its_ping_and_says_why() -> None:
    desk = Desk(NIGHTS, now=at("2026-11-21 12:00"))
    assert desk.hear(report(member())) == "opened"
    assert (desk.incident.shown, desk.incident.mention) == (True, ())
    assert desk.incident.hushed is not None
    assert words(desk.incident.hushed) == "No ping: quiet hours."


def test_a_p0_interrupts() -> None:
    desk = Desk(NIGHTS, now=at("2026-11-21 12:00"))
    desk.hear(report(member("a", "critical")))
    assert (desk.incident.mention, desk.incident.hushed) == (("channel",), None)


def test_a_p1_that_becomes_a_p0_interrupts_and_no_longer_says_that_it_is_quiet() -> None:
    desk = Desk(NIGHTS, now=at("2026-11-21 12:00"))
    desk.hear(report(member()))
    assert desk.hear(report(member(), member("w", "critical")), MIN) == "worse"
    assert (desk.incident.mention, desk.incident.hushed) == (("channel",), None)


def test_a_refire_in_quiet_hours_is_told_in_the_thread_only() -> None:
    desk = Desk(NIGHTS, now=at("2026-11-20 21:00"))
    desk.hear(report(member()))
    desk.hear(report(member(firing=False)), MIN)
    assert desk.hear(report(member(since=NOW + MIN)), 90 * MIN) == "reopened"
    entry = desk.incident.timeline[-1]
    assert (entry.visible, entry.aloud) == (True, False)
