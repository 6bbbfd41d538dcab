"""GitHub's times as unix milliseconds, and in which order things happened that it gives the same second."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = 999


def millis(timestamp: str) -> int:
    """Unix milliseconds of an ISO 8601 time; 0 for what is no time: an alert is not lost over a date."""
    try:
        moment = datetime.fromisoformat(timestamp)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, (moment - EPOCH) // timedelta(milliseconds=1))
    except (ValueError, OverflowError):
        return 0


def ordered(at: int, step: int = 0) -> int:
    """`at`, to the second, and in its milliseconds, which GitHub never uses, the order within: 0 to 999. 0 stays 0."""
    return at // 1000 * 1000 + max(0, min(step, STEPS)) if at else 0


def aged(created: int, updated: int) -> int:
    """First by when a thing was made, then by how many seconds of its life have passed (to STEPS)."""
    return ordered(created, (updated - created) // 1000)
