"""chat.*: post, update, delete, ephemeral, permalink; and reactions, pins and bookmarks."""

from dataclasses import replace

from bot.playground.arguments import Arguments
from bot.playground.message import Json, Message, message_json
from bot.playground.people import BOT_USER
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def post_message(ws: Workspace, args: Arguments) -> Json:
    """chat.postMessage"""
    wanted = args.need("channel", "channel_not_found")
    channel = ws.direct(wanted).id if wanted in ws.users else wanted
    message = ws.post(
        channel,
        text=args.text("text") or "",
        blocks=args.objects("blocks", "invalid_blocks_format"),
        attachments=args.objects("attachments", "invalid_attachments"),
        thread_ts=args.text("thread_ts"),
        broadcast=args.flag("reply_broadcast"),
        metadata=args.object("metadata", "invalid_metadata_format"),
        link_names=args.flag("link_names") or args.text("parse") == "full",
    )
    return {"channel": message.channel, "ts": message.ts, "message": _echo(message)}


def post_ephemeral(ws: Workspace, args: Arguments) -> Json:
    """chat.postEphemeral"""
    user = args.need("user", "user_not_in_channel")
    channel = ws.channel(args.need("channel", "channel_not_found"))
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = ws.post(
        channel.id,
        text=args.text("text") or "",
        blocks=args.objects("blocks", "invalid_blocks_format"),
        attachments=args.objects("attachments", "invalid_attachments"),
        thread_ts=args.text("thread_ts"),
        visible_to=user,
        link_names=args.flag("link_names") or args.text("parse") == "full",
    )
    return {"message_ts": message.ts}


def update(ws: Workspace, args: Arguments) -> Json:
    """chat.update"""
    text = args.text("text")
    blocks = args.objects("blocks", "invalid_blocks_format")
    attachments = args.objects("attachments", "invalid_attachments")
    if text is None and blocks is None and attachments is None:
        raise Refused("no_text")
    message = ws.edit(
        _channel_id(ws, args),
        args.need("ts", "message_not_found"),
        text=text,
        blocks=blocks,
        attachments=attachments,
        metadata=args.object("metadata", "invalid_metadata_format"),
    )
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": _echo(message),
    }


def delete(ws: Workspace, args: Arguments) -> Json:
    """chat.delete"""
    channel, ts = _channel_id(ws, args), args.need("ts", "message_not_found")
    if ws.message(channel, ts).user != BOT_USER:
        raise Refused("cant_delete_message")
    ws.delete(channel, ts)
    return {"channel": channel, "ts": ts}


def get_permalink(ws: Workspace, args: Arguments) -> Json:
    """chat.getPermalink: a link into the playground's page."""
    message = ws.message(_channel_id(ws, args), args.need("message_ts", "message_not_found"))
    thread = f"&thread={message.thread_ts}" if message.is_reply else ""
    name = ws.channel(message.channel).name
    link = f"{ws.url}/playground/?channel={name}&ts={message.ts}{thread}"
    return {"channel": message.channel, "permalink": link}


def add_reaction(ws: Workspace, args: Arguments) -> Json:
    """reactions.add"""
    name = args.need("name", "invalid_name").strip(":")
    ws.react(_channel_id(ws, args), args.need("timestamp", "no_item_specified"), name, BOT_USER)
    return {}


def add_pin(ws: Workspace, args: Arguments) -> Json:
    """pins.add"""
    ws.pin(_channel_id(ws, args), args.need("timestamp", "no_item_specified"))
    return {}


def add_bookmark(ws: Workspace, args: Arguments) -> Json:
    """bookmarks.add"""
    channel = ws.channel(args.need("channel_id", "channel_not_found"))
    if args.need("type") != "link":
        raise Refused("invalid_bookmark_type")
    bookmark: Json = {
        "id": f"Bk{ws.next_serial():08d}",
        "channel_id": channel.id,
        "title": args.need("title"),
        "link": args.need("link", "invalid_link"),
        "type": "link",
        "emoji": args.text("emoji"),
    }
    ws.set_channel(replace(channel, bookmarks=[*channel.bookmarks, bookmark]))
    return {"bookmark": bookmark}


def list_bookmarks(ws: Workspace, args: Arguments) -> Json:
    """bookmarks.list"""
    return {"bookmarks": ws.channel(args.need("channel_id", "channel_not_found")).bookmarks}


def _channel_id(ws: Workspace, args: Arguments) -> str:
    """Only chat.postMessage takes names; everything else wants an id."""
    wanted = args.need("channel", "channel_not_found")
    channel = ws.channel(wanted)
    if channel.id != wanted:
        raise Refused("channel_not_found")
    return channel.id


def _echo(message: Message) -> Json:
    body = message_json(message)
    return body | {"metadata": message.metadata} if message.metadata else body


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
    "pins.add": add_pin,
    "bookmarks.add": add_bookmark,
    "bookmarks.list": list_bookmarks,
}
