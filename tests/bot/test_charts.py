"""The picture of a release: a PNG that any input makes, in which names are only names, and its words."""

import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.charts import Chart, Limit, Mark, Panel, alt, available, png
from bot.charts.chart import PANELS_MAX
from bot.charts.layout import laid_out
from bot.charts.scales import number, time_ticks, unbroken, value_range, value_ticks

HOUR = 3_600_000
START = 1_795_000_000_000
LIMITS = (Limit(level="yellow", value=0.5), Limit(level="red", value=1.0))
POINTS = tuple((START + index * HOUR, 0.3 + index / 100) for index in range(40))
ERRORS = Panel(name="Failed checkouts", unit="%", points=POINTS, baseline=POINTS[:20], limits=LIMITS)
MARKS = (
    Mark(at=START + 2 * HOUR, kind="checkpoint", name="25 %"),
    Mark(at=START + 5 * HOUR, kind="incident", name="K7F3Q2 Payment errors"),
)
CHART = Chart(
    title="payments-api 4.12.0", subtitle="Watched for 72 hours", start=START, end=START + 72 * HOUR,
    now=START + 40 * HOUR, panels=(ERRORS,), marks=MARKS,
)  # fmt: skip
HOSTILE = [
    '#read("/etc/passwd")', "$x$ *a* `b` _c_", "`", "\\u{41} \\", "#panic()", "]", "</svg>", '"', "*" * 3000,
    "\x00\x07\u202e\ud800", "line\nbreak\ttab", "发布 🚀 עברית", "= heading", "@preview/x:0.1.0", "<label>", "// gone",
    "",
]  # fmt: skip


def _pixels(picture: bytes) -> tuple[int, int, set[bytes]]:
    """Width, height and the colours of the lowest row of a PNG without interlacing (PNG specification, 5 and 9)."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", picture[16:29])
    assert (depth, interlaced) == (8, 0)
    channels = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(picture):
        size, name = struct.unpack(">I4s", picture[at : at + 8])
        packed += picture[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    rows = zlib.decompress(packed)
    stride = wide * channels
    assert len(rows) == high * (stride + 1)
    last = _unfiltered(rows, stride, channels)
    return wide, high, {last[index : index + channels] for index in range(0, stride, channels)}


def _unfiltered(rows: bytes, stride: int, channels: int) -> bytes:
    """The last row, with the filters of all rows before it undone."""
    above = bytearray(stride)
    for start in range(0, len(rows), stride + 1):
        filter_, row = rows[start], bytearray(rows[start + 1 : start + 1 + stride])
        for index in range(stride):
            left = row[index - channels] if index >= channels else 0
            corner = above[index - channels] if index >= channels else 0
            row[index] = (row[index] + _guess(filter_, left, above[index], corner)) & 255
        above = row
    return bytes(above)


def _guess(filter_: int, left: int, up: int, corner: int) -> int:
    if filter_ == 4:
        near = left + up - corner
        return min((left, up, corner), key=lambda one: abs(near - one))
    return (0, left, up, (left + up) // 2)[filter_]


def _said(chart: Chart) -> list[str]:
    return [shape["text"] for shape in laid_out(chart)["shapes"] if shape["kind"] == "words"]


# --- the picture ---


def test_a_picture_has_the_right_size_and_an_opaque_background_of_its_own() -> None:
    wide, high, colours = _pixels(png(CHART))
    assert (wide, high) == (1200, round(laid_out(CHART)["height"] * 2))
    assert colours <= {b"\xff\xff\xff", b"\xff\xff\xff\xff"}


def test_the_same_chart_is_the_same_bytes() -> None:
    assert available()
    assert png(CHART) == png(replace(CHART))
    assert png(CHART) != png(replace(CHART, now=CHART.now + HOUR))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_names(name: str) -> None:
    panel = replace(ERRORS, name=name, unit=name)
    marks = tuple(replace(one, name=name) for one in MARKS)
    chart = replace(CHART, title=name, subtitle=name, panels=(panel,), marks=marks)
    assert png(chart).startswith(b"\x89PNG")
    assert len(alt(chart)) <= 2000


def test_markup_is_drawn_as_it_was_written() -> None:
    said = _said(replace(CHART, title='#read("/etc/passwd") $x$'))
    assert said[0] == '#read("/etc/passwd") $x$'
    plain, marked = (png(replace(CHART, title=text)) for text in ("xax", "*a*"))
    assert plain != marked


@pytest.mark.parametrize(
    "chart",
    [
        replace(CHART, panels=(), marks=()),
        replace(CHART, title="", subtitle=""),
        replace(CHART, panels=(replace(ERRORS, points=()),)),
        replace(CHART, panels=(replace(ERRORS, points=(), baseline=(), limits=()),)),
        replace(CHART, panels=(replace(ERRORS, points=POINTS[:1], baseline=(), limits=()),)),
        replace(CHART, panels=(replace(ERRORS, points=((START, 0.0), (START + HOUR, 0.0))),)),
        replace(CHART, end=START),
        replace(CHART, end=START - HOUR, now=START - HOUR),
        replace(CHART, now=CHART.end + HOUR),
        replace(CHART, marks=MARKS * 40),
        replace(CHART, panels=(replace(ERRORS, points=((START, float("nan")), (START + 1, float("inf")))),)),
    ],
)
def test_what_is_missing_or_odd_is_drawn_too(chart: Chart) -> None:
    assert png(chart).startswith(b"\x89PNG")
    assert alt(chart)


def test_a_panel_without_points_says_so() -> None:
    chart = replace(CHART, panels=(replace(ERRORS, points=()),))
    assert "not enough data" in _said(chart)
    assert "Failed checkouts: not enough data." in alt(chart)
    assert "nothing is measured" in _said(replace(CHART, panels=()))


def test_what_does_not_fit_is_counted() -> None:
    chart = replace(CHART, panels=(ERRORS,) * 8)
    assert _said(chart).count("Failed checkouts") == PANELS_MAX
    assert "2 more measurements not shown" in _said(chart)
    assert "2 more not shown." in alt(chart)
    crowd = tuple(Mark(at=START + 30 * HOUR, kind="checkpoint", name=f"a long name {one}") for one in range(20))
    assert "15 more marks without room for a name" in _said(replace(CHART, marks=crowd))


def test_limits_differ_by_more_than_colour() -> None:
    shapes = laid_out(CHART)["shapes"]
    assert {"red > 1", "yellow > 0.5"} <= {shape.get("text") for shape in shapes}
    dashes = {shape["dash"] for shape in shapes if shape["kind"] == "path"}
    assert dashes == {"solid", "dashed", "dash-dotted", "dotted"}
    assert any(shape["kind"] == "triangle" for shape in shapes)


def test_a_limit_far_away_does_not_flatten_the_line() -> None:
    far = replace(ERRORS, limits=(Limit(level="red", value=400.0),))
    assert "red > 400 (off the scale)" in _said(replace(CHART, panels=(far,)))
    assert value_range([0.3, 0.7], far.limits)[1] < 2


def test_the_state_is_said_in_words() -> None:
    for value, words in ((0.2, "within limits"), (0.7, "above yellow"), (1.5, "above red")):
        assert words in _said(replace(CHART, panels=(replace(ERRORS, points=((START, value),)),)))


def _judged(value: float, *limits: Limit) -> Chart:
    return replace(CHART, panels=(replace(ERRORS, points=((START, value),), baseline=(), limits=limits),))


@pytest.mark.parametrize(
    ("value", "limit", "label", "status", "words"),
    [
        (70, Limit(level="red", value=75, below=True), "red < 75", "below red", "below the red limit of 75 %"),
        (75, Limit(level="red", value=75, below=True), "red < 75", "within limits", "at the red limit of 75 %"),
        (80, Limit(level="red", value=75, below=True), "red < 75", "within limits", "above the red limit of 75 %"),
        (75, Limit(level="red", value=75, below=True, inclusive=True), "red <= 75", "at red", "at the red limit of"),
        (2, Limit(level="yellow", value=2), "yellow > 2", "within limits", "at the yellow limit of 2 %"),
        (2, Limit(level="yellow", value=2, inclusive=True), "yellow >= 2", "at yellow", "at the yellow limit of 2 %"),
        (3, Limit(level="yellow", value=2, inclusive=True), "yellow >= 2", "above yellow", "above the yellow limit"),
        (1.5, Limit(level="yellow", value=2, inclusive=True), "yellow >= 2", "within limits", "below the yellow limit"),
    ],
)
def test_worse_may_be_above_or_below(value: float, limit: Limit, label: str, status: str, words: str) -> None:
    chart = _judged(value, limit)
    assert {label, status} <= set(_said(chart))
    assert words in alt(chart)


def test_of_several_limits_the_worst_is_told_and_else_the_nearest() -> None:
    low = Limit(level="yellow", value=90, below=True), Limit(level="red", value=75, below=True)
    for value, words in [(60, "below the red limit of 75"), (80, "below the yellow limit of 90"),
                         (95, "above the yellow limit of 90")]:  # fmt: skip
        assert words in alt(_judged(value, *low))
    band = low[0], Limit(level="red", value=100)
    for value, words in [(80, "below the yellow limit of 90"), (101, "above the red limit of 100"),
                         (92, "above the yellow limit of 90"), (99, "below the red limit of 100")]:  # fmt: skip
        assert words in alt(_judged(value, *band))
    assert "red > 100" in _said(_judged(92, *band))
    assert "yellow < 90" in _said(_judged(92, *band))


def test_all_shapes_are_on_the_page() -> None:
    page = laid_out(replace(CHART, panels=(ERRORS,) * 6))
    for shape in page["shapes"]:
        for x, y in shape.get("points", [(shape.get("x", 0), shape.get("y", 0))]):
            assert 0 <= x <= page["width"]
            assert 0 <= y <= page["height"]


# --- any input ---

NUMBERS = st.floats() | st.floats(min_value=-5, max_value=5)
TIMES = st.integers(min_value=START - HOUR, max_value=START + 80 * HOUR) | st.integers()
SERIES = st.lists(st.tuples(TIMES, NUMBERS), max_size=6).map(tuple)
NAMES = st.text(max_size=30) | st.sampled_from(HOSTILE)
PANELS = st.builds(
    Panel, name=NAMES, unit=NAMES, points=SERIES, baseline=SERIES,
    limits=st.lists(st.builds(
        Limit, level=st.sampled_from(["yellow", "red"]), value=NUMBERS, below=st.booleans(), inclusive=st.booleans(),
    ), max_size=3).map(tuple),
)  # fmt: skip
CHARTS = st.builds(
    Chart, title=NAMES, subtitle=NAMES, start=TIMES, end=TIMES, now=TIMES,
    panels=st.lists(PANELS, max_size=8).map(tuple),
    marks=st.lists(
        st.builds(Mark, at=TIMES, kind=st.sampled_from(["checkpoint", "incident"]), name=NAMES), max_size=5
    ).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHARTS)
def test_anything_is_drawn_and_said(chart: Chart) -> None:
    assert png(chart).startswith(b"\x89PNG")
    said = alt(chart)
    assert 0 < len(said) <= 2000
    assert said.isprintable()


# --- scales and words ---


def test_words_for_who_cannot_see_it() -> None:
    assert alt(CHART) == (
        "Chart of payments-api 4.12.0. Watched for 72 hours. Window of 72 hours, now at T+40 h. "
        "Failed checkouts: latest 0.69 % at T+39 h; above the yellow limit of 0.5 %; above the usual 0.49 %. "
        "Checkpoints: 25 % at T+2 h. Incidents: K7F3Q2 Payment errors at T+5 h."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (0.3684, "0.368"), (12.0, "12"), (999.4, "999"), (999.9, "1,000"), (-1234.0, "-1,234"),
        (2_500_000.0, "2.5M"), (999_900_000.0, "1,000M"), (3e-7, "3e-07"), (4e20, "4e+20"),
    ],
)  # fmt: skip
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_moments() -> None:
    assert [word for _, word in time_ticks(CHART)] == [
        "T+0", "T+12 h", "T+24 h", "T+36 h", "T+48 h", "T+60 h", "T+72 h",
    ]  # fmt: skip
    short, long = replace(CHART, end=START + HOUR), replace(CHART, end=START + 365 * 24 * HOUR)
    assert [word for _, word in time_ticks(short)][:3] == ["T+0", "T+10 min", "T+20 min"]
    assert time_ticks(long)[1][1] == "T+53 d"
    named = replace(CHART, days=((START + HOUR, "mon"), (START + 2 * HOUR, "tue")))
    assert time_ticks(named) == [(HOUR, "mon"), (2 * HOUR, "tue")]


@settings(deadline=None)
@given(st.floats(-1e99, 1e99), st.floats(-1e99, 1e99))
def test_an_axis_has_few_labels_and_each_once(one: float, other: float) -> None:
    low, high = value_range([one, other], ())
    ticks = value_ticks(low, high, 4)
    assert low < high
    assert len(ticks) <= 9
    assert all(sooner[0] < later[0] for sooner, later in pairwise(ticks))


def test_a_gap_is_not_drawn_over() -> None:
    assert unbroken(()) == []
    assert [len(one) for one in unbroken(POINTS[:10] + POINTS[20:])] == [10, 20]


# --- without typst ---


def test_without_typst_it_can_be_imported_and_says_what_to_do() -> None:
    program = (
        "import sys; sys.modules['typst'] = None\n"
        "from bot.charts import Chart, NoCharts, alt, available, png\n"
        "chart = Chart(title='x', subtitle='', start=0, end=1, now=1, panels=())\n"
        "print(available(), bool(alt(chart)))\n"
        "try: png(chart)\n"
        "except NoCharts as error: print(error)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("False True\n")
    assert 'pip install "sereno[charts]"' in ran.stdout
