"""Whom a message really notifies, by Slack's rules for `text`, Block Kit and attachments."""

import re
from collections.abc import Iterator
from typing import Any

from bot.playground.message import Json

_MENTION = re.compile(
    r"<!(?P<all>channel|here|everyone)(?:\|[^>]*)?>"
    r"|<!subteam\^(?P<group>S[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<@(?P<user>[UW][A-Z0-9]+)(?:\|[^>]*)?>"
)
_NAMED = re.compile(r"(?<![\w<!])@(channel|here|everyone)\b")


def notified(text: str, blocks: list[Json], attachments: list[Json], *, link_names: bool = False) -> list[str]:
    """Targets in order of appearance, each once; `link_names` is Slack's argument that makes a bare @here count."""
    found: dict[str, None] = {}
    for part in (text, *_texts(blocks), *_attached(attachments)):
        for hit in _MENTION.finditer(part):
            found[next(value for value in hit.groups() if value)] = None
        if link_names:
            found |= dict.fromkeys(_NAMED.findall(part))
    found |= dict.fromkeys(_rich(blocks))
    return list(found)


def _texts(node: Any) -> Iterator[str]:
    """Every mrkdwn text inside blocks; plain_text never mentions."""
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "markdown") and isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            if isinstance(value, dict | list):
                yield from _texts(value)


def _attached(attachments: list[Json]) -> Iterator[str]:
    for one in attachments:
        yield from (one[key] for key in ("text", "pretext") if isinstance(one.get(key), str))
        yield from _texts(one.get("blocks"))


def _rich(node: Any) -> Iterator[str]:
    """Mentions that rich_text holds as elements instead of text."""
    if isinstance(node, list):
        for item in node:
            yield from _rich(item)
    elif isinstance(node, dict):
        key = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}.get(str(node.get("type")))
        if key and isinstance(node.get(key), str):
            yield node[key]
        yield from _rich(node.get("elements"))
