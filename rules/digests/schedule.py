"""When a digest is due, and which days it covers then."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules import oncall
from rules.digest_plan import Digest
from rules.digests.facts import Period
from rules.policy import Policy

LATE_MS = 86_400_000  # later than this it is news no more
KEPT = 8  # so many that were missed are told of, not years of them
AHEAD = (1, 8)  # years to look for the next one: from one 29 February to the next it may be eight
BACK = (2, 9)  # years to look for the one before: from one 29 February to the next it may be eight


def zone_of(digest: Digest, policy: Policy) -> ZoneInfo:
    """The zone that the digest goes by."""
    return ZoneInfo(digest.timezone or policy.timezone)


def owed(digest: Digest, zone: ZoneInfo, last: int, now: int) -> list[Period]:
    """The digests that came due after `last` (unix ms), up to now, the earliest first; of many, the latest KEPT."""
    return list(_due(digest, zone, last, now))[-KEPT:]


def latest(digest: Digest, zone: ZoneInfo, now: int) -> Period | None:
    """The one that came due last; None when none did for years."""
    moments = _moments(digest, zone, now)
    index = bisect_right(moments, now) - 1
    return _period(digest, moments[index], moments[index - 1], zone) if index > 0 else None


def coming(digest: Digest, zone: ZoneInfo, now: int) -> Period:
    """The one that would be written if it were due now: of the days since the last one, today not among them.

    On the day of the last one itself, that one.
    """
    today = _day(now, zone)
    before = latest(digest, zone, now)
    start = date.fromisoformat(before.day) if before else today - timedelta(days=7)
    if start >= today and before:
        return before
    return _of_days(start, today, now, zone)


def following(digest: Digest, zone: ZoneInfo, now: int) -> int:
    """When the next one is due (unix milliseconds)."""
    year = _day(now, zone).year
    for ahead in AHEAD:
        moments = oncall.handoffs(digest.cron, zone.key, year, year + ahead)
        if later := moments[bisect_right(moments, now) :]:
            return later[0]
    raise AssertionError("a cron line names a day that a month has, so it comes within eight years")


def _due(digest: Digest, zone: ZoneInfo, last: int, now: int) -> Iterator[Period]:
    moments = _moments(digest, zone, now)
    for index in range(max(bisect_right(moments, last), 1), bisect_right(moments, now)):
        yield _period(digest, moments[index], moments[index - 1], zone)


def _moments(digest: Digest, zone: ZoneInfo, now: int) -> Sequence[int]:
    year = _day(now, zone).year
    moments: list[int] = []
    for back in BACK:
        years = range(year - back, year + 1)  # each by itself, so that each is found again next year
        moments = [moment for one in years for moment in oncall.handoffs(digest.cron, zone.key, one, one)]
        if bisect_right(moments, now) > KEPT:
            break
    return moments


def _period(digest: Digest, at: int, before: int, zone: ZoneInfo) -> Period:
    return _of_days(_meant(digest, before, zone), _meant(digest, at, zone), at, zone)


def _meant(digest: Digest, at: int, zone: ZoneInfo) -> date:
    """The day of the cron line; a time that the clocks jump over at the end of a day comes on the next one."""
    minute, hour = digest.cron.split()[:2]
    local = datetime.fromtimestamp(at / 1000, zone)
    return local.date() - timedelta(days=local.time() < time(int(hour), int(minute)))


def _of_days(start: date, end: date, due_at: int, zone: ZoneInfo) -> Period:
    days = [start + timedelta(days=count) for count in range((end - start).days)]
    earlier = [day - timedelta(days=len(days)) for day in days]
    return Period(
        day=end.isoformat(),
        due_at=due_at,
        since=_midnight(start, zone),
        until=_midnight(end, zone),
        days=tuple(day.isoformat() for day in days),
        before=tuple(day.isoformat() for day in earlier),
    )


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def _day(at: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at / 1000, zone).date()
