"""apps.connections.open: an address for one Socket Mode connection."""

from bot.playground.arguments import Arguments
from bot.playground.message import Json
from bot.playground.sockets import socket_url
from bot.playground.workspace import Workspace

OPEN_SOCKET = "apps.connections.open"


def open_socket(ws: Workspace, args: Arguments) -> Json:  # noqa: ARG001 - a method's shape
    """apps.connections.open; the only method for the app-level token."""
    return {"url": socket_url(ws.url, ws.sockets.ticket())}


METHODS = {OPEN_SOCKET: open_socket}
