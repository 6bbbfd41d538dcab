"""What a chart shows: panels over one window of time, and what happened in it."""

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from rules.text import Text

PANELS_MAX = 6
_ABSURD = 1e100  # beyond it a number is a mistake of the source, and its scale would show nothing else
Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Worse than this is `level`: above it, or with `below` under it; with `inclusive` the value itself is, too."""

    level: Literal["yellow", "red"]
    value: float
    below: bool = False
    inclusive: bool = False

    @property
    def sign(self) -> str:
        """What a value is, compared with the limit, that is worse."""
        return f"{'<' if self.below else '>'}{'=' if self.inclusive else ''}"

    def is_exceeded(self, value: float) -> bool:
        """Whether a value is worse."""
        if value == self.value:
            return self.inclusive
        return value < self.value if self.below else value > self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One measurement. Points are (unix milliseconds, value); `baseline` is what was usual before.

    `stands`: how it stands, where that is not told by its limits.
    """

    name: str
    unit: str
    points: Points
    baseline: Points = ()
    limits: tuple[Limit, ...] = ()
    stands: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at a moment (unix milliseconds)."""

    at: int
    kind: Literal["checkpoint", "incident"]
    name: str


def _english(text: Text) -> str:
    template = text.plural if text.is_plural else text.template
    return template.format_map(
        {name: _english(one) if isinstance(one, Text) else one for name, one in text.values.items()}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The window is `start` to `end`, in unix milliseconds; what is after `now` is still to come.

    `say` draws our own words, `numerals` writes a number, both for who looks at it.
    `days`: moments (unix milliseconds) with what is written below them; counted from the start when there are none.
    """

    title: str
    subtitle: str
    start: int
    end: int
    now: int
    panels: tuple[Panel, ...]
    marks: tuple[Mark, ...] = ()
    days: tuple[tuple[int, str], ...] = ()
    say: Callable[[Text], str] = field(default=_english, compare=False)
    numerals: Callable[[str], str] = field(default=str, compare=False)

    @property
    def span(self) -> int:
        """The length of the window, at least a millisecond."""
        return max(self.end - self.start, 1)

    def share(self, at: int) -> float:
        """Where a moment is in the window: 0 at its start, 1 at its end; what is outside is put on the edge."""
        return min(max(at - self.start, 0), self.span) / self.span

    def within(self, points: Points) -> Points:
        """The points that can be drawn, by time."""
        inside = (one for one in points if 0 <= one[0] - self.start <= self.span and is_drawable(one[1]))
        return tuple(sorted(inside))

    def shown_marks(self) -> tuple[Mark, ...]:
        """The marks inside the window, by time."""
        inside = (one for one in self.marks if 0 <= one.at - self.start <= self.span)
        return tuple(sorted(inside, key=lambda one: (one.at, one.kind, one.name)))


def limits(panel: Panel) -> tuple[Limit, ...]:
    """The limits that can be drawn, the lowest first, each once."""
    found = {(one.value, one.level, one.sign): one for one in panel.limits if is_drawable(one.value)}
    return tuple(found[key] for key in sorted(found))


def exceeded(panel: Panel, value: float) -> Limit | None:
    """The worst limit that this value is beyond: any red before any yellow."""
    beyond = [one for one in limits(panel) if one.is_exceeded(value)]
    return max(beyond, key=lambda one: (one.level == "red", -one.value if one.below else one.value), default=None)


def side(value: float, other: float) -> int:
    """Where a value is, seen from another one: 1 above, 0 at it, -1 below."""
    return (value > other) - (value < other)


def is_drawable(value: float) -> bool:
    """Whether a value has a place on a scale."""
    return math.isfinite(value) and abs(value) < _ABSURD


def one_line(text: str, most: int) -> str:
    """Text from outside as it may be shown: no control or invisible characters, at most `most` characters."""
    seen = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    flat = " ".join(seen.split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"
