"""Draws a Text as plain text, for the terminal, for Markdown, and for what is passed on as a value."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.cards.mrkdwn import span
from rules.text import Joined, Moment, Span, Text, Value

Inert = Callable[[str], str]


def plain(text: Text, inert: Inert = str) -> str:
    """The sentence with its values in place; `inert` is what is done to each value."""
    return text.template.format_map({name: _value(value, inert) for name, value in text.values.items()})


def _value(value: Value, inert: Inert) -> str:
    match value:
        case Moment(at=at):
            return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        case Span(ms=ms):
            return span(ms)
        case Text():
            return plain(value, inert)
        case Joined(texts=texts, by=by):
            return by.join(plain(text, inert) for text in texts)
        case _:
            return inert(str(value))
