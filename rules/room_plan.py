"""The part of the policy file about war-rooms: who is invited, what stands in them, how often they are told."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from rules.policy_fields import Duration, Match, Names, Shape

When = Literal["auto", "offer", "never"]


def _web(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError(f"{value!r} is not an address; write one such as https://status.example.org")
    return value


class Bookmark(Shape):
    """A link in the head of the room."""

    title: str = Field(min_length=1, max_length=60)
    url: Annotated[str, AfterValidator(_web)]


class WarRoom(Shape):
    """Rooms of all incidents. What is said by severity is in `by_severity`."""

    invite: Names = Field([], description="people, rotations, user groups")
    bookmarks: list[Bookmark] = Field([], max_length=20)
    checklist: list[str] = Field([], description="what to do first, in words")
    private: Match = Field("", description="rooms of incidents with these labels are private")
    update_every: Duration = Field(1_800_000, description="how often the commander is asked for an update")
    commander_within: Duration = Field(300_000, description="without a commander by then somebody is asked again")
    mttr_target: Duration = Field(1_800_000, description="the clock on the card")
    archive_after: Duration = Field(7 * 86_400_000, description="a closed room is archived then")
    postmortem_within: Duration = Field(5 * 86_400_000, description="the draft's owner is reminded then")
