"""`sereno version`: say which version this is."""

import argparse
import json
from collections.abc import Mapping
from importlib.metadata import version

from bot.cli.saying import word
from rules.text import Text

ABOUT = Text.of("say which version this is.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help=word("as JSON"))


def run(given: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Print it."""
    number = version("sereno")
    print(json.dumps({"version": number}) if given.json else f"sereno {number}")
    return 0
