"""Sections of text as Markdown, for a file or a wiki; values from outside are escaped."""

import re
from collections.abc import Iterator, Sequence

from bot.cards.plain import Inert, plain
from rules.summary import Part

FENCE = "```"
JOINER = "\u2060"  # nobody sees it
_MEANS = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_ESCAPED = re.compile(rf"\\([\\`*_{{}}\[\]<>#|~&]){JOINER}?")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CALLS = re.compile(r"([@#])")


def inert(line: str) -> str:
    """A value from outside as one line that formats nothing."""
    return _MEANS.sub(r"\\\1", " ".join(_CONTROL.sub("", line).split()))


def unheard(line: str) -> str:
    """The same for GitHub, where a name behind an @ is called, and a number behind a # is linked from there."""
    return uncalled(inert(line))


def uncalled(line: str) -> str:
    """A value for where nothing is formatted, as a title: it calls nobody, and links nowhere."""
    return _CALLS.sub(rf"\1{JOINER}", line)


def markdown(parts: Sequence[Part], value: Inert = inert, *, titled: bool = True) -> str:
    """Each part as a heading and a list. `value`: what is done to each value; `titled`: with the first heading."""
    lines = []
    for number, part in enumerate(parts):
        if number or titled:
            lines += [f"{'##' if number else '#'} {plain(part.heading, value)}", ""]
        lines += [line for text in part.lines for line in _item(plain(text, value))]
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
