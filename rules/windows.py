"""Quiet hours: whether a moment lies in them, in the team's own zone, across midnight and clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.policy import QuietHours
from rules.policy_fields import WEEKDAYS


def is_quiet(hours: QuietHours | None, zone: ZoneInfo, now: int) -> bool:
    """Whether `now` (unix milliseconds) lies in the quiet hours."""
    if hours is None:
        return False
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone)
    today, clock = WEEKDAYS[local.weekday()], local.time()
    yesterday = WEEKDAYS[(local - timedelta(days=1)).weekday()]
    if today in hours.whole_days:
        return True
    if hours.start < hours.end:
        return _starts(hours, today) and hours.start <= clock < hours.end
    return (_starts(hours, today) and clock >= hours.start) or (_starts(hours, yesterday) and clock < hours.end)


def _starts(hours: QuietHours, day: str) -> bool:
    return not hours.days or day in hours.days
