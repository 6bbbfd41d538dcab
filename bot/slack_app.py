"""What people do in Slack, through Bolt: commands, buttons and forms, the same over HTTP and over Socket Mode."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.answering import tell, whisper
from bot.cards import form as forms
from bot.cards.face import Face
from bot.cards.mrkdwn import draw
from bot.cards.tongue import speaking
from bot.clients.directory import Directory
from bot.replays import Replays
from bot.sheets import Sheets
from bot.store import Unavailable
from handlers.contract import Button, Card, Desk, Form, FormHandler, Reply, Shortcut, Slash
from handlers.helping import help_for, meant
from rules import languages
from rules.report import Report
from rules.signal import Actor
from rules.text import Text

HERE = ("--here", "—here")  # Slack makes a dash of two hyphens
AWAY = [Text.of("My memory (Redis) does not answer just now. Please look at the card, and try again in a moment.")]
EARLY = [Text.of("I have just started and do not know yet who is who here. Please try again in a moment.")]
STRANGER = [Text.of("You are of another workspace. Only people of this one can use me; please ask one of them.")]
FAILED = [Text.of("Something went wrong on my side, it is in my log. Please look at the card whether it was done.")]
log = structlog.get_logger()


class SlackApp:
    """Bolt's app with our listeners. Each is acknowledged first and answered after, once."""

    def __init__(
        self,
        client: AsyncWebClient,
        desk: Desk,
        directory: Directory,
        replays: Replays,
        sheets: Sheets,
        buttons: Mapping[str, Button],
        slashes: Mapping[str, Slash],
        forms_: Mapping[str, FormHandler],
        shortcuts: Mapping[str, Shortcut],
    ) -> None:
        self._client, self._desk, self._directory, self._replays = client, desk, directory, replays
        self._buttons, self._slashes, self._forms, self._sheets = buttons, slashes, forms_, sheets
        self._shortcuts = shortcuts
        self._running: set[asyncio.Task[Any]] = set()
        # Requests are verified in bot/slack_in.py: Bolt parses first and answers 500 to what it cannot parse.
        self.bolt = AsyncApp(client=client, signing_secret="unused", request_verification_enabled=False)  # noqa: S106 - none
        for name in buttons:
            self.bolt.action(name)(self._pressed)
        for name in forms_:
            self.bolt.view(name)(self._sent)
        self.bolt.action(forms.WATCHED)(self._changed)
        for name in slashes:
            self.bolt.command(name)(self._asked)
        for name in shortcuts:
            self.bolt.shortcut(name)(self._taken_up)

    async def _pressed(self, ack: Any, body: dict[str, Any], action: dict[str, Any], respond: Any) -> None:
        await ack()
        button = self._buttons[action["action_id"]]
        person = self._person(body)
        with self._speaking(body):
            handled = await self._once(body, lambda: button.press(str(action.get("value", "")), person, self._desk))
            await self._answer(handled, body, respond)

    async def _asked(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        typed = str(body.get("text", "")).split()
        slash, person = self._slashes[body["command"]], self._person(body)
        command, words = meant([word for word in typed if word not in HERE], slash)
        here = any(word in HERE for word in typed)
        with self._speaking(body, here=here):
            if command is None:
                handled = await self._once(body, lambda: _just(help_for(words, slash)))
            else:
                run = command.run
                handled = await self._once(body, lambda: run(words, person, self._desk))
            await self._answer(handled, body, respond, here=here)

    async def _taken_up(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        """Something is to be done with a message."""
        await ack()
        shortcut, person = self._shortcuts[body["callback_id"]], self._person(body)
        text = str((body.get("message") or {}).get("text") or "")
        with self._speaking(body):
            handled = await self._once(body, lambda: shortcut.ask(text, person, self._desk))
            await self._answer(handled, body, respond)

    async def _changed(self, ack: Any, body: dict[str, Any]) -> None:
        """Somebody types into a form: what comes of it, at once."""
        await ack()
        shown = body.get("view") or {}
        handler = self._forms.get(str(shown.get("callback_id")))
        if handler is None or not self._directory.is_ready or await self._is_stranger(body):
            return
        filled = forms.values(shown.get("state", {}).get("values", {}))
        with self._speaking(body):
            await self._redraw(handler, filled, shown, self._person(body), also_over_ours=True)

    async def _sent(self, ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        """A form was sent: what is wrong is shown in it, else it closes and the answer follows."""
        handler, where = self._forms[str(view["callback_id"])], json.loads(view.get("private_metadata") or "{}")
        filled, person = forms.values(view.get("state", {}).get("values", {})), self._person(body)
        about = str(where.get("about", ""))
        with self._speaking(body):
            told = await self._once(body, lambda: handler.sent(about, filled, person, self._desk))
            if isinstance(told, Mapping):
                faults = {name: draw(why)[: forms.ERROR_MAX] for name, why in told.items()}
                await ack(response_action="errors", errors=faults)
                return
            if isinstance(told, Form):
                shown = forms.view(told, json.dumps({**where, "about": told.about}))
                await ack(response_action="update", view=shown)
                return
            await ack()
            if isinstance(told, list):
                await whisper(self._client, str(where.get("channel", "")), person.id, told)

    async def finish(self, seconds: float) -> None:
        """Let what was acknowledged be done before all is closed."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _once(self, body: Mapping[str, Any], ask: Callable[[], Awaitable[Any]]) -> Any:
        """What came of it; None when it was done before. Nothing goes wrong silently."""
        running = asyncio.create_task(self._asked_once(body, ask))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await asyncio.shield(running)

    async def _asked_once(self, body: Mapping[str, Any], ask: Callable[[], Awaitable[Any]]) -> Any:
        try:
            if not self._directory.is_ready:
                return EARLY
            if await self._is_stranger(body):
                return STRANGER
            if not await self._replays.is_first(_name(body)):
                return None
            handled = await ask()
            return await self._sheets.face(handled, _name(body)) if isinstance(handled, Card | Report) else handled
        except Unavailable:
            return AWAY
        except Exception:  # the border to Slack: the person is told, the log says what it was
            log.exception("slack_failed")
            return FAILED

    async def _answer(
        self, handled: Reply | Form | Face | None, body: dict[str, Any], respond: Any, *, here: bool = False
    ) -> None:
        if isinstance(handled, Form):
            await self._open(handled, body, respond)
        elif handled:
            await tell(respond, handled, here=here)

    async def _open(self, form: Form, body: dict[str, Any], respond: Any) -> None:
        """Open a form at once, for Slack gives three seconds; then let it say what comes of it."""
        where = json.dumps({"about": form.about, "channel": _channel(body)})
        try:
            opened = await self._client.views_open(trigger_id=body["trigger_id"], view=forms.view(form, where))
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("form_not_opened", form=form.name, error=str(error)[:200])
            await tell(respond, [Text.of("Slack did not open the form; please try once more.")])
            return
        filled = {field.name: field.value for field in form.fields}
        await self._redraw(self._forms[form.name], filled, opened.get("view") or {}, self._person(body))

    async def _redraw(
        self, handler: FormHandler, filled: Mapping[str, str], shown: Mapping[str, Any], person: Actor,
        *, also_over_ours: bool = False,
    ) -> None:  # fmt: skip
        """Draw it anew for what is filled in, unless somebody was faster; `also_over_ours`: we are not somebody."""
        kept = str(shown.get("private_metadata") or "{}")
        try:
            where = json.loads(kept)
            form = await handler.changed(str(where.get("about", "")), filled, person, self._desk)
            fresh = forms.view(form, json.dumps({**where, "about": form.about}))
            id_, known = str(shown.get("id")), str(shown.get("hash"))
            try:
                await self._client.views_update(view_id=id_, hash=known, view=fresh)
            except SlackApiError as error:
                if not also_over_ours or error.response.get("error") != "hash_conflict":
                    raise
                await self._client.views_update(view_id=id_, view=fresh)
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, Unavailable) as error:
            log.info("form_not_redrawn", error=str(error)[:200], next="the next change draws it")

    def _speaking(self, body: Mapping[str, Any], *, here: bool = False) -> AbstractContextManager[None]:
        """In the language of who asks; with `here` in that of the channel, where all see it."""
        policy = self._desk.policy()
        if here:
            return speaking(*languages.of_channel(policy, self._directory.named(str(body.get("channel_id", "")))))
        names = self._person(body).known_as
        return speaking(*languages.of_person(policy, [name for name in names if not name.startswith("@")]))

    def _person(self, body: Mapping[str, Any]) -> Actor:
        user = body.get("user")
        id_ = str(user["id"] if isinstance(user, dict) else body["user_id"])
        named = (user.get("name") or user.get("username")) if isinstance(user, dict) else body.get("user_name")
        known_as, people = self._directory.known_as(id_), self._desk.policy().people
        full = next((people[name].name for name in sorted(known_as) if name in people), "")
        name, act = str(full or named or id_), f"slack:{_name(body)}"
        return Actor(id=id_, name=name, known_as=known_as, act=act, channel=_channel(body))

    async def _is_stranger(self, body: Mapping[str, Any]) -> bool:
        """Whether somebody of another workspace acts, through a channel that both share (Slack Connect)."""
        user = body.get("user")
        id_ = str(user["id"] if isinstance(user, dict) else body.get("user_id"))
        theirs = str((user.get("team_id") if isinstance(user, dict) else "") or body.get("team_id") or "")
        return await self._directory.is_stranger(id_, theirs)


async def _just(reply: Reply) -> Reply:
    return reply


def _channel(body: Mapping[str, Any]) -> str:
    """Where it is done: a form has it from the press or command that opened it."""
    place = body.get("channel")
    kept = json.loads((body.get("view") or {}).get("private_metadata") or "{}")
    named = place.get("id") if isinstance(place, dict) else place
    return str(named or body.get("channel_id") or kept.get("channel") or "")


def _name(body: Mapping[str, Any]) -> str:
    """Slack's name for this one press, command or form: a retry and a replay have the same."""
    actions = body.get("actions") or [{}]
    view = body.get("view") or {}
    parts = (body.get("trigger_id"), actions[0].get("action_ts"), view.get("id"), view.get("hash"), body.get("type"))
    return "/".join(str(part or "") for part in parts)
