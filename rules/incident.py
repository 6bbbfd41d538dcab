"""One problem, from its first signal to its resolution."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from rules.letter import Letter
from rules.observed import Entry, Observed
from rules.signal import Link
from rules.silence import Silence
from rules.text import Text
from rules.timeline import with_one_more


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
class Attention:
    """What was done so that somebody looks after it. Times in unix milliseconds, 0: never.

    `asked_at`: when it last began to ask for somebody. `moved_at`: the last progress.
    `acted`: who acted lately and when, by the names of the people map and as "user:<Slack id>".
    `escalated`: the steps of the policy's `escalate` that were taken.
    """

    asked_at: int = 0
    moved_at: int = 0
    acted: Mapping[str, int] = field(default_factory=dict)
    reminded: int = 0
    reminded_at: int = 0
    escalated: tuple[int, ...] = ()
    snoozed_until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What Alertmanager was seen to know of it. `seen_at`, `missing_since`: unix milliseconds, 0: not so.

    `missing`: the members that were missing then. `told`: the thread knows that Alertmanager does not know it.
    `hidden`: silences keep all of it quiet there.
    """

    seen_at: int = 0
    missing_since: int = 0
    missing: tuple[str, ...] = ()
    told: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """The war-room of an incident. `key`: of its record; `id`: the incident's own, when it was attached.

    `place`, `channel`: its #channel and Slack's id of that, "" until it has one. `told`: what the room knows of it.
    """

    key: str
    id: str
    place: str = ""
    channel: str = ""
    is_open: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What we remember of a problem and what we want Slack to show; `observed` is what Slack does show.

    `severity` is the worst of what fires now, `peak` the worst there was; `rank` is 0 for the worst of the policy.
    `revision` grows with each change of the card.
    `past`: earlier times that something was open under its key, as (from, until), as far as they are remembered.
    `called`: whom its severity and route call for, also when nobody was pinged; `mail`: to whom they have it written.
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
    taken_id: str = ""
    taken_at: int = 0
    attention: Attention = field(default_factory=Attention)
    silences: tuple[Silence, ...] = ()
    letters: tuple[Letter, ...] = ()
    compared: Compared = field(default_factory=Compared)
    origin: str = ""
    past: tuple[tuple[int, int], ...] = ()
    flips: tuple[int, ...] = ()
    flapping: bool = False
    doubts: Mapping[str, int] = field(default_factory=dict)
    timers: Mapping[str, int] = field(default_factory=dict)
    shown: bool = True
    place: str
    mention: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()
    pinged: str = ""
    hushed: Text | None = None
    storm: str = ""
    unrolled: bool = False
    room: Attached | None = None
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

    @property
    def silenced_until(self) -> int:
        """Until when Alertmanager keeps quiet about all of it; 0 when it does not."""
        if not self.compared.hidden:
            return 0
        return max((silence.until for silence in self.silences if silence.is_there), default=0)

    def say(
        self, at: int, text: Text, *, aloud: bool = False, mention: tuple[str, ...] = (), visible: bool = True,
        to: str = "",
    ) -> "Incident":  # fmt: skip
        """The same incident with one more line in its timeline."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, aloud=aloud, mention=mention, visible=visible, to=to)
        return replace(self, seq=entry.seq, timeline=with_one_more(self.timeline, entry, self.observed))
