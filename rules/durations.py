"""Lengths of time as people write them in a policy: 90s, 5m, 1h30m, 3d, 2w."""

import re

from rules.text import Text
from rules.unfit import Unfit

_UNITS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}
DAYS_MAX = 60 * 86_400_000
_WHOLE = re.compile(r"(?:\d{1,9}[wdhms])+")
_PART = re.compile(r"(\d+)([wdhms])")


def parse(text: str) -> int:
    """Milliseconds of a duration such as "1h30m". Raises Unfit with what to write instead."""
    if not _WHOLE.fullmatch(text):
        raise Unfit(
            Text.of(
                "{text} is not a duration; write a number and a unit, such as 90s, 5m, 1h30m or 3d", text=repr(text)
            )
        )
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def show(ms: int) -> str:
    """Such a text for these milliseconds, to the second: 5400000 is "1h30m". Up to 60 days, and where weeks do not come
    out even, in days, as most people write them: "14d", "30d", "90d", but "13w".
    """
    in_weeks = ms > DAYS_MAX and not ms % _UNITS["w"]
    parts = []
    for unit, size in _UNITS.items():
        if unit == "w" and not in_weeks:
            continue
        count, ms = divmod(ms, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
