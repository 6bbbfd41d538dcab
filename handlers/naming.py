"""Whom or what somebody means in a command: Slack's own markup, or a name of the policy."""

import re

from handlers.contract import Desk
from rules.policy import Policy

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|@?([^>]+))?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^>]*))?>")
_PLAIN = re.compile(r"@?[\w.+-]{1,80}")


def whom(word: str, desk: Desk) -> str:
    """A mention of the policy ("@ana", "@on-call", "user:U0123"); "" when it is nobody that can be told."""
    if found := _PERSON.fullmatch(word):
        return desk.named(found[1]) or f"user:{found[1]}"
    if found := _GROUP.fullmatch(word):
        return desk.named(found[1])
    name, policy = word.removeprefix("@"), desk.policy()
    if name in ("channel", "here", "everyone") or not _PLAIN.fullmatch(word):
        return ""
    known = name in policy.people or name in policy.oncall or desk.knows(f"@{name}")
    return f"@{name}" if known else ""


def channel(word: str, desk: Desk) -> str:
    """A #channel of the policy: as Slack writes it, by its name, or by its role; "" when it is none of these."""
    found = _CHANNEL.fullmatch(word)
    name = (desk.named(found[1]) or f"#{found[2]}") if found else word
    place = desk.policy().channels.get(name, name)
    return place if place in places(desk.policy()) else ""


def places(policy: Policy) -> list[str]:
    """The #channels that the policy writes to."""
    wanted = [*policy.channels, *(severity.channel for severity in policy.severities.values())]
    wanted += [route.channel for route in policy.routes if route.channel]
    return list(dict.fromkeys(policy.channel(role) for role in wanted))
