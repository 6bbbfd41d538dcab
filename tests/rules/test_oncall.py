"""Whose turn it is: by the clock on the wall, over the nights when it jumps, with overrides, each turn once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules import oncall
from rules.oncall import Shift
from rules.policy import Policy
from rules.policy_file import load
from tests.rules.situations import HOUR, MIN

TEAM = ["ana", "bruno", "chloe"]
BASE = """
timezone: Europe/Madrid
channels: {fallback: "#general"}
severities: {P1: {}}
people: {ana: {name: Ana Ruiz}, bruno: {name: Bruno Costa}, chloe: {name: Chloe Martin}}
"""
ZONES = ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe"]


def rotating(cron: str, zone: str = "Europe/Madrid", since: str = "2026-01-04", more: str = "") -> Policy:
    line = f'people: [ana, bruno, chloe], handoff: "{cron}", timezone: {zone}, since: {since}{more}'
    return load(f"{BASE}oncall:\n  platform: {{{line}}}\n", "test.yaml")


def standing_in(*overrides: tuple[str, str, str], who: str = "people: [ana, bruno, chloe]") -> Policy:
    rows = "".join(f"\n      - {{person: {who}, from: {start}, until: {until}}}" for who, start, until in overrides)
    return load(f"{BASE}oncall:\n  platform:\n    {who}\n    overrides:{rows or ' []'}\n", "test.yaml")


GROUP = 'group: "@on-call"'


def at(text: str, zone: str = "Europe/Madrid", fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


def local(moment: int, zone: str) -> str:
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).isoformat(" ", "minutes")


def who(policy: Policy, when: str) -> str:
    return oncall.now(policy, "platform", at(when)).person


def shifts(policy: Policy, first: int, last: int) -> Iterator[Shift]:
    shift = oncall.now(policy, "platform", first)
    while shift.start < last:
        yield shift
        if not shift.until:
            return
        shift = oncall.now(policy, "platform", shift.until)


@pytest.mark.parametrize(
    ("when", "person"),
    [
        ("1999-12-31 00:00", "ana"),
        ("2026-01-04 23:59", "ana"),
        ("2026-01-05 08:59:59", "ana"),
        ("2026-01-05 09:00", "bruno"),
        ("2026-01-12 08:59:59", "bruno"),
        ("2026-01-12 09:00", "chloe"),
        ("2026-01-19 09:00", "ana"),
        ("2026-03-30 08:59", "ana"),  # the Monday after the clocks went forward
        ("2026-03-30 09:00", "bruno"),
    ],
)
def test_they_take_turns_from_the_first_handoff_after_the_day_named(when: str, person: str) -> None:
    assert who(rotating("0 9 * * mon"), when) == person


def test_a_handoff_on_the_day_named_is_the_first_persons_own() -> None:
    policy = rotating("0 0 * * mon", since="2026-01-05")
    assert [who(policy, day) for day in ("2026-01-05", "2026-01-11 23:59", "2026-01-12")] == ["ana", "ana", "bruno"]


def test_the_shift_says_since_when_and_until_when() -> None:
    shift = oncall.now(rotating("0 9 * * mon"), "@platform", at("2026-10-22 12:00"))
    assert (shift.start, shift.until) == (at("2026-10-19 09:00"), at("2026-10-26 09:00"))
    assert shift.until - shift.start == (7 * 24 + 1) * HOUR
    assert (shift.group, shift.override) == ("", False)


def test_the_first_shift_has_no_start() -> None:
    policy = rotating("0 9 * * mon")
    assert oncall.now(policy, "platform", 0).start == 0
    assert oncall.now(policy, "platform", 0).until == at("2026-01-05 09:00")


def test_the_zone_of_the_team_unless_the_rotation_has_its_own() -> None:
    team = load(f"{BASE}oncall: {{platform: {{people: [ana, bruno]}}}}", "test.yaml")
    tokyo = rotating("0 9 * * mon", "Asia/Tokyo")
    assert oncall.now(team, "platform", 0).until == at("2026-01-12 09:00")
    assert oncall.now(tokyo, "platform", 0).until == at("2026-01-05 09:00", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("zone", "night", "cron", "wanted"),
    [
        # the hour that comes twice: once, at its first coming
        ("Europe/Madrid", "2026-10-25", "30 2 * * *", ["2026-10-25 02:30+02:00"]),
        ("America/New_York", "2026-11-01", "30 1 * * *", ["2026-11-01 01:30-04:00"]),
        ("Australia/Lord_Howe", "2026-04-05", "45 1 * * *", ["2026-04-05 01:45+11:00"]),
        ("Europe/Madrid", "2026-10-25", "0 2,3 * * *", ["2026-10-25 02:00+02:00", "2026-10-25 03:00+01:00"]),
        # the hour that is skipped: once, when the clocks jump over it
        ("Europe/Madrid", "2026-03-29", "30 2 * * *", ["2026-03-29 03:00+02:00"]),
        ("America/New_York", "2026-03-08", "30 2 * * *", ["2026-03-08 03:00-04:00"]),
        ("Australia/Lord_Howe", "2026-10-04", "15 2 * * *", ["2026-10-04 02:30+11:00"]),
        ("Europe/Madrid", "2026-03-29", "0 2,3 * * *", ["2026-03-29 03:00+02:00"]),
        # no clock changes at nine
        ("Europe/Madrid", "2026-10-25", "0 9 * * *", ["2026-10-25 09:00+01:00"]),
        ("America/New_York", "2026-03-08", "0 9 * * *", ["2026-03-08 09:00-04:00"]),
        ("Australia/Lord_Howe", "2026-04-05", "0 9 * * *", ["2026-04-05 09:00+10:30"]),
        # a zone without a midnight on that day, and one that skipped a whole day
        ("America/Santiago", "2026-09-06", "0 0 * * *", ["2026-09-06 01:00-03:00"]),
        ("Pacific/Apia", "2011-12-31", "0 9 * * *", ["2011-12-31 00:00+14:00", "2011-12-31 09:00+14:00"]),
    ],
)
def test_on_the_nights_when_the_clocks_change(zone: str, night: str, cron: str, wanted: list[str]) -> None:
    year = int(night[:4])
    moments = [local(one, zone) for one in oncall.handoffs(cron, zone, year, year)]
    assert [one for one in moments if one.startswith(night)] == wanted


@pytest.mark.parametrize("zone", ZONES)
def test_a_handoff_each_night_moves_by_one_person_over_both_changes(zone: str) -> None:
    policy = rotating("15 2 * * *", zone)
    days = [date(2026, 1, 6) + timedelta(days=index) for index in range(500)]
    people = [oncall.now(policy, "platform", at(f"{day} 12:00", zone)).person for day in days]
    assert people == [TEAM[(index + 2) % 3] for index in range(500)]


def by_the_minute(cron: str, zone: str, first: int, last: int) -> list[int]:
    """An oracle that walks the clock on the wall, minute by minute, and marks off each time it has shown or skipped."""
    minutes, hours, days, months, weekdays = croniter.expand(cron)[0]

    def wanted(wall: datetime) -> bool:
        fields = [(minutes, wall.minute), (hours, wall.hour), (months, wall.month)]
        fields += [(days, wall.day), (weekdays, wall.isoweekday() % 7)]
        return all(field == ["*"] or value in field for field, value in fields)

    found, shown = [], datetime.fromtimestamp(first / 1000 - 60, ZoneInfo(zone)).replace(tzinfo=None)
    for moment in range(first, last, MIN):
        wall = datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).replace(tzinfo=None)
        passed = [shown + timedelta(minutes=1 + index) for index in range(int((wall - shown) / timedelta(minutes=1)))]
        if any(wanted(one) for one in passed):
            found.append(moment)
        shown = max(shown, wall)
    return found


CHANGES = [  # the start of the day of each change, UTC-ish; the oracle walks a day before and a day after
    (zone, day)
    for zone, days in {
        "Europe/Madrid": ("2026-03-29", "2026-10-25"),
        "America/New_York": ("2026-03-08", "2026-11-01"),
        "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
        "America/Santiago": ("2026-04-05", "2026-09-06"),
        "Asia/Kolkata": ("2026-06-01",),
    }.items()
    for day in days
]
NUMBERS = st.lists(st.integers(0, 23), min_size=1, max_size=4, unique=True).map(lambda some: ",".join(map(str, some)))
CRONS = st.tuples(
    st.integers(0, 59).map(str),
    st.one_of(st.just("*"), NUMBERS, st.sampled_from(["*/2", "1-3", "0-4/2"])),
    st.just("*"),
    st.sampled_from(["*", "3-11", "mar,apr,sep,oct,nov"]),
    st.sampled_from(["*", "sun", "sat,sun,mon", "7", "mon-fri"]),
).map(" ".join)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(CHANGES), CRONS)
@example(("Europe/Madrid", "2026-10-25"), "30 * * * *")
@example(("Australia/Lord_Howe", "2026-10-04"), "15 * * * *")
@example(("Australia/Lord_Howe", "2026-04-05"), "30 1-2 * * *")
def test_each_time_on_the_wall_counts_once(change: tuple[str, str], cron: str) -> None:
    zone, day = change
    first, last = at(f"{day} 00:00", zone) - 12 * HOUR, at(f"{day} 00:00", zone) + 36 * HOUR
    moments = [one for one in oncall.handoffs(cron, zone, 2026, 2026) if first <= one < last]
    assert moments == by_the_minute(cron, zone, first, last)


DAYS = st.sampled_from(["*", "1", "13", "31", "1,15", "*/10", "1-7", "L", "15W", "1-31"])
MONTHS = st.sampled_from(["*", "2", "jan,jul", "1-12/5"])
WEEKDAYS = st.sampled_from(["*", "mon", "0", "7", "fri", "sat-sun", "5-1", "1-5", "mon#1", "L5", "wed"])


@settings(deadline=None, derandomize=True, max_examples=150)
@given(DAYS, MONTHS, WEEKDAYS)
@example("29", "2", "*")
def test_without_clock_changes_it_is_what_croniter_says(day: str, month: str, weekday: str) -> None:
    cron = f"0 9 {day} {month} {weekday}"
    if not croniter.is_valid(cron, strict=True):
        return
    begin = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    known = croniter(cron, begin, ret_type=datetime, max_years_between_matches=40).all_next()
    wanted = []
    for one in known:
        if one.year > 2028:
            break
        wanted.append(int(one.timestamp() * 1000))
    assert list(oncall.handoffs(cron, "UTC", 2027, 2028)) == wanted


MOMENTS = st.integers(at("2025-12-01 00:00"), at("2028-01-01 00:00"))


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.sampled_from(ZONES), CRONS, MOMENTS)
def test_shifts_tile_time_and_everybody_gets_a_turn_in_order(zone: str, cron: str, moment: int) -> None:
    policy = rotating(cron, zone)
    seen = list(shifts(policy, moment, moment + 40 * 24 * HOUR))
    for one, after in pairwise(seen):
        assert one.until == after.start
        assert TEAM[(TEAM.index(one.person) + 1) % 3] == after.person
        assert oncall.following(policy, "platform", (one.start + one.until) // 2) == after
    assert seen[0].start <= moment < (seen[0].until or moment + 1)


SPANS = st.tuples(st.sampled_from(TEAM), st.integers(0, 60), st.integers(1, 40))


@settings(deadline=None, derandomize=True, max_examples=80)
@given(st.lists(SPANS, max_size=5), st.booleans(), st.integers(0, 120))
def test_it_is_the_same_all_through_a_shift_with_overrides(
    spans: list[tuple[str, int, int]], in_group: bool, hours: int
) -> None:
    begin = datetime(2026, 5, 2, tzinfo=UTC)
    rows = [
        (one, (begin + timedelta(hours=start)).isoformat(), (begin + timedelta(hours=start + size)).isoformat())
        for one, start, size in spans
    ]
    policy = standing_in(*rows, who=GROUP if in_group else "people: [ana, bruno, chloe]")
    moment = int(begin.timestamp() * 1000) + hours * HOUR
    shift = oncall.now(policy, "platform", moment)
    edges = sorted({at("2026-04-27 09:00"), at("2026-05-11 09:00"), shift.start, shift.until} - {0})
    inside = [one for one in edges if one >= shift.start and one < (shift.until or one + 1)]
    last = [shift.until - 1] if shift.until else []
    for one in (*inside, *last, *(range(shift.start, shift.until, 7 * HOUR) if shift.start and shift.until else ())):
        assert oncall.now(policy, "platform", one) == shift
    if shift.until:
        after = oncall.following(policy, "platform", moment)
        assert after is not None
        assert after.start == shift.until
        assert after != shift
    winner = [one for one, start, size in spans if start <= hours < start + size]
    assert shift.override == bool(winner)
    if winner:
        assert shift.person == winner[-1]


def test_an_override_begins_and_ends_and_the_turn_goes_on() -> None:
    policy = standing_in(("chloe", "2026-05-12T12:00:00+02:00", "2026-05-13T12:00:00+02:00"))
    turn = who(policy, "2026-05-12 11:59")
    seen = list(shifts(policy, at("2026-05-11 09:00"), at("2026-05-18 08:00")))
    assert [(one.person, one.override) for one in seen] == [(turn, False), ("chloe", True), (turn, False)]
    assert [one.until for one in seen] == [at("2026-05-12 12:00"), at("2026-05-13 12:00"), at("2026-05-18 09:00")]


def test_an_override_over_a_handoff_is_one_shift() -> None:
    policy = standing_in(("chloe", "2026-05-10T12:00:00+02:00", "2026-05-12T12:00:00+02:00"))
    shift = oncall.now(policy, "platform", at("2026-05-11 09:00"))
    assert (shift.start, shift.until, shift.person) == (at("2026-05-10 12:00"), at("2026-05-12 12:00"), "chloe")


def test_the_latest_listed_override_wins_and_the_other_comes_back() -> None:
    policy = standing_in(
        ("ana", "2026-05-12T08:00:00+02:00", "2026-05-12T20:00:00+02:00"),
        ("bruno", "2026-05-12T10:00:00+02:00", "2026-05-12T12:00:00+02:00"),
    )
    seen = list(shifts(policy, at("2026-05-12 08:00"), at("2026-05-12 20:00")))
    assert [one.person for one in seen] == ["ana", "bruno", "ana"]
    assert [one.until for one in seen] == [at(f"2026-05-12 {hour}:00") for hour in (10, 12, 20)]


def test_a_user_group_is_on_call_for_ever() -> None:
    policy = standing_in(who=GROUP)
    forever = Shift(person="", group="@on-call", start=0, until=0, override=False)
    assert oncall.now(policy, "platform", at("2026-05-12 08:00")) == forever
    assert oncall.following(policy, "platform", at("2026-05-12 08:00")) is None


def test_somebody_stands_in_for_a_user_group() -> None:
    policy = standing_in(("ana", "2026-05-12T08:00:00+02:00", "2026-05-12T20:00:00+02:00"), who=GROUP)
    seen = list(shifts(policy, 0, at("2027-01-01 00:00")))
    assert [(one.person, one.group) for one in seen] == [("", "@on-call"), ("ana", ""), ("", "@on-call")]
    assert (seen[0].start, seen[-1].start, seen[-1].until) == (0, at("2026-05-12 20:00"), 0)


def test_a_handoff_on_leap_days_only() -> None:
    policy = rotating("0 9 29 2 *")
    shift = oncall.now(policy, "platform", at("2028-03-01 00:00"))
    assert (shift.person, shift.start, shift.until) == ("bruno", at("2028-02-29 09:00"), at("2032-02-29 09:00"))


def test_an_unknown_rotation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        oncall.now(rotating("0 9 * * mon"), "payments", 0)


TWO = """
oncall:
  platform: {people: [ana, bruno]}
  payments: {group: "@payments-team"}
"""


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["channel", "here", "none"], ["channel", "here", "none"]),
        (["@platform"], ["@ana"]),
        (["platform"], ["@ana"]),
        (["@payments", "payments"], ["@payments-team"]),
        (["ana"], ["@ana"]),
        (["@ana", "@platform", "ana"], ["@ana"]),
        (["@sre", "@platform", "@bruno", "@sre"], ["@sre", "@ana", "@bruno"]),
        (["@Ana", "@here"], ["@Ana", "@here"]),
        ([], []),
    ],
)
def test_a_mention_means_whoever_has_it_now(names: list[str], wanted: list[str]) -> None:
    policy = load(BASE + TWO, "test.yaml")
    assert oncall.resolve(policy, names, at("2026-01-05 08:00")) == tuple(wanted)


def test_a_mention_means_somebody_else_after_the_handoff() -> None:
    assert oncall.resolve(load(BASE + TWO, "test.yaml"), ["@platform"], at("2026-01-12 09:00")) == ("@bruno",)
