"""The shape of a severity in the policy: where it is shown, whom it pings and how often, whom it asks next."""

from typing import Literal, Self

from pydantic import Field, model_validator

from rules.policy_fields import Duration, Mentions, Names, Response, Shape
from rules.room_plan import When
from rules.text import Text
from rules.unfit import Unfit


class Escalation(Shape):
    """One step up, when nobody answers: whom it mentions in the thread, whom it writes to."""

    after: Duration = Field(description="since it asked for somebody, or since the last progress")
    when: Literal["unacknowledged", "without_progress"] = "unacknowledged"
    mention: Mentions = Field([])
    dm: Names = Field([], description="people or rotations that get a direct message")

    @model_validator(mode="after")
    def _reaches(self) -> Self:
        if not self.mention and not self.dm:
            raise Unfit(Text.of("name somebody in `mention` or `dm`"))
        return self


class Severity(Shape):
    """One severity: where it is shown, whom it pings, and how often it may."""

    label: list[str] = Field([], description="values of the label `severity` that mean this one; case does not matter")
    words: str = Field("", description="what it is called on a card, such as `critical`")
    channel: str = Field("fallback", description="a role from `channels`, or a #channel")
    mention: Mentions = Field([])
    mentions_per_hour: int = Field(
        6, ge=0, description="pings that one channel may get in an hour; over it, plain messages"
    )
    card: Literal["shown", "counted"] = Field("shown", description="`counted`: kept for the digest, not shown")
    interrupts_quiet_hours: bool = False
    respond_within: Response | None = Field(
        None, description="somebody has taken it by then, or the first reminder goes out"
    )
    mail: Names = Field([], description="who gets a mail as well: addresses, people or rotations")
    remind_every: Duration | None = Field(None, description="as long as nobody has it, or nothing moves")
    remind: Mentions = Field([], description="whom reminders mention; whom the card called, when empty")
    reminders: int = Field(6, ge=0, description="no more than this many for an incident")
    escalate: list[Escalation] = Field([])
    war_room: When = Field("never", description="`auto`: one is opened; `offer`: the card has a button for it")
    checklist: list[str] = Field([], description="what to do first in its war-room, in words")
