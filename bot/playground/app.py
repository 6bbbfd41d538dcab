"""Mounts the playground on a web application: the Web API, the page and its stream, behind the guard."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from bot.playground.api import Api
from bot.playground.faults import Faults
from bot.playground.files_http import FilesHttp
from bot.playground.guard import Handler, guard
from bot.playground.live import Live
from bot.playground.page import Page
from bot.playground.refusal import Refused
from bot.playground.requests import complaint
from bot.playground.samples import HookHeaders
from bot.playground.workspace import Workspace


def _no_headers(_source: str, _body: bytes) -> dict[str, str]:
    return {}


def add_playground(
    app: web.Application,
    ws: Workspace,
    *,
    faults: Faults | None = None,
    bot_url: Callable[[], str],
    samples: Path | None = None,
    hook_headers: HookHeaders = _no_headers,
    language: str = "",
) -> None:
    """Mounts everything under /playground, before the application starts; "" is the language of the browser."""
    faults = faults or Faults()
    api, live = Api(ws, faults), Live(ws)
    page = Page(ws, faults, bot_url, samples, hook_headers, language)
    inner = web.Application(middlewares=[guard(ws), _refusals])
    inner.cleanup_ctx.append(page.session)
    inner.on_shutdown.append(live.shutdown)
    inner.on_shutdown.append(ws.sockets.shutdown)
    inner.on_shutdown.append(ws.events.shutdown)
    inner.on_cleanup.append(_closing(ws))
    inner.router.add_post("/api/response/{id}", api.respond)
    inner.router.add_route("*", "/api/{method}", api.call)
    kept = FilesHttp(ws, faults)
    inner.router.add_post("/upload/{key}", kept.take)
    inner.router.add_get("/files/{id}", kept.show)
    inner.router.add_get("/socket", ws.sockets.connect)
    _add_page(inner, page, live)
    app.add_subapp("/playground", inner)


def _add_page(inner: web.Application, page: Page, live: Live) -> None:
    inner.router.add_get("", _to_page)
    inner.router.add_get("/", page.index)
    inner.router.add_get("/static/{name}", page.static)
    inner.router.add_get("/ui/stream", live.stream)
    inner.router.add_get("/ui/state", page.state)
    inner.router.add_get("/ui/calls", page.calls)
    inner.router.add_get("/ui/samples", page.samples)
    inner.router.add_post("/ui/samples", page.send_sample)
    for verb in ("GET", "POST", "DELETE"):
        inner.router.add_route(verb, "/ui/faults", page.faults)
    inner.router.add_post("/ui/message", page.say)
    inner.router.add_post("/ui/delete", page.remove)
    inner.router.add_post("/ui/command", page.command)
    inner.router.add_post("/ui/press", page.press)
    inner.router.add_post("/ui/shortcut", page.shortcut)
    inner.router.add_post("/ui/react", page.react)
    inner.router.add_post("/ui/pin", page.pin)
    inner.router.add_post("/ui/join", page.join)
    inner.router.add_post("/ui/submit", page.submit)
    inner.router.add_post("/ui/close", page.close)


async def _to_page(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/playground/")


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns the page's mistakes into answers it can show."""
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response(refused.body(), status=409)
    except ValidationError as problem:
        return web.json_response({"ok": False, "error": "bad_request", "why": complaint(problem)}, status=400)


def _closing(ws: Workspace) -> Callable[[web.Application], Awaitable[None]]:
    async def close(_app: web.Application) -> None:
        ws.close()

    return close
