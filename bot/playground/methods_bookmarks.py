"""bookmarks.*: add, edit, list and remove the links at the head of a channel."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.playground.arguments import Arguments
from bot.playground.conversation import conversation
from bot.playground.message import Channel, Json
from bot.playground.people import APP, BOT_USER, TEAM
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace

MOST = 100
_LINK = re.compile(r"https?://\S+")
_EMOJI = re.compile(r":[a-z0-9_'+-]+:")


def add(ws: Workspace, args: Arguments) -> Json:
    """bookmarks.add"""
    channel = _writable(ws, args)
    if args.need("type") != "link":
        raise Refused("invalid_bookmark_type")
    if len(channel.bookmarks) >= MOST:
        raise Refused("too_many_bookmarks")
    bookmark: Json = {
        "id": f"Bk{ws.next_serial():08d}", "channel_id": channel.id, "title": args.need("title"),
        "link": _link(args.need("link", "invalid_link")), "emoji": _emoji(args.text("emoji")), "icon_url": None,
        "type": "link", "entity_id": None, "date_created": int(ws.clock()), "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}", "last_updated_by_user_id": BOT_USER,
        "last_updated_by_team_id": TEAM, "shortcut_id": None, "app_id": APP,
    }  # fmt: skip
    ws.set_channel(replace(channel, bookmarks=[*channel.bookmarks, bookmark]))
    return {"bookmark": bookmark}


def edit(ws: Workspace, args: Arguments) -> Json:
    """bookmarks.edit: what is not given stays; an empty `emoji` takes it away."""
    channel = _writable(ws, args)
    old = _bookmark(channel, args)
    checks: dict[str, Callable[[str], str | None]] = {"title": str, "link": _link, "emoji": _emoji}
    changed = {name: check(str(args.raw[name])) for name, check in checks.items() if name in args}
    fresh = old | changed | {"date_updated": int(ws.clock()), "last_updated_by_user_id": BOT_USER}
    ws.set_channel(replace(channel, bookmarks=[fresh if one is old else one for one in channel.bookmarks]))
    return {"bookmark": fresh}


def show(ws: Workspace, args: Arguments) -> Json:
    """bookmarks.list"""
    return {"bookmarks": conversation(ws, args, "channel_id").bookmarks}


def remove(ws: Workspace, args: Arguments) -> Json:
    """bookmarks.remove"""
    channel = _writable(ws, args)
    old = _bookmark(channel, args)
    ws.set_channel(replace(channel, bookmarks=[one for one in channel.bookmarks if one is not old]))
    return {}


def _writable(ws: Workspace, args: Arguments) -> Channel:
    channel = conversation(ws, args, "channel_id")
    if channel.archived or BOT_USER not in channel.members:
        raise Refused("permission_denied")
    return channel


def _bookmark(channel: Channel, args: Arguments) -> Json:
    wanted = args.text("bookmark_id")
    found = next((one for one in channel.bookmarks if one["id"] == wanted), None)
    if found is None:
        raise Refused("not_found")
    return found


def _link(address: str) -> str:
    if not _LINK.fullmatch(address):
        raise Refused("invalid_link")
    return address


def _emoji(name: str | None) -> str | None:
    if name and not _EMOJI.fullmatch(name):
        raise Refused("invalid_emoji")
    return name or None


METHODS = {"bookmarks.add": add, "bookmarks.edit": edit, "bookmarks.list": show, "bookmarks.remove": remove}
