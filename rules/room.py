"""A war-room: the channel of an incident, who does what in it, what was written down, and what it still lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from rules.observed import Entry, Observed
from rules.room_postmortem import Postmortem
from rules.signal import Link
from rules.text import Text
from rules.timeline import with_one_more

PREFIX = "room:"
NEWS_KEPT = 50
KEPT = 250  # lines of its thread: a postmortem tells them


class Phase(StrEnum):
    """open -> closed -> archived; a closed one may be opened again."""

    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Status(StrEnum):
    """How far the work is, in the words of status pages."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Role(StrEnum):
    """Who does what while it lasts."""

    COMMANDER = "commander"  # decides, and does nothing else
    COMMS = "comms"  # tells those outside
    SCRIBE = "scribe"  # writes down what happens
    OPS = "ops"  # changes the systems


class Furnishing(StrEnum):
    """What a room gets in Slack besides its messages; each by itself, so that one refusal stops no other."""

    CHANNEL = "channel"
    INVITE = "invite"
    PURPOSE = "purpose"
    TOPIC = "topic"
    PIN = "pin"
    BOOKMARKS = "bookmarks"
    POSTMORTEM = "postmortem"
    EXPORT = "export"
    ARCHIVE = "archive"


class Milestone(StrEnum):
    """The moments by which an incident is measured, in the order in which they can come."""

    STARTED = "started"
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    ROOM = "room"
    COMMANDER = "commander"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person with a role. `id`: Slack's; `at`: since when, unix milliseconds; `agreed`: said yes."""

    id: str
    name: str
    at: int
    agreed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody put on the timeline. `at`: when it happened; `ts`: of the message that it is, "" for none."""

    at: int
    by: str
    text: str
    ts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A message of the channel that somebody has marked, or no longer marks; not looked at yet.

    `id`: of the event that said so; `ts`: of the message; `by`: Slack's id of the person; `at`: unix milliseconds.
    """

    id: str
    ts: str
    by: str
    at: int
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A corrective action. `due`: a day such as 2026-12-01, "" for none; `done_at`: unix milliseconds, 0: not yet."""

    what: str
    owner: str = ""
    due: str = ""
    done_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the room knows of one of its incidents. Times in unix milliseconds, 0: not so."""

    id: str
    title: str
    severity: str
    state: str
    since: int
    opened_at: int
    taken_at: int = 0
    taken_by: str = ""
    resolved_at: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What those outside the room are to hear: in the threads of its incidents, and where it is announced.

    `to`: the one incident that it is for, "" for all.
    """

    seq: int
    at: int
    text: Text
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a furnishing is missing. `word`: Slack's; `at`: unix milliseconds of the last try."""

    word: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnished:
    """What Slack was seen to have. `channel`: its id, "" until it is there, and its `name`.

    `tried`: how many names were taken by others; `invited`: names of the policy, and "user:<Slack id>"; `bookmarks`:
    their addresses; `exported`: the file with the timeline.
    """

    channel: str = ""
    name: str = ""
    tried: int = 0
    purpose: bool = False
    topic: str = ""
    invited: tuple[str, ...] = ()
    pinned: str = ""
    bookmarks: tuple[str, ...] = ()
    exported: str = ""
    archived: bool = False
    troubles: Mapping[Furnishing, Trouble] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What we remember of a room and want Slack to show.

    `incidents`: their keys; `known`: what it knows of each; `own`: the one that it declares itself, "" for none.
    `base`: the name of its channel, before a suffix; `rank`: of its severity, 0 for the worst. `moments`: the
    milestones that are known. `successor`: who is asked to command instead of who does. `news`: what those outside
    are to hear; `told`: the latest of it that each incident, and the channel of `announce`, has heard. `asked`: how
    often a commander was asked for; `reminded`: how often for that or for an update, in all; `unended`: the keys of
    incidents that went on when it closed; `let_go_at`: the end with which its freezes were let go. Times in unix ms.
    """

    kind: Literal["room"] = "room"
    key: str
    id: str
    version: int = 0
    incidents: tuple[str, ...] = ()
    known: Mapping[str, Known] = field(default_factory=dict)
    own: str = ""
    title: str
    severity: str
    rank: int = 0
    private: bool = False
    base: str
    place: str = ""
    announce: str = ""
    phase: Phase = Phase.OPEN
    status: Status = Status.INVESTIGATING
    opened_at: int
    opened_by: str = ""
    opened_by_id: str = ""
    closed_at: int = 0
    closed_by: str = ""
    closed_by_id: str = ""
    invite: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    target: int = 0
    roles: Mapping[Role, Holder] = field(default_factory=dict)
    successor: Holder | None = None
    moments: Mapping[Milestone, int] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    impact: str = ""
    cause: str = ""
    fix: str = ""
    tasks: tuple[Task, ...] = ()
    postmortem: Postmortem | None = None
    updated_at: int = 0
    asked: int = 0
    reminded: int = 0
    unended: tuple[str, ...] = ()
    news: tuple[News, ...] = ()
    told: Mapping[str, int] = field(default_factory=dict)
    let_go_at: int = 0
    furnished: Furnished = field(default_factory=Furnished)
    timers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    revision: int = 1
    seq: int = 0
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether people work in it."""
        return self.phase is Phase.OPEN

    @property
    def began_at(self) -> int:
        """Since when it goes wrong, as far as that is known."""
        return self.moments.get(Milestone.STARTED, self.opened_at)

    @property
    def commander(self) -> Holder | None:
        """Who commands, and has said yes to it."""
        found = self.roles.get(Role.COMMANDER)
        return found if found and found.agreed else None

    def say(
        self, at: int, text: Text, *, aloud: bool = False, mention: tuple[str, ...] = (), lasting: bool = False,
        to: str = "",
    ) -> "Room":  # fmt: skip
        """One more line below its card; `aloud`: in the channel too; `lasting`: as in Entry; `to`: only to a person."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, aloud=aloud, mention=mention, visible=not to, to=to,
                      lasting=lasting)  # fmt: skip
        timeline = with_one_more(self.timeline, entry, self.observed, card_tells=False, kept=KEPT)
        return replace(self, seq=entry.seq, timeline=timeline)

    def spread(self, at: int, text: Text, *, to: str = "", discreet: Text | None = None) -> "Room":
        """The same room with one more thing that those outside hear; of a private one no more than `discreet`."""
        if self.private:
            if discreet is None:
                return self
            text = discreet
        said = (*self.news, News(seq=self.latest + 1, at=at, text=text, to=to))
        for_all = [one.seq for one in said if not one.to][-NEWS_KEPT:]
        kept = (one for one in said if one.seq in for_all or (one.to and self.told.get(one.to, 0) < one.seq))
        return replace(self, news=tuple(kept))

    @property
    def latest(self) -> int:
        """The number of its latest news, 0 without any."""
        return self.news[-1].seq if self.news else 0

    def inviting(self, name: str) -> "Room":
        """The same room, with one more to be invited, whom it is no matter that others could not be."""
        invited = tuple(one for one in self.furnished.invited if one != name)  # who has left comes back
        if name in self.invite and invited == self.furnished.invited:
            return self
        troubles = dict(self.furnished.troubles)
        troubles.pop(Furnishing.INVITE, None)
        furnished = replace(self.furnished, invited=invited, troubles=troubles)
        return replace(self, invite=tuple(dict.fromkeys((*self.invite, name))), furnished=furnished)

    @property
    def listeners(self) -> tuple[str, ...]:
        """Who hears its news: its incidents, and the channel where it is announced."""
        return (*self.incidents, self.announce) if self.announce else self.incidents

    def redrawn(self) -> "Room":
        """The card shows something else now."""
        return replace(self, revision=self.revision + 1)


def key_of(incident: str) -> str:
    """The key of the room of an incident, by the short id of that; or by the key of one that a room declares."""
    return f"{PREFIX}{incident}"
