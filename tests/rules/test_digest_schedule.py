"""When a digest is due and what it covers: on any wall clock, through any change of the clocks, whatever was missed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.digest_plan import Digest
from rules.digests.facts import Period
from rules.digests.schedule import KEPT, coming, following, latest, owed, zone_of
from rules.policy_file import load
from rules.report import key_of
from tests.rules.situations import DAY, HOUR, MIN

WEEKLY, NIGHTLY = Digest(), Digest(cron="30 2 * * *")
WEEK, ONE_DAY = timedelta(days=7), timedelta(days=1)
MADRID = ZoneInfo("Europe/Madrid")
ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})


def at(text: str, zone: ZoneInfo = MADRID) -> int:
    return ms(datetime.fromisoformat(text).replace(tzinfo=zone))


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)


def looked(digest: Digest, zone: ZoneInfo, start: int, end: int, step: int) -> Iterator[Period]:
    """All that is owed from one moment to another, by looks that are so far apart."""
    last = start
    for now in range(start + step, end + step, step):
        for period in owed(digest, zone, last, now):
            yield period
            last = period.due_at


def begins(at: int, day: date, zone: ZoneInfo) -> bool:
    """Whether that is the first millisecond of a day."""
    return local(at, zone).date() == day > local(at - 1, zone).date()


@pytest.mark.parametrize("part", range(4))
def test_monday_at_nine_comes_once_a_week_for_ten_years_in_every_zone(part: int) -> None:
    """Zones that have the same Mondays, to the millisecond, are walked through once, and the others in one year."""
    mondays = [date(2020, 1, 6) + WEEK * count for count in range(523)]
    walked: set[tuple[int, ...]] = set()
    for name in ZONES[part::4]:
        zone = ZoneInfo(name)
        walls = [datetime.combine(day, time(9), zone) for day in mondays]
        assert all(wall.astimezone(UTC).astimezone(zone) == wall for wall in walls), name
        wanted = tuple(ms(wall) for wall in walls)
        first = 0 if wanted not in walked else 340
        walked.add(wanted)
        span = wanted[first] - 1, wanted[-1] if not first else wanted[first + 50]
        periods = list(looked(WEEKLY, zone, *span, 7 * (KEPT - 1) * DAY))[: len(wanted) - first]
        assert tuple(period.due_at for period in periods) == wanted[first:][: len(periods)], name
        assert len(periods) >= (50 if first else 523)
        for period, day in zip(periods, mondays[first:], strict=False):
            check_week(period, day, zone)


def check_week(period: Period, monday: date, zone: ZoneInfo) -> None:
    days = [monday + ONE_DAY * count for count in range(-14, 0)]
    assert period.before + period.days == tuple(day.isoformat() for day in days)
    assert begins(period.since, monday - WEEK, zone), (zone, period)
    assert begins(period.until, monday, zone), (zone, period)


@pytest.mark.parametrize("name", ["Europe/Madrid", "Africa/Cairo", "America/Santiago", "Asia/Beirut", "America/Havana"])
def test_each_week_begins_where_the_one_before_ended(name: str) -> None:
    """Also where the clocks change at midnight, so that a day begins at one."""
    zone = ZoneInfo(name)
    periods = list(looked(WEEKLY, zone, at("2021-01-01"), at("2027-01-01"), 40 * DAY))
    assert all(one.until == two.since for one, two in pairwise(periods))
    for period in periods:
        check_week(period, date.fromisoformat(period.day), zone)


# ---- the nights in which the clocks change

NIGHTS = [
    ("Europe/Madrid", "30 2 * * *"),
    ("America/New_York", "30 2 * * *"),
    ("Australia/Lord_Howe", "30 2 * * *"),
    ("Australia/Lord_Howe", "15 2 * * *"),
    ("Australia/Lord_Howe", "45 1 * * *"),
    ("Antarctica/Troll", "30 2 * * *"),
    ("Africa/Cairo", "0 0 * * *"),
    ("Africa/Cairo", "30 0 * * *"),
    ("America/Nuuk", "30 23 * * *"),  # at 23:00 it is midnight
    ("America/Nuuk", "0 0 * * *"),
    ("America/Havana", "30 0 * * *"),
    ("Africa/Casablanca", "30 2 * * *"),  # twice a year by the moon
]


@pytest.mark.parametrize(("name", "cron"), NIGHTS)
def test_each_day_has_one_through_all_nights_of_ten_years(name: str, cron: str) -> None:
    zone, digest = ZoneInfo(name), Digest(cron=cron)
    minute, hour, *_ = (int(part) for part in cron.split()[:2])
    periods = list(looked(digest, zone, at("2020-01-01", zone), at("2030-01-01", zone), KEPT * DAY // 2))
    days = [date.fromisoformat(period.day) for period in periods]
    assert all(two - one == ONE_DAY for one, two in pairwise(days))
    assert len({key_of("nightly", period.day) for period in periods}) == len(periods) > 3600
    for period, day in zip(periods, days, strict=True):
        wall = datetime.combine(day, time(hour, minute))
        assert period.due_at == first_time(wall, zone), (name, wall)
        assert period.days == ((day - ONE_DAY).isoformat(),)
        assert period.before == ((day - 2 * ONE_DAY).isoformat(),)


def first_time(wall: datetime, zone: ZoneInfo) -> int:
    """When the clock first shows it; where it never does, the first moment at which it shows something later."""
    found = ms(wall.replace(tzinfo=zone))
    if local(found, zone).replace(tzinfo=None) == wall:
        return found
    quarters = range(found - 4 * HOUR, found + 4 * HOUR, 15 * MIN)
    return next(one for one in quarters if local(one, zone).replace(tzinfo=None) > wall)


@pytest.mark.parametrize("cron", ["30 2 * * *", "0 0 * * *", "0 23 * * *"])
def test_a_day_that_a_country_skips_leaves_no_digest_of_no_days(cron: str) -> None:
    """Samoa had no 30 December 2011."""
    zone = ZoneInfo("Pacific/Apia")
    start, end = at("2011-12-27 12:00", zone), at("2012-01-03 12:00", zone)
    periods = list(looked(Digest(cron=cron), zone, start, end, HOUR))
    assert len({period.day for period in periods}) == len(periods)
    assert all(period.days and period.since < period.until for period in periods if period.day != "2011-12-31")
    told = [day for period in periods for day in period.days]
    assert told == sorted(set(told)), "no day is told twice"


# ---- what is owed

FIRST = datetime.combine(date(2026, 1, 5), time(9))
MOMENTS = [ms(FIRST.replace(tzinfo=MADRID)), *(first_time(FIRST + WEEK * one, MADRID) for one in range(1, 260))]
GAPS = st.lists(
    st.one_of(
        st.integers(-10 * MIN, 10 * MIN),
        st.integers(0, 2 * DAY),
        st.integers(0, 30 * DAY),
        st.sampled_from([0, 1, 7 * DAY, 7 * DAY - 1, 70 * DAY, 200 * DAY]),
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(begin=st.integers(0, 14 * DAY), gaps=GAPS)
def test_each_that_is_due_is_owed_once_over_any_looks(begin: int, gaps: Sequence[int]) -> None:
    now = last = at("2026-01-01") + begin
    told: list[int] = []
    for gap in gaps:
        now = min(now + gap, MOMENTS[-2])
        due = [moment for moment in MOMENTS if last < moment <= now]
        periods = owed(WEEKLY, MADRID, last, now)
        assert [period.due_at for period in periods] == due[-KEPT:]
        told += [period.due_at for period in periods]
        last = told[-1] if told else last
    assert told == sorted(set(told))


@settings(deadline=None, derandomize=True, max_examples=150)
@given(last=st.integers(0, 2**41), now=st.integers(10 * DAY, 2**41))
def test_whatever_was_told_last_nothing_is_owed_of_later_or_of_long_ago(last: int, now: int) -> None:
    periods = owed(NIGHTLY, MADRID, last, now)
    assert all(last < period.due_at <= now for period in periods)
    assert len(periods) <= KEPT
    if periods:
        assert now - periods[-1].due_at <= 26 * HOUR
        assert latest(NIGHTLY, MADRID, now) == periods[-1]


def test_clocks_that_step_back_over_the_moment_owe_it_once() -> None:
    due, begun = at("2026-11-23 09:00"), at("2026-11-18 12:00")
    [period] = owed(WEEKLY, MADRID, begun, due)
    assert period.due_at == due
    for now in (due - 10 * MIN, due - 1, due, due + 5 * MIN):
        assert owed(WEEKLY, MADRID, period.due_at, now) == []
    assert owed(WEEKLY, MADRID, begun, due - 1) == []


def test_one_for_leap_days_comes_every_four_years() -> None:
    digest = Digest(cron="0 9 29 2 *")
    [period] = owed(digest, MADRID, at("2027-01-01"), at("2028-03-01"))
    assert (period.day, period.due_at) == ("2028-02-29", at("2028-02-29 09:00"))
    assert len(period.days) == 1461
    assert latest(digest, MADRID, at("2027-06-01")) == latest(digest, MADRID, at("2024-02-29 09:00"))


@pytest.mark.parametrize(
    ("cron", "days"),
    [("0 9 1 * *", ["2026-12-01", "2027-01-01"]), ("0 9 l * *", ["2026-11-30", "2026-12-31"]),
     ("0 9 * * mon#1", ["2026-12-07", "2027-01-04"]), ("0 9 1 1 *", ["2027-01-01"])],
)  # fmt: skip
def test_other_lines_than_weekly(cron: str, days: list[str]) -> None:
    periods = owed(Digest(cron=cron), MADRID, at("2026-11-28"), at("2027-01-10"))
    assert [period.day for period in periods] == days
    assert all(period.until == at(period.day) for period in periods)


# ---- what would come if it were due now


@pytest.mark.parametrize(
    ("now", "day", "days"),
    [
        ("2026-11-23 08:59:59.999", "2026-11-23", 7),
        ("2026-11-23 09:00", "2026-11-23", 7),
        ("2026-11-23 23:59", "2026-11-23", 7),
        ("2026-11-24 00:00", "2026-11-24", 1),
        ("2026-11-29 12:00", "2026-11-29", 6),
    ],
)
def test_it_is_of_the_days_since_the_last_one(now: str, day: str, days: int) -> None:
    period = coming(WEEKLY, MADRID, at(now))
    assert (period.day, len(period.days), len(period.before)) == (day, days, days)
    assert period.until == at(day)
    assert period.since == at(period.days[0])


def test_on_its_own_day_it_is_the_one_that_came() -> None:
    now = at("2026-11-23 18:00")
    assert coming(WEEKLY, MADRID, now) == latest(WEEKLY, MADRID, now)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    now=st.integers(at("2020-01-01"), at("2030-01-01")), name=st.sampled_from(["America/Nuuk", "Asia/Beirut", "UTC"])
)
def test_there_is_always_one_to_show_and_it_is_of_the_past(now: int, name: str) -> None:
    for digest in (WEEKLY, Digest(cron="30 23 * * *")):
        period = coming(digest, ZoneInfo(name), now)
        assert period.days
        assert period.since < period.until <= now


def test_the_zone_is_its_own_or_the_teams() -> None:
    policy = load(
        'channels: {fallback: "#general"}\nseverities: {P1: {}}\ntimezone: Asia/Tokyo\n'
        "digest: {ours: {}, theirs: {timezone: America/Lima}}\n",
        "p.yaml",
    )
    assert [zone_of(one, policy).key for one in policy.digest.values()] == ["Asia/Tokyo", "America/Lima"]


def test_the_next_one_is_due_after_now() -> None:
    monday = at("2026-11-23T09:00")
    assert following(WEEKLY, MADRID, monday - 1) == monday
    assert following(WEEKLY, MADRID, monday) == at("2026-11-30T09:00")
    assert following(WEEKLY, MADRID, at("2026-12-31T12:00")) == at("2027-01-04T09:00"), "in another year"
    assert following(Digest(cron="0 9 29 2 *"), MADRID, monday) == at("2028-02-29T09:00")
    assert following(Digest(cron="0 9 29 2 *"), MADRID, at("2096-03-01T00:00")) == at("2104-02-29T09:00")
