"""The parts that GitHub's payloads share, as far as we use them: unknown fields are ignored, null is "not said".

Shapes: https://docs.github.com/en/webhooks/webhook-events-and-payloads. Accounts that were deleted are null, many older
payloads lack newer fields, and GitHub Enterprise Server lags behind; only what names a thing is required.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from handlers.github import moments
from rules.text import Text
from rules.unfit import Unfit

LINE_MAX, PROSE_MAX, PROSE_READ = 256, 500, 20_000
CONTROL = dict.fromkeys((*range(32), *range(127, 160)), " ")
HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def _line(text: str) -> str:
    flat = " ".join(text.translate(CONTROL).split())
    return flat if len(flat) <= LINE_MAX else flat[: LINE_MAX - 1] + "…"


def _prose(text: str) -> str:
    flat = " ".join(HTML_COMMENT.sub(" ", text[:PROSE_READ]).translate(CONTROL).split())
    return flat if len(flat) <= PROSE_MAX else flat[: PROSE_MAX - 1] + "…"


def _web(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


def _moment(value: object) -> object:
    if isinstance(value, str):
        return moments.millis(value)
    raise Unfit(Text.of("a time is an ISO 8601 text"))


Line = Annotated[str, AfterValidator(_line)]
Prose = Annotated[str, AfterValidator(_prose)]
Url = Annotated[str, AfterValidator(_web)]
Millis = Annotated[int, BeforeValidator(_moment)]
Named = Annotated[Line, Field(min_length=1)]


class Part(BaseModel):
    """What all parts share. Input never stands in an error: it may hold a secret."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, value: object) -> object:
        return {name: own for name, own in value.items() if own is not None} if isinstance(value, dict) else value


class Person(Part):
    """An account. `type`: User, Bot, Organization, or "" when it is gone."""

    login: Line = ""
    type: Line = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The login of somebody who can be asked: none for a bot."""
        return (self.login,) if self.login and self.type != "Bot" else ()


class Name(Part):
    """Anything of which only the name matters: a label, a tool."""

    name: Line = ""


class Repository(Part):
    """Where it happened; `full_name` is owner/name."""

    full_name: Named
    default_branch: Line = ""
    html_url: Url = ""


class Acted(Part):
    """What says whether an event concerns us at all; asked before anything else is required of it."""

    action: Line


class Happening(Acted):
    """What every event about one repository has."""

    repository: Repository
    sender: Person = Person()
