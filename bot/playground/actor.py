"""A person at work: commands, button presses and modal submissions as real signed requests to the bot."""

from typing import Any

import aiohttp

from bot.playground.answers import apply, command_body
from bot.playground.courier import Courier, callback
from bot.playground.delivery import Answer, Delivery
from bot.playground.escaping import escaped
from bot.playground.inputs import elements, filled, missing, state, with_action
from bot.playground.message import Channel, Json, Message, message_json
from bot.playground.people import ANA, APP, FOREIGN_TEAM, TEAM
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace

ANSWER_SECONDS = 3.0
_DOMAINS = {TEAM: "playground", FOREIGN_TEAM: "elsewhere"}


class Actor:
    """Acts in a workspace towards the bot at `bot_url`."""

    def __init__(
        self,
        ws: Workspace,
        bot_url: str,
        session: aiohttp.ClientSession,
        *,
        path: str = "/slack/events",
        patience: float = ANSWER_SECONDS,
    ) -> None:
        self._ws = ws
        self._to = Delivery(ws, bot_url.rstrip("/") + path, session, patience)

    async def command(self, command: str, text: str = "", channel: str = "general", user: str = ANA) -> Answer:
        """Types a slash command; what the bot answers at once is shown in the channel."""
        place = self._ws.channel(channel)
        reply_id = self._ws.responses.issue(place.id, user)
        team = self._ws.users[user].team
        form = {
            "token": "playground", "team_id": team, "team_domain": _DOMAINS[team], "channel_id": place.id,
            "channel_name": _shown(place), "user_id": user, "user_name": self._ws.users[user].name,
            "command": command, "text": escaped(self._ws, text), "api_app_id": APP, "is_enterprise_install": "false",
            "response_url": self._response_url(reply_id), "trigger_id": self._ws.modals.trigger(user),
        }  # fmt: skip
        answer = await self._to.command(form)
        said = command_body(answer.content_type, answer.text, answer.json) if answer.ok else None
        if said:
            return self._said(answer, reply_id, said)
        return answer

    async def press(
        self, message: Message, action_id: str, user: str = ANA, *, value: Any = None, block_id: str | None = None
    ) -> Answer:
        """Presses a button of a message, or chooses `value` (an option's value, a date) in one of its selects."""
        blocks = [*message.blocks, *(one for part in message.attachments for one in part.get("blocks", []))]
        action = self._action(blocks, action_id, block_id, value)
        hidden = message.visible_to is not None
        reply_id = self._ws.responses.issue(message.channel, user, message.ts, ephemeral=hidden)
        channel = self._ws.channel(message.channel)
        return await self._payload(
            "block_actions",
            user,
            container={
                "type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": hidden,
                **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            },
            channel={"id": channel.id, "name": _shown(channel)},
            message=message_json(message),
            state={"values": with_action(state(blocks, {}), action)},
            response_url=self._response_url(reply_id),
            actions=[action],
        )  # fmt: skip

    async def press_view(
        self,
        view: Json,
        action_id: str,
        user: str = ANA,
        *,
        value: Any = None,
        values: Json | None = None,
        block_id: str | None = None,
    ) -> Answer:
        """Presses, chooses or types inside an open modal; `values` are what else is filled in, as in submit."""
        action = self._action(view["blocks"], action_id, block_id, value)
        filled_in = with_action(state(view["blocks"], values or {}, view["state"]["values"]), action)
        self._ws.modals.fill(view["id"], filled_in)
        shown = view | {"state": {"values": filled_in}}
        return await self._payload(
            "block_actions",
            user,
            container={"type": "view", "view_id": view["id"]},
            view=shown,
            actions=[action],
        )

    async def submit(self, view: Json, values: Json | None = None, user: str = ANA) -> Answer:
        """Submits a modal; `values` are keyed by action_id or block_id. Does to the modal what the bot answers."""
        filled_in = state(view["blocks"], values or {}, view["state"]["values"])
        self._ws.modals.fill(view["id"], filled_in)
        empty = missing(view["blocks"], filled_in)
        if empty:
            return Answer(status=200, errors=empty)
        shown = view | {"state": {"values": filled_in}}
        answer = await self._payload("view_submission", user, view=shown, response_urls=[])
        return self._submitted(view, user, answer) if answer.ok else answer

    async def close(self, view: Json, user: str = ANA) -> Answer:
        """Closes a modal; the bot hears of it only if the view asked for that."""
        everything = bool(view.get("clear_on_close"))
        self._ws.modals.close(user, everything=everything)
        if not view.get("notify_on_close"):
            return Answer(status=200)
        return await self._payload("view_closed", user, view=view, is_cleared=everything)

    async def shortcut(self, message: Message, callback_id: str, *, user: str = ANA) -> Answer:
        """Chooses the app's message shortcut in the menu of a message."""
        if callback_id not in self._ws.shortcuts:
            known = ", ".join(self._ws.shortcuts) or "none"
            raise LookupError(f"the app has no message shortcut {callback_id!r}; those of the workspace: {known}")
        channel = self._ws.seen(message.channel, user)
        reply_id = self._ws.responses.issue(channel.id, user)
        return await self._payload(
            "message_action",
            user,
            callback_id=callback_id,
            action_ts=f"{self._ws.clock():.6f}",
            message_ts=message.ts,
            channel={"id": channel.id, "name": _shown(channel)},
            message=message_json(message),
            response_url=self._response_url(reply_id),
        )

    async def react(self, message: Message, name: str, *, user: str = ANA) -> Answer | None:
        """Puts a reaction on a message; what the bot answered to the event, None when it does not hear of it."""
        return await self.tell(self._ws.react(message.channel, message.ts, name, user))

    async def unreact(self, message: Message, name: str, *, user: str = ANA) -> Answer | None:
        """Takes the person's own reaction away; answers as `react`."""
        return await self.tell(self._ws.unreact(message.channel, message.ts, name, user))

    async def pin(self, message: Message, *, user: str = ANA) -> Answer | None:
        """Pins a message to its channel; answers as `react`."""
        return await self.tell(self._ws.pin(message.channel, message.ts, user))

    async def unpin(self, message: Message, *, user: str = ANA) -> Answer | None:
        """Takes a pin away, whoever put it there; answers as `react`."""
        return await self.tell(self._ws.unpin(message.channel, message.ts, user))

    async def tell(self, event: Json) -> Answer | None:
        """Has the bot told of what happened, as often as it takes; None when it does not hear of it."""
        return await Courier(self._ws, self._to).tell(event)

    async def event(self, event: Json) -> Answer:
        """Sends an Events API callback, once, whatever the app has subscribed to."""
        return await self._to.event(callback(self._ws, event))

    def _action(self, blocks: list[Json], action_id: str, block_id: str | None, value: Any) -> Json:
        for block, element in elements(blocks):
            if element.get("action_id") == action_id and block_id in (None, block.get("block_id")):
                at = f"{self._ws.clock():.6f}"
                names = {"action_id": action_id, "block_id": block.get("block_id"), "action_ts": at}
                return filled(element, value) | names
        raise LookupError(f"no element has the action_id {action_id!r}; look at the blocks of the message")

    def _submitted(self, view: Json, user: str, answer: Answer) -> Answer:
        said = answer.json if isinstance(answer.json, dict) else {}
        modals = self._ws.modals
        try:
            match said.get("response_action"):
                case "errors":
                    return _complained(view, answer, said.get("errors") or {})
                case "update":
                    modals.update(said.get("view") or {}, view["id"], None, None)
                case "push":
                    modals.push_for(user, said.get("view") or {})
                case "clear":
                    modals.close(user, everything=True)
                case _:
                    modals.close(user)
        except Refused as refused:
            return Answer(status=200, errors={}, why=f"Slack would refuse the bot's answer: {refused.word}")
        return answer

    def _said(self, answer: Answer, reply_id: str, said: Json) -> Answer:
        try:
            apply(self._ws, self._ws.responses.use(reply_id), said)
        except Refused as refused:
            return Answer(status=200, errors={}, why=f"Slack would refuse the bot's answer: {refused.word}")
        return answer

    async def _payload(self, kind: str, user: str, **more: Any) -> Answer:
        name, team = self._ws.users[user].name, self._ws.users[user].team
        home = team if "view" in more else TEAM  # of a message it is the bot's workspace, of a view the person's
        payload = {
            "type": kind, "token": "playground", "api_app_id": APP, "enterprise": None,
            "is_enterprise_install": False, "team": {"id": home, "domain": _DOMAINS[home]},
            "user": {"id": user, "username": name, "name": name, "team_id": team},
            "trigger_id": self._ws.modals.trigger(user), **more,
        }  # fmt: skip
        return await self._to.interactive(payload)

    def _response_url(self, reply_id: str) -> str:
        return f"{self._ws.url}/playground/api/response/{reply_id}"


def _shown(channel: Channel) -> str:
    """The name of a conversation as Slack's payloads give it: that of a private one is kept back."""
    if channel.im:
        return "directmessage"
    return "privategroup" if channel.private else channel.name


def _complained(view: Json, answer: Answer, errors: Json) -> Answer:
    """The bot's errors; Slack shows them only beside input blocks, and something is wrong with any other."""
    inputs = {block["block_id"] for block in view["blocks"] if block.get("type") == "input"}
    lost = sorted(errors.keys() - inputs)
    if lost or not errors:
        why = f"Slack would refuse the bot's answer: its errors name no input block ({', '.join(lost)})"
        return Answer(status=200, text=answer.text, errors={}, why=why)
    return Answer(status=200, text=answer.text, errors={str(key): str(why) for key, why in errors.items()})
