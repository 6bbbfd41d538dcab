"""What the reconciler works with, put together once in bot/app.py."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.cards.face import Pen
from bot.claims import Claims
from bot.clients.alertmanager import Alertmanager
from bot.clients.directory import Directory
from bot.clients.github_rest import GitHubRest
from bot.clients.names import Names
from bot.clients.slack import Slack
from bot.clients.slack_rooms import SlackRooms
from bot.clock import Clock
from bot.gates import Gates
from bot.memories import Memories
from bot.pacing import Pacing
from bot.pictures import Pictures
from bot.store import Store
from rules.decision import Decision
from rules.freeze import Freeze
from rules.policy import Policy
from rules.signal import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The store, the ways to Slack, Alertmanager and GitHub, and what decides how fast and whether at all."""

    store: Store
    slack: Slack
    directory: Directory
    pacing: Pacing
    gates: Gates
    policy: Callable[[], Policy]
    clock: Clock
    submit: Callable[[Signal], Awaitable[Decision]]
    memories: Memories
    pictures: Pictures
    freezes: Callable[[], Mapping[str, Freeze]]
    refresh: Callable[[], Awaitable[None]]
    github: GitHubRest
    rooms: SlackRooms
    names: Names
    claims: Claims
    alertmanager: Alertmanager | None = None

    def pen(self) -> Pen:
        """What cards are drawn with now."""
        return Pen(
            policy=self.policy(), spell=self.directory.spell, silences=self.alertmanager is not None,
            freezes=self.freezes(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wait:
    """Come back to this record after `seconds`."""

    seconds: float
