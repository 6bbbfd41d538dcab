"""The things a workspace holds: messages, channels, people, user groups, pings and recorded calls."""

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]
HOME_TEAM = "T00PLAYGND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it is now; `ts` names it inside its channel, times are Slack's "seconds.micros" strings."""

    channel: str
    ts: str
    user: str
    text: str = ""
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    edited: str | None = None
    broadcast: bool = False
    deleted: bool = False
    bot_id: str | None = None
    visible_to: str | None = None
    reply_count: int = 0
    reply_users: list[str] = field(default_factory=list)
    latest_reply: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned: bool = False
    pinned_by: str | None = None
    pinned_at: str | None = None
    files: list[Json] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands inside a thread of another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One conversation; `members` are user ids, a direct message has `im` set and no name of its own."""

    id: str
    name: str
    created: int
    creator: str
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    private: bool = False
    im: bool = False
    shared: bool = False
    members: list[str] = field(default_factory=list)
    bookmarks: list[Json] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person or bot; `team` is another's for a person who is here through Slack Connect."""

    id: str
    name: str
    real_name: str
    email: str | None = None
    bot_id: str | None = None
    tz: str = "Europe/Madrid"
    team: str = HOME_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Usergroup:
    """One user group, mentioned as <!subteam^ID>."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Somebody was really notified: `targets` are "channel", "here", "everyone", user ids and user-group ids."""

    kind: str
    channel: str
    ts: str
    user: str
    targets: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the Web API; `result` is None when the caller got no JSON, `done` when the work was done."""

    method: str
    args: Json
    at: float
    status: int
    result: Json | None
    done: bool
    fault: str | None = None


def message_json(message: Message) -> Json:
    """A message in Slack's shape, without its metadata."""
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.bot_id:
        body |= {"bot_id": message.bot_id, "app_id": "A000000APP", "team": HOME_TEAM}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.files:
        body["files"] = message.files
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    if message.pinned:
        body["pinned_to"] = [message.channel]
    if message.deleted:
        body |= {"subtype": "tombstone", "hidden": True}
    return body | _thread_json(message)


def _thread_json(message: Message) -> Json:
    if message.is_reply:
        broadcast: Json = {"subtype": "thread_broadcast"} if message.broadcast else {}
        return {"thread_ts": message.thread_ts, **broadcast}
    if not message.reply_count:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": message.reply_count,
        "reply_users": message.reply_users,
        "reply_users_count": len(message.reply_users),
        "latest_reply": message.latest_reply,
        "is_locked": False,
        "subscribed": False,
    }


def channel_json(channel: Channel, reader: str) -> Json:
    """A conversation in Slack's shape, as `reader` sees it."""
    if channel.im:
        return {
            "id": channel.id, "created": channel.created, "is_im": True, "is_archived": channel.archived,
            "is_org_shared": False, "user": next((one for one in channel.members if one != reader), reader),
            "is_user_deleted": False, "priority": 0,
        }  # fmt: skip
    return {
        "id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": channel.created,
        "creator": channel.creator, "is_channel": not channel.private, "is_group": channel.private,
        "is_im": False, "is_mpim": False, "is_private": channel.private, "is_archived": channel.archived,
        "is_general": channel.name == "general", "is_member": reader in channel.members,
        "is_shared": channel.shared, "is_org_shared": False, "is_ext_shared": channel.shared, "unlinked": 0,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
        "previous_names": [], "num_members": len(channel.members),
    }  # fmt: skip


def user_json(user: User, *, email: bool = True, stranger: bool = False) -> Json:
    """A person or bot in Slack's shape; `email` is whether the token may see it."""
    profile = {"real_name": user.real_name, "display_name": user.name, "email": user.email if email else None}
    return {
        "id": user.id, "team_id": user.team, "name": user.name, "real_name": user.real_name,
        "deleted": False, "is_bot": user.bot_id is not None, "is_admin": False, "is_app_user": False,
        "tz": user.tz, "tz_label": "", "tz_offset": 3600, "updated": 0,
        "profile": {key: value for key, value in profile.items() if value} | {"team": user.team},
        **({} if user.team == HOME_TEAM else {"is_stranger": stranger}),
    }  # fmt: skip


def as_json(value: Message | Channel | User | Usergroup | Ping | Call) -> Json:
    """A value as plain JSON, every field under its own name: for the saved file and the page."""
    return asdict(value)
