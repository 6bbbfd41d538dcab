"""Tells the bot of events as Slack does: only what it subscribed to, where it is a member, again when it was not heard.

Source: docs.slack.dev/apis/events-api (the callback's outer fields, the retries and their headers).
"""

import asyncio

from bot.playground.delivery import Answer, Delivery
from bot.playground.message import Json
from bot.playground.people import APP, BOT_USER, TEAM
from bot.playground.workspace import Workspace

_SCOPES = {
    "pin_added": "pins:read", "pin_removed": "pins:read",
    "reaction_added": "reactions:read", "reaction_removed": "reactions:read",
}  # fmt: skip


class Courier:
    """Brings events to one bot."""

    def __init__(self, ws: Workspace, to: Delivery) -> None:
        self._ws = ws
        self._to = to

    async def tell(self, event: Json) -> Answer | None:
        """What the bot answered last; None if it does not hear of this. Retries after a pause go on by themselves."""
        if not hears(self._ws, event):
            return None
        body = callback(self._ws, event)
        answer = await self._to.event(body)
        for attempt, pause in enumerate(self._ws.events.retries, 1):
            if answer.heard or answer.no_retry:
                break
            if pause > 0:
                self._ws.events.later(self._go_on(body, attempt, answer))
                break
            answer = await self._to.event(body, attempt, answer.reason)
        return answer

    async def _go_on(self, body: Json, attempt: int, answer: Answer) -> None:
        for number, pause in enumerate(self._ws.events.retries[attempt - 1 :], attempt):
            await asyncio.sleep(pause)
            answer = await self._to.event(body, number, answer.reason)
            if answer.heard or answer.no_retry:
                return


def hears(ws: Workspace, event: Json) -> bool:
    """Whether the app has subscribed to this, has the scope for it, and its bot is a member of the channel."""
    kind = str(event["type"])
    channel = ws.channel(event.get("channel_id") or event["item"]["channel"])
    return kind in ws.events.subscribed and _SCOPES[kind] in ws.scopes and BOT_USER in channel.members


def callback(ws: Workspace, event: Json) -> Json:
    """The event_callback around an event; each has an id of its own, which its retries share."""
    serial = ws.next_serial()
    return {
        "token": "playground", "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": None,
        "api_app_id": APP, "event": event, "type": "event_callback", "event_id": f"Ev{serial:010d}",
        "event_time": int(ws.clock()), "is_ext_shared_channel": False, "event_context": f"4-playground-{serial}",
        "authorizations": [
            {
                "enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }  # fmt: skip
