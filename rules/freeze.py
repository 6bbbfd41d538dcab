"""A freeze: a lease on a scope, with an owner, a reason and an end; while it lasts, nobody deploys there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from rules.observed import Entry, Observed
from rules.text import Text
from rules.timeline import with_one_more

RANK = 1  # it waits only behind what is critical
PREFIX = "freeze:"


class Phase(StrEnum):
    """proposed (of scopes that take two people) -> frozen -> over."""

    PROPOSED = "proposed"
    FROZEN = "frozen"
    OVER = "over"


class Wish(StrEnum):
    """What somebody wants of a scope."""

    FREEZE = "freeze"
    UNFREEZE = "unfreeze"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What waits for a second person. `at`: unix milliseconds; `lasting`: milliseconds from when it is confirmed.

    `room`: the key of the war-room in which it was said, "" for none.
    """

    wish: Wish
    by: str
    by_id: str
    at: int
    why: str = ""
    lasting: int = 0
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """The latest freeze of a scope; when it is over the next one gets a new id, a new card and a new thread.

    `owner`: who froze it last, or wants to; `second`: who confirmed that; `room`: the war-room that it
    ends with, by its key, and `told` the latest line that this has; `heard`: how it stood when the releases of its
    scope were told. Times in unix milliseconds, 0: never.
    """

    kind: Literal["freeze"] = "freeze"
    key: str
    id: str
    version: int = 0
    scope: str
    title: str
    place: str
    room: str = ""
    phase: Phase = Phase.PROPOSED
    owner: str = ""
    owner_id: str = ""
    second: str = ""
    why: str = ""
    since: int = 0
    until: int = 0
    proposed: Proposal | None = None
    opened_at: int
    ended_at: int = 0
    ended_by: str = ""
    severity: str = ""
    rank: int = RANK
    told: int = 0
    heard: str = ""
    timers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    revision: int = 1
    seq: int = 0
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether it lasts, or waits for its second person, as far as the record knows; the clock may know better."""
        return self.phase is not Phase.OVER

    def locks(self, now: int) -> bool:
        """Whether nobody may deploy at this moment (unix milliseconds); whatever was heard of its end."""
        return self.phase is Phase.FROZEN and now < self.until

    @property
    def stands(self) -> str:
        """What the cards of releases show of it, "" while nothing."""
        return "" if self.phase is Phase.PROPOSED else f"{self.phase}/{self.until}"

    @property
    def untold(self) -> Entry | None:
        """The next line that its war-room does not have."""
        return next((entry for entry in self.timeline if entry.seq > self.told), None) if self.room else None

    def say(self, at: int, text: Text, *, mention: tuple[str, ...] = ()) -> "Freeze":
        """The same freeze with one more line in its thread."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, mention=mention)
        return replace(self, seq=entry.seq, timeline=with_one_more(self.timeline, entry, self.observed))

    def redrawn(self) -> "Freeze":
        """The card shows something else now."""
        return replace(self, revision=self.revision + 1)


def key_of(scope: str) -> str:
    """The key of the freeze of a scope."""
    return f"{PREFIX}{scope}"


def scope_of(key: str) -> str:
    """The scope that a key is of."""
    return key.removeprefix(PREFIX)
