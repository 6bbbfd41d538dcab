"""What is wrong with a payload, in our own sentences; never the value, for it may be a secret."""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rules.text import Text
from rules.unfit import Unfit

_OBJECT, _NUMBER = Text.of("has to be an object"), Text.of("has to be a whole number")
_LIST, _FLAG = Text.of("has to be a list"), Text.of("has to be true or false")
_EMPTY = Text.of("may not be empty")
WORDS: Mapping[str, Text] = {
    "missing": Text.of("is required"),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "string_type": Text.of("has to be a text"),
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
}


def first_fault(error: ValidationError) -> Text:
    """The first thing that does not fit, and its path in the body."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return Text.of("{where}: {why}", where=where, why=_why(first))


def _why(first: ErrorDetails) -> Text:
    reason = first.get("ctx", {}).get("error")
    if isinstance(reason, Unfit):
        return reason.said
    if first["type"] == "json_invalid":
        return Text.of("not JSON: {why}", why=str(reason))
    return WORDS.get(first["type"]) or Text.of("{why}", why=first["msg"])  # pydantic's own words
