"""Slack's cursor pagination over a list."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.playground.arguments import Arguments
from bot.playground.refusal import Refused

Item = TypeVar("Item")


def page(items: Sequence[Item], args: Arguments, default: int, most: int) -> tuple[list[Item], str]:
    """The items asked for and the cursor of the next page ("" at the end)."""
    start = _offset(args.text("cursor"))
    limit = args.number("limit", default, most)
    more = start + limit < len(items)
    return list(items[start : start + limit]), _cursor(start + limit) if more else ""


def _cursor(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        head, _, tail = base64.b64decode(cursor, validate=True).decode().partition(":")
        if head == "next":
            return int(tail)
    except ValueError:
        raise Refused("invalid_cursor") from None
    raise Refused("invalid_cursor")
