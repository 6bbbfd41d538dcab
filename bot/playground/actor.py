"""A person at work: commands, button presses and modal submissions as real signed requests to the bot."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.playground.answers import apply, command_body
from bot.playground.inputs import elements, filled, missing, state
from bot.playground.message import Json, Message, message_json
from bot.playground.people import ANA, APP, TEAM
from bot.playground.refusal import Refused
from bot.playground.signing import signed
from bot.playground.workspace import Workspace

ANSWER_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bot said; `status` is None when it did not answer in 3 s or could not be reached."""

    status: int | None
    text: str = ""
    content_type: str = ""
    why: str = ""
    errors: dict[str, str] | None = None

    @property
    def ok(self) -> bool:
        """Whether Slack would be content."""
        return self.status == 200 and not self.errors

    @property
    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.text) if self.text.strip() else None
        except ValueError:
            return None


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
        self._url = bot_url.rstrip("/") + path
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=patience)

    async def command(self, command: str, text: str = "", channel: str = "general", user: str = ANA) -> Answer:
        """Types a slash command; what the bot answers at once is shown in the channel."""
        place = self._ws.channel(channel)
        reply_id = self._ws.responses.issue(place.id, user)
        form = {
            "token": "playground", "team_id": TEAM, "team_domain": "playground", "channel_id": place.id,
            "channel_name": place.name, "user_id": user, "user_name": self._ws.users[user].name,
            "command": command, "text": text, "api_app_id": APP, "is_enterprise_install": "false",
            "response_url": self._response_url(reply_id), "trigger_id": self._ws.modals.trigger(user),
        }  # fmt: skip
        answer = await self._form(form)
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
            channel={"id": channel.id, "name": channel.name},
            message=message_json(message),
            state={"values": state(blocks, {})},
            response_url=self._response_url(reply_id),
            actions=[action],
        )  # fmt: skip

    async def press_view(
        self, view: Json, action_id: str, user: str = ANA, *, value: Any = None, values: Json | None = None
    ) -> Answer:
        """Presses a button, or chooses in a select, inside an open modal."""
        action = self._action(view["blocks"], action_id, None, value)
        shown = view | {"state": {"values": state(view["blocks"], values or {})}}
        return await self._payload(
            "block_actions",
            user,
            container={"type": "view", "view_id": view["id"]},
            view=shown,
            actions=[action],
        )

    async def submit(self, view: Json, values: Json | None = None, user: str = ANA) -> Answer:
        """Submits a modal; `values` are keyed by action_id or block_id. Does to the modal what the bot answers."""
        filled_in = state(view["blocks"], values or {})
        empty = missing(view["blocks"], filled_in)
        if empty:
            return Answer(status=200, errors=empty)
        shown = view | {"state": {"values": filled_in}}
        answer = await self._payload("view_submission", user, view=shown, response_urls=[])
        return self._submitted(view, user, answer) if answer.ok else answer

    async def close(self, view: Json, user: str = ANA) -> Answer:
        """Closes a modal; the bot hears of it only if the view asked for that."""
        self._ws.modals.close(user)
        if not view.get("notify_on_close"):
            return Answer(status=200)
        return await self._payload("view_closed", user, view=view, is_cleared=False)

    async def event(self, event: Json) -> Answer:
        """Sends an Events API callback."""
        serial = self._ws.next_serial()
        body = {
            "token": "playground", "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event": event,
            "event_id": f"Ev{serial:010d}", "event_time": int(self._ws.clock()),
        }  # fmt: skip
        return await self._send(json.dumps(body).encode(), "application/json")

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
                    errors = {str(key): str(why) for key, why in said.get("errors", {}).items()}
                    return Answer(status=200, text=answer.text, errors=errors)
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
        name = self._ws.users[user].name
        payload = {
            "type": kind, "token": "playground", "api_app_id": APP, "enterprise": None,
            "is_enterprise_install": False, "team": {"id": TEAM, "domain": "playground"},
            "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
            "trigger_id": self._ws.modals.trigger(user), **more,
        }  # fmt: skip
        return await self._form({"payload": json.dumps(payload)})

    async def _form(self, form: dict[str, str]) -> Answer:
        return await self._send(urlencode(form).encode(), "application/x-www-form-urlencoded")

    async def _send(self, body: bytes, content_type: str) -> Answer:
        headers = signed(self._ws.signing_secret, int(self._ws.clock()), body) | {"Content-Type": content_type}
        try:
            async with self._session.post(self._url, data=body, headers=headers, timeout=self._timeout) as got:
                said = await got.text()
                why = "" if got.status == 200 else f"It answered {got.status}."
                return Answer(status=got.status, text=said, content_type=got.content_type, why=why)
        except TimeoutError:
            return Answer(status=None, why="It did not answer in 3 s.")
        except (aiohttp.ClientError, OSError) as problem:
            return Answer(status=None, why=f"It could not be reached: {problem}.")

    def _response_url(self, reply_id: str) -> str:
        return f"{self._ws.url}/playground/api/response/{reply_id}"
