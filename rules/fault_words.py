"""What pydantic finds wrong with a policy, in our own sentences, so that they can be translated."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic_core import ErrorDetails

from rules.masking import masked
from rules.text import Text, Value
from rules.unfit import Unfit

SHOWN = 60
_WHOLE, _NUMBER = Text.of("write a whole number, not {value}"), Text.of("write a number, not {value}")
_TEXT = Text.of("write a text, not {value}; quotes make one of what YAML reads otherwise")
_FLAG, _LIST = Text.of("write true or false, not {value}"), Text.of("write a list, not {value}")
_MAPPING = Text.of("write keys with their values, not {value}")
_HOUR = Text.of('write a time of the day such as "09:00", not {value}')
_DAY = Text.of("write a day such as 2026-01-05, not {value}")
_TIME = Text.of("write a time such as 2026-12-24T18:00:00+01:00, not {value}")
_EMPTY = Text.of("may not be empty")
WORDS: Mapping[str, Text] = {
    "missing": Text.of("is required"),
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "list_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "time_type": _HOUR,
    "time_parsing": _HOUR,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _TIME,
    "literal_error": Text.of("write one of {limit}, not {value}"),
    "string_pattern_mismatch": Text.of("write what fits the pattern {limit}, not {value}"),
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "string_too_long": Text.of("is too long; {limit} characters at most"),
    "too_long": Text.of("has too many entries; {limit} at most"),
    "greater_than": Text.of("write more than {limit}, not {value}"),
    "greater_than_equal": Text.of("write {limit} or more, not {value}"),
    "less_than": Text.of("write less than {limit}, not {value}"),
    "less_than_equal": Text.of("write {limit} at most, not {value}"),
}
LIMITS = ("gt", "ge", "lt", "le", "max_length", "pattern", "expected")  # where pydantic has what may stand there


def worded(detail: ErrorDetails) -> tuple[Text, str]:
    """What is wrong, and where within the part that was checked ("": with all of it)."""
    given = detail.get("ctx", {})
    error = given.get("error")
    if isinstance(error, Unfit):
        return error.said, error.at
    known = WORDS.get(detail["type"])
    if known is None:
        return Text.of("{why}", why=detail["msg"]), ""
    limit = next((given[name] for name in LIMITS if name in given), "")
    values: dict[str, Value] = {"value": _short(detail["input"]), "limit": _allowed(limit)}
    return replace(known, values=values), ""


def _allowed(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit).replace(" or ", ", ")


def _short(value: object) -> str:
    shown = masked(repr(value))
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
