"""Checks of any JSON document: the number at a JMESPath."""

from urllib.parse import quote, urlsplit

from bot.clients.documents import Documents
from bot.sources.asked import Asked
from rules.reading import Reading
from rules.text import Text


async def read(documents: Documents, asked: Asked) -> Reading:
    """Raises Unreachable, Rejected."""
    check = asked.check
    url = asked.filled(check.json_url or "", quote(asked.watch.release, safe=""))
    value = await documents.number(url, check.path)
    trouble = "" if value is not None else Text.of("nothing stands at {path}", path=check.path)
    host = urlsplit(url).hostname or "JSON"
    return Reading(at=asked.now, source=host, value=value, baseline=check.baseline, trouble=trouble)
