"""Which words somebody has put in quotes, and what stands behind them."""

_DOUBLE = '"“”„«»'
_ENDS = {**dict.fromkeys(_DOUBLE, _DOUBLE), "'": "'’", "‘": "'’"}  # what phones and Slack make of them


class Unclosed(ValueError):
    """A quote begins and does not end."""


def parted(words: list[str]) -> tuple[str, list[str]] | None:
    """The text in the quotes that words begin with, up to the last that closes, and the words behind it.

    None when they begin with none. Raises Unclosed.
    """
    text = " ".join(words)
    ends = _ENDS.get(text[:1])
    if ends is None:
        return None
    last = max(text.rfind(end) for end in ends)
    if last < 1:
        raise Unclosed(text)
    return text[1:last].strip(), text[last + 1 :].split()
