"""Time, chance and identity: the only place that asks the machine for them."""

import random
import secrets
import time
from typing import Protocol


class Clock(Protocol):
    """What the bot needs of time. `now`: unix milliseconds; `monotonic`: seconds that never go back."""

    def now(self) -> int: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds from some start, unaffected by changes of the wall clock."""
        return time.monotonic()


def fresh_id() -> str:
    """A name that nobody else has: for a process, for a secret of the playground."""
    return secrets.token_hex(16)


def jitter(seconds: float) -> float:
    """Between half of `seconds` and all of it, so that retries do not come in step."""
    return seconds * (0.5 + random.random() / 2)  # noqa: S311 - not for secrets
