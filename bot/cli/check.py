"""`sereno check`: verify a policy: its shape, every example, and routes that can never be reached."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from bot import file_words
from bot.cards.plain import plain
from bot.cli.policy_argument import policy_path
from bot.cli.saying import fail, word
from bot.policy_box import not_utf8
from bot.settings import read
from rules import examples, policy_file
from rules.policy import json_schema
from rules.text import Text

ABOUT = Text.of("verify a policy: its shape, every example, and routes that can never be reached.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --json, --schema."""
    parser.add_argument(
        "policy", nargs="?", type=Path, metavar=word("FILE"), help=word("the policy (default: the one in force)")
    )
    parser.add_argument("--json", action="store_true", help=word("what was found, as JSON"))
    parser.add_argument("--schema", action="store_true", help=word("print the JSON Schema for editors instead"))


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: fine; 1: faults; 2: the file cannot be read."""
    if given.schema:
        print(json.dumps(json_schema(), indent=2))
        return 0
    path = policy_path(given, read(environ))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = not_utf8(error) if isinstance(error, UnicodeDecodeError) else file_words.why(error)
        return fail(Text.of("cannot read {path}: {why}", path=str(path), why=why))
    try:
        policy = policy_file.load(text, str(path))
        faults = examples.faults(policy, text, str(path))
        count = sum(len(route.examples) for route in policy.routes)
    except policy_file.BadPolicy as error:
        faults, count = error.faults, 0
    if given.json:
        rows = [{"file": f.file, "line": f.line, "field": f.field, "message": plain(f.message)} for f in faults]
        print(json.dumps({"ok": not faults, "examples": count, "faults": rows}, indent=2))
    else:
        for fault in faults:
            print(plain(fault.text))
        file, wrong = str(path), len(faults)
        found = Text.counted("{path}: {count} fault", "{path}: {count} faults", path=file, count=wrong)
        fine = Text.counted(
            "{path}: fine, {count} example passes", "{path}: fine, {count} examples pass", path=file, count=count
        )
        print(plain(found if faults else fine))
    return 1 if faults else 0
