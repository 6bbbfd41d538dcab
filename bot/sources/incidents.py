"""Checks of what Sereno itself remembers: incidents that opened, that are open, and how long they took."""

from collections.abc import Sequence

from bot.sources.asked import Asked
from rules.attribution import counted
from rules.incident import Incident
from rules.reading import Reading
from rules.text import Text


def read(incidents: Sequence[Incident], asked: Asked) -> Reading:
    """Never fails: it is our own memory."""
    value, cases = counted(incidents, asked.check, asked.plan, asked.watch, asked.now)
    trouble = "" if value is not None else Text.of("none was resolved in this time")
    counts = float(cases) if asked.check.incidents == "mttr" else None
    return Reading(
        at=asked.now, source="Sereno", value=value, sample=counts, baseline=asked.check.baseline, trouble=trouble
    )
