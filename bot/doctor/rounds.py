"""Runs the checks at the same time, none for longer than it may take."""

import asyncio
from collections.abc import Callable, Mapping

from bot.doctor.case import Case, Check
from bot.doctor.finding import Finding, wrong
from rules.text import Number, Text

PATIENCE_S, TELL_S = 10.0, 2.0


async def examine(
    checks: Mapping[str, Check],
    case: Case,
    tell: Callable[[list[str]], None],
    *,
    patience: float = PATIENCE_S,
    tell_after: float = TELL_S,
) -> list[Finding]:
    """What all of them find, in their order; `tell` is given the names of those that take long."""
    work = {name: asyncio.create_task(_one(name, check, case, patience)) for name, check in checks.items()}
    _, slow = await asyncio.wait(work.values(), timeout=tell_after)
    if slow:
        tell([name for name, task in work.items() if task in slow])
    return [finding for task in work.values() for finding in await task]


async def _one(name: str, check: Check, case: Case, patience: float) -> list[Finding]:
    try:
        async with asyncio.timeout(patience):
            return await check(case)
    except TimeoutError:
        late = Text.of("no answer within {seconds} s", seconds=Number(number=patience))
        return [wrong(name, late, Text.of("see whether it is overloaded, and try again"))]
