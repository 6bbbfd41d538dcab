"""`sereno check`: verify a policy: its shape, every example, and routes that can never be reached."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from bot.cli.policy_argument import counted, fail, policy_path
from bot.settings import read
from rules import examples, policy_file
from rules.policy import json_schema


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --json, --schema."""
    parser.add_argument("policy", nargs="?", type=Path, metavar="FILE", help="the policy (default: the one in force)")
    parser.add_argument("--json", action="store_true", help="what was found, as JSON")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema for editors instead")


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: fine; 1: faults; 2: the file cannot be read."""
    if given.schema:
        print(json.dumps(json_schema(), indent=2))
        return 0
    path = policy_path(given, read(environ))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return fail(f"cannot read {path}: {error}")
    try:
        policy = policy_file.load(text, str(path))
        faults = examples.faults(policy, text, str(path))
        count = sum(len(route.examples) for route in policy.routes)
    except policy_file.BadPolicy as error:
        faults, count = error.faults, 0
    if given.json:
        rows = [{"file": f.file, "line": f.line, "field": f.field, "message": f.message} for f in faults]
        print(json.dumps({"ok": not faults, "examples": count, "faults": rows}, indent=2))
    else:
        for fault in faults:
            print(fault)
        passed = f"{counted(count, 'example')} {'passes' if count == 1 else 'pass'}"
        print(f"{path}: {counted(len(faults), 'fault')}" if faults else f"{path}: fine, {passed}")
    return 1 if faults else 0
