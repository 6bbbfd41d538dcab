"""The people and user groups of the policy: whether Slack knows them."""

import asyncio

from slack_sdk.errors import SlackApiError

from bot.clients.directory import Directory
from bot.doctor.case import Case
from bot.doctor.environment import BOT_ADVICE
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.doctor.workspace import BROKEN, REINSTALL, SKIPPED, refused, unreachable
from rules.text import Number, Text

LONG_S = 9.0
WORDS = {
    "users_not_found": Text.of("no account has this address"),
    "missing_scope": Text.of("the token lacks a scope for it"),
}


async def people(case: Case) -> list[Finding]:
    """Who is not known, and who has no account named."""
    unnamed = Text.of("has no `slack`: gets no mention and no direct message, and has no right by name")
    todo = Text.of("write `slack:` with an id or an e-mail address in {path}", path=str(case.path))
    nameless = [
        warning(f"person {name}", unnamed, todo) for name, member in case.policy.people.items() if not member.slack
    ]
    if case.greeting is None:
        return [*nameless, ok("people, groups", Text.of("not checked: the playground has people of its own"))]
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
        late = Text.of("not all was answered within {seconds} s", seconds=Number(number=LONG_S))
        broken = [warning("people, groups", late, Text.of("try again"))]
    except BROKEN as error:
        broken = [unreachable("people, groups", web, error)]
    lost = directory.unresolved()
    if not lost and not broken:
        count = len(case.policy.people)
        return [ok("people, groups", Text.of("all that the policy names are known; people: {count}", count=count))]
    return [_unknown(name, why, case) for name, why in lost.items()] + broken


def _unknown(name: str, why: str, case: Case) -> Finding:
    kind = "group" if name.startswith("@") else "person"
    path, todo = str(case.path), REINSTALL
    if why != "missing_scope":
        todo = Text.of("mend it in {path}, or make it in Slack", path=path)
    elif kind == "person":
        todo = Text.of("write a Slack id (U...) in {path}; or {reinstall}", path=path, reinstall=REINSTALL)
    return wrong(
        f"{kind} {name}",
        Text.of("not known in Slack: {why}; nobody is pinged by this name", why=WORDS.get(why, why)),
        todo,
    )
