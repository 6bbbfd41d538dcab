"""conversations.*: list, info, join, create, invite, topic, purpose, archive, open, members."""

import re
from dataclasses import replace

from bot.playground.arguments import Arguments
from bot.playground.conversation import conversation, joined, living
from bot.playground.looking import sees
from bot.playground.message import Channel, Json, channel_json
from bot.playground.pages import page
from bot.playground.people import BOT_USER, TEAM
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace

_NAME = re.compile(r"[\w-]+")
NAME = 80
TOPIC = 250
MOST_PEOPLE = 8


def list_channels(ws: Workspace, args: Arguments) -> Json:
    """conversations.list"""
    types = set((args.text("types") or "public_channel").split(","))
    if types - {"public_channel", "private_channel", "mpim", "im"}:
        raise Refused("invalid_types")
    mine = [one for one in ws.channels if _type(one) in types and sees(one, BOT_USER)]
    wanted = [one for one in mine if not (one.archived and args.flag("exclude_archived"))]
    shown, cursor = page(wanted, args, 100, 1000)
    return {
        "channels": [channel_json(one, BOT_USER) for one in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def info(ws: Workspace, args: Arguments) -> Json:
    """conversations.info"""
    return {"channel": channel_json(conversation(ws, args), BOT_USER)}


def members(ws: Workspace, args: Arguments) -> Json:
    """conversations.members"""
    shown, cursor = page(conversation(ws, args).members, args, 100, 1000)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def join(ws: Workspace, args: Arguments) -> Json:
    """conversations.join"""
    already = BOT_USER in living(ws, args).members
    channel = ws.join(args.need("channel"), BOT_USER)
    body: Json = {"channel": channel_json(channel, BOT_USER)}
    warned = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return body | warned if already else body


def create(ws: Workspace, args: Arguments) -> Json:
    """conversations.create"""
    name = args.need("name", "invalid_name_required")
    _check_name(name)
    if any(one.name == name and not one.im for one in ws.channels):
        raise Refused("name_taken")
    made = ws.make_channel(name, creator=BOT_USER, members=[BOT_USER], private=args.flag("is_private"))
    return {"channel": channel_json(made, BOT_USER)}


def invite(ws: Workspace, args: Arguments) -> Json:
    """conversations.invite"""
    channel = joined(ws, args)
    if channel.im:
        raise Refused("method_not_supported_for_channel_type")
    wanted = list(dict.fromkeys(_listed(args.need("users", "no_user"))))
    if not wanted:
        raise Refused("no_user")
    errors = [
        {"user": user, "ok": False, "error": why} for user in wanted if (why := _why_not(ws, channel, user)) is not None
    ]
    if errors and not args.flag("force"):
        raise Refused(str(errors[0]["error"]), errors=errors)
    failed = {one["user"] for one in errors}
    fresh = [user for user in wanted if user not in failed]
    if not fresh:
        raise Refused(str(errors[0]["error"]), errors=errors)
    channel = _set(ws, replace(channel, members=[*channel.members, *fresh]))
    body: Json = {"channel": channel_json(channel, BOT_USER)}
    return body | {"errors": errors} if errors else body


def set_topic(ws: Workspace, args: Arguments) -> Json:
    """conversations.setTopic"""
    topic = str(args.raw.get("topic") or "")
    if len(topic) > TOPIC:
        raise Refused("too_long")
    channel = _set(ws, replace(joined(ws, args), topic=topic))
    return {"channel": channel_json(channel, BOT_USER)}


def set_purpose(ws: Workspace, args: Arguments) -> Json:
    """conversations.setPurpose"""
    purpose = str(args.raw.get("purpose") or "")
    if len(purpose) > TOPIC:
        raise Refused("too_long")
    channel = _set(ws, replace(joined(ws, args), purpose=purpose))
    return {"channel": channel_json(channel, BOT_USER), "purpose": purpose}


def archive(ws: Workspace, args: Arguments) -> Json:
    """conversations.archive"""
    channel = conversation(ws, args)
    if channel.im:
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("already_archived")
    if channel.name == "general":
        raise Refused("cant_archive_general")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    _set(ws, replace(channel, archived=True))
    return {}


def open_direct(ws: Workspace, args: Arguments) -> Json:
    """conversations.open: with one person only, or again by the id of the conversation"""
    known = {one.id for one in ws.channels}
    channel = _resumed(ws, args) if args.text("channel") else ws.direct(_one_person(ws, args))
    answer: Json = {"channel": channel_json(channel, BOT_USER) if args.flag("return_im") else {"id": channel.id}}
    if channel.id in known:
        answer |= {"no_op": True, "already_open": True}
    return answer


def _resumed(ws: Workspace, args: Arguments) -> Channel:
    channel = conversation(ws, args)
    if not channel.im:
        raise Refused("method_not_supported_for_channel_type")
    return channel


def _one_person(ws: Workspace, args: Arguments) -> str:
    """The person; a group conversation, which Slack would open for 2 to 8, is not made here."""
    wanted = _listed(args.need("users", "users_list_not_supplied"))
    if len(wanted) > MOST_PEOPLE:
        raise Refused("too_many_users")
    if len(wanted) != 1:
        raise Refused("method_not_supported_for_channel_type")
    if wanted[0] in ws.users and ws.is_stranger(wanted[0]):
        raise Refused("invalid_user_combination")
    return wanted[0]


def _listed(users: str) -> list[str]:
    return [one.strip() for one in users.split(",") if one.strip()]


def _type(channel: Channel) -> str:
    if channel.im:
        return "im"
    return "private_channel" if channel.private else "public_channel"


def _set(ws: Workspace, channel: Channel) -> Channel:
    ws.set_channel(channel)
    return channel


def _check_name(name: str) -> None:
    if len(name) > NAME:
        raise Refused("invalid_name_maxlength")
    if name != name.lower() or not _NAME.fullmatch(name):
        raise Refused("invalid_name_specials")
    if not name.strip("-_"):
        raise Refused("invalid_name_punctuation")


def _why_not(ws: Workspace, channel: Channel, user: str) -> str | None:
    if user == BOT_USER:
        return "cant_invite_self"
    if user not in ws.users:
        return "user_not_found"
    if user in channel.members:
        return "already_in_channel"
    return None if channel.shared or ws.users[user].team == TEAM else "cant_invite"


METHODS = {
    "conversations.list": list_channels,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.join": join,
    "conversations.create": create,
    "conversations.invite": invite,
    "conversations.setTopic": set_topic,
    "conversations.setPurpose": set_purpose,
    "conversations.archive": archive,
    "conversations.open": open_direct,
}
