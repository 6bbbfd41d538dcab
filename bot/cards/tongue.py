"""Which language is spoken now, and how a template, a number and a time are said in it.

The language in force belongs to the task that draws (a ContextVar): cards need not pass it on, and a task or a thread
that is begun while it is in force inherits it. English is the source and needs no catalogue. A catalogue is read when
it is first used; a sentence that it lacks, or has with other placeholders than the English one, is said in English.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from string import Formatter

from babel import Locale
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

from rules.text import Number, Text, Value

ENGLISH, SPANISH = "en", "es"
Forms = tuple[str, ...]  # a template; or, of what is counted, that for one and that for more


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, and the zone of times that Slack does not show in the reader's own."""

    code: str = ENGLISH
    zone: tzinfo = UTC

    def template(self, text: Text) -> str:
        """The words of a text, before its values are put in."""
        forms = catalogue(self.code).get(text.template) or (text.template, text.plural)
        return forms[-1] if text.is_plural else forms[0]

    def number(self, value: float, digits: int = 4) -> str:
        """With as many digits as count; a whole number that has more is written in groups of three."""
        is_long = abs(value) >= 10**digits - 0.5
        return self.marked(f"{value:,.0f}" if is_long else f"{value:.{digits}g}")

    def marked(self, number: str) -> str:
        """A number in English digits with the point and the separator of this language."""
        return number.translate(_marks(self.code))

    def day(self, on: date) -> str:
        """A day of a week, short: Mon 23."""
        return f"{Locale(self.code).days['format']['abbreviated'][on.weekday()]} {on.day}"

    def moment(self, at: int) -> str:
        """A time as plain text, with its zone. `at`: unix milliseconds."""
        return datetime.fromtimestamp(at / 1000, self.zone).strftime("%Y-%m-%d %H:%M %Z")


_OURS = Tongue()
_SPOKEN: ContextVar[Tongue] = ContextVar("tongue", default=_OURS)


def spoken() -> Tongue:
    """The language in force."""
    return _SPOKEN.get()


@contextmanager
def speaking(code: str, zone: tzinfo = UTC) -> Iterator[None]:
    """Draw in this language within the `with`; one that we do not speak is English."""
    token = _SPOKEN.set(Tongue(code, zone))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def fill(text: Text, show: Callable[[Value], str]) -> str:
    """A text in the language in force; `show` draws each of its values."""
    return spoken().template(text).format_map({name: show(value) for name, value in text.values.items()})


def numeral(number: Number) -> str:
    """A number in the language in force."""
    return spoken().number(number.number, number.digits)


SPANS = (
    (86_400_000, Text.of("{count} d")),
    (3_600_000, Text.of("{count} h")),
    (60_000, Text.of("{count} min")),
    (1_000, Text.of("{count} s")),
)
SHORTEST = Text.of("less than 1 s")


def span(ms: int) -> str:
    """A length of time in at most two units: `1 h 5 min`."""
    parts = []
    for size, unit in SPANS:
        count, ms = divmod(max(ms, 0), size)
        if count:
            parts.append(spoken().template(unit).format(count=count))
    return " ".join(parts[:2]) or spoken().template(SHORTEST)


@cache
def catalogue(code: str) -> Mapping[str, Forms]:
    """The translations into a language, by their English template; none into English itself."""
    file = files("bot") / "locale" / code / "LC_MESSAGES" / "sereno.po"
    if code == ENGLISH or not file.is_file():
        return {}
    with file.open("rb") as lines:
        found = read_po(lines, locale=code)
    pairs = ((_forms(one.id), _forms(one.string)) for one in found if one.id and one.string and not one.fuzzy)
    return {ours[0]: theirs for ours, theirs in pairs if all(theirs) and agree(ours, theirs)}


def agree(ours: Forms, theirs: Forms) -> bool:
    """Whether a translation can take the values of its English template."""
    try:
        return [fields(one) for one in ours] == [fields(one) for one in theirs]
    except ValueError:
        return False


def fields(template: str) -> set[tuple[str, str | None, str | None]]:
    """The placeholders of a template. Raises ValueError when its braces do not match."""
    found = ((name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template))
    return {(name, spec, conversion) for name, spec, conversion in found if name is not None}


def _forms(said: str | list[str] | tuple[str, ...]) -> Forms:
    return (said,) if isinstance(said, str) else tuple(said)


@cache
def _marks(code: str) -> Mapping[int, str]:
    if code == ENGLISH:
        return {}
    return str.maketrans({",": get_group_symbol(code), ".": get_decimal_symbol(code)})
