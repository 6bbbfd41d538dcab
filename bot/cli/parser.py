"""The command line: one file in bot/cli for each sub-command, each says its own arguments."""

import argparse
from importlib import import_module

COMMANDS = ("run", "check", "explain", "demo", "list", "audit", "doctor", "watch", "slo", "manifest", "version")


def build(argv: list[str]) -> argparse.ArgumentParser:
    """The parser; only the sub-command that `argv` names is imported, so that each starts fast."""
    parser = argparse.ArgumentParser(prog="sereno", description="The calm night watchman of your releases.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in argv[:1] if argv[:1] and argv[0] in COMMANDS else COMMANDS:
        module = import_module(f"bot.cli.{name}")
        about = (module.__doc__ or "").split(":", 1)[-1].strip()
        command = commands.add_parser(name, help=about, description=about)
        module.arguments(command)
        command.set_defaults(run=module.run)
    return parser
