"""The command line: one file in bot/cli for each sub-command, each says its own arguments."""

import argparse
from importlib import import_module

from bot.cards.plain import plain
from bot.cli.saying import word

COMMANDS = (
    "run",
    "check",
    "explain",
    "demo",
    "list",
    "incidents",
    "audit",
    "doctor",
    "watch",
    "digest",
    "slo",
    "manifest",
    "version",
)


def build(argv: list[str]) -> argparse.ArgumentParser:
    """The parser; only the sub-command that `argv` names is imported, so that each starts fast."""
    about = word("The calm night watchman of your releases.")
    parser = argparse.ArgumentParser(prog="sereno", description=about)
    title, metavar = word("commands"), word("COMMAND")
    commands = parser.add_subparsers(title=title, metavar=metavar, required=True)
    for name in argv[:1] if argv[:1] and argv[0] in COMMANDS else COMMANDS:
        module = import_module(f"bot.cli.{name}")
        about = plain(module.ABOUT)
        command = commands.add_parser(name, help=about, description=about)
        module.arguments(command)
        command.set_defaults(run=module.run)
    return parser
