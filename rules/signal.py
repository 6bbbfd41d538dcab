"""One thing that happened, in the same shape whatever it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.reading import Reading
from rules.silence import Silence
from rules.text import Text


class Kind(StrEnum):
    """What a signal asks of us."""

    REPORT = "report"  # this is firing, that is resolved
    TALLY = "tally"  # counted, never shown by itself
    ACT = "act"  # a person acted on a record
    TIMER = "timer"  # a time that a record asked for has come
    COMPARED = "compared"  # what Alertmanager knows of an incident now
    RELEASE = "release"  # a version was published, or somebody wants one to be watched
    READ = "read"  # what the sources of a release watch say now
    SUCCESSION = "succession"  # another release of the same plan: a newer one, or the one before
    DIGEST = "digest"  # what a digest that is due is written from
    DEPLOYMENT = "deployment"  # GitHub asks whether a deployment may go on, or was told
    ROOM = "room"  # between a war-room and its incidents: how the other one stands
    STORM = "storm"  # an incident's news for the storm board of its channel
    UNROLL = "unroll"  # the storm has passed: the incident may have its card


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A web address with our word for what it is: runbook, dashboard, source, silence, issue."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One alert, issue or run within a signal. Times in unix milliseconds."""

    id: str
    firing: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    what: str = ""
    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who acts. `id`: Slack's; `name`: to show, it never pings.

    `known_as`: the names by which a policy may mean this person: of the people map, and "@name" of each user group.
    `act`: Slack's name for this one press or command, by which it is never done twice.
    `channel`: Slack's id of the channel in which it is done, "" for none.
    """

    id: str
    name: str
    known_as: frozenset[str] = frozenset()
    act: str = ""
    channel: str = ""


class Origin(StrEnum):
    """Whether an incident came with a release."""

    NEW = "new"  # first seen since the release, and it fits the plan
    BEFORE = "before"  # it was there before the release
    UNKNOWN = "unknown"  # since the release, but nothing in it says that it is the release's


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """An incident in the time of a release. Times in unix milliseconds, 0: never; `taken`: somebody had it.

    `check`: whose threshold opened it, "" when it came from elsewhere.
    """

    key: str
    id: str
    title: str
    severity: str
    origin: Origin
    opened_at: int
    resolved_at: int = 0
    taken: bool = False
    check: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What happened, to what, when; `key` names the record that it belongs to.

    `id` is the sender's name for this delivery (GitHub's X-GitHub-Delivery): the same id is never counted twice.
    `complete`: members that are not in the report are no longer reported (Alertmanager, when all is resolved).
    `at`: unix milliseconds at the source, 0 when the source does not say.
    `actor` and `labels` of an act: who does it, and its particulars.
    `origin`: the address at which the source says it can be reached, "" when it does not say.
    `text`: a sentence of ours for the record's thread. `silences`: those of Alertmanager that concern the record, when
    it was asked.
    `readings`, `incidents`: what the sources of a release watch say, by the name of the check, and what goes on.
    """

    key: str
    source: str
    kind: Kind
    event: str = ""
    id: str = ""
    at: int = 0
    title: str = ""
    summary: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    links: tuple[Link, ...] = ()
    people: tuple[str, ...] = ()
    actor: Actor | None = None
    origin: str = ""
    text: Text | None = None
    silences: tuple[Silence, ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    incidents: tuple[Related, ...] = ()
    truncated: int = 0
    complete: bool = False
