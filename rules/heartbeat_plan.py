"""The shape of what must not fall silent, in the policy: heartbeats, sources, and Slack itself by a canary."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from rules import durations, matching
from rules.matching import Matcher
from rules.policy_fields import Duration, Link, Match, Shape
from rules.text import Text
from rules.unfit import Unfit

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NAME = re.compile(r"[A-Za-z0-9_-]+")


def _at_least(least: int) -> AfterValidator:
    def checked(value: int) -> int:
        if value < least:
            shown = repr(durations.show(value))
            raise Unfit(
                Text.of("{length} is too short; write {least} or more", length=shown, least=durations.show(least))
            )
        return value

    return AfterValidator(checked)


class Heartbeat(Shape):
    """An alert that always fires, such as Watchdog: when it does not arrive, nobody would hear of any other either."""

    match: Match = Field(description="which alerts are its beats")
    within: Annotated[Duration, _at_least(MINUTE)] = Field(description="silent for longer than this: the alarm")
    severity: str | None = Field(None, description="of the alarm; the worst of all, when not named")
    owner: str = Field("", description="a label for its alarm; who looks after it")
    runbook: Link | None = None
    _matchers: tuple[Matcher, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _compile(self) -> "Heartbeat":
        self._matchers = matching.parse(self.match)
        return self

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The compiled comparisons of `match`."""
        return self._matchers


class Sources(Shape):
    """When a source that has fallen silent is reported: by what is usual for it, which is learnt."""

    severity: str | None = Field(None, description="of the report; `default_severity`, when not named")
    times: float = Field(3, ge=1, allow_inf_nan=False, description="so many times its longest silence of 14 days")
    at_least: Annotated[Duration, _at_least(10 * MINUTE)] = Field(DAY, description="and longer than this")


class Canary(Shape):
    """A message that is posted, edited and deleted again, to measure Slack end to end."""

    channel: str = Field(description="a role from `channels`, or a #channel; one that nobody reads")
    every: Annotated[Duration, _at_least(MINUTE)] = Field(5 * MINUTE)


def _unless_off(example: str) -> Callable[[object], object]:
    def checked(value: object) -> object:
        if value is None or value is False or value == "off":  # YAML reads a plain `off` as false
            return None
        if not isinstance(value, Mapping | Shape):
            raise Unfit(
                Text.of(
                    "{value} says nothing here; write a mapping such as {example}, or off",
                    value=repr(value),
                    example=example,
                )
            )
        return value

    return checked


SilentSources = Annotated[
    Sources | None,
    BeforeValidator(
        _unless_off("{times: 3, at_least: 1d}"), json_schema_input_type=Sources | Literal["off", False] | None
    ),
]
CanaryOrOff = Annotated[
    Canary | None,
    BeforeValidator(
        _unless_off('{channel: "#sereno-canary", every: 5m}'),
        json_schema_input_type=Canary | Literal["off", False] | None,
    ),
]


def check_heartbeats(names: Iterable[str]) -> None:
    """Raises ValueError for the first name that cannot stand in `heartbeats`: what may stand there."""
    for name in names:
        if not NAME.fullmatch(name):
            named = Text.of("{name} cannot be the name of a heartbeat; use letters, digits, - and _", name=repr(name))
            raise Unfit(named, "heartbeats")
