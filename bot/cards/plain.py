"""Draws a Text as plain text, for the terminal, for Markdown, and for what is passed on as a value."""

from collections.abc import Callable

from bot.cards.tongue import fill, numeral, span, spoken
from rules.text import Joined, Moment, Number, Span, Text, Value

Inert = Callable[[str], str]


def plain(text: Text, inert: Inert = str) -> str:
    """The sentence in the language in force, with its values in place; `inert` is what is done to each value."""
    return fill(text, lambda value: _value(value, inert))


def _value(value: Value, inert: Inert) -> str:
    match value:
        case Moment(at=at):
            return spoken().moment(at)
        case Span(ms=ms):
            return span(ms)
        case Number():
            return numeral(value)
        case Text():
            return plain(value, inert)
        case Joined(texts=texts, by=by):
            return by.join(plain(text, inert) for text in texts)
        case _:
            return inert(str(value))
