"""Asks any address for a JSON document, and takes one number or text out of it by a JMESPath.

JMESPath: https://jmespath.org/specification.html
"""

import math

import aiohttp
import jmespath
from pydantic import TypeAdapter

from bot.clients.asking import TIMEOUT_S, WORD_MAX, Asking, Observe, Rejected, good, halves, one_line
from rules.masking import masked
from rules.text import Text

_ANYTHING: TypeAdapter[object] = TypeAdapter(object)
_MOVED = Text.of("write the address where it ends into the policy")


class Documents:
    """Both raise Unreachable or Rejected, nothing else. `observe(call, result)` is told of each call."""

    def __init__(self, session: aiohttp.ClientSession, observe: Observe, *, timeout_s: float = TIMEOUT_S) -> None:
        self._session, self._observe, self._timeout_s = session, observe, timeout_s

    async def number(self, url: str, path: str) -> float | None:
        """The number at `path`, or in the text there; of a list its length, of yes and no 1 and 0; None: nothing there.

        What is asked for is `url` as it stands, down to a slash at its end.
        """
        return _number(await self._found(url, path), path)

    async def text(self, url: str, path: str) -> str:
        """The text at `path`, or the number there as it is written; "" when nothing is there."""
        found = await self._found(url, path)
        if found is None or (isinstance(found, str | int | float) and not isinstance(found, bool)):
            return one_line("" if found is None else str(found), WORD_MAX)
        raise Rejected(
            Text.of("{path} leads to {found}, which is not a text", path=_short(path), found=_short(str(found)[:80]))
        )

    async def _found(self, url: str, path: str) -> object:
        host, rest = halves(url)
        api = Asking(self._session, host, {}, self._observe, moved=_MOVED, follow=True, timeout_s=self._timeout_s)
        document = await api.ask("json", rest, good(_ANYTHING))
        try:
            return jmespath.search(path, document)
        except (ValueError, TypeError, ArithmeticError) as error:  # its own are ValueErrors; not all are its own
            why = one_line(str(error), WORD_MAX)
            raise Rejected(
                Text.of("{path} is not a JMESPath for this document: {why}", path=_short(path), why=why)
            ) from error


def _short(value: str) -> str:
    return one_line(masked(repr(value)), 100)


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
        raise Rejected(
            Text.of("{path} leads to {found}, which is not a number", path=_short(path), found=_short(str(found)[:80]))
        )
    return number
