"""What `/sereno help` says, and what is said to words that are no sub-command."""

from collections.abc import Mapping
from difflib import get_close_matches

from handlers.contract import Command, Reply
from rules.text import Text


def help_for(words: list[str], commands: Mapping[str, Command]) -> Reply:
    """Every sub-command with its help and examples; first what was perhaps meant."""
    lines = []
    if words and words[0].lower() != "help":
        close = get_close_matches(words[0].lower(), list(commands), n=1)
        lines.append(Text.of("I do not know `{word}`.", word=words[0]))
        lines += [Text.of("Did you mean `/sereno {word}`?", word=word) for word in close]
    lines += [Text.of("`/sereno {usage}` – {help}", usage=one.usage, help=one.help) for one in commands.values()]
    examples = [
        Text.of("• `/sereno {example}`", example=one.example) for one in commands.values() if " " in one.example
    ]
    return [
        *lines,
        Text.of("For example:"),
        *examples,
        Text.of("With `--here` everybody in the channel sees the answer."),
    ]
