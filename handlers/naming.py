"""Whom or what somebody means in a command: Slack's own markup, or a name of the policy."""

import html
import re

from handlers.contract import Desk
from rules.policy import Policy
from rules.signal import Actor

SHOWN = 60  # characters of a word that somebody typed
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)(?:\|@?([^>]+))?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|([^>]*))?>")
_MARKUP = re.compile(r"<(?P<sign>[@#!])?(?P<name>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
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


async def somebody(word: str, person: Actor, desk: Desk) -> tuple[str, str] | None:
    """Slack's id and the name of one person: `me`, Slack's markup, or a name of the policy; None for nobody."""
    if word.lower().removeprefix("@") == "me":
        return person.id, person.name
    found = _PERSON.fullmatch(word)
    id_ = found[1] if found else desk.person(word)
    return (id_, await desk.called(id_)) if id_ else None


def said(text: str) -> str:
    """What somebody typed, as they saw it: Slack's markup for people, channels and addresses read as words."""
    return html.unescape(_MARKUP.sub(_word, text))


def typed(word: str) -> str:
    """A word of theirs as it is said back to them: as they saw it, cut when it is long."""
    seen = said(word)
    return seen if len(seen) <= SHOWN else f"{seen[:SHOWN]}…"


def _word(found: re.Match[str]) -> str:
    sign, name, label = found["sign"] or "", found["name"], found["label"] or ""
    match sign:
        case "@" | "#":
            return f"{sign}{label or name}"
        case "!":
            return label if label.startswith("@") else f"@{label or name.partition('^')[0]}"
        case _:
            return label if label and label != name else name


def places(policy: Policy) -> list[str]:
    """The #channels that the policy writes to."""
    wanted = [*policy.channels, *(severity.channel for severity in policy.severities.values())]
    wanted += [route.channel for route in policy.routes if route.channel]
    return list(dict.fromkeys(policy.channel(role) for role in wanted))
