"""Asks an address whether it is healthy: it is when it answers with 2xx in time, as in Prometheus' `probe_success`.

https://github.com/prometheus/blackbox_exporter
"""

from dataclasses import dataclass

import aiohttp

from bot.clients.answers import Answer
from bot.clients.asking import TIMEOUT_S, WORD_MAX, Asking, Observe, Rejected, Unreachable, halves, one_line
from rules.masking import masked
from rules.text import Text

_MOVED = Text.of("write the address where it ends into the policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What came of it. `said`: the status, or why there is none."""

    success: bool
    said: str


class Probes:
    """`observe(call, result)` is told of each call."""

    def __init__(self, session: aiohttp.ClientSession, observe: Observe, *, timeout_s: float = TIMEOUT_S) -> None:
        self._session, self._observe, self._timeout_s = session, observe, timeout_s

    async def ask(self, url: str) -> Probe:
        """One GET, which no redirect leads elsewhere: a login page answers with 200 too. Never raises.

        From here an address that is down, one that does not exist and a network that is cut off look the same: all
        of them are no success.
        """
        try:
            host, rest = halves(url)
            api = Asking(self._session, host, {}, self._observe, moved=_MOVED, timeout_s=self._timeout_s,
                         unread=True)  # fmt: skip
            return Probe(success=True, said=await api.ask("probe", rest, _status))
        except (Unreachable, Rejected) as error:
            return Probe(success=False, said=str(error))


def _status(answer: Answer) -> str:
    said = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return said
    words = one_line(masked(answer.body[: 4 * WORD_MAX].decode(errors="replace")), WORD_MAX)
    raise Unreachable(Text.of("{said}", said=f"{said}: {words}" if words else said), word=f"http_{answer.status}")
