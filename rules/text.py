"""A sentence for a person: a constant template and named values, made safe and translated only when it is drawn."""

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Joined:
    """Several sentences, one after the other; `by` stands between them."""

    texts: "tuple[Text, ...]" = ()
    by: str = "\n"


@dataclass(frozen=True, slots=True)
class Text:
    """`Text.of("{alert} is firing on {host}", alert=..., host=...)`; the template is ours, the values are anybody's."""

    template: str
    values: "Mapping[str, Value]" = field(default_factory=dict)

    @classmethod
    def of(cls, template: str, /, **values: "Value") -> "Text":
        """Build a text; `template` must be a literal, so that it can be translated."""
        return cls(template, values)


Value = str | int | Moment | Span | Text | Joined  # a Text within a Text is drawn by its own template
