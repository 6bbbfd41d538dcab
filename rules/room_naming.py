"""What the channel of a room is called, by Slack's rules: small letters, digits, hyphens; eighty at most."""

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

NAME_MAX, SLUG_MAX = 80, 48
_OTHER = re.compile(r"[^a-z0-9]+")
_MARKUP = re.compile(r"<[^<>]*>|:[a-z0-9_+-]+:")  # a mention or an emoji, as Slack writes them


def base(title: str, id_: str, at: int, zone: ZoneInfo) -> str:
    """inc-20261121-db-down; with the short id where nothing of the title can stand in a name."""
    return f"inc-{day(at, zone)}-{slug(title) or id_.lower()}"


def day(at: int, zone: ZoneInfo) -> str:
    """20261121"""
    return datetime.fromtimestamp(at / 1000, zone).strftime("%Y%m%d")


def slug(title: str) -> str:
    """What of a title can stand in a name, cut between words where that is possible."""
    plain = unicodedata.normalize("NFKD", _MARKUP.sub(" ", title)).encode("ascii", "ignore").decode().lower()
    words = _OTHER.sub("-", plain).strip("-")
    if len(words) <= SLUG_MAX:
        return words
    cut = words[: SLUG_MAX + 1].rpartition("-")[0]
    return cut or words[:SLUG_MAX]


def numbered(base_name: str, tried: int) -> str:
    """The name to try after so many that others have: with -2, -3 and so on."""
    return base_name if not tried else f"{base_name[: NAME_MAX - 8]}-{tried + 1}"
