"""The channels of the policy: whether each exists, is not archived, and takes what the bot posts."""

import asyncio
from collections.abc import Iterator
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.case import Case
from bot.doctor.environment import BOT_ADVICE
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.workspace import REINSTALL, SKIPPED, ask
from rules.policy import Policy
from rules.text import Text

PAGES = 100
Rows = dict[str, dict[str, Any]]


async def channels(case: Case) -> list[Finding]:
    """One finding for each channel."""
    if case.greeting is None or case.web is None:
        return [ok("channels", Text.of("not checked: the playground makes those of the policy"))]
    hello = await asyncio.shield(case.greeting)
    if isinstance(hello, Finding):
        return [warning("channels", SKIPPED)]
    wanted = places(case.policy)
    rows = await _rows(case.web, {place.removeprefix("#") for place in wanted})
    if isinstance(rows, Finding):
        return [rows]
    scopes, name = hello.headers.get("x-oauth-scopes"), f"@{hello.body.get('user', 'Sereno')}"
    public = scopes is None or "chat:write.public" in scopes
    return [
        _channel(place, uses, rows.get(place.removeprefix("#")), name, public=public) for place, uses in wanted.items()
    ]


def places(policy: Policy) -> dict[str, list[str]]:
    """Each channel that cards may go to, and who names it."""
    found: dict[str, list[str]] = {}
    for place, who in _named(policy):
        found.setdefault(policy.channel(place), []).append(who)
    return found


def _named(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from ((place, f"role {role}") for role, place in policy.channels.items())
    yield from ((severity.channel, f"severity {name}") for name, severity in policy.severities.items())
    yield from ((route.channel, f"route {route.name}") for route in policy.routes if route.channel)
    yield from ((digest.channel, f"digest {name}") for name, digest in policy.digest.items())
    yield from ((scope.channel, f"scope {name}") for name, scope in policy.scopes.items())
    yield from ((plan.channel, f"release {name}") for name, plan in policy.releases.items() if plan.channel)
    if policy.war_room.announce:
        yield policy.war_room.announce, "news of war-rooms"
    if policy.canary:
        yield policy.canary.channel, "the canary"


async def _rows(web: AsyncWebClient, wanted: set[str]) -> Rows | Finding:
    """Those that are wanted, by name and by id; an archived one only when no other has the name."""
    found: Rows = {}
    cursor = ""
    for _ in range(PAGES):
        more = {"limit": 1000, "cursor": cursor, "types": "public_channel,private_channel"}
        page = await ask("channels", web, lambda more=more: web.conversations_list(**more), BOT_ADVICE)  # type: ignore[misc] # mypy cannot infer the default
        if isinstance(page, Finding):
            return page
        for row in page.get("channels") or []:
            for key in wanted & {str(row.get("name")), str(row.get("id"))}:
                if key not in found or found[key].get("is_archived"):
                    found[key] = row
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor or all(key in found and not found[key].get("is_archived") for key in wanted):
            break
    return found


def _channel(place: str, uses: list[str], row: dict[str, Any] | None, bot: str, *, public: bool) -> Finding:
    what, names = f"channel {place}", ", ".join(uses[:3]) + (", ..." if len(uses) > 3 else "")
    named = Text.of("(named by {names})", names=names)
    invite = Text.of("write /invite {bot} there", bot=bot)
    if row is None:
        todo = Text.of("make it; or, if it is private, {invite}; or change the policy", invite=invite)
        return wrong(
            what,
            Text.of("there is no such channel, or it is private and the bot is not in it {named}", named=named),
            todo,
        )
    if row.get("is_archived"):
        return wrong(
            what,
            Text.of("is archived: nothing can be posted there {named}", named=named),
            Text.of("unarchive it, or change the policy"),
        )
    if row.get("is_member"):
        is_public = Text.of("public, and the bot is in it")
        return ok(what, Text.of("private, and the bot is in it") if row.get("is_private") else is_public)
    if row.get("is_private"):
        return wrong(what, Text.of("is private, and the bot is not in it {named}", named=named), invite)
    if public:
        found = Text.of(
            "the bot is not in it: it can post (chat:write.public), but not look up a message whose answer was lost"
        )
        return warning(what, found, invite)
    found = Text.of("the bot is not in it, and has no chat:write.public to post from outside {named}", named=named)
    return wrong(what, found, Text.of("{invite}; or {reinstall}", invite=invite, reinstall=REINSTALL))
