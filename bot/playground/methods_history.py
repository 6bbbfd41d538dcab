"""conversations.history and conversations.replies."""

from decimal import Decimal, InvalidOperation

from bot.playground.arguments import Arguments
from bot.playground.conversation import conversation
from bot.playground.message import Channel, Json, Message, message_json
from bot.playground.pages import page
from bot.playground.people import BOT_USER
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace


def history(ws: Workspace, args: Arguments) -> Json:
    """conversations.history: roots and broadcasts, newest first."""
    channel = _readable(ws, args)
    shown = [one for one in ws.everything(channel.id) if not one.is_reply or one.broadcast]
    return _answer(ws, args, list(reversed(_within(shown, args)))) | {"pin_count": len(ws.pins(channel.id))}


def replies(ws: Workspace, args: Arguments) -> Json:
    """conversations.replies: the root first, then the replies, oldest first; of a reply's ts, that reply alone."""
    channel = _readable(ws, args)
    ts = args.need("ts", "thread_not_found")
    thread = ws.thread(channel.id, ts)
    if not thread:
        raise Refused("thread_not_found")
    root, rest = thread[0], thread[1:]
    return _answer(ws, args, [root, *_within(rest, args)])


def _readable(ws: Workspace, args: Arguments) -> Channel:
    channel = conversation(ws, args)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _within(messages: list[Message], args: Arguments) -> list[Message]:
    oldest, latest = _moment(args, "oldest"), _moment(args, "latest")
    inclusive = args.flag("inclusive")

    def inside(message: Message) -> bool:
        at = Decimal(message.ts)
        late_enough = oldest is None or at > oldest or (inclusive and at == oldest)
        return late_enough and (latest is None or at < latest or (inclusive and at == latest))

    return [message for message in messages if inside(message)]


def _moment(args: Arguments, name: str) -> Decimal | None:
    value = args.text(name)
    if value is None:
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Refused(f"invalid_ts_{name}") from None
    if not found.is_finite():
        raise Refused(f"invalid_ts_{name}")
    return found


def _answer(ws: Workspace, args: Arguments, messages: list[Message]) -> Json:
    shown, cursor = page(messages, args, 100, 999)
    rich = args.flag("include_all_metadata")
    return {
        "messages": [_json(ws, message, rich) for message in shown],
        "has_more": bool(cursor),
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }


def _json(ws: Workspace, message: Message, rich: bool) -> Json:
    body = message_json(message)
    if rich and message.metadata:
        body["metadata"] = message.metadata
    if message.is_reply:
        root = next(iter(ws.thread(message.channel, message.thread_ts or "")), message)
        body["parent_user_id"] = root.user
        if message.broadcast:
            body["root"] = message_json(root)
    return body


METHODS = {"conversations.history": history, "conversations.replies": replies}
