"""The shape of what can be frozen, in the policy: scopes, who announces where, how long, and what they gate."""

from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Self

from pydantic import Field, model_validator

from rules import durations
from rules.plan import NAME, misnamed
from rules.policy_fields import Duration, Shape
from rules.text import Text
from rules.unfit import Unfit

MINUTE, HOUR = 60_000, 3_600_000
Repository = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]


class Scope(Shape):
    """One thing whose deployments can be frozen: an environment, a product, everything."""

    words: str = Field("", description="what it is, for people; its name, when empty")
    channel: str = Field("fallback", description="where a freeze is announced: a role from `channels`, or a #channel")
    two_people: bool = Field(default=False, description="each change takes a second person who confirms it")
    default: Duration = Field(4 * HOUR, ge=MINUTE, description="how long a freeze lasts when nobody says it")
    longest: Duration = Field(24 * HOUR, ge=MINUTE, description="no freeze may be longer; it can be made longer later")
    environments: list[str] = Field([], description="environments of GitHub whose deployments it gates")
    repositories: list[Repository] = Field([], description="owner/name, whose environments are meant; all, when empty")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.default > self.longest:
            longest = durations.show(self.longest)
            raise Unfit(Text.of("it is longer than `longest`, {longest}", longest=longest), "default")
        return self

    def gates(self, repository: str, environment: str) -> bool:
        """Whether it gates an environment of a repository; as GitHub, without regard to small and capital letters."""
        named = {name.lower() for name in self.environments}
        ours = {name.lower() for name in self.repositories}
        return environment.lower() in named and (not ours or repository.lower() in ours)


def check_scopes(scopes: Mapping[str, Scope]) -> None:
    """Raises ValueError for a name that cannot stand in `scopes`, and for an environment that two of them gate."""
    for name in scopes:
        if not NAME.fullmatch(name):
            raise misnamed("scopes", name, "production")
    for (one, first), (other, second) in combinations(scopes.items(), 2):
        for environment in first.environments:
            if any(second.gates(name, environment) for name in first.repositories or second.repositories or [""]):
                gated = Text.of("{environment} is gated by {scope} already", environment=repr(environment), scope=one)
                raise Unfit(gated, f"scopes.{other}.environments")
