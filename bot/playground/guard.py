"""Lets in only a person on this machine: loopback peers, loopback Host, and no other site's requests."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground.workspace import Workspace

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(ws: Workspace) -> Middleware:
    """The middleware; it also learns the address under which the playground is reached (`ws.url`)."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        why = _foreign(request)
        if why:
            return web.json_response({"ok": False, "error": "forbidden", "why": why}, status=403)
        ws.url = f"{request.scheme}://{request.host}"
        return await handler(request)

    return check


def _foreign(request: web.Request) -> str | None:
    """Why this request is not a local person's, or None."""
    if not _local_address(request.remote or ""):
        return "The playground answers on this machine only: open it through http://localhost."
    if not _local_name(request.host):
        return "The Host header names another machine: open it through http://localhost."
    if request.method not in ("GET", "HEAD"):
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return "Another site's page sent this."
    site = request.headers.get("Sec-Fetch-Site", "")
    if site in ("cross-site", "same-site") and request.headers.get("Sec-Fetch-Dest", "") != "document":
        return "Another site's page sent this."
    return None


def _local_address(address: str) -> bool:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _local_name(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or name.endswith(".localhost") or _local_address(name)
