"""The value of the release before, at the same time after its own publication."""

from rules.baseline import with_baseline
from rules.reading import Point, Reading
from rules.watch import Watch

HOUR = 3_600_000
BEFORE = Watch(
    key="watch:sdk:v1", id="AAAAAA", plan="sdk", release="v1", title="SDK", place="#r", opened_at=1_000,
    began_at=1_000, ends_at=1_000 + 72 * HOUR,
    points={"nps": tuple(Point(at=1_000 + hour * HOUR, value=float(hour)) for hour in range(0, 48, 2))},
)  # fmt: skip
AFTER = Watch(
    key="watch:sdk:v2", id="BBBBBB", plan="sdk", release="v2", title="SDK", place="#r", opened_at=900 * HOUR,
    began_at=900 * HOUR, ends_at=972 * HOUR, baseline="v1",
)  # fmt: skip


def compared(hours: float, **more: float) -> float | None:
    now = AFTER.began_at + int(hours * HOUR)
    reading = Reading(at=now, source="Ana", value=5.0, **more)
    return with_baseline({"nps": reading}, AFTER, BEFORE, now)["nps"].baseline


def test_the_same_hour_of_the_release_before() -> None:
    assert compared(0) == 0.0
    assert compared(24) == 24.0
    assert compared(24.9) == 24.0, "the nearest that is kept"


def test_what_its_source_told_is_not_replaced() -> None:
    assert compared(24, baseline=99.0) == 99.0


def test_nothing_near_is_no_baseline() -> None:
    assert compared(60) is None
    assert (
        with_baseline({"x": Reading(at=1, source="s", value=1.0)}, AFTER, BEFORE, AFTER.began_at)["x"].baseline is None
    )


def test_no_value_and_no_release_before() -> None:
    nothing = {"nps": Reading(at=1, source="s", trouble="away")}
    assert with_baseline(nothing, AFTER, BEFORE, AFTER.began_at) == nothing
    assert with_baseline(nothing, AFTER, None, AFTER.began_at) == nothing
