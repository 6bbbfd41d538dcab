"""Sections of text as Markdown, for a file or a wiki; values from outside are escaped."""

import re
from collections.abc import Sequence

from bot.cards.plain import plain
from rules.summary import Part

_MEANS = re.compile(r"([\\`*_{}\[\]<>#|])")


def markdown(parts: Sequence[Part]) -> str:
    """Each part as a heading and a list."""
    lines = []
    for level, part in enumerate(parts):
        lines += [f"{'#' if level == 0 else '##'} {plain(part.heading, _inert)}", ""]
        lines += [f"- {line}" for text in part.lines for line in plain(text, _inert).splitlines()]
        lines.append("")
    return "\n".join(lines)


def _inert(line: str) -> str:
    return _MEANS.sub(r"\\\1", " ".join(line.split()))
