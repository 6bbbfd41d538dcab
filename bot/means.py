"""What the reconciler works with, put together once in bot/app.py."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clients.directory import Directory
from bot.clients.slack import Slack
from bot.clock import Clock
from bot.gates import Gates
from bot.pacing import Pacing
from bot.store import Store
from rules.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The store, the way to Slack, and what decides how fast and whether at all."""

    store: Store
    slack: Slack
    directory: Directory
    pacing: Pacing
    gates: Gates
    policy: Callable[[], Policy]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Wait:
    """Come back to this record after `seconds`."""

    seconds: float
