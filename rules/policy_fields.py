"""The kinds of values that a policy file holds, each with its own words for what is wrong with one."""

import re
from datetime import time
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from rules import durations
from rules.text import Text
from rules.unfit import Unfit


def _duration(value: object) -> object:
    if not isinstance(value, str):
        raise Unfit(Text.of("{value} has no unit; write one, such as 90s, 5m, 1h30m or 3d", value=repr(value)))
    return durations.parse(value)


def _response(value: object) -> object:
    try:
        return value if value == END_OF_DAY else _duration(value)
    except Unfit as error:
        raise Unfit(Text.of("{why}; or write end_of_day", why=error.said)) from error


@cache
def _zones() -> set[str]:
    return available_timezones()


def _zone(value: str) -> str:
    if value not in _zones():
        raise Unfit(
            Text.of("{value} is not an IANA time zone; write one such as Europe/Madrid or UTC", value=repr(value))
        )
    return value


def _clock(value: object) -> object:
    if isinstance(value, int | float):
        raise Unfit(Text.of("quote the time, YAML reads 22:00 as a number"))
    return value


def _local(value: time) -> time:
    if value.tzinfo:
        raise Unfit(Text.of("write the time without a zone; `timezone` says which one is meant"))
    return value


def _matchers(value: object) -> object:
    texts = value if isinstance(value, list) else [value]
    return ", ".join(str(text).strip().removeprefix("{").removesuffix("}") for text in texts)


def _mentions(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _mention(value: str) -> str:
    if value in ("none", "channel", "here") or (value.startswith("@") and len(value) > 1):
        return value
    raise Unfit(
        Text.of(
            '{value} is not a mention; write channel, here, none, or "@name" of a user group or person',
            value=repr(value),
        )
    )


def _link(value: object) -> object:
    if not isinstance(value, str) or not LINK.match(value):
        raise Unfit(
            Text.of("{value} is not an address; write one such as https://wiki.example.org/page", value=repr(value))
        )
    return value


END_OF_DAY: Literal["end_of_day"] = "end_of_day"
LINK = re.compile(r"https?://")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*", re.ASCII)
Duration = Annotated[
    int,
    BeforeValidator(_duration, json_schema_input_type=Annotated[str, Field(pattern=r"^(\d+[wdhms])+$")]),
    PlainSerializer(durations.show, return_type=str),
]
Response = Annotated[
    int | Literal["end_of_day"],
    BeforeValidator(_response, json_schema_input_type=Duration | Literal["end_of_day"]),
    PlainSerializer(lambda value: value if value == END_OF_DAY else durations.show(value), return_type=str),
]
Zone = Annotated[str, AfterValidator(_zone)]
Clock = Annotated[time, BeforeValidator(_clock), AfterValidator(_local)]
Mention = Annotated[str, AfterValidator(_mention)]
Mentions = Annotated[list[Mention], BeforeValidator(_mentions, json_schema_input_type=str | list[str])]
Link = Annotated[str, BeforeValidator(_link, json_schema_input_type=Annotated[str, Field(pattern=rf"^{LINK.pattern}")])]
Names = Annotated[list[str], BeforeValidator(_mentions, json_schema_input_type=str | list[str])]
Match = Annotated[str, BeforeValidator(_matchers, json_schema_input_type=str | list[str])]
Language = Literal["en", "es"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_address(text: str) -> bool:
    """Whether a mail can be sent there. Plain ASCII only: a domain of other letters is written as xn--..."""
    return bool(ADDRESS.fullmatch(text)) and text.isascii() and text.isprintable()


class Shape(BaseModel):
    """What all parts of the file share: no unknown keys, no changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
