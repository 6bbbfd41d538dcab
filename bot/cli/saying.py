"""In which language the command line speaks, and how it says that something is wrong."""

import gettext
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files

from bot.cards import tongue
from bot.cards.plain import plain
from bot.cards.tongue import ENGLISH, SPANISH
from rules.text import Text

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides, as gettext has it
ARGPARSE = "argparse"  # the catalogue of the sentences that are not ours


def language(environ: Mapping[str, str]) -> str:
    """The language that the environment asks for, as far as we speak it. `LANGUAGE=fr:es` asks for the first known."""
    wanted = next((found for name in VARIABLES if (found := environ.get(name))), "")
    codes = (one.partition("_")[0].partition(".")[0].lower() for one in wanted.split(":"))
    return next((code for code in codes if code in (ENGLISH, SPANISH)), ENGLISH)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the `with` the command line speaks this language, and so does argparse, which asks gettext."""
    before = gettext.textdomain()
    gettext.bindtextdomain(ARGPARSE, str(files("bot") / "locale"))
    gettext.textdomain(before if code == ENGLISH else ARGPARSE)
    try:
        with tongue.speaking(code):
            yield
    finally:
        gettext.textdomain(before)


def fail(message: Text | str, code: int = 2) -> int:
    """Say on stderr what is wrong; the exit code. A plain string is what somebody else says of it."""
    print(f"sereno: {plain(message) if isinstance(message, Text) else message}", file=sys.stderr)
    return code


def columns(rows: Sequence[Sequence[str]], most: int = 80) -> list[str]:
    """Rows as lines whose columns stand under each other; what has more than `most` letters is cut, but at the end."""
    short = [[*(cell if len(cell) <= most else f"{cell[: most - 1]}…" for cell in row[:-1]), row[-1]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*short, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in short]


def word(template: str) -> str:
    """A sentence without values, in that language; `template` must be a literal, so that it can be translated."""
    return plain(Text.of(template))
