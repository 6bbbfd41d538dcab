"""Slack: whether it answers, which scopes the token has, whether Socket Mode can be opened."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.cards.plain import plain
from bot.clock import Clock
from bot.doctor.addresses import cause, shown
from bot.doctor.case import Case, Greeting
from bot.doctor.clocks import agreement
from bot.doctor.environment import APP_ADVICE, BOT_ADVICE
from bot.doctor.finding import Finding, ok, warning, wrong
from rules.policy import Policy
from rules.text import Joined, Number, Text

GREETING_S = 8.0
ESSENTIAL = {"channels:history", "channels:read", "chat:write", "commands", "groups:read"}
BAD_TOKEN = {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
             "not_allowed_token_type"}  # fmt: skip
BROKEN = (aiohttp.ClientError, SlackClientError, OSError, ValueError)  # ValueError: a token that no header can carry
REINSTALL = Text.of(
    "paste what `sereno manifest` prints at https://api.slack.com/apps, your app, App Manifest; "
    "then Install App, Reinstall to Workspace"
)
SKIPPED = Text.of("not checked: Slack does not answer as it should, see above")


async def greet(web: AsyncWebClient, clock: Clock) -> Greeting | Finding:
    """Ask who we are, once for all checks."""
    asked = clock.now()
    try:
        async with asyncio.timeout(GREETING_S):
            reply = await ask("Slack", web, web.auth_test, BOT_ADVICE)
    except TimeoutError:
        late = Text.of(
            "{url} did not answer within {seconds} s", url=shown(web.base_url), seconds=Number(number=GREETING_S)
        )
        return wrong("Slack", late, Text.of("look at the way there: network, proxy, firewall"))
    if isinstance(reply, Finding):
        return reply
    headers = {str(name).lower(): str(value) for name, value in dict(reply.headers).items()}
    body = reply.data if isinstance(reply.data, dict) else {}
    return Greeting(body=body, headers=headers, asked=asked, answered=clock.now())


async def slack(case: Case) -> list[Finding]:
    """The bot's token, its scopes, the clock, and the app's token."""
    if case.greeting is None:
        return [ok("Slack", Text.of("not checked: the playground stands in for it"))]
    hello = await asyncio.shield(case.greeting)
    found = [hello] if isinstance(hello, Finding) else list(_known(hello, case))
    return found + await _socket(case)


async def ask(
    what: str, web: AsyncWebClient, call: Callable[[], Awaitable[AsyncSlackResponse]], todo: Text
) -> AsyncSlackResponse | Finding:
    """One call; what to say when it comes to nothing. `todo`: what to do about a token that Slack refuses."""
    try:
        return await call()
    except SlackApiError as error:
        return refused(what, error, todo)
    except BROKEN as error:
        return unreachable(what, web, error)


def unreachable(what: str, web: AsyncWebClient, error: Exception) -> Finding:
    """No answer. Slack's client raises it as it came."""
    found = Text.of("{url} cannot be reached: {why}", url=shown(web.base_url), why=cause(error))
    return wrong(what, found, Text.of("look at the way there: network, DNS, proxy, firewall; and at SLACK_API_URL"))


def refused(what: str, error: SlackApiError, todo: Text) -> Finding:
    """An answer that is a no."""
    status, data = getattr(error.response, "status_code", 0), getattr(error.response, "data", None)
    told = data if isinstance(data, dict) else {}
    word = str(told.get("error") or "")
    if status == 429 or word == "ratelimited":
        return warning(what, Text.of("Slack asks for patience (ratelimited)"), Text.of("wait a minute and try again"))
    if word == "missing_scope":
        return wrong(what, Text.of("the token lacks the scope {scope}", scope=str(told.get("needed", "?"))), REINSTALL)
    if word in BAD_TOKEN:
        return wrong(what, Text.of("Slack refuses the token: {word}", word=word), todo)
    if not word or status >= 500:
        return wrong(what, Text.of("Slack answers HTTP {status} without a reason", status=status),
                     Text.of("look at https://slack-status.com, and at what stands in between"))  # fmt: skip
    return wrong(
        what,
        Text.of("Slack says {word}", word=word),
        Text.of("https://docs.slack.dev/reference/methods explains the word"),
    )


def _known(hello: Greeting, case: Case) -> Iterator[Finding]:
    body = hello.body
    team, user = str(body.get("team", "?")), str(body.get("user", "?"))
    yield ok("Slack", Text.of("workspace {team}, as @{user}", team=team, user=user))
    given = hello.headers.get("x-oauth-scopes")
    if given is None:
        yield warning(
            "scopes",
            Text.of("Slack did not say which the token has"),
            Text.of("compare the app with `sereno manifest`"),
        )
    else:
        yield from _scopes({scope.strip() for scope in given.split(",")}, case.scopes, case.policy)
    cost = Text.of("each button and slash command is refused, for Slack's signatures are too old or too new")
    yield agreement("Slack", hello.headers.get("date", ""), hello.asked, hello.answered, cost)


def _scopes(granted: set[str], wanted: Mapping[str, Text], policy: Policy) -> Iterator[Finding]:
    essential = ESSENTIAL | ({"im:write"} if _writes_directly(policy) else set())
    missing = [scope for scope in wanted if scope not in granted]
    if not missing:
        yield ok("scopes", Text.of("the token has all {count} that are needed", count=len(wanted)))
    for say, scopes in (
        (wrong, [s for s in missing if s in essential]),
        (warning, [s for s in missing if s not in essential]),
    ):
        if scopes:
            named = Joined(tuple(Text.of("{scope} ({why})", scope=scope, why=wanted[scope]) for scope in scopes), ", ")
            yield say("scopes", Text.of("the token lacks {scopes}", scopes=named), REINSTALL)


def _writes_directly(policy: Policy) -> bool:
    return any(step.dm for severity in policy.severities.values() for step in severity.escalate)


async def _socket(case: Case) -> list[Finding]:
    """Opening only asks for an address; nothing connects there, so a running Sereno is left alone."""
    token, web = case.settings.slack_app_token.get_secret_value(), case.web
    if not token or web is None:
        return []
    reply = await ask("Socket Mode", web, lambda: web.apps_connections_open(app_token=token), APP_ADVICE)
    if not isinstance(reply, Finding):
        return [ok("Socket Mode", Text.of("Slack lets us open a connection"))]
    if reply.todo == plain(REINSTALL):
        todo = Text.of(
            "make an app-level token with connections:write: Basic Information of your app, App-Level Tokens"
        )
        return [wrong("Socket Mode", Text.of("the app-level token lacks the scope connections:write"), todo)]
    return [reply]
