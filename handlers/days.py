"""Reads by which day something shall be done: 2026-12-01, or so long from now, such as 7d."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules import durations


class BadDay(ValueError):
    """Neither a day nor a length of time."""


def day(word: str, now: int, zone: ZoneInfo) -> str:
    """2026-12-01. `now`: unix milliseconds. Raises BadDay."""
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        today = datetime.fromtimestamp(now / 1000, zone)
    try:
        return (today + timedelta(milliseconds=durations.parse(word.lower()))).date().isoformat()
    except (ValueError, OverflowError) as error:
        raise BadDay(word) from error
