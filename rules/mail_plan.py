"""The part of the policy file about mail: whom it reaches, and when it stands in for Slack."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from rules.policy_fields import Duration, Names, Shape, is_address
from rules.team import Member, Rotation
from rules.text import Text
from rules.unfit import Unfit

LEAST_MS = 10_000


def _patient(value: int) -> int:
    if value < LEAST_MS:
        raise Unfit(Text.of("give Slack more time: 10s or more"))
    return value


class Mail(Shape):
    """Mail for the worst severity when Slack does not take it."""

    when_slack_is_away: Names = Field([], description="addresses, people or rotations")
    after: Annotated[Duration, AfterValidator(_patient)] = Field(
        60_000, description="the worst is not in Slack after this long, 10s or more"
    )


def check_mail(told: Iterable[tuple[str, str]], people: Mapping[str, Member], oncall: Mapping[str, Rotation]) -> None:
    """Whether each name (where, name) is an address, or somebody whose address is known. Raises ValueError."""
    for where, name in told:
        if is_address(name):
            continue
        key = name.removeprefix("@")
        if key in oncall:
            rotation = oncall[key]
            if rotation.group:
                group = Text.of("{name} is a user group of Slack, and nobody can write a mail to that", name=repr(name))
                raise Unfit(group, where)
            asked = [*rotation.people, *(override.person for override in rotation.overrides)]
        elif key in people:
            asked = [key]
        else:
            nobody = Text.of("{name} is not an address such as team@example.org, nor one of `people:`", name=repr(name))
            raise Unfit(nobody, where)
        for one in asked:
            if one in people and not people[one].address:
                person = f"people.{one}"
                lacks = Text.of(
                    "{name} reaches {person}, who has no `mail:`; write it there", name=repr(name), person=person
                )
                raise Unfit(lacks, where)
