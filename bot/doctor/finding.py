"""One thing that was looked at: how it is, what was found, and what to do."""

from dataclasses import dataclass
from enum import StrEnum

from bot.cards.plain import plain
from rules.text import Text

NOTHING = Text.of("")


class Level(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"  # it works, and something is worth knowing
    WRONG = "wrong"  # something does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """`todo`: what to do, "" when there is nothing to do. Never a secret in any of them.

    `what` is the same in each language; the others are said in the language in force.
    """

    level: Level
    what: str
    found: str
    todo: str = ""


def ok(what: str, found: Text, todo: Text = NOTHING) -> Finding:
    """All is well with it."""
    return Finding(Level.OK, what, _plain(found), _plain(todo))


def warning(what: str, found: Text, todo: Text = NOTHING) -> Finding:
    """It works, and something is worth knowing."""
    return Finding(Level.WARNING, what, _plain(found), _plain(todo))


def wrong(what: str, found: Text, todo: Text) -> Finding:
    """It does not work, and this helps."""
    return Finding(Level.WRONG, what, _plain(found), _plain(todo))


def theirs(words: str) -> Text:
    """What another part, or a server, says of it: as it is."""
    return Text.of("{words}", words=words)


def _plain(text: Text) -> str:
    """In one line and without what would steer a terminal: it may come from a server."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in plain(text)).split())
