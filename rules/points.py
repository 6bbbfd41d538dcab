"""Which values of a check are kept for its chart and for the next release: as few as show the same."""

from itertools import pairwise

from rules.reading import Point


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
