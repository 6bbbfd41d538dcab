"""What tests of war-rooms share: policies, the room's channel, its card, what is said there and elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path

from bot.playground.actor import Actor
from bot.playground.message import Channel, Message
from bot.playground.people import ANA, BOT_USER
from tests.alerts import alert, group, started
from tests.conftest import Stage, wait_until
from tests.e2e.hands import told

POLICY = """
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general", status: "#status"}
severities:
  P0: {label: [critical], channel: alerts, war_room: WHEN}
  P1: {label: [warning], channel: monitoring, war_room: offer}
rights: {war_room: ["@on-call"], freeze: everyone, resolve: everyone}
scopes: {staging: {channel: monitoring}}
war_room:
  invite: [INVITED]
  announce: status
  bookmarks: [{title: Status page, url: "https://status.example.org"}]
  private: team="security"
"""


def ruled(folder: Path, *, when: str = "offer", invite: str = '"@on-call"', more: str = "") -> Path:
    """A policy file. `when`: a P0 opens a room; `more`: of its `war_room:`, a line each."""
    path = folder / "policy.yaml"
    path.write_text(
        POLICY.replace("WHEN", when).replace("INVITED", invite) + "".join(f"  {line}\n" for line in more.splitlines())
    )
    return path


def rooms(stage: Stage) -> list[Channel]:
    return [one for one in stage.slack.ws.channels if one.name.startswith("inc-") and one.creator == BOT_USER]


async def made(stage: Stage) -> Channel:
    """The one room, once everything of it is there."""
    await wait_until(lambda: rooms(stage), what="a room")
    await stage.quiet()
    (room,) = rooms(stage)
    return room


def cards_of_rooms(stage: Stage) -> list[Message]:
    return [one for one in stage.slack.all_cards() if one.user == BOT_USER and "War-room " in one.text]


def room_card(stage: Stage) -> Message:
    """The card of the one room, wherever it stands."""
    (found,) = cards_of_rooms(stage)
    return found


def said(stage: Stage) -> list[str]:
    """The lines below the cards of rooms."""
    replies = [reply for card in cards_of_rooms(stage) for reply in stage.slack.replies(card)]
    return [line for reply in replies for line in reply.text.splitlines()]


def in_thread(stage: Stage, words: str, channel: str = "alerts") -> list[str]:
    """The lines below the card with these words."""
    replies = stage.slack.replies(stage.slack.card(channel, words))
    return [line for reply in replies for line in reply.text.splitlines()]


def name_in(stage: Stage, words: str) -> str:
    """The short name of the incident of a card in #alerts, from its thread."""
    lines = (
        line for reply in stage.slack.replies(stage.slack.card("alerts", words)) for line in reply.text.splitlines()
    )
    return next(found[1] for line in lines if (found := re.match(r"([0-9A-Z]{6}): P\d", line)))


async def hears_all(stage: Stage, words: str, *, of: Callable[[Stage], list[str]] = said) -> str:
    """The line with these words, once it is there."""

    def heard() -> str:
        return next((line for line in reversed(of(stage)) if words in line), "")

    try:
        return str(await wait_until(heard, what=words))
    except AssertionError as error:
        raise AssertionError(f"nobody said {words!r}, but {of(stage)}") from error


async def asks(stage: Stage, actor: Actor, words: str, *, channel: str = "general", user: str = ANA) -> str:
    """What a person is told about a command."""
    before = len(told(stage, user))
    await actor.command("/war-room", words, channel=channel, user=user)
    await wait_until(lambda: len(told(stage, user)) > before, what=words)
    return told(stage, user)[-1]


async def fires(
    stage: Stage, *names: str, severity: str = "critical", firing: bool = True, since: str = "03:00", **labels: str
) -> None:
    """An alert of each name, in a webhook each. `since`: what time of the day."""
    for name in names:
        one = started(alert(name, severity, firing=firing, **labels), f"2026-11-21T{since}:00Z")
        await stage.send("alertmanager", group(one))


def called(stage: Stage, method: str) -> int:
    """How often Slack did it."""
    return len([one for one in stage.slack.ws.calls if one.method == method and one.done])
