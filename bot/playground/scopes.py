"""Which scopes a method needs, and which of them a token lacks.

Source: the "Scopes" of each method in docs.slack.dev/reference/methods; any one of the scopes named together is enough.
"""

from bot.playground.arguments import Arguments
from bot.playground.looking import Looking
from bot.playground.message import Channel
from bot.playground.refusal import Refused

APP_SCOPE = "connections:write"
SCOPES = frozenset(
    {
        "app_mentions:read", "bookmarks:read", "bookmarks:write", "channels:history", "channels:join",
        "channels:manage", "channels:read", "channels:write.invites", "channels:write.topic", "chat:write",
        "chat:write.public", "commands", "files:write", "groups:history", "groups:read", "groups:write",
        "groups:write.invites", "groups:write.topic", "im:history", "im:read", "im:write", "mpim:history", "mpim:read",
        "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write", "team:read", "usergroups:read",
        "users:read", "users:read.email",
    }
)  # fmt: skip
_PLAIN = {
    "bookmarks.add": "bookmarks:write", "bookmarks.edit": "bookmarks:write", "bookmarks.list": "bookmarks:read",
    "bookmarks.remove": "bookmarks:write", "chat.delete": "chat:write", "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write", "chat.update": "chat:write", "conversations.join": "channels:join",
    "files.completeUploadExternal": "files:write", "files.getUploadURLExternal": "files:write",
    "pins.add": "pins:write", "pins.list": "pins:read", "pins.remove": "pins:write", "reactions.add": "reactions:write",
    "reactions.get": "reactions:read", "reactions.remove": "reactions:write", "team.info": "team:read",
    "usergroups.list": "usergroups:read", "usergroups.users.list": "usergroups:read", "users.info": "users:read",
    "users.list": "users:read", "users.lookupByEmail": "users:read.email",
}  # fmt: skip
_READ = {"public": "channels:read", "private": "groups:read", "im": "im:read", "mpim": "mpim:read"}
_HISTORY = {"public": "channels:history", "private": "groups:history", "im": "im:history", "mpim": "mpim:history"}
_WRITE = {"public": "channels:manage", "private": "groups:write", "im": "im:write", "mpim": "mpim:write"}
_BY_KIND = {
    "conversations.archive": _WRITE, "conversations.create": _WRITE, "conversations.history": _HISTORY,
    "conversations.info": _READ, "conversations.invite": _WRITE, "conversations.list": _READ,
    "conversations.members": _READ, "conversations.open": _WRITE, "conversations.replies": _HISTORY,
    "conversations.setPurpose": _WRITE, "conversations.setTopic": _WRITE,
}  # fmt: skip
_EITHER = {"conversations.invite": ".invites", "conversations.setPurpose": ".topic", "conversations.setTopic": ".topic"}


def needed(ws: Looking, method: str, args: Arguments) -> list[str]:
    """What this call needs: all of them, each one scope, or several with commas of which any is enough."""
    if method in _PLAIN:
        return [_PLAIN[method]]
    table = _BY_KIND.get(method)
    if table is None:
        return []
    kinds = _kinds(ws, method, args)
    if kinds is None:
        return [",".join(table.values())]
    return [_with_narrow(method, kind, table[kind]) for kind in sorted(kinds & table.keys())]


def check(ws: Looking, granted: set[str], method: str, args: Arguments) -> None:
    """Raises missing_scope as Slack does, with what is needed and what is there."""
    for scope in needed(ws, method, args):
        if not granted & set(scope.split(",")):
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(granted)))


def _kinds(ws: Looking, method: str, args: Arguments) -> set[str] | None:
    """The kinds of conversation that a call is about; None when that cannot be told."""
    if method == "conversations.open":
        return {"im"}
    if method == "conversations.create":
        return {"private" if args.flag("is_private") else "public"}
    if method == "conversations.list":
        return {one.removesuffix("_channel") for one in (args.text("types") or "public_channel").split(",")}
    try:
        return {_kind(ws.channel(args.text("channel") or ""))}
    except Refused:
        return None


def _kind(channel: Channel) -> str:
    if channel.im:
        return "im"
    return "private" if channel.private else "public"


def _with_narrow(method: str, kind: str, scope: str) -> str:
    """The newer, narrower scopes (channels:write.invites, channels:write.topic) that are enough for some methods."""
    narrow = _EITHER.get(method)
    family = {"public": "channels", "private": "groups"}.get(kind, kind)
    return f"{scope},{family}:write{narrow}" if narrow else scope
