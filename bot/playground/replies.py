"""Response URLs: which conversation each belongs to, and how long and how often it may be used."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.refusal import Refused

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True, kw_only=True)
class Reply:
    """What a response URL answers: `source` is the message that held the button, if there was one."""

    channel: str
    user: str
    source: str | None
    source_ephemeral: bool
    at: float
    used: int = 0


class ResponseUrls:
    """Every response URL given out and not yet expired."""

    def __init__(self, clock: Callable[[], float], serial: Callable[[], int]) -> None:
        self._clock = clock
        self._serial = serial
        self._replies: dict[str, Reply] = {}

    def issue(self, channel: str, user: str, source: str | None = None, *, ephemeral: bool = False) -> str:
        """A new one; returns the last part of its path."""
        now = self._clock()
        self._replies = {key: one for key, one in self._replies.items() if now - one.at <= SECONDS}
        name = f"R{self._serial():010d}"
        self._replies[name] = Reply(channel=channel, user=user, source=source, source_ephemeral=ephemeral, at=now)
        return name

    def use(self, name: str) -> Reply:
        """What it answers, counting this use."""
        reply = self._replies.get(name)
        if reply is None:
            raise Refused("invalid_url")
        if reply.used >= USES:
            raise Refused("used_url")
        if self._clock() - reply.at > SECONDS:
            raise Refused("expired_url")
        reply.used += 1
        return reply
