"""What the words after a slash command mean, and what its help says."""

import re
from difflib import get_close_matches

from handlers.contract import Command, Reply, Slash
from handlers.naming import typed
from rules.text import Joined, Text, between

HELP = "help"
TO_FILL = re.compile(r"(?<![\w-])([A-Z]{2,})(?![\w-])")
PLACEHOLDERS = {
    one.template: one
    for one in (
        Text.of("CHANNEL"), Text.of("CHECK"), Text.of("DUE"), Text.of("FOR"), Text.of("ID"), Text.of("ITEM"),
        Text.of("KEY"), Text.of("LENGTH"), Text.of("MATCHERS"), Text.of("NAME"), Text.of("NOTE"), Text.of("NUMBER"),
        Text.of("OWNER"), Text.of("PERSON"), Text.of("PLAN"), Text.of("RELEASE"), Text.of("ROTATION"),
        Text.of("ROUTE"), Text.of("SCOPE"), Text.of("SEVERITY"), Text.of("TEXT"), Text.of("VERSION"), Text.of("WHAT"),
        Text.of("WHOM"), Text.of("WHY"),
    )
}  # fmt: skip
QUOTES = ('"', "“", "”", "„", "«", "'")


def meant(words: list[str], slash: Slash) -> tuple[Command | None, list[str]]:
    """The sub-command that is meant, with the words for it; None when help is to be said."""
    word = words[0].lower() if words else ""
    if word == HELP:
        return None, words
    if word in slash.commands:
        return slash.commands[word], words[1:]
    if slash.quoted and words and not words[0].startswith(QUOTES):
        return None, words
    return slash.commands.get(slash.otherwise), words


def help_for(words: list[str], slash: Slash) -> Reply:
    """Every sub-command with its help and examples; first what was perhaps meant, and of a `quoted` no more."""
    name, commands = slash.name, slash.commands
    lines = []
    is_unknown = bool(words) and words[0].lower() != HELP
    if is_unknown:
        close = get_close_matches(words[0].lower(), list(commands), n=1)
        lines.append(Text.of("I do not know `{word}`.", word=typed(words[0])))
        lines += [Text.of("Did you mean `{name} {word}`?", name=name, word=word) for word in close]
    if is_unknown and slash.quoted:
        lines.append(
            Text.of('To open a war-room put what is wrong in quotes: `{name} "…"`; `{name} help` shows all.', name=name)
        )
        return lines
    lines += [
        Text.of("`{name} {usage}` – {help}", name=name, usage=filled(one.usage), help=one.help)
        for one in commands.values()
    ]
    examples = [
        Text.of("• `{name} {example}`", name=name, example=one.example)
        for one in commands.values()
        if one.example not in ("", one.usage)  # those that show more than the usage does
    ]
    return [
        *lines,
        *([Text.of("For example:"), *examples] if examples else []),
        Text.of("With `--here` everybody in the channel sees the answer."),
    ]


def filled(words: str) -> Joined:
    """How it is typed: what is to be filled in, in the reader's language; what is typed as it stands, as it is."""
    parts = TO_FILL.split(words)
    texts = (text for part in parts for text in ([PLACEHOLDERS[part]] if part in PLACEHOLDERS else between(part)))
    return Joined(tuple(texts), by="")
