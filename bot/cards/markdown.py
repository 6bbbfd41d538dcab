"""Sections of text as Markdown, for a file, a wiki or GitHub; values from outside are escaped."""

import re
from collections.abc import Iterator, Sequence

from bot.cards.plain import Inert, plain
from rules.summary import Part

FENCE = "```"
JOINER = "\u2060"  # nobody sees it
_MEANS = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_ESCAPED = re.compile(rf"{JOINER}|\\([\\`*_{{}}\[\]<>#|~&])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CALLS = re.compile(
    r"(?<=[@#])"  # people, teams, mail; issues, of other repositories too
    r"|(?<=:)(?=//|[\w+-]+(?::|$))"  # addresses; emoji, which words of ours may end
    r"|(?<=[wW]{3})(?=\.)"  # www.
    r"|(?:(?<=[A-Z])|(?i:(?<=gh)|(?<=ghsa)|(?<=cve)))(?=-\w)",  # GH-5, CVE-2026-1, and what a repository adds: JIRA-5
    re.ASCII,
)
_COMMIT = re.compile(r"([0-9a-fA-F]{6})(?=[0-9a-fA-F])")
DOLLAR = "<span>$</span>"  # between two of them is mathematics, and GitHub knows no other escape


def inert(line: str) -> str:
    """A value from outside as one line that formats nothing, in a line that begins with words of ours."""
    return _MEANS.sub(r"\\\1", _flat(line))


def unheard(line: str) -> str:
    """The same for GitHub, which links, calls and draws by the bare words that a reader sees: no escape stops that.

    https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting
    """
    return inert(uncalled(_flat(line))).replace("$", DOLLAR)


def uncalled(line: str) -> str:
    """A value for GitHub where no Markdown is: it calls nobody, links to and closes nothing, and draws no emoji."""
    return _COMMIT.sub(rf"\1{JOINER}", _CALLS.sub(JOINER, line))


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
            code = _ESCAPED.sub(r"\1", piece.replace(DOLLAR, "$"))
            yield from ("", *(f"  {line}" for line in (FENCE, *code.splitlines(), FENCE)), "")
        else:
            yield from (f"- {line}" for line in piece.splitlines())


def _flat(line: str) -> str:
    return " ".join(_CONTROL.sub("", line).split())
