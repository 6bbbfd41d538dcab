"""What tests of people's acts share: the transports, what somebody was told, the name of an incident."""

from collections.abc import Callable
from pathlib import Path

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.message import Json, Message
from bot.policy_box import DEFAULT
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until

TRANSPORTS = ("http", "socket")


async def working(stage: Stage, transport: str, policy: Path = DEFAULT, **environ: str) -> tuple[Bot, Actor]:
    """A bot that hears people over HTTP or over Socket Mode."""
    if transport == "socket":
        environ |= {"SLACK_APP_TOKEN": stage.slack.ws.app_token, "SLACK_SIGNING_SECRET": ""}
    bot = await stage.bot(policy, **environ)
    if transport == "socket":
        await stage.slack.ws.sockets.connected(1)
    return bot, Actor(stage.slack.ws, bot.url, stage.http)


async def opened(stage: Stage, **labels: str) -> Message:
    """One P0 and its card."""
    await stage.send("alertmanager", group(alert(service="checkout", **labels)))
    await stage.quiet()
    return card(stage)


def card(stage: Stage) -> Message:
    return stage.slack.card("alerts", "HighErrorRate")


def name_of(stage: Stage) -> str:
    """The short name that people use, from the card's thread."""
    return stage.slack.replies(card(stage))[0].text.splitlines()[-1].partition(":")[0]


def told(stage: Stage, user: str) -> list[str]:
    return [message.text for message in stage.slack.ws.ephemerals if message.visible_to == user]


async def hears(stage: Stage, user: str, words: str) -> str:
    def heard() -> str:
        return next((text for text in reversed(told(stage, user)) if words in text), "")

    try:
        return str(await wait_until(heard, what=words))
    except AssertionError as error:
        raise AssertionError(f"{user} was not told {words!r}, but {told(stage, user)}") from error


async def shows(stage: Stage, words: str, *, of: Callable[[Stage], Message] = card) -> Message:
    """The card, once it says so."""
    try:
        await wait_until(lambda: words in of(stage).text, what=words)
    except AssertionError as error:
        raise AssertionError(f"the card does not say {words!r}: {of(stage).text}") from error
    return of(stage)


def buttons(message: Message) -> list[str]:
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row["elements"]]


async def form(stage: Stage, user: str, words: str = "") -> Json:
    """The modal that somebody has open, once it says so."""

    def shown() -> Json | None:
        stack = stage.slack.ws.modals.stack(user)
        return stack[-1] if stack and words in str(stack[-1]["blocks"]) else None

    found: Json = await wait_until(shown, what=f"a form with {words!r}")
    return found


def thread(stage: Stage) -> list[str]:
    return [reply.text for reply in stage.slack.replies(card(stage))]
