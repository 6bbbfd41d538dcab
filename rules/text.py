"""A sentence for a person: a constant template and named values, made safe and translated only when it is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time, drawn in the reader's own zone. `at`: unix milliseconds. `short`: only the time of the day."""

    at: int
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A length of time, drawn in words. `ms`: milliseconds."""

    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A measured value, drawn with the reader's own point or comma. `digits`: so many that count, no zeros at the end.

    What has more before the point is drawn whole, in groups of three.
    """

    number: float
    digits: int = 4


@dataclass(frozen=True, slots=True)
class Joined:
    """Several sentences, one after the other; `by` stands between them."""

    texts: "tuple[Text, ...]" = ()
    by: str = "\n"


@dataclass(frozen=True, slots=True)
class Text:
    """`Text.of("{alert} is firing on {host}", alert=..., host=...)`; the template is ours, the values are anybody's.

    `plural`: the template for any `count` but one; "" when nothing is counted.
    """

    template: str
    values: "Mapping[str, Value]" = field(default_factory=dict)
    plural: str = ""

    @classmethod
    def of(cls, template: str, /, **values: "Value") -> "Text":
        """Build a text; `template` must be a literal, so that it can be translated."""
        return cls(template, values)

    @classmethod
    def counted(cls, one: str, more: str, /, *, count: "int | Number", **values: "Value") -> "Text":
        """The same of things that are counted: `one` for a single one, `more` for none or several.

        Both are given where they are the same words in English, for in other languages they are not.
        """
        return cls(one, {"count": count, **values}, more)

    @property
    def is_plural(self) -> bool:
        """Whether it is the words for none or several that fit its `count`."""
        count = self.values.get("count", 1)
        return bool(self.plural) and (count.number if isinstance(count, Number) else count) != 1


# A Text within a Text is drawn by its own template.
Value = str | int | Moment | Span | Number | Text | Joined
SPACE = Text.of(" ")


def between(words: str) -> Iterator[Text]:
    """Somebody's words between two texts, with the spaces at their edges, which are lost when values are drawn."""
    if words[:1].isspace():
        yield SPACE
    if words.strip():
        yield Text.of("{words}", words=words.strip())
        if words[-1:].isspace():
            yield SPACE
