"""Draws a Text as Slack's mrkdwn: our words are the markup, every value is inert.

Slack's rules: https://docs.slack.dev/messaging/formatting-message-text. `& < >` are escaped as Slack asks; what formats
(`* _ ~` and the backtick, `:name:`) has no escape in Slack, so look-alikes take its place where it could format.
Texts go out with `verbatim`, so bare addresses and #names do not become links.
"""

import re
from functools import partial
from urllib.parse import quote

from bot.cards.tongue import fill, numeral, span, spoken
from rules.text import Joined, Moment, Number, Span, Text, Value

_ALWAYS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "`": "ˋ", "~": "∼"})
_QUOTE = re.compile(r"^>+")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_BROKEN = re.compile(r"(&[a-z]{0,3}|<[^>]*)$")
_SPACES = re.compile(r"\s+")
ELLIPSIS, COLON = "…", "\ua789"


def inert(value: str, size: int = 300) -> str:
    """A value from outside as one line that cannot mention, link or format; cut to `size` before escaping."""
    flat = _SPACES.sub(" ", _CONTROL.sub("", value)).strip()
    if len(flat) > size:
        flat = flat[: size - 1] + ELLIPSIS
    flat = _QUOTE.sub(lambda found: "›" * len(found[0]), flat)
    plain = _EMOJI.sub(COLON, _EDGE_UNDERSCORE.sub("ˍ", flat))
    return plain.translate(_ALWAYS)


def draw(text: Text, size: int = 300) -> str:
    """The sentence in the language in force, with its values in place; `size` bounds each value."""
    drawn = fill(text, partial(show, size=size))
    return _EMOJI.sub(COLON, drawn)  # a value may begin a name between colons that our own words end


def show(value: Value, size: int = 300) -> str:
    """One value, inert."""
    match value:
        case Moment(at=at, short=short):
            return moment(at, short=short)
        case Span(ms=ms):
            return span(ms)
        case Number():
            return numeral(value)
        case Text():
            return draw(value, size)
        case Joined(texts=texts, by=by):
            return by.join(draw(text, size) for text in texts)
        case int():
            return str(value)
        case _:
            return inert(value, size)


def moment(at: int, *, short: bool = False) -> str:
    """A time in the reader's own zone (https://docs.slack.dev/messaging/formatting-message-text#date-formatting)."""
    form = "{time}" if short else "{date_short_pretty} {time}"
    return f"<!date^{at // 1000}^{form}|{spoken().moment(at)}>"


def link(label: str, url: str) -> str:
    """A link with our words; what could end the address early is percent-encoded. "" when it is not http."""
    if not url.startswith(("http://", "https://")):
        return ""
    plain = "".join(quote(letter) if letter.isspace() and letter not in _ADDRESS else letter for letter in url)
    safe = "".join(_ADDRESS.get(letter, letter) for letter in _CONTROL.sub("", plain))
    return f"<{safe}|{label}>" if len(safe) <= 2000 else ""


_ADDRESS = {"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "\n": "", "\t": "", "&": "&amp;", '"': "%22", "`": "%60"}


def cut(drawn: str, size: int) -> str:
    """What was drawn, cut to `size`, but never inside of an entity or a link."""
    return drawn if len(drawn) <= size else _BROKEN.sub("", drawn[: size - 1]) + ELLIPSIS


def row(parts: list[str], size: int) -> str:
    """The parts as one line: those that fit, whole, and how many did not."""
    kept, used = [], 40
    for part in parts:
        if part and used + len(part) + 3 <= size:
            kept.append(part)
            used += len(part) + 3
    if left := sum(1 for part in parts if part) - len(kept):
        kept.append(draw(Text.counted("{count} more did not fit", "{count} more did not fit", count=left)))
    return " · ".join(kept)


def fits(lines: list[str], size: int) -> tuple[list[str], int]:
    """As many whole lines as fit into `size` characters, and how many were left out."""
    kept: list[str] = []
    used = 0
    for line in lines:
        used += len(line) + 1
        if used > size:
            break
        kept.append(line)
    return kept, len(lines) - len(kept)
