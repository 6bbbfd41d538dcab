"""Quiet hours: whether a moment lies in them, in the team's own zone, across midnight and clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.policy import QuietHours
from rules.policy_fields import WEEKDAYS, Weekday


def is_quiet(hours: QuietHours | None, zone: ZoneInfo, now: int) -> bool:
    """Whether `now` (unix milliseconds) lies in the quiet hours."""
    if hours is None:
        return False
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    today, clock = weekday(local), local.time()
    yesterday = weekday(local - timedelta(days=1))
    if today in hours.whole_days:
        return True
    if hours.start < hours.end:
        return _starts(hours, today) and hours.start <= clock < hours.end
    return (_starts(hours, today) and clock >= hours.start) or (_starts(hours, yesterday) and clock < hours.end)


def quiet_until(hours: QuietHours | None, zone: ZoneInfo, now: int) -> int:
    """When quiet hours that hold now end (unix milliseconds); `now` when they do not hold."""
    if hours is None:
        return now
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    edges = [
        datetime.combine((local + timedelta(days=days)).date(), clock, zone).replace(fold=fold).timestamp()
        for days in range(9)
        for clock in (hours.start, hours.end, time(0))
        for fold in (0, 1)  # in the night that has an hour twice it may end twice
    ]
    later = sorted(int(edge * 1000) for edge in edges if edge * 1000 > now)
    if not is_quiet(hours, zone, now):
        return now
    return next((edge for edge in later if not is_quiet(hours, zone, edge)), later[-1])


def weekday(local: datetime) -> Weekday:
    """The policy's word for the day of a local time."""
    return WEEKDAYS[local.weekday()]


def _starts(hours: QuietHours, day: str) -> bool:
    return not hours.days or day in hours.days
