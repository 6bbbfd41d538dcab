"""Slack's limit on posting: about one message a second in a channel, with a small burst."""

import math
from collections.abc import Callable

BURST = 4.0


class Pace:
    """A token bucket for each channel."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, channel: str, rate: float) -> int:
        """0 when a post may go now, else the whole seconds to wait; `rate` is posts a second."""
        now = self._clock()
        left, at = self._buckets.get(channel, (BURST, now))
        left = min(BURST, left + (now - at) * rate)
        if left < 1:
            self._buckets[channel] = (left, now)
            return max(1, math.ceil((1 - left) / rate))
        self._buckets[channel] = (left - 1, now)
        return 0
