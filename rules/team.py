"""Who is on the team, in the policy: people, on-call rotations, rights, and what holds only for a while."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from croniter import croniter
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from rules.policy_fields import Language, Names, Shape, Zone, is_address
from rules.text import Text
from rules.unfit import Unfit

EVERYONE = "everyone"
USER_ID = re.compile(r"[UW][A-Z0-9]+")
_CHANCE = re.compile(r"(?:^|[\s,])r(?=[\s,(/]|$)", re.IGNORECASE)  # croniter's own addition to cron


def _no_cron(value: object) -> Unfit:
    return Unfit(
        Text.of('{value} is not a cron line of five fields; write one such as "0 9 * * mon"', value=repr(value))
    )


def _cron(value: object) -> object:
    if not isinstance(value, str):
        if value is None:
            raise Unfit(Text.of('nothing stands here; write a cron line of five fields such as "0 9 * * mon"'))
        raise _no_cron(value)
    if len(value.split()) != 5 or not croniter.is_valid(value):
        raise _no_cron(value)
    if not croniter.is_valid(value, strict=True):
        raise Unfit(Text.of("{value} names a day that no month has", value=repr(value)))
    if _CHANCE.search(value):
        raise Unfit(
            Text.of(
                "{value}: R means a time by chance, another for each that reads it; write the time", value=repr(value)
            )
        )
    return value


def _hourly(value: str) -> str:
    if not value.split(maxsplit=1)[0].isdecimal():
        raise Unfit(
            Text.of(
                '{value} hands over more than once in an hour; name one minute, such as "0 9 * * mon"',
                value=repr(value),
            )
        )
    return value


def _time(value: object) -> object:
    try:
        return datetime.fromisoformat(_written(value)) if isinstance(value, str | int | float) else value
    except ValueError as error:
        raise Unfit(
            Text.of("{value} is not a time; write one such as 2026-12-24T18:00:00+01:00", value=repr(value))
        ) from error


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Unfit(Text.of("write the time with its offset, such as 2026-12-24T18:00:00+01:00"))
    return value


def _day(value: object) -> object:
    try:
        day = date.fromisoformat(_written(value)) if isinstance(value, str | int | float) else value
    except ValueError as error:
        raise Unfit(Text.of("{value} is not a day; write one such as 2026-01-05", value=repr(value))) from error
    if isinstance(day, datetime):
        raise Unfit(Text.of("write the day only, such as 2026-01-05; `handoff` says the time"))
    return day


def _written(value: str | float) -> str:
    """Nothing for a number, which pydantic would count in seconds from 1970."""
    return value if isinstance(value, str) else ""


def _account(value: str) -> str:
    if value and not USER_ID.fullmatch(value) and "@" not in value.strip("@"):
        raise Unfit(Text.of("{value} is neither a Slack id such as U0123ABCD nor an e-mail address", value=repr(value)))
    return value


def _address(value: str) -> str:
    if value and not is_address(value):
        raise Unfit(Text.of("{value} is not an address such as ana@example.org", value=repr(value)))
    return value


def _group(value: str) -> str:
    if value and (not value.startswith("@") or value == "@"):
        raise Unfit(Text.of('{value} is not a user group; write its handle as "@name"', value=repr(value)))
    return value


Cron = Annotated[str, BeforeValidator(_cron)]
Handoff = Annotated[Cron, AfterValidator(_hourly)]
Instant = Annotated[datetime, BeforeValidator(_time), AfterValidator(_zoned)]
Day = Annotated[date, BeforeValidator(_day)]
Person = Annotated[str, AfterValidator(lambda name: name.removeprefix("@"))]


class Right(StrEnum):
    """What may need a permission. `resolve` and `escalate` never do for one's own card: the one that one has taken;
    `watch` and `decide` never do for the owner of the plan."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    SILENCE = "silence"
    MUTE = "mute"
    OVERRIDE = "override"
    FREEZE = "freeze"
    WATCH = "watch"
    DECIDE = "decide"
    WAR_ROOM = "war_room"


class Rights(Shape):
    """Who may do what: `everyone`, names of people or rotations, or "@name" of a user group. Nobody, when empty."""

    acknowledge: Names = Field([EVERYONE])
    resolve: Names = Field([])
    escalate: Names = Field([])
    silence: Names = Field([])
    mute: Names = Field([])
    override: Names = Field([])
    freeze: Names = Field([])
    watch: Names = Field([], description="start, stop, tick and set a release watch")
    decide: Names = Field([], description="keep, patch or roll back a release")
    war_room: Names = Field([EVERYONE], description="open a war-room and work in it")

    def of(self, right: Right) -> list[str]:
        """The names that a right is given to."""
        names: list[str] = getattr(self, right)
        return names


class Member(Shape):
    """One person, by the name that the rest of the policy uses."""

    name: str = Field(min_length=1, description="the full name")
    slack: Annotated[str, AfterValidator(_account)] = Field(
        "", description="a Slack id such as U0123ABCD, or the e-mail address of the account"
    )
    mail: Annotated[str, AfterValidator(_address)] = Field("", description="the address, when it is not the account's")
    github: str = Field("", description="the login at GitHub")
    role: str = Field("", description="what the person is for: release manager, support")
    language: Language | None = None
    timezone: Zone | None = None

    @property
    def address(self) -> str:
        """Where mail reaches this person, "" when that is not known."""
        return self.mail or (self.slack if "@" in self.slack else "")


class Override(Shape):
    """Somebody else is on call for a while."""

    person: Person
    start: Instant = Field(alias="from")
    until: Instant

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.until:
            raise Unfit(Text.of("`until` must be after `from`"))
        return self


class Rotation(Shape):
    """Who is on call: people in turn with a hand-off, or whoever is in a user group of Slack."""

    people: list[Person] = Field([], description="in the order of their turns")
    handoff: Handoff = Field("0 9 * * mon", description="when the next one takes over: a cron line")
    timezone: Zone | None = Field(None, description="of the hand-off; the team's own when it is not named")
    since: Day = Field(
        date(2026, 1, 5),
        ge=date(2000, 1, 1),
        le=date(2100, 1, 1),
        description="the first person's turn begins with the hand-off on this day, or before it",
    )
    group: Annotated[str, AfterValidator(_group)] = Field("", description='"@name" of a user group, instead of people')
    overrides: list[Override] = Field([])

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if bool(self.people) == bool(self.group):
            raise Unfit(Text.of("name either `people` or a `group`"))
        return self


class Mute(Shape):
    """A route or a channel that pings nobody for a while; what it shows is shown all the same."""

    route: str = ""
    channel: str = ""
    by: str = Field(min_length=1, description="who answers for it")
    until: Instant
    reason: str = ""

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if bool(self.route) == bool(self.channel):
            raise Unfit(Text.of("name either a `route` or a `channel`"))
        return self
