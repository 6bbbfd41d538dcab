"""The part of the policy file about digests: when, where, for whom, about what."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from rules import matching
from rules.matching import Matcher
from rules.plan import NAME, Plan, misnamed
from rules.policy_fields import Match, Names, Shape, Zone
from rules.policy_names import among
from rules.team import Cron
from rules.text import Text
from rules.unfit import Unfit

Section = Literal["health", "users", "community", "release", "incidents", "noise", "actions"]
REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
SECTIONS: tuple[Section, ...] = ("health", "users", "community", "release", "incidents", "noise", "actions")


def _daily(value: str) -> str:
    minute, hour = value.split()[:2]
    if not (minute.isdecimal() and hour.isdecimal()):
        raise Unfit(
            Text.of(
                '{value} comes more than once a day; name one minute and one hour, such as "0 9 * * mon"',
                value=repr(value),
            )
        )
    return value


def _once(value: list[Section]) -> list[Section]:
    for name in value:
        if value.count(name) > 1:
            raise Unfit(Text.of("{name} stands twice; name each section once", name=repr(name)))
    return value


class Digest(Shape):
    """One digest. It covers the whole days before it, back to the day of the one before."""

    cron: Annotated[Cron, AfterValidator(_daily)] = "0 9 * * mon"
    timezone: Zone | None = Field(None, description="of the cron line; the team's own when it is not named")
    language: Literal["en", "es"] | None = Field(None, description="the channel's when it is not named")
    channel: str = Field("fallback", description="a role from `channels`, or a #channel")
    mail: Names = Field([], description="addresses, people or rotations")
    sections: Annotated[list[Section], AfterValidator(_once)] = Field(
        list(SECTIONS), min_length=1, description="in this order"
    )
    match: Match = Field("", description="only incidents with these labels; all, when empty")
    repositories: list[str] = Field([], description="owner/name at GitHub, for the section `community`")
    bugs: list[str] = Field(["bug"], description="labels of issues that are bugs")
    requests: list[str] = Field(["enhancement", "feature", "feature request"], description="labels of feature requests")
    plan: str | None = Field(None, description="whose checks are told in `health`, `users` and `community`")
    health: list[str] = Field([], description="names of checks of the plan; those with a threshold, when empty")
    users: list[str] = Field([], description="names of checks of the plan")
    community: list[str] = Field([], description="names of checks of the plan")
    _matchers: tuple[Matcher, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _compile(self) -> Self:
        try:
            self._matchers = matching.parse(self.match) if self.match else ()
        except matching.BadMatcher as error:
            raise Unfit(error.said, "match") from error
        return self

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The compiled comparisons of `match`."""
        return self._matchers


def check_digests(digests: Mapping[str, Digest], plans: Mapping[str, Plan]) -> None:
    """Whether what digests name is there. Raises ValueError."""
    for name, digest in digests.items():
        if not NAME.fullmatch(name):
            raise misnamed("digest", name, "weekly")
        for index, repository in enumerate(digest.repositories):
            if not REPOSITORY.fullmatch(repository):
                wrong = Text.of("{value} is not owner/name; write one such as acme/sdk", value=repr(repository))
                raise Unfit(wrong, f"digest.{name}.repositories.{index}")
        checks = [
            (f"digest.{name}.{where}.{index}", one)
            for where in ("health", "users", "community")
            for index, one in enumerate(getattr(digest, where))
        ]
        if digest.plan is None:
            if checks:
                where, check = checks[0]
                raise Unfit(Text.of("name the `plan` whose check {check} is", check=repr(check)), where)
            continue
        among(f"digest.{name}.plan", digest.plan, plans, Text.of("`releases`"))
        for where, one in checks:
            among(
                where, one, plans[digest.plan].checks, Text.of("the checks of {plan}", plan=f"releases.{digest.plan}")
            )
