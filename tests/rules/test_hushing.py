"""What keeps it from interrupting people: quiet hours, mutes, snoozes, silences; at their end each is said once."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import hushing, silencing
from rules.incident import Compared
from rules.policy import Policy, QuietHours
from rules.policy_file import load
from rules.signal import Member
from rules.silence import Silence
from rules.standing import Muted, Standing, applied
from rules.windows import is_quiet
from tests.rules.situations import DAY, HOUR, MIN, NOW, Desk, member, report, timer
from tests.rules.test_attention import BAD, TEAM, WARNING, at, direct, known, last, opened, watch

QUIET = 'quiet_hours: {from: "22:00", to: "07:00", whole_days: [sat, sun]}\n'
NIGHTS = load(TEAM + QUIET, "team.yaml")
DAYS = load(TEAM, "team.yaml")
PLAIN = load('{timezone: Europe/Madrid, channels: {fallback: "#general"}, severities: {P1: {}}}', "plain.yaml")
DB = member("a", "warning", team="db")
FOR_EVER = 253_402_300_799_000  # the last second of the year 9999, as people write it into Alertmanager


def muted(until: int, *, route: str = "", channel: str = "", policy: Policy = DAYS) -> Policy:
    """The policy with a mute, as `/sereno mute` leaves it."""
    mute = Muted(route=route, channel=channel, by="ana", reason="moving house", until=until)
    return applied(policy, Standing(mutes=(mute,)))


def silenced(desk: Desk, until: int) -> None:
    """Somebody asks for a silence, and Alertmanager takes it."""
    desk.hear(known("silence", "ana", matchers='a="b"', until=str(until), reason="known"))
    made = silencing.made(desk.incident, desk.incident.silences[-1].token, "id", desk.now)
    desk.record = replace(made, compared=replace(made.compared, hidden=True))


# ---- quiet hours


def test_at_the_weekend_a_warning_waits_for_monday_and_then_each_is_said_once() -> None:
    desk = opened(WARNING, at("2027-01-16 10:00"), NIGHTS)
    monday = at("2027-01-18 07:00")
    assert desk.incident.mention == ()
    assert desk.incident.timers == {"remind": monday, "escalate/0": monday}
    assert watch(desk, 2 * DAY) == [(45 * 60, "escalated"), (45 * 60, "reminded"), (47 * 60, "reminded")]
    assert direct(desk) == ["boss"]
    assert not any("late" in line for line in desk.lines)


def test_at_the_weekend_what_is_critical_interrupts() -> None:
    desk = opened(BAD, at("2027-01-16 10:00"), NIGHTS)
    assert [minutes for minutes, _ in watch(desk, DAY)] == [10, 20, 25, 40, 50]


def test_a_reminder_of_the_evening_waits_for_the_morning() -> None:
    desk = opened(WARNING, at("2027-01-14 21:30"), NIGHTS)
    assert desk.incident.timers["remind"] == at("2027-01-15 07:00")
    before = opened(WARNING, at("2027-01-14 20:59"), NIGHTS)
    assert before.incident.timers["remind"] == at("2027-01-14 21:59")


@pytest.mark.parametrize(("day", "hours"), [("2027-03-27", 8), ("2027-10-30", 10)])
def test_the_morning_comes_by_the_clock_on_the_wall_when_the_clocks_change(day: str, hours: int) -> None:
    policy = load(TEAM + 'quiet_hours: {from: "22:00", to: "07:00"}\n', "team.yaml")
    desk = opened(WARNING, at(f"{day} 21:00"), policy)
    assert desk.incident.timers["remind"] - desk.now == (hours + 1) * HOUR


def test_a_time_that_comes_in_the_quiet_hours_after_all_is_put_off() -> None:
    desk = opened(WARNING, at("2027-01-15 20:30"), NIGHTS)
    assert desk.hear(timer("remind"), 2 * HOUR) == "put_off", "nobody ran between half past nine and half past ten"
    assert desk.incident.timers["remind"] == at("2027-01-18 07:00")
    assert not desk.lines


def test_quiet_hours_that_a_new_policy_brings_are_kept_by_the_next_time() -> None:
    desk = opened(WARNING, at("2027-01-15 21:30"))
    desk.policy = NIGHTS
    assert desk.ring("remind") == "put_off"
    assert desk.incident.timers["escalate/0"] == at("2027-01-18 07:00")


def test_what_a_person_passes_on_goes_out_in_quiet_hours_too() -> None:
    desk = opened(WARNING, at("2027-01-16 10:00"), NIGHTS)
    desk.hear(known("escalate", "ana", whom="@bob"), MIN)
    assert last(desk)[1] == ("@bob",)


def test_quiet_hours_that_never_end_never_say_anything() -> None:
    policy = load(TEAM + 'quiet_hours: {from: "07:00", to: "07:00"}\n', "team.yaml")
    desk = opened(WARNING, policy=policy)
    assert watch(desk, 30 * DAY) == []


# ---- mutes


@pytest.mark.parametrize(
    ("mute", "one", "hushed"),
    [
        ({"route": "db"}, DB, True),
        ({"route": "db"}, WARNING, False),
        ({"channel": "#monitoring"}, WARNING, True),
        ({"channel": "monitoring"}, WARNING, True),
        ({"channel": "#monitoring"}, DB, True),
        ({"channel": "#alerts"}, WARNING, False),
        ({"channel": "#alerts"}, DB, False),
        ({"channel": "#alerts"}, BAD, True),
        ({"route": "gone"}, WARNING, False),
    ],
)
def test_a_mute_hushes_its_route_or_its_channel_and_nothing_else(
    mute: dict[str, str], one: Member, hushed: bool
) -> None:
    desk = opened(one, policy=muted(NOW + 8 * HOUR, **mute))
    assert desk.incident.shown
    assert (desk.incident.mention == ()) is hushed
    assert ("remind" in desk.incident.timers and desk.incident.timers["remind"] == NOW + 8 * HOUR) is hushed


def test_reminders_wait_for_the_end_of_the_longest_mute_and_of_the_night_in_which_it_ends() -> None:
    policy = muted(at("2027-01-14 23:00"), route="db", policy=NIGHTS)
    policy = applied(policy, Standing(mutes=(Muted(route="", channel="#monitoring", by="x", reason="", until=NOW),)))
    desk = opened(DB, at("2027-01-14 12:00"), policy)
    assert desk.incident.timers["remind"] == at("2027-01-15 09:00")
    assert [minutes for minutes, _ in watch(desk, DAY)] == [21 * 60, 21 * 60, 23 * 60]


def test_a_mute_of_an_hour_ago_says_nothing() -> None:
    desk = opened(WARNING, policy=muted(NOW, channel="#monitoring"))
    assert desk.incident.mention == ("@ops",)


def test_once_the_mute_is_over_reminders_go_on() -> None:
    desk = opened(WARNING)
    desk.policy = muted(NOW + 5 * HOUR, channel="#monitoring")
    assert watch(desk, 10 * HOUR) == [
        (60, "put_off"), (300, "escalated"), (300, "reminded"), (420, "reminded"),
    ]  # fmt: skip


# ---- snoozed or silenced


def test_snoozed_until_then_and_each_is_said_once() -> None:
    desk = opened(WARNING)
    until = NOW + 10 * HOUR
    assert desk.hear(known("snooze", "bob", until=str(until)), MIN) == "snoozed"
    assert desk.incident.timers == {"remind": until, "escalate/0": until}
    assert watch(desk, 11 * HOUR) == [(599, "escalated"), (599, "reminded")]
    assert last(desk)[0].startswith("Nobody has it yet")


def test_what_gets_worse_wakes_up() -> None:
    desk = opened(WARNING)
    desk.hear(known("snooze", "bob", until=str(NOW + 10 * HOUR)), MIN)
    desk.hear(report(WARNING, member("b", "critical")), MIN)
    assert desk.incident.timers["remind"] == desk.now + 10 * MIN


def test_while_alertmanager_is_silent_so_are_the_reminders() -> None:
    desk = opened(WARNING)
    silenced(desk, NOW + 4 * HOUR)
    seen = [what for _, what in watch(desk, 5 * HOUR)]
    assert sorted(seen) == ["escalated", "put_off", "reminded", "silence_near_end", "silence_over"]
    assert desk.incident.attention.reminded_at == NOW + 4 * HOUR
    assert not any("late)" in line or "late." in line for line in desk.lines), "it was put off, not forgotten"


def test_a_silence_that_is_only_asked_for_puts_nothing_off() -> None:
    desk = opened(WARNING)
    desk.hear(known("silence", "ana", matchers='a="b"', until=str(NOW + 4 * HOUR)))
    assert desk.ring("remind") == "reminded"


def test_a_silence_that_is_ended_early_lets_reminders_come_at_their_own_time() -> None:
    desk = opened(WARNING)
    silenced(desk, NOW + 4 * HOUR)
    desk.ring("remind")
    desk.hear(known("unsilence", "ana"), 30 * MIN)
    assert desk.incident.timers["remind"] <= desk.now
    assert desk.ring("remind") == "reminded"


@pytest.mark.parametrize("policy", [DAYS, NIGHTS])
def test_a_silence_for_ever_is_for_ever(policy: Policy) -> None:
    desk = opened(WARNING, policy=policy)
    foreign = Silence(matchers='a="b"', by="x", reason="", since=NOW, until=FOR_EVER, id="1")
    desk.record = replace(desk.incident, silences=(foreign,), compared=Compared(hidden=True))
    desk.ring("remind")
    assert desk.incident.timers["remind"] == FOR_EVER


# ---- for any moment


MOMENTS = st.integers(at("2027-01-01 00:00") // MIN, at("2027-12-31 00:00") // MIN).map(lambda minute: minute * MIN)
AROUND = st.sampled_from(["2027-03-28 00:00", "2027-10-31 00:00"]).flatmap(
    lambda day: st.integers(-60, 300).map(lambda minutes: at(day) + minutes * MIN)
)
CLOCKS = st.sampled_from(["00:00", "01:30", "02:00", "02:30", "03:00", "07:00", "22:00", "23:59"])
WEEKDAYS = st.lists(st.sampled_from(["mon", "tue", "sat", "sun"]), unique=True, max_size=3)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(MOMENTS | AROUND, CLOCKS, CLOCKS, WEEKDAYS, WEEKDAYS, st.lists(MOMENTS, max_size=3))
def test_it_may_ping_at_the_moment_that_is_named_and_never_before(
    moment: int, start: str, end: str, days: list[str], whole: list[str], mutes: list[int]
) -> None:
    given: dict[str, Any] = {"from": start, "to": end, "days": days, "whole_days": whole}
    window = QuietHours.model_validate(given)
    policy = PLAIN.model_copy(update={"quiet_hours": window})
    for until in mutes:
        policy = muted(until, channel="#general", policy=policy)
    found = hushing.not_before(policy, "P1", "#general", "", moment)
    assert found >= moment
    if start != end and found < moment + 400 * DAY:
        assert hushing.hush(policy, "P1", "#general", "", found) is None
        assert found == moment or hushing.hush(policy, "P1", "#general", "", moment) is not None
    if not mutes and start != end:
        quiet = range(moment, min(found, moment + 3 * DAY), 30 * MIN)
        assert all(is_quiet(policy.quiet_hours, policy.zone, one) for one in quiet)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(MOMENTS | AROUND)
def test_the_end_of_the_day_is_ahead_and_within_a_week(moment: int) -> None:
    end = hushing.end_of_day(DAYS, moment)
    assert moment < end <= moment + 4 * DAY
