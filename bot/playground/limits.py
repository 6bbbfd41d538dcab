"""Slack's documented limits on messages; each check adds complaints in Slack's words, with a JSON pointer.

Sources: docs.slack.dev/reference/block-kit (blocks, elements, composition objects), methods/chat.postMessage;
the total of a message's blocks is undocumented and was measured by users (slackapi/bolt-js#2509).
"""

import json
from typing import Any

from bot.playground.elements import Complaints, check_element, check_text, count
from bot.playground.message import Json
from bot.playground.refusal import Refused

BLOCKS = 50
TEXT = 40_000
ALL_BLOCKS_TEXT = 13_200
METADATA_BYTES = 16_000
ATTACHMENTS = 100
_PLAIN = frozenset({"divider", "rich_text", "video", "file", "table", "call", "context_actions"})


def check_message(text: str, blocks: list[Json], attachments: list[Json]) -> None:
    """Raises Refused when Slack would not take this message."""
    if not (text or blocks or attachments):
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    if len(attachments) > ATTACHMENTS:
        raise Refused("too_many_attachments")
    check_blocks(blocks, "/blocks", BLOCKS)
    for index, attachment in enumerate(attachments):
        check_blocks(attachment.get("blocks") or [], f"/attachments/{index}/blocks", BLOCKS)
    if _letters(blocks) > ALL_BLOCKS_TEXT:
        raise Refused("msg_blocks_too_long")


def check_blocks(blocks: object, at: str, most: int, *, word: str = "invalid_blocks") -> None:
    """Raises Refused(word) with one message for each fault found."""
    found: Complaints = []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refused(word, (f"must be an array of objects [json-pointer:{at}]",))
    if len(blocks) > most:
        found.append(f"no more than {most} items allowed [json-pointer:{at}]")
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        _check_block(block, f"{at}/{index}", found, seen)
    if found:
        raise Refused(word, tuple(found))


def named(blocks: list[Json]) -> list[Json]:
    """Blocks with the block_id that Slack gives to those that have none."""
    return [
        block if block.get("block_id") else {**block, "block_id": f"b{index}"} for index, block in enumerate(blocks)
    ]


def check_metadata(metadata: object) -> Json | None:
    """The metadata if Slack would take it."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    if not metadata["event_type"] or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return metadata


def _check_block(block: Json, at: str, found: Complaints, seen: set[str]) -> None:
    block_id = block.get("block_id")
    if isinstance(block_id, str):
        if len(block_id) > 255:
            found.append(f"must be less than 256 characters [json-pointer:{at}/block_id]")
        if block_id in seen:
            found.append(f"`block_id` already exists: {block_id} [json-pointer:{at}/block_id]")
        seen.add(block_id)
    kind = str(block.get("type"))
    check = _CHECKS.get(kind)
    if check is not None:
        check(block, at, found)
    elif kind not in _PLAIN:
        found.append(f"unsupported type: {kind} [json-pointer:{at}/type]")


def _check_section(block: Json, at: str, found: Complaints) -> None:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        found.append(f"must define either `text` or `fields` [json-pointer:{at}]")
    if block.get("text") is not None:
        check_text(block["text"], f"{at}/text", 3000, found)
    if fields is not None:
        for index, one in enumerate(count(fields, f"{at}/fields", 10, found)):
            check_text(one, f"{at}/fields/{index}", 2000, found)
    if block.get("accessory") is not None:
        check_element(block["accessory"], f"{at}/accessory", found)


def _check_header(block: Json, at: str, found: Complaints) -> None:
    check_text(block.get("text"), f"{at}/text", 150, found, plain=True)


def _check_context(block: Json, at: str, found: Complaints) -> None:
    for index, one in enumerate(count(block.get("elements"), f"{at}/elements", 10, found)):
        if one.get("type") == "image":
            check_element(one, f"{at}/elements/{index}", found)
        else:
            check_text(one, f"{at}/elements/{index}", 3000, found)


def _check_actions(block: Json, at: str, found: Complaints) -> None:
    seen: set[str] = set()
    for index, one in enumerate(count(block.get("elements"), f"{at}/elements", 25, found)):
        where = f"{at}/elements/{index}"
        check_element(one, where, found)
        action_id = one.get("action_id")
        if isinstance(action_id, str) and action_id in seen:
            found.append(f"`action_id` already exists: {action_id} [json-pointer:{where}/action_id]")
        seen.add(str(action_id))


def _check_image(block: Json, at: str, found: Complaints) -> None:
    check_element(block, at, found)
    if block.get("title") is not None:
        check_text(block["title"], f"{at}/title", 2000, found, plain=True)


def _check_input(block: Json, at: str, found: Complaints) -> None:
    check_text(block.get("label"), f"{at}/label", 2000, found, plain=True)
    if block.get("hint") is not None:
        check_text(block["hint"], f"{at}/hint", 2000, found, plain=True)
    check_element(block.get("element"), f"{at}/element", found)


def _check_markdown(block: Json, at: str, found: Complaints) -> None:
    text = block.get("text")
    if not isinstance(text, str) or not 0 < len(text) <= 12_000:
        found.append(f"must be less than 12001 characters [json-pointer:{at}/text]")


_CHECKS = {
    "section": _check_section,
    "header": _check_header,
    "context": _check_context,
    "actions": _check_actions,
    "image": _check_image,
    "input": _check_input,
    "markdown": _check_markdown,
}


def _letters(node: Any) -> int:
    """How many characters of text stand in blocks."""
    if isinstance(node, list):
        return sum(_letters(item) for item in node)
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(_letters(value) for value in node.values() if isinstance(value, dict | list))
    return 0
