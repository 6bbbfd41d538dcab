"""One measured value, and what it is against the thresholds of its check: three-valued, never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.text import Text


class Level(StrEnum):
    """How a check stands. `NO_DATA`: nothing, or too little, to say so; it is never taken for good.

    `SHORT`: beyond no threshold, and yet not as its target wants it; it opens nothing.
    """

    GOOD = "good"
    SHORT = "short"
    YELLOW = "yellow"
    RED = "red"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source said. `value` is None when it said nothing of use, and then `trouble` says why.

    `at`: unix milliseconds; `source`: who was asked, as people know it; `sample`: how many cases the value is about,
    None when nobody counts them; `baseline`: the value of the release to compare with; `note`: whatever a person, or
    the source, said with it.
    """

    at: int
    source: str
    value: float | None = None
    sample: float | None = None
    baseline: float | None = None
    note: str = ""
    trouble: Text | str = ""  # a string is somebody else's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value at a time (unix milliseconds), kept for trends and charts."""

    at: int
    value: float
    baseline: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a check stands. `since`: unix milliseconds, when it began to stand so.

    `holding`: since when the threshold of a level has held, though perhaps not yet for long enough.
    `breached`: the level of its incident, "" when there is none: that ends with a good reading, not with none.
    `beyond_since`: unix milliseconds, when it went beyond the last time, however bad it was then and since.
    `at`: of the latest reading that was judged; `times`: how often it went beyond.
    `clear`: it is surely beyond no threshold, whatever its target.
    """

    level: Level = Level.NO_DATA
    since: int = 0
    holding: Mapping[str, int] = field(default_factory=dict)
    breached: str = ""
    beyond_since: int = 0
    turns: tuple[int, ...] = ()
    at: int = 0
    times: int = 0
    clear: bool = False
