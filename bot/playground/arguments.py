"""The arguments of a Web API call, read from a form, a JSON body or the query as Slack reads them."""

import json
from typing import Any

from bot.playground.message import Json
from bot.playground.refusal import Refused


def as_list(value: object, word: str) -> list[Json]:
    """A list of objects, given as JSON text or as itself; raises Refused(word) otherwise."""
    found = as_json(value, word)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Refused(word)
    return found


def as_json(value: object, word: str) -> Any:
    """JSON text parsed, anything else as it is; empty text is None."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(word) from None


class Arguments:
    """Typed reading of one call's arguments."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def __contains__(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def text(self, name: str) -> str | None:
        """A string; None when missing or empty."""
        value = self.raw.get(name)
        return None if value is None or value == "" else str(value)

    def need(self, name: str, word: str = "invalid_arguments") -> str:
        """A string that must be there; `word` is the error otherwise."""
        value = self.text(name)
        if value is None:
            raise Refused(word, (f"missing required field: {name}",) if word == "invalid_arguments" else ())
        return value

    def flag(self, name: str) -> bool:
        """A boolean as Slack reads it: true, "true", 1, "1"."""
        return str(self.raw.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """A limit of 1 to `most`."""
        value = self.text(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or int(value) == 0:
            raise Refused("invalid_limit")
        return min(int(value), most)

    def objects(self, name: str, word: str) -> list[Json] | None:
        """A list of objects; None when the argument was not given at all."""
        return as_list(self.raw[name], word) if name in self else None

    def object(self, name: str, word: str) -> Json | None:
        """One object."""
        found = as_json(self.raw.get(name), word)
        if found is not None and not isinstance(found, dict):
            raise Refused(word)
        return found
