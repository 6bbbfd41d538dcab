"""chat.*: post, update, delete, ephemeral, permalink."""

from bot.playground.arguments import Arguments
from bot.playground.conversation import conversation
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
        conversation(ws, args).id,
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
    channel, ts = conversation(ws, args).id, args.need("ts", "message_not_found")
    if ws.message(channel, ts).user != BOT_USER:
        raise Refused("cant_delete_message")
    ws.delete(channel, ts)
    return {"channel": channel, "ts": ts}


def get_permalink(ws: Workspace, args: Arguments) -> Json:
    """chat.getPermalink: a link into the playground's page."""
    message = ws.message(conversation(ws, args).id, args.need("message_ts", "message_not_found"))
    return {"channel": message.channel, "permalink": ws.permalink(message)}


def _echo(message: Message) -> Json:
    body = message_json(message)
    return body | {"metadata": message.metadata} if message.metadata else body


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
