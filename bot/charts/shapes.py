"""The shapes that chart.typ draws, as the JSON it reads; one (x, y) is points from the upper left corner."""

from collections.abc import Iterable
from typing import Any

Shape = dict[str, Any]
Place = tuple[float, float]

# On white, each with a contrast of at least 4.5:1 where it carries text or meaning, and apart for the colour-blind.
BACKGROUND, SHADE, GRID, FRAME = "#ffffff", "#e9edf4", "#e1e5eb", "#aab3c0"
INK, SOFT = "#16202e", "#48525f"
MEASURED, USUAL, YELLOW, RED = "#0b57a4", "#5b6472", "#8a5a00", "#b3261e"
CHECKPOINT, INCIDENT = "#374151", "#7b1e7a"
COLOURS = {"yellow": YELLOW, "red": RED}
PALE = {"yellow": "#fff0c2", "red": "#fbdcd9"}
DASHES: dict[str, str | None] = {"yellow": "dash-dotted", "red": None}
_LETTER = 0.602  # how wide a letter of DejaVu Sans Mono is, by its size


def width(text: str, size: float) -> float:
    """How much room words take, in points."""
    return len(text) * size * _LETTER


def words(
    at: Place, text: str, *, size: float = 9.5, colour: str = SOFT, bold: bool = False,
    anchor: float = 0, fill: str | None = None, outset: float = 1.5,
) -> Shape:  # fmt: skip
    """Words on a baseline; `anchor` 0: they begin there, 1: they end there."""
    weight = "bold" if bold else "regular"
    return {
        "kind": "words", "x": _at(at[0]), "y": _at(at[1]), "text": text, "size": size, "colour": colour,
        "weight": weight, "anchor": anchor, "fill": fill, "outset": outset,
    }  # fmt: skip


def path(points: Iterable[Place], colour: str, *, thick: float = 1.0, dash: str | None = None) -> Shape:
    """A line through points."""
    places = [(_at(x), _at(y)) for x, y in points]
    return {"kind": "path", "points": places, "colour": colour, "width": thick, "dash": dash or "solid"}


def area(at: Place, wide: float, high: float, colour: str) -> Shape:
    """A filled rectangle."""
    return {"kind": "area", "x": _at(at[0]), "y": _at(at[1]), "w": _at(wide), "h": _at(high), "colour": colour}


def dot(at: Place, colour: str, *, radius: float = 3.2) -> Shape:
    """A filled circle with a white edge."""
    return {"kind": "dot", "x": _at(at[0]), "y": _at(at[1]), "r": radius, "colour": colour}


def triangle(at: Place, colour: str, *, size: float = 5.0) -> Shape:
    """A triangle that stands on a point's height, its tip upwards."""
    x, y = _at(at[0]), _at(at[1])
    return {"kind": "triangle", "points": [(x - size, y), (x + size, y), (x, y - 1.7 * size)], "colour": colour}


def _at(value: float) -> float:
    return round(value, 2)
