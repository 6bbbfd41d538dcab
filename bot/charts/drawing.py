"""Draws a chart as a PNG with typst; callers run it in a thread, for it takes some tens of milliseconds."""

import importlib.util
import json
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from bot.charts.chart import Chart
from bot.charts.layout import laid_out
from rules.text import Text
from rules.unfit import Said

PPI = 144.0  # two pixels for a point: 1200 pixels wide


class NoCharts(Said):
    """There are no pictures here; `said` is what to do."""


def available() -> bool:
    """Whether pictures can be drawn on this machine."""
    return importlib.util.find_spec("typst") is not None


def png(chart: Chart) -> bytes:
    """The picture, on a background of its own; the same chart is the same bytes. Raises NoCharts without typst.

    Names reach typst as JSON, so nothing in them is markup; the template reads no file, no package and no network.
    """
    typst, template, fonts = _typst()
    shapes = json.dumps(laid_out(chart), allow_nan=False)
    drawn = typst.compile(
        template, format="png", ppi=PPI, sys_inputs={"chart": shapes}, font_paths=fonts, ignore_system_fonts=True
    )
    return bytes(drawn)


@cache
def _typst() -> tuple[Any, bytes, Any]:
    """The library, the template, and the fonts inside the library: the picture is the same on each machine."""
    try:
        typst = import_module("typst")
    except ImportError as error:
        raise NoCharts(
            Text.of(
                'charts need the library typst, and it cannot be loaded ({why}): run pip install "sereno[charts]"',
                why=str(error),
            )
        ) from error
    template = (files("bot.charts") / "chart.typ").read_bytes()
    return typst, template, typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
