"""Asks any address for a JSON document, and takes one number out of it by a JMESPath.

JMESPath: https://jmespath.org/specification.html
"""

import math
from functools import partial

import aiohttp
import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import TypeAdapter

from bot.clients.asking import WORD_MAX, Asking, Observe, Rejected, good, one_line

_ANYTHING: TypeAdapter[object] = TypeAdapter(object)
_MOVED = "write the address where it ends into the policy"


class Documents:
    """`number` raises Unreachable or Rejected, nothing else. `observe(call, result)` is told of each call."""

    def __init__(self, session: aiohttp.ClientSession, observe: Observe) -> None:
        self._asking = partial(Asking, session, headers={}, observe=observe, moved=_MOVED, follow=True)

    async def number(self, url: str, path: str) -> float | None:
        """The number at `path`; of a list or a text its length, of yes and no 1 and 0; None when nothing is there."""
        document = await self._asking(url=url).ask("json", "", good(_ANYTHING))
        try:
            found = jmespath.search(path, document)
        except JMESPathError as error:
            raise Rejected(one_line(f"{path!r} is not a JMESPath for this document: {error}", WORD_MAX)) from error
        return _number(found, path)


def _number(found: object, path: str) -> float | None:
    if found is None:
        return None
    if isinstance(found, list):
        return float(len(found))
    try:
        number = float(found) if isinstance(found, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise Rejected(one_line(f"{path!r} leads to {str(found)[:80]!r}, which is not a number", WORD_MAX))
    return number
