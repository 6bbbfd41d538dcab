"""A storm board: many new incidents of one channel, shown as one card until it has passed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.observed import Entry, Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One incident on the board. `carded`: has a card of its own; `unrolled`: knows that the storm has passed."""

    id: str
    title: str
    severity: str
    is_open: bool
    at: int
    carded: bool = False
    unrolled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """The board of one channel. Times in unix milliseconds; `caught` by incident key."""

    kind: Literal["storm"] = "storm"
    key: str
    id: str
    version: int = 0
    place: str
    opened_at: int
    grown_at: int
    passed_at: int = 0
    severity: str
    rank: int = 0
    caught: Mapping[str, Caught] = field(default_factory=dict)
    timers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    revision: int = 1
    seq: int = 0
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether it still blows."""
        return not self.passed_at


def key_of(place: str) -> str:
    """The key of a channel's storm board; `place` is the #channel."""
    return f"storm:{place}"
