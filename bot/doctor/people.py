"""The people and user groups of the policy: whether Slack knows them."""

import asyncio

from slack_sdk.errors import SlackApiError

from bot.clients.directory import Directory
from bot.doctor.case import Case
from bot.doctor.environment import BOT_ADVICE
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.workspace import BROKEN, REINSTALL, SKIPPED, refused, unreachable

LONG_S = 9.0
WORDS = {
    "users_not_found": "no account has this address",
    "missing_scope": "the token lacks a scope for it",
}


async def people(case: Case) -> list[Finding]:
    """Who is not known, and who has no account named."""
    nameless = [
        warning(f"person {name}", "has no `slack`: gets no mention and no direct message, and has no right by name",
                f"write `slack:` with an id or an e-mail address in {case.path}")
        for name, member in case.policy.people.items() if not member.slack
    ]  # fmt: skip
    if case.greeting is None:
        return [*nameless, ok("people, groups", "not checked: the playground has people of its own")]
    if isinstance(await asyncio.shield(case.greeting), Finding):
        return [*nameless, warning("people, groups", SKIPPED)]
    return nameless + await _asked(case)


async def _asked(case: Case) -> list[Finding]:
    web = case.web
    if web is None:
        return []
    directory = Directory(web, policy=lambda: case.policy)
    broken: list[Finding] = []
    try:
        async with asyncio.timeout(LONG_S):
            await directory.refresh()
    except SlackApiError as error:
        broken = [refused("people, groups", error, BOT_ADVICE)]
    except TimeoutError:
        broken = [warning("people, groups", f"not all was answered within {LONG_S:g} s", "try again")]
    except BROKEN as error:
        broken = [unreachable("people, groups", web, error)]
    lost = directory.unresolved()
    if not lost and not broken:
        count = len(case.policy.people)
        return [ok("people, groups", f"all that the policy names are known; people: {count}")]
    return [_unknown(name, why, case) for name, why in lost.items()] + broken


def _unknown(name: str, why: str, case: Case) -> Finding:
    kind = "group" if name.startswith("@") else "person"
    todo = REINSTALL if why == "missing_scope" else f"mend it in {case.path}, or make it in Slack"
    if kind == "person" and why == "missing_scope":
        todo = f"write a Slack id (U...) in {case.path}; or {REINSTALL}"
    return wrong(f"{kind} {name}", f"not known in Slack: {WORDS.get(why, why)}; nobody is pinged by this name", todo)
