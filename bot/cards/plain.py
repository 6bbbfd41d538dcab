"""Draws a Text as plain text, for the terminal, for Markdown, and for what is passed on as a value."""

from datetime import UTC, datetime

from bot.cards.mrkdwn import span
from rules.text import Joined, Moment, Span, Text, Value


def plain(text: Text) -> str:
    """The sentence with its values in place; nothing in it is escaped."""
    return text.template.format_map({name: _value(value) for name, value in text.values.items()})


def _value(value: Value) -> str:
    match value:
        case Moment(at=at):
            return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        case Span(ms=ms):
            return span(ms)
        case Text():
            return plain(value)
        case Joined(texts=texts, by=by):
            return by.join(plain(text) for text in texts)
        case _:
            return str(value)
