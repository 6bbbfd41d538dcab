"""Checks of an address over HTTP: 1 when it answers with 2xx, else 0, for whatever reason."""

from urllib.parse import quote

from bot.clients.probes import Probes
from bot.sources.asked import Asked
from rules.reading import Reading


async def read(probes: Probes, asked: Asked) -> Reading:
    """Never fails: that nothing answers is what it finds."""
    url = asked.filled(asked.check.http or "", quote(asked.watch.release, safe=""))
    found = await probes.ask(url)
    return Reading(
        at=asked.now,
        source=url.partition("://")[2].partition("/")[0],
        value=float(found.success),
        baseline=asked.check.baseline,
        note=found.said,
    )
