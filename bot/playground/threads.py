"""What a reply, or the loss of one, does to the root of a thread."""

from dataclasses import replace

from bot.playground.message import Message
from bot.playground.people import SLACKBOT


def with_reply(root: Message, reply: Message) -> Message:
    """The root after one more reply."""
    known = reply.user in root.reply_users
    return replace(
        root,
        reply_count=root.reply_count + 1,
        reply_users=root.reply_users if known else [*root.reply_users, reply.user],
        latest_reply=reply.ts,
    )


def with_replies(root: Message, replies: list[Message]) -> Message:
    """The root with exactly these replies."""
    return replace(
        root,
        reply_count=len(replies),
        reply_users=list(dict.fromkeys(one.user for one in replies)),
        latest_reply=replies[-1].ts if replies else None,
    )


def tombstone(root: Message) -> Message:
    """What stays of a deleted root that has replies."""
    return replace(
        root,
        deleted=True,
        user=SLACKBOT,
        bot_id=None,
        text="This message was deleted.",
        blocks=[],
        attachments=[],
        metadata=None,
        reactions={},
        pinned=False,
    )
