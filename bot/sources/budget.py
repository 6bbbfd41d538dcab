"""Checks of an error budget: percent of it that is left."""

from collections.abc import Awaitable, Callable

from bot.sources.asked import Asked
from rules.reading import Reading
from rules.slo import Budget, Standing
from rules.text import Text


async def read(budget: Callable[[str], Awaitable[Budget]], asked: Asked) -> Reading:
    """Raises NotSet, Unreachable, Rejected, Unavailable."""
    found = await budget(asked.check.slo or "")
    left = None if found.left is None else 100 * found.left
    note = found.when_spent if found.standing is Standing.SPENT else ""
    trouble = "" if left is not None else Text.of("there was nothing to tell it from, such as no traffic")
    return Reading(
        at=asked.now, source="error budget", value=left, baseline=asked.check.baseline, note=note, trouble=trouble
    )
