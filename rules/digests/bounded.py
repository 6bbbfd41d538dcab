"""Keeps what anybody may have written short: a digest is a record for more than a year."""

from dataclasses import replace

from rules.text import Joined, Text, Value

MOST = 300  # letters of one value; no more is drawn of it anyway


def bounded(text: Text) -> Text:
    """The same sentence; values that are too long end in an ellipsis."""
    return replace(text, values={name: _value(value) for name, value in text.values.items()})


def _value(value: Value) -> Value:
    match value:
        case str() if len(value) > MOST:
            return value[: MOST - 1] + "…"
        case Text():
            return bounded(value)
        case Joined(texts=texts, by=by):
            return Joined(tuple(bounded(one) for one in texts), by)
        case _:
            return value
