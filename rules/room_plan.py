"""The part of the policy file about war-rooms: who is invited, what stands in them, how often people are asked."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from rules import matching
from rules.matching import Matcher
from rules.policy_fields import Duration, Match, Names, Shape
from rules.text import Text
from rules.unfit import Unfit

When = Literal["auto", "offer", "never"]
MINUTE, DAY = 60_000, 86_400_000


def _web(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise Unfit(
            Text.of("{value} is not an address; write one such as https://status.example.org", value=repr(value))
        )
    return value


class Bookmark(Shape):
    """A link in the head of each room."""

    title: str = Field(min_length=1, max_length=60)
    url: Annotated[str, AfterValidator(_web)]


class Publish(Shape):
    """Where postmortems go besides the room: an issue, or a pull request with a file."""

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name at GitHub")
    way: Literal["issue", "pull_request"] = Field("issue", alias="as")
    folder: str = Field("postmortems", pattern=r"^[\w./-]*$", description="of the file in a pull request")
    labels: list[str] = Field([], description="of the issue")


class WarRoom(Shape):
    """Rooms of all incidents. What is said by severity stands there: `war_room`, `checklist`."""

    invite: Names = Field([], description="who is invited besides those that the incident calls: people, rotations, "
                          "user groups")  # fmt: skip
    announce: str = Field("", description="where those outside read how it goes: a role from `channels`, or a #channel")
    bookmarks: list[Bookmark] = Field([], max_length=20)
    private: Match = Field("", description="rooms of incidents with these labels are private")
    gather: Duration = Field(10 * MINUTE, description="what would open a room by itself this soon after another one "
                             "joins that one")  # fmt: skip
    update_every: Duration = Field(30 * MINUTE, ge=MINUTE, description="how often the commander is asked for an update")
    commander_within: Duration = Field(5 * MINUTE, ge=MINUTE, description="without a commander by then all are asked")
    mttr_target: Duration = Field(30 * MINUTE, ge=MINUTE, description="the clock on the card")
    archive_after: Duration = Field(7 * DAY, description="a closed room is archived then")
    postmortem_within: Duration = Field(
        5 * DAY,
        description="the postmortem is due at the end of the working day after so long; its owner is reminded then",
    )
    publish: Publish | None = Field(None, description="where postmortems go besides the room; GITHUB_TOKEN may do it")
    _private: tuple[Matcher, ...] | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _compile(self) -> Self:
        try:
            self._private = matching.parse(self.private) if self.private else None
        except matching.BadMatcher as error:
            raise Unfit(error.said, "private") from error
        return self

    @property
    def hides(self) -> tuple[Matcher, ...] | None:
        """The compiled comparisons of `private`; None when no room is private by itself."""
        return self._private
