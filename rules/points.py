"""Which values of a check are kept for its chart, its changes and the next release, and which is that of a moment."""

from collections.abc import Iterable
from itertools import pairwise

from rules import durations
from rules.reading import Point
from rules.text import Text

POINTS = 144  # kept for each check over the whole window
POINT_MS = 5 * 60_000
NEAR = 10  # a change in 10 hours is told from a value that was read 10 hours before, give or take one
_APART = 3  # steps at most from one value that is kept to the next, see `thinned`


def step(window: int) -> int:
    """Milliseconds from one value that is kept to the next, for a window of so many."""
    return max(window // POINTS, POINT_MS)


def nearest(points: Iterable[Point], at: int, *, within: int) -> Point | None:
    """The one that was read nearest to a moment, at most `within` (milliseconds) from it; None when none was."""
    found = min(points, key=lambda point: abs(point.at - at), default=None)
    return found if found and abs(found.at - at) <= within else None


def untold(span: int, *, window: int, every: int) -> Text | None:
    """Why nobody could ever tell a change in `span` of what is read each `every`; None when one can. Milliseconds."""
    if span > window:
        longest = durations.show(window)
        return Text.of("only what is read in the window of {longest} is kept; write that or less", longest=longest)
    finest = max(_APART * step(window), every) * NEAR // 2
    if span < finest:
        least = durations.show(finest)
        return Text.of(
            "too few values are kept to tell so short a change; write {least} or more, or ask the source for it",
            least=least,
        )
    return None


def thinned(points: tuple[Point, ...], step: int, most: int) -> tuple[Point, ...]:
    """Without those that say nothing new, and no more than `most`; `step`: milliseconds from one to the next.

    Of three that are the same the middle one goes, but never two in a row: a chart would show a gap, and the next
    release would find nothing to be compared with. When there are too many, the densest go, but of the lowest and the
    highest value one stays.
    """
    if len(points) > 2 and _is_level(points[-3:]) and points[-1].at - points[-3].at < 3 * step:
        points = (*points[:-2], points[-1])
    while len(points) > max(most, 2):
        spare = _densest(points)
        points = (*points[:spare], *points[spare + 1 :])
    return points


def _is_level(points: tuple[Point, ...]) -> bool:
    return all((one.value, one.baseline) == (other.value, other.baseline) for one, other in pairwise(points))


def _densest(points: tuple[Point, ...]) -> int:
    """The index of the inner point whose neighbours are nearest to each other; of the lowest and highest one stays."""
    values = [point.value for point in points]
    extremes = (values.index(min(values)), values.index(max(values)))
    return min(
        range(1, len(points) - 1),
        key=lambda index: (index in extremes, points[index + 1].at - points[index - 1].at),
    )
