"""Sections of text as Markdown, for a file or a wiki; values from outside are escaped."""

import re
from collections.abc import Iterator, Sequence

from bot.cards.plain import plain
from rules.summary import Part

FENCE = "```"
_MEANS = re.compile(r"([\\`*_{}\[\]<>#|])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|])")


def markdown(parts: Sequence[Part]) -> str:
    """Each part as a heading and a list."""
    lines = []
    for level, part in enumerate(parts):
        lines += [f"{'#' if level == 0 else '##'} {plain(part.heading, inert)}", ""]
        lines += [line for text in part.lines for line in _item(plain(text, inert))]
        lines.append("")
    return "\n".join(lines)


def _item(drawn: str) -> Iterator[str]:
    """Our lines as items of a list; what is between our own ``` as code, in which nothing is escaped."""
    for index, piece in enumerate(drawn.split(FENCE)):
        if index % 2:
            code = _ESCAPED.sub(r"\1", piece)
            yield from ("", *(f"  {line}" for line in (FENCE, *code.splitlines(), FENCE)), "")
        else:
            yield from (f"- {line}" for line in piece.splitlines())


def inert(line: str) -> str:
    """A value from outside as one line that formats nothing."""
    return _MEANS.sub(r"\\\1", " ".join(line.split()))
