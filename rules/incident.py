"""One problem, from its first signal to its resolution."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from rules.observed import Entry, Observed
from rules.signal import Link
from rules.text import Text

TIMELINE_KEPT = 100


class State(StrEnum):
    """The lifecycle: open -> acknowledged -> resolved -> (re-fires) open."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One member as the record keeps it. `what` is what sets it apart from the others. Times in unix milliseconds."""

    firing: bool
    severity: str
    what: str = ""
    since: int = 0
    until: int = 0
    heard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What we remember of a problem and what we want Slack to show; `observed` is what Slack does show.

    `severity` is the worst of what fires now, `peak` the worst there was; `rank` is 0 for the worst of the policy.
    `revision` grows with each change of the card.
    `tried`, `route` and `reason` belong to the latest decision that changed something. Times in unix milliseconds.
    """

    kind: Literal["incident"] = "incident"
    key: str
    id: str
    version: int = 0
    source: str
    title: str
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    state: State = State.OPEN
    severity: str
    peak: str
    rank: int = 0
    members: Mapping[str, Held] = field(default_factory=dict)
    truncated: int = 0
    opened_at: int
    began_at: int = 0
    source_at: int = 0
    resolved_at: int = 0
    owner: str = ""
    runbook: str = ""
    taken_by: str = ""
    taken_at: int = 0
    flips: tuple[int, ...] = ()
    flapping: bool = False
    doubts: Mapping[str, int] = field(default_factory=dict)
    timers: Mapping[str, int] = field(default_factory=dict)
    shown: bool = True
    place: str
    mention: tuple[str, ...] = ()
    pinged: str = ""
    hushed: Text | None = None
    storm: str = ""
    unrolled: bool = False
    reason: str = ""
    route: str = ""
    tried: tuple[str, ...] = ()
    revision: int = 1
    seq: int = 0
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether it still needs somebody."""
        return self.state is not State.RESOLVED

    @property
    def since(self) -> int:
        """When it began by its source's own word, as far as that is known; else when we first heard of it."""
        return self.began_at or self.opened_at

    @property
    def firing(self) -> list[Held]:
        """The members that fire now."""
        return [member for member in self.members.values() if member.firing]

    def say(
        self, at: int, text: Text, *, aloud: bool = False, mention: tuple[str, ...] = (), visible: bool = True
    ) -> "Incident":
        """The same incident with one more line in its timeline; told lines beyond TIMELINE_KEPT are let go."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, aloud=aloud, mention=mention, visible=visible)
        timeline = (*self.timeline, entry)
        told = self.observed.replied if self.observed.cards or self.observed.sending else entry.seq  # a card tells all
        spare = len(timeline) - TIMELINE_KEPT
        if spare > 0:
            timeline = tuple(old for i, old in enumerate(timeline) if i >= spare or (old.visible and old.seq > told))
        return replace(self, seq=entry.seq, timeline=timeline)
