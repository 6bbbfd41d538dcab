"""A rollback: a release goes back to an earlier version, step by step, until that version is seen to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from rules.observed import Entry, Observed
from rules.text import Text
from rules.timeline import with_one_more

RANK = 1  # it waits only behind what is critical
PREFIX = "rollback:"


class Phase(StrEnum):
    """proposed (when GitHub starts something, which takes two people) -> begun -> done; or given up before that."""

    PROPOSED = "proposed"
    BEGUN = "begun"
    DONE = "done"
    GIVEN_UP = "given_up"


class Sent(StrEnum):
    """wanted -> sending -> sent, unknown or refused. Wanted again: when it surely did not arrive, or by a person."""

    WANTED = "wanted"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One step of the checklist. `done_at`: unix milliseconds, 0: not yet."""

    text: Text | str
    done_by: str = ""
    done_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What GitHub is told to start, as it was when it was asked for: what two people agreed on is what is sent.

    `event`, or `workflow` and `ref`. `attempt`: each is sent at most once. `wanted_at`: since when it is to be sent;
    `at`: of its latest news; unix milliseconds. `why`, `status`: GitHub's word and HTTP status, or why there is none.
    """

    repository: str
    event: str = ""
    workflow: str = ""
    ref: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    state: Sent = Sent.WANTED
    attempt: int = 1
    wanted_at: int = 0
    at: int = 0
    status: int = 0
    why: Text | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """The latest rollback of a watched release; when it is over the next one gets a new id, a new card and thread.

    `release`, `to`: the versions as people name them. `by`, `second`: who decided it, who confirmed it. `room`: the key
    of the war-room in which it was asked for, "" for none; `told`: the latest line that the room has. `looks`: whether
    the plan says how to see which version runs; `running`: that version, "" while nothing is known; `trouble`: why it
    cannot be seen. `decided`: the watch has heard of it; `otherwise`: what was decided of it before. Times in unix
    milliseconds, 0: never.
    """

    kind: Literal["rollback"] = "rollback"
    key: str
    id: str
    version: int = 0
    watch: str
    plan: str
    release: str
    to: str
    title: str
    place: str
    room: str = ""
    phase: Phase = Phase.PROPOSED
    by: str = ""
    by_id: str = ""
    second: str = ""
    why: str = ""
    steps: tuple[Todo, ...] = ()
    call: Call | None = None
    looks: bool = False
    running: str = ""
    running_at: int = 0
    trouble: Text | str = ""
    decided: bool = False
    otherwise: Text | None = None
    told: int = 0
    opened_at: int
    begun_at: int = 0
    ended_at: int = 0
    ended_by: str = ""
    ended_why: Text | str = ""
    severity: str = ""
    rank: int = RANK
    timers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    revision: int = 1
    seq: int = 0
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether it goes on, or waits for its second person."""
        return self.phase in (Phase.PROPOSED, Phase.BEGUN)

    @property
    def coming(self) -> int | None:
        """The number of the next step, from 1; None when all are done."""
        return next((number for number, step in enumerate(self.steps, 1) if not step.done_at), None)

    @property
    def is_back(self) -> bool:
        """Whether the wanted version, and no other, was seen to run."""
        return bool(self.running) and bare(self.running) == bare(self.to)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do: all steps, and the version; whatever GitHub was to be told has come out."""
        settled = self.call is None or self.call.state not in (Sent.WANTED, Sent.SENDING)
        return self.coming is None and settled and (self.is_back or not self.looks)

    @property
    def untold(self) -> Entry | None:
        """The next line that its war-room does not have."""
        if not self.room:
            return None
        return next((entry for entry in self.timeline if entry.seq > self.told and self.begun_at), None)

    def say(self, at: int, text: Text, *, mention: tuple[str, ...] = ()) -> "Rollback":
        """The same rollback with one more line in its thread."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, mention=mention)
        return replace(self, seq=entry.seq, timeline=with_one_more(self.timeline, entry, self.observed))

    def redrawn(self) -> "Rollback":
        """The card shows something else now."""
        return replace(self, revision=self.revision + 1)


def key_of(plan: str, release: str) -> str:
    """The key of the rollback of a release that a plan watches."""
    return f"{PREFIX}{plan}:{release}"


def bare(version: str) -> str:
    """A version as it is compared: v1.1.0 and 1.1.0 are the same."""
    return version[1:] if version[:1] in "vV" and version[1:2].isdigit() else version
