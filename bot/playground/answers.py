"""What the bot says through a response URL or in the body of its answer to a slash command."""

from typing import Any

from bot.playground.arguments import as_list
from bot.playground.message import Json
from bot.playground.replies import Reply
from bot.playground.workspace import Workspace


def apply(ws: Workspace, reply: Reply, body: Json) -> None:
    """Posts, replaces or deletes as the body asks; raises Refused as Slack would refuse."""
    text = str(body.get("text") or "")
    blocks = as_list(body.get("blocks"), "invalid_blocks_format")
    if body.get("delete_original") and reply.source:
        _replace(ws, reply, "", [])
    elif body.get("replace_original") and reply.source:
        _replace(ws, reply, text, blocks)
    else:
        ws.post(
            reply.channel,
            text=text,
            blocks=blocks,
            attachments=as_list(body.get("attachments"), "invalid_attachments"),
            thread_ts=body.get("thread_ts"),
            broadcast=bool(body.get("reply_broadcast")),
            metadata=body.get("metadata"),
            visible_to=None if body.get("response_type") == "in_channel" else reply.user,
            as_reply=True,
        )


def command_body(content_type: str, text: str, parsed: Any) -> Json | None:
    """The answer's body as a message, or None when it says nothing."""
    if content_type == "application/json":
        return parsed if isinstance(parsed, dict) and (parsed.get("text") or parsed.get("blocks")) else None
    return {"text": text} if text.strip() else None


def _replace(ws: Workspace, reply: Reply, text: str, blocks: list[Json]) -> None:
    source = reply.source or ""
    if reply.source_ephemeral:
        ws.change_ephemeral(source, text=text, blocks=blocks)
    elif text or blocks:
        ws.edit(reply.channel, source, text=text, blocks=blocks)
    else:
        ws.delete(reply.channel, source)
