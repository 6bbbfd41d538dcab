"""Which language and time zone a message is written in: the channel's, the person's, or the team's."""

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rules.policy import Policy
from rules.policy_fields import Language
from rules.report import Report


class Voice(NamedTuple):
    """How somebody is spoken to: `bot.cards.tongue.speaking(*voice)`."""

    language: Language
    zone: ZoneInfo


def of_team(policy: Policy) -> Voice:
    """For all who have said nothing else."""
    return Voice(policy.language, policy.zone)


def of_channel(policy: Policy, place: str) -> Voice:
    """For all who read a channel. `place`: the #channel, or its role."""
    known = {policy.channel(name): language for name, language in policy.channel_languages.items()}
    wanted = policy.channel(place) if place in policy.channels else place
    return Voice(known.get(wanted, policy.language), policy.zone)


def of_report(policy: Policy, report: Report) -> Voice:
    """For all who read a digest, in its channel or by mail: its own language and zone, else those of the channel."""
    spoken, digest = of_channel(policy, report.place), policy.digest.get(report.name)
    if digest is None:
        return spoken
    return Voice(digest.language or spoken.language, ZoneInfo(digest.timezone or policy.timezone))


def of_person(policy: Policy, names: Iterable[str]) -> Voice:
    """For one person. `names`: what the policy may call this person; others are passed over."""
    found = [policy.people[key] for name in sorted(names) if (key := name.removeprefix("@")) in policy.people]
    language = next((one.language for one in found if one.language), policy.language)
    zone = next((one.timezone for one in found if one.timezone), policy.timezone)
    return Voice(language, ZoneInfo(zone))
