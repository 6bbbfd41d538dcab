"""The chart of a watched release: which checks become panels, the limits they are held to, and what is marked."""

from dataclasses import replace

import pytest

from bot.cards.chart import PANELS, chart
from bot.charts import Chart, Limit, Mark, Panel, alt, png
from rules.plan import Plan
from rules.policy_file import load
from rules.reading import Point
from rules.signal import Origin, Related
from rules.watch import Taken, Watch

HOUR = 3_600_000
T0 = 1_795_000_000_000
HEAD = """
channels: {fallback: "#general"}
severities: {P0: {}, P1: {}}
releases:
  sdk:
    words: Python SDK
    checkpoints: [{name: T+0, at: 0h}]
    yellow: {severity: P1}
    red: {severity: P0}
    checks:
"""
USUAL = """
      crashes: {words: Crashes, unit: "%", prometheus: x, yellow: "> 1", red: "> 5"}
      smoke: {words: Smoke test, tick: Try it.}
      wheel: {words: The wheel is there, unit: yes/no, registry: pypi/sdk, red: "< 1"}
      stars: {words: Stars, registry: crates/sdk, value: downloads}
      nps: {words: NPS, enter: The survey, yellow: "< 40"}
"""
WATCH = Watch(
    key="watch:sdk:v2", id="K7F3Q2", plan="sdk", release="v2", title="Python SDK", place="#general",
    opened_at=T0 + HOUR, began_at=T0, ends_at=T0 + 72 * HOUR,
)  # fmt: skip


def plan(checks: str) -> Plan:
    lines = [f"      {line.strip()}" for line in checks.strip().splitlines()]
    return load(HEAD + "\n".join(lines) + "\n", "test.yaml").releases["sdk"]


def drawn(checks: str, watch: Watch = WATCH, now: int = T0 + 5 * HOUR) -> Chart:
    return chart(watch, plan(checks), now)


def panel(check: str, *points: Point) -> Panel:
    """That of one check with these points."""
    [found] = drawn(f"one: {{words: One, prometheus: x, {check}}}", replace(WATCH, points={"one": points})).panels
    return found


def point(value: float, baseline: float | None = None, hours: float = 1) -> Point:
    return Point(at=T0 + int(hours * HOUR), value=value, baseline=baseline)


# --- which checks ---


def test_without_a_word_of_the_plan_those_with_a_threshold_are_drawn() -> None:
    assert [one.name for one in drawn(USUAL).panels] == ["Crashes", "NPS"]


def test_the_plan_may_say_which() -> None:
    checks = USUAL.replace("value: downloads", "value: downloads, chart: true").replace(
        'red: "< 1"', 'red: "< 1", chart: true'
    )
    assert [one.name for one in drawn(checks).panels] == ["The wheel is there", "Stars"]


def test_without_any_threshold_all_numbers_are_drawn() -> None:
    checks = """
      a: {words: A, prometheus: x, target: "> 1"}
      b: {words: B, tick: Try it.}
      c: {words: C, unit: yes/no, registry: pypi/sdk}
      d: {words: D, incidents: opened}
    """
    assert [one.name for one in drawn(checks).panels] == ["A", "D"]
    assert drawn("b: {words: B, tick: Try it.}").panels == ()


def test_only_the_first_are_suggested_but_all_that_are_named_are_counted() -> None:
    many = "\n".join(f'c{index}: {{words: "C{index}", prometheus: x, red: "> 1"}}' for index in range(9))
    assert [one.name for one in drawn(many).panels] == [f"C{index}" for index in range(PANELS)]
    named = drawn(many.replace("}", ", chart: true}"))
    assert len(named.panels) == 9
    assert "3 more not shown" in alt(named)


# --- what is in a panel ---


def test_a_panel_has_the_points_and_what_was_usual_where_it_is_known() -> None:
    found = panel('unit: ms, red: "> 300"', point(200), point(250, 220, hours=2), point(260, 230, hours=3))
    assert (found.name, found.unit) == ("One", "ms")
    assert found.points == ((T0 + HOUR, 200), (T0 + 2 * HOUR, 250), (T0 + 3 * HOUR, 260))
    assert found.baseline == ((T0 + 2 * HOUR, 220), (T0 + 3 * HOUR, 230))
    assert panel('red: "> 300"').points == ()


@pytest.mark.parametrize(
    ("threshold", "limit"),
    [
        ("> 5", Limit(level="red", value=5)),
        (">= 5", Limit(level="red", value=5, inclusive=True)),
        ("< 75", Limit(level="red", value=75, below=True)),
        ("<= 75", Limit(level="red", value=75, below=True, inclusive=True)),
        (">= 2 for 2h", Limit(level="red", value=2, inclusive=True)),
        ("rising", None),
        ("falling", None),
        ("== 0", None),
        ("!= 0", None),
    ],
)
def test_a_threshold_is_a_line_when_one_side_of_it_is_worse(threshold: str, limit: Limit | None) -> None:
    found = panel(f'red: "{threshold}"', point(1)).limits
    assert found == ((limit,) if limit else ())


@pytest.mark.parametrize(
    ("check", "points", "value"),
    [
        ('yellow: "> +30%"', [point(1, 1.0), point(1, 2.0), point(1)], 2.6),
        ('yellow: "< -10%"', [point(1, 50)], 45),
        ('yellow: "> +30%", baseline: 4', [point(1)], 5.2),
        ('yellow: "> +30%", baseline: 4', [point(1, 4.0)], 5.2),
        ('yellow: "> +30%"', [point(1)], None),
        ('yellow: "> +30%"', [], None),
    ],
)
def test_a_limit_relative_to_the_baseline_is_where_the_latest_one_puts_it(
    check: str, points: list[Point], value: float | None
) -> None:
    found = panel(check, *points).limits
    assert [limit.value for limit in found] == ([] if value is None else [pytest.approx(value)])


def test_the_chart_says_of_a_check_what_the_card_says() -> None:
    under = panel('unit: "%", yellow: "< 90", red: "< 75"', point(70))
    assert "One: latest 70 % at T+1 h; below the red limit of 75 %" in alt(replace(drawn(USUAL), panels=(under,)))
    reached = panel('red: ">= 2"', point(2))
    assert "at the red limit of 2" in alt(replace(drawn(USUAL), panels=(reached,)))


# --- the window ---


def test_the_window_is_the_watchs() -> None:
    found = drawn(USUAL, replace(WATCH, baseline="v1"))
    assert (found.start, found.end, found.now) == (T0, T0 + 72 * HOUR, T0 + 5 * HOUR)
    assert found.title == "v2 · Python SDK"
    assert found.subtitle.endswith(" · baseline v1")
    assert "baseline" not in drawn(USUAL).subtitle
    for now, shown in [(T0 - HOUR, T0), (T0 + 100 * HOUR, T0 + 72 * HOUR)]:
        assert drawn(USUAL, now=now).now == shown


def test_checkpoints_and_the_incidents_of_its_time_are_marked() -> None:
    def related(hours: float, id_: str, **more: int) -> Related:
        at = T0 + int(hours * HOUR)
        return Related(key=id_, id=id_, title="x", severity="P1", origin=Origin.UNKNOWN, opened_at=at, **more)

    watch = replace(
        WATCH,
        taken=(Taken(name="T+0", planned=T0, at=T0 + 90_000), Taken(name="T+4", planned=T0 + 4 * HOUR, at=T0)),
        incidents=(related(3, "LATE", resolved_at=T0 + 4 * HOUR), related(-2, "BEFORE"), related(0, "FIRST")),
    )
    assert drawn(USUAL, watch).marks == (
        Mark(at=T0, kind="checkpoint", name="T+0"),
        Mark(at=T0 + 4 * HOUR, kind="checkpoint", name="T+4"),
        Mark(at=T0 + 3 * HOUR, kind="incident", name="P1 LATE"),
        Mark(at=T0, kind="incident", name="P1 FIRST"),
    )


def test_it_can_be_drawn() -> None:
    points = {"crashes": tuple(point(hours / 10, 0.5, hours) for hours in range(5)), "nps": (point(30),)}
    found = drawn(USUAL, replace(WATCH, points=points))
    assert png(found).startswith(b"\x89PNG")
    assert "NPS: latest 30 at T+1 h; below the yellow limit of 40" in alt(found)
