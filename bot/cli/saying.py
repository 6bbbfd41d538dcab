"""In which language the command line speaks, and how it says that something is wrong."""

import sys
from collections.abc import Mapping

from bot.cards.plain import plain
from bot.cards.tongue import ENGLISH, SPANISH
from rules.text import Text

VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides, as POSIX has it


def language(environ: Mapping[str, str]) -> str:
    """The language that the environment asks for, as far as we speak it."""
    wanted = next((found for name in VARIABLES if (found := environ.get(name))), "")
    return SPANISH if wanted.partition("_")[0].partition(".")[0].lower() == SPANISH else ENGLISH


def fail(message: Text | str, code: int = 2) -> int:
    """Say on stderr what is wrong; the exit code. A plain string is what somebody else says of it."""
    print(f"sereno: {plain(message) if isinstance(message, Text) else message}", file=sys.stderr)
    return code


def word(template: str) -> str:
    """A sentence without values, in that language; `template` must be a literal, so that it can be translated."""
    return plain(Text.of(template))
