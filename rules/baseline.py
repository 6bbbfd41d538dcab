"""What the release before was like at the same time after its own publication, from what was read of it then."""

from collections.abc import Mapping
from dataclasses import replace

from rules.judging import FRESH_MS
from rules.points import nearest
from rules.reading import Point, Reading
from rules.watch import Watch


def with_baseline(readings: Mapping[str, Reading], watch: Watch, before: Watch | None, now: int) -> dict[str, Reading]:
    """The readings; those whose source tells no baseline have the value of the release before at the same T+."""
    if before is None:
        return dict(readings)
    at = before.began_at + now - watch.began_at
    return {name: _compared(reading, before.points.get(name, ()), at, before) for name, reading in readings.items()}


def _compared(reading: Reading, points: tuple[Point, ...], at: int, before: Watch) -> Reading:
    if reading.baseline is not None or reading.value is None:
        return reading
    spacing = max((before.ends_at - before.began_at) // 72, FRESH_MS)  # points are kept at half of this distance
    then = nearest(points, at, within=spacing)
    return replace(reading, baseline=then.value) if then else reading
