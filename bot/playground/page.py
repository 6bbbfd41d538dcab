"""The page and its endpoints: what a person does there becomes a real request to the bot."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from html import escape
from importlib.resources import files
from pathlib import Path

import aiohttp
from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.playground.actor import Actor
from bot.playground.delivery import Answer
from bot.playground.faults import Fault, Faults
from bot.playground.live import snapshot
from bot.playground.message import Json, Message
from bot.playground.people import PEOPLE
from bot.playground.refusal import Refused
from bot.playground.requests import (
    Command,
    Join,
    Pin,
    Press,
    React,
    Remove,
    Say,
    SendSample,
    Shortcut,
    Submit,
    complaint,
)
from bot.playground.samples import HookHeaders, samples, send
from bot.playground.workspace import Workspace

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Page:
    """Everything under /playground/ that is not the Web API."""

    def __init__(
        self,
        ws: Workspace,
        faults: Faults,
        bot_url: Callable[[], str],
        folder: Path | None,
        hook_headers: HookHeaders,
        language: str,
    ) -> None:
        self._ws = ws
        self._faults = faults
        self._bot_url = bot_url
        self._folder = folder
        self._hook_headers = hook_headers
        self._language = language
        self._session: aiohttp.ClientSession | None = None

    async def session(self, _app: web.Application) -> AsyncIterator[None]:
        """Keeps one HTTP session for as long as the application runs."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            self._session = session
            self._ws.events.courier = self._tell
            yield
            self._ws.events.courier = None

    async def index(self, _request: web.Request) -> web.Response:
        """The one page; it is told the team's language, which the reader can change."""
        answer = _static("index.html")
        answer.text = (answer.text or "").replace('data-language=""', f'data-language="{escape(self._language)}"', 1)
        return answer

    async def static(self, request: web.Request) -> web.Response:
        """Its style and script files."""
        return _static(request.match_info["name"])

    async def state(self, _request: web.Request) -> web.Response:
        """The whole workspace."""
        return web.json_response(snapshot(self._ws))

    async def calls(self, _request: web.Request) -> web.Response:
        """Every recorded call of the Web API."""
        return web.json_response([asdict(call) for call in self._ws.calls])

    async def faults(self, request: web.Request) -> web.Response:
        """Shows (GET), arms (POST) or disarms (DELETE) faults."""
        if request.method == "POST":
            try:
                self._faults.add(TypeAdapter(Fault).validate_json(await request.text()))
            except ValidationError as problem:
                return web.json_response({"ok": False, "error": "bad_request", "why": complaint(problem)}, status=400)
        elif request.method == "DELETE":
            self._faults.clear()
        return web.json_response({"ok": True, "faults": [asdict(one) for one in self._faults.armed]})

    async def samples(self, _request: web.Request) -> web.Response:
        """The payloads that can be sent."""
        found = samples(self._folder)
        return web.json_response(
            [{"name": one.name, "source": one.source, "event": one.event, "case": one.case} for one in found]
        )

    async def send_sample(self, request: web.Request) -> web.Response:
        """Sends one to the bot's webhook."""
        asked = SendSample.model_validate_json(await request.text())
        sample = next((one for one in samples(self._folder) if one.name == asked.name), None)
        if sample is None:
            raise Refused("no_such_sample")
        serial = self._ws.next_serial()
        status, said = await send(self._open(), self._bot_url(), sample, self._hook_headers, serial, self._ws.clock())
        return web.json_response({"ok": status is not None, "status": status, "said": said})

    async def say(self, request: web.Request) -> web.Response:
        """Posts as a person."""
        asked = Say.model_validate_json(await request.text())
        message = self._ws.post(asked.channel, user=_person(asked.user), text=asked.text, thread_ts=asked.thread_ts)
        return web.json_response({"ok": True, "ts": message.ts})

    async def remove(self, request: web.Request) -> web.Response:
        """Deletes a message, as an admin can."""
        asked = Remove.model_validate_json(await request.text())
        self._ws.delete(asked.channel, asked.ts)
        return web.json_response({"ok": True})

    async def command(self, request: web.Request) -> web.Response:
        """A slash command."""
        asked = Command.model_validate_json(await request.text())
        user = _person(asked.user)
        return _answered(await self._actor().command(asked.command, asked.text, asked.channel, user))

    async def press(self, request: web.Request) -> web.Response:
        """A button or select, in a message or a modal."""
        asked = Press.model_validate_json(await request.text())
        user = _person(asked.user)
        actor = self._actor()
        try:
            if asked.view_id:
                _, view = self._ws.modals.find(asked.view_id)
                answer = await actor.press_view(
                    view, asked.action_id, user, value=asked.value, values=asked.values, block_id=asked.block_id
                )
            else:
                message = self._message(asked.channel or "", asked.ts or "")
                answer = await actor.press(message, asked.action_id, user, value=asked.value, block_id=asked.block_id)
        except LookupError:
            raise Refused("no_such_action") from None
        return _answered(answer)

    async def shortcut(self, request: web.Request) -> web.Response:
        """The app's entry in the menu of a message."""
        asked = Shortcut.model_validate_json(await request.text())
        message = self._ws.message(asked.channel, asked.ts)
        if asked.callback_id not in self._ws.shortcuts:
            raise Refused("no_such_shortcut")
        return _answered(await self._actor().shortcut(message, asked.callback_id, user=_person(asked.user)))

    async def react(self, request: web.Request) -> web.Response:
        """A reaction, put on or taken away."""
        asked = React.model_validate_json(await request.text())
        change = self._ws.react if asked.on else self._ws.unreact
        self._ws.events.happened(change(asked.channel, asked.ts, asked.name, _person(asked.user)))
        return web.json_response({"ok": True})

    async def pin(self, request: web.Request) -> web.Response:
        """A pin, put on or taken away."""
        asked = Pin.model_validate_json(await request.text())
        change = self._ws.pin if asked.on else self._ws.unpin
        self._ws.events.happened(change(asked.channel, asked.ts, _person(asked.user)))
        return web.json_response({"ok": True})

    async def join(self, request: web.Request) -> web.Response:
        """Joins a public channel."""
        asked = Join.model_validate_json(await request.text())
        self._ws.join(asked.channel, _person(asked.user))
        return web.json_response({"ok": True})

    async def submit(self, request: web.Request) -> web.Response:
        """A filled-in modal."""
        asked = Submit.model_validate_json(await request.text())
        _, view = self._ws.modals.find(asked.view_id)
        return _answered(await self._actor().submit(view, asked.values, _person(asked.user)))

    async def close(self, request: web.Request) -> web.Response:
        """A modal closed without submitting."""
        asked = Submit.model_validate_json(await request.text())
        _, view = self._ws.modals.find(asked.view_id)
        return _answered(await self._actor().close(view, _person(asked.user)))

    async def _tell(self, event: Json) -> Answer | None:
        return await self._actor().tell(event)

    def _message(self, channel: str, ts: str) -> Message:
        hidden = next((one for one in self._ws.ephemerals if (one.channel, one.ts) == (channel, ts)), None)
        return hidden or self._ws.message(channel, ts)

    def _actor(self) -> Actor:
        return Actor(self._ws, self._bot_url(), self._open())

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the application is not running; start it before asking the page for anything")
        return self._session


def _person(user: str) -> str:
    if user not in PEOPLE:
        raise Refused("user_not_found")
    return user


def _answered(answer: Answer) -> web.Response:
    body: Json = {"ok": answer.ok, "status": answer.status, "why": answer.why, "errors": answer.errors or {}}
    return web.json_response(body)


def _static(name: str) -> web.Response:
    kind = _TYPES.get(Path(name).suffix)
    source = files("bot.playground") / "static" / name
    if kind is None or "/" in name or not source.is_file():
        raise web.HTTPNotFound(text="There is no such file in the playground.")
    return web.Response(body=source.read_bytes(), headers={**_HEADERS, "Content-Type": f"{kind}; charset=utf-8"})
