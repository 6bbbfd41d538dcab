"""What people added to the policy from Slack for a while: mutes, and who is on call instead of whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from rules.policy import Policy
from rules.team import Mute, Override

KEY = "standing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """One mute. `route` or `channel` is "". `until`: unix milliseconds."""

    route: str
    channel: str
    by: str
    reason: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One on-call override. Times in unix milliseconds."""

    rotation: str
    person: str
    by: str
    since: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The one record of all that holds for a while; what has ended is dropped with the next change."""

    kind: Literal["standing"] = "standing"
    key: str = KEY
    id: str = KEY
    version: int = 0
    mutes: tuple[Muted, ...] = ()
    overrides: tuple[Taken, ...] = ()
    timers: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether anything was added at all."""
        return bool(self.mutes or self.overrides)

    def lasting(self, now: int) -> "Standing":
        """Without what has ended."""
        return replace(
            self,
            mutes=tuple(mute for mute in self.mutes if mute.until > now),
            overrides=tuple(taken for taken in self.overrides if taken.until > now),
        )


def applied(policy: Policy, standing: Standing) -> Policy:
    """The policy in force: the file's, and what was added. What names a route or person that is gone is left out."""
    routes = {route.name for route in policy.routes}
    mutes = [
        Mute.model_construct(route=m.route, channel=m.channel, by=m.by, until=_moment(m.until), reason=m.reason)
        for m in standing.mutes
        if not m.route or m.route in routes
    ]
    oncall = dict(policy.oncall)
    for taken in standing.overrides:
        rotation = oncall.get(taken.rotation)
        if rotation and taken.person in policy.people:
            fresh = Override.model_construct(
                person=taken.person, start=_moment(taken.since), until=_moment(taken.until)
            )
            oncall[taken.rotation] = rotation.model_copy(update={"overrides": [*rotation.overrides, fresh]})
    return policy.model_copy(update={"mutes": [*policy.mutes, *mutes], "oncall": oncall})


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
