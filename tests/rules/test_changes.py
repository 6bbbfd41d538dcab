"""A change over a time: told from what was kept of the readings, or not at all; in a plan, in judging, and in words."""

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.cards.plain import plain
from rules import judging, release_words, watching
from rules.durations import show
from rules.plan import Check
from rules.points import NEAR, POINT_MS, POINTS, nearest, step, untold
from rules.policy import Policy
from rules.policy_file import BadPolicy, load
from rules.reading import Level, Point, Reading
from rules.signal import Kind, Signal
from rules.threshold_words import threshold
from rules.thresholds import parse
from rules.watch import Watch
from tests.rules.situations import DAY, HOUR, MIN, NOW, S

WEEK = 7 * DAY
PLAN = """channels: {{fallback: "#general"}}
severities: {{P0: {{}}, P1: {{}}}}
releases:
  sdk:
    words: SDK
    window: {window}
    checks:
      stars:
        words: Stars
        json: https://x
        path: n
        every: {every}
        {limit}
    checkpoints:
      - {{name: T+0, at: 0h}}
    yellow: {{severity: P1}}
    red: {{severity: P0}}
    criteria: {{nice: ["{criterion}"]}}
"""


def policy(
    limit: str = 'target: ">= +50 in 7d"', *, window: str = "3w", every: str = "6h", nice: str = "stars"
) -> Policy:
    return load(PLAN.format(limit=limit, window=window, every=every, criterion=nice), "policy.yaml")


class Read:
    """A release whose stars are read: `see` what they are after a while."""

    def __init__(self, of: Policy) -> None:
        self.policy, self.now = of, NOW
        self.plan = of.releases["sdk"]
        self.watch = Watch(
            key="watch:sdk:v1", id="i", plan="sdk", release="v1", title="t", place="#p", opened_at=NOW, began_at=NOW,
            ends_at=NOW + self.plan.window,
        )  # fmt: skip

    def see(self, value: float | None, after: int = 0) -> Level:
        self.now += after
        reading = Reading(at=self.now, source="GitHub", value=value)
        signal = Signal(key=self.watch.key, source="readings", kind=Kind.READ, event="read", at=self.now,
                        readings={"stars": reading})  # fmt: skip
        decision = watching.read(signal, self.watch, self.policy, self.now)
        assert isinstance(decision.record, Watch)
        self.watch = decision.record
        return self.watch.judged["stars"].level

    @property
    def on_target(self) -> bool | None:
        return judging.on_target(self.watch, "stars")

    @property
    def words(self) -> str:
        return plain(release_words.stands("stars", self.plan, self.watch, self.now))


# --- in a plan ---

STARS = "releases.sdk.checks.stars"
LONG = "only what is read in the window of 21d is kept; write that or less"
SHORT = "too few values are kept to tell so short a change; write"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"limit": "target: rising in 4w"}, f"policy.yaml:13: {STARS}.target: 'rising in 28d': {LONG}"),
        ({"limit": "yellow: '< +5 in 2d'"}, f"policy.yaml:13: {STARS}.yellow: '< +5 in 2d': {SHORT} 2d4h30m or more,"),
        ({"limit": "red: '< +5 in 3d'", "every": "24h"}, f"policy.yaml:13: {STARS}.red: '< +5 in 3d': {SHORT} 5d or"),
        ({"limit": "target: '> 1'", "nice": "stars >= +9 in 1h"}, "releases.sdk.criteria.nice: '>= +9 in 1h': too few"),
        ({"limit": "bands: {fine: '> +1 in 7d'}"}, "stars.bands.fine: '> +1 in 7d': a band is a range of values"),
        ({"limit": "target: '> +1 in 7d for 2h'"}, "'> +1 in 7d for 2h': only `yellow` and `red` have a `for`"),
        ({"limit": "target: '>= 50 in 7d'"}, "stars.target: '>= 50 in 7d': a change in a time is a number with a + or"),
    ],
)  # fmt: skip
def test_a_change_that_nobody_could_ever_tell_is_a_fault(given: dict[str, str], wanted: str) -> None:
    with pytest.raises(BadPolicy) as caught:
        policy(**given)
    assert wanted in str(caught.value)


def test_what_can_be_told() -> None:
    for text in ("rising in 3w", "rising in 7d", "rising in 2d4h30m", "< -1 in 504h"):
        assert policy(f"target: '{text}'").releases["sdk"].checks["stars"].target
    assert policy("red: '> +5 in 75m for 10m'", window="12h", every="15m").releases["sdk"].checks["stars"].red


@given(
    window=st.integers(12, 28 * 24).map(lambda hours: hours * HOUR),
    reads=st.integers(20, 300),
    longer=st.floats(1, 2),
    values=st.lists(st.sampled_from([1.0, 1.0, 1.0, 2.0]), min_size=1, max_size=40),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_what_a_plan_may_ask_for_is_always_kept(window: int, reads: int, longer: float, values: list[float]) -> None:
    """Read as often as the check says, whatever the values: what was read that long before is found, near enough."""
    every = max(window // reads // MIN, 1) * MIN
    span = int(max(3 * step(window), every) * NEAR // 2 * longer // S) * S
    assume(not untold(span, window=window, every=every))
    target = parse(f"rising in {show(span)}")
    one = Read(policy(f"target: {target}", window=show(window), every=show(every)))
    for at in range(0, window, every):
        one.see(values[at * len(values) // window], every if at else 0)
        if at >= span:
            assert judging.changed(target, one.watch, "stars") is not None, show(at)
    assert len(one.watch.points["stars"]) <= POINTS


def test_no_other_value_is_taken_for_that_of_the_moment() -> None:
    points = tuple(Point(at=at * HOUR, value=at) for at in (0, 10, 11, 30))
    assert nearest(points, 12 * HOUR, within=HOUR) == points[2]
    assert nearest(points, 13 * HOUR, within=HOUR) is None
    assert nearest((), 0, within=HOUR) is None
    assert step(HOUR) == POINT_MS


# --- judged ---


def test_a_week_has_to_pass_before_a_week_can_be_told() -> None:
    one = Read(policy())
    assert one.see(1000) is Level.NO_DATA, "never taken for good"
    assert one.watch.judged["stars"].clear, "and it is beyond nothing"
    for day in range(1, 7):
        one.see(1000 + 10 * day, DAY)
        assert one.on_target is None
        assert "wanted at +50 or more in 7 d: not enough data, no value of 7 d before" in one.words
    one.see(1070, DAY)
    assert one.on_target is True
    assert "1070 (+70 of +50 in 7 d; GitHub" in one.words
    for _ in range(7):
        one.see(1070, DAY)
    assert one.on_target is False
    assert "+0 of +50 in 7 d" in one.words


def test_beyond_a_limit_of_change_is_an_incident_and_no_data_is_none() -> None:
    one = Read(policy("yellow: '< +10 in 7d'"))
    assert [one.see(1000), one.see(1001, DAY)] == [Level.NO_DATA] * 2
    assert one.watch.judged["stars"].breached == ""
    assert "1001, and nothing to compare it with (yellow below +10 in 7 d: not enough data, no value" in one.words
    for _ in range(6):
        level = one.see(1002, DAY)
    assert level is Level.YELLOW
    assert "yellow below +10 in 7 d: +2;" in one.words
    assert one.see(1050, DAY) is Level.GOOD


def test_a_gap_in_what_was_read_is_not_bridged() -> None:
    """Nobody looked a week before: what was read two days off is not taken for it."""
    one = Read(policy("yellow: '< +10 in 7d'"))
    one.see(1000)
    one.see(1500, 9 * DAY)
    assert one.watch.judged["stars"].level is Level.NO_DATA
    assert one.see(1500, 5 * DAY) is Level.NO_DATA
    assert one.see(1505, 2 * DAY) is Level.YELLOW, "seven days after the second"


def test_what_is_entered_each_week_may_be_a_little_early_or_late() -> None:
    source = {"words": "w", "enter": "where", "target": "rising in 7d"}
    plan = policy().releases["sdk"].model_copy(update={"checks": {"stars": Check.model_validate(source)}})
    one = Read(policy())
    one.policy.releases["sdk"] = one.plan = plan
    one.see(3)
    one.see(5, WEEK - 10 * HOUR)
    assert one.on_target is True
    one.see(5, WEEK + 10 * HOUR)
    assert one.on_target is False
    one.see(9, 5 * DAY)
    assert one.on_target is None


def test_a_criterion_may_ask_for_a_change_since_the_release() -> None:
    one = Read(policy("target: '> 0'", nice="stars >= +100 in 3w"))
    one.see(1000)
    [text] = one.plan.criteria.nice
    for day in range(1, 22):
        one.see(1000 + 4 * day, DAY)
        assert judging.fulfilled(text, one.watch) is (None if day < 19 else False)
    words = plain(release_words.criterion(text, one.plan, one.watch))
    assert words == "❌ Stars, at +100 or more in 21 d: not fulfilled (1084, +84)"


@pytest.mark.parametrize(
    ("text", "unit", "wanted"),
    [
        (">= +50 in 7d", "", "at +50 or more in 7 d"),
        ("< -2.5 in 1d", "ms", "below −2.5 ms in 1 d"),
        ("> +1 in 12h for 1h", "%", "above +1 point in 12 h for 1 h"),
        ("<= +5 in 12h", "%", "at +5 points or less in 12 h"),
        ("rising in 7d", "", "rising in 7 d"),
        ("== +0 in 7d", "yes/no", "at +0 in 7 d"),
    ],
)
def test_a_change_in_words(text: str, unit: str, wanted: str) -> None:
    assert plain(threshold(text, unit)) == wanted


@pytest.mark.parametrize(
    ("limit", "values", "wanted"),
    [
        ('target: ">= +50 in 7d"', (1000, 1037), "+37 of +50 in 7 d"),
        ('target: "> +50 in 7d"', (1000, 990), "−10 of +50 in 7 d"),
        ("target: rising in 7d", (1000, 1037), "wanted rising in 7 d: +37"),
        ('target: "< +50 in 7d"', (1000, 1037), "wanted below +50 in 7 d: +37"),
        ('red: "< -5 in 7d"', (1000, 990), "red below −5 in 7 d: −10"),
        ('{unit: "%", target: ">= +5 in 7d"}', (10, 11), "+1 point of +5 points in 7 d"),
    ],
)
def test_how_far_a_change_has_come(limit: str, values: tuple[float, float], wanted: str) -> None:
    rows: Any = limit.strip("{}").split(", ")
    one = Read(policy("\n        ".join(rows)))
    one.see(values[0])
    one.see(values[1], WEEK)
    assert f"({wanted}; GitHub" in one.words
