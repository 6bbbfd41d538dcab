"""A release that is being watched, from its publication to the decision that somebody signed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from rules.observed import Entry, Observed
from rules.reading import Judged, Level, Point, Reading
from rules.signal import Link, Related
from rules.text import Text
from rules.timeline import TOLD_KEPT, with_one_more

RANK = 2  # a watch waits behind what is critical


class Phase(StrEnum):
    """watching -> deciding -> decided; or it ends before that: superseded by a newer release, or stopped."""

    WATCHING = "watching"
    DECIDING = "deciding"
    DECIDED = "decided"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"


class Verdict(StrEnum):
    """What is decided of a release."""

    KEEP = "keep"
    PATCH = "patch"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something that a person confirmed, or found wanting. `at`: unix milliseconds."""

    good: bool
    by: str
    at: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A checkpoint that was taken. `planned`, `at`: unix milliseconds; `gate`: whether it was passed, None: no gate."""

    name: str
    planned: int
    at: int
    levels: Mapping[str, Level] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    gate: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Somebody's word on the release. `at`: unix milliseconds; `despite`: what spoke against it."""

    verdict: Verdict
    by: str
    by_id: str
    at: int
    reason: str
    despite: tuple[str, ...] = ()
    second: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What we remember of a release and want Slack to show.

    `release`, `baseline`: the versions as people name them. `began_at`: T+0; `baseline_at`: T+0 of the baseline, 0 when
    it is not known. `readings`, `judged`, `points`, `ticks`: by the name of the check. `done`: the latest time of each
    checkpoint that was taken. `told`: the levels that the incidents of the checks know. `proposed`: a keep that waits
    for a second person. Times in unix milliseconds.
    """

    kind: Literal["watch"] = "watch"
    key: str
    id: str
    version: int = 0
    plan: str
    release: str
    title: str
    baseline: str = ""
    baseline_at: int = 0
    links: tuple[Link, ...] = ()
    place: str
    owner: tuple[str, ...] = ()
    phase: Phase = Phase.WATCHING
    started_by: str = ""
    opened_at: int
    began_at: int
    ends_at: int
    severity: str = ""
    rank: int = RANK
    read_at: int = 0
    readings: Mapping[str, Reading] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    done: Mapping[str, int] = field(default_factory=dict)
    incidents: tuple[Related, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    introduced: bool = False
    waited_since: int = 0
    followed_at: int = 0
    reminded_at: int = 0
    drawn_at: int = 0
    proposed: Signed | None = None
    decision: Signed | None = None
    ended_at: int = 0
    ended_by: str = ""
    timers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    revision: int = 1
    seq: int = 0
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether it is watched, or waits for its decision."""
        return self.phase in (Phase.WATCHING, Phase.DECIDING)

    @property
    def level(self) -> Level:
        """How the release stands: as its worst check; with none beyond a threshold, as half of them or more do.

        Short of their targets makes it no worse than that: then it is not good either.
        """
        levels = [judged.level for judged in self.judged.values()]
        levels += [Level(judged.breached) for judged in self.judged.values() if judged.breached]
        for level in (Level.RED, Level.YELLOW):
            if level in levels:
                return level
        good, known = levels.count(Level.GOOD), len(levels) - levels.count(Level.NO_DATA)
        if 2 * known < max(len(levels), 1):
            return Level.NO_DATA
        return Level.GOOD if 2 * good >= len(levels) else Level.SHORT

    def say(
        self, at: int, text: Text, *, mention: tuple[str, ...] = (), aloud: bool = False, picture: str = ""
    ) -> "Watch":
        """The same watch with one more line in its thread; `picture` names what is drawn below it."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, aloud=aloud, mention=mention, picture=picture)
        timeline = with_one_more(self.timeline, entry, self.observed, card_tells=False, kept=TOLD_KEPT)
        return replace(self, seq=entry.seq, timeline=timeline)

    def redrawn(self, at: int) -> "Watch":
        """The card shows something else now."""
        return replace(self, revision=self.revision + 1, drawn_at=at)


def by_name(word: str, watches: Iterable[Watch]) -> list[Watch]:
    """Those that a word may mean: by version, "plan:version", key or short id; only the open ones, if there are any."""
    wanted = word.strip().lower()
    fitting = [one for one in watches if wanted in _names(one)]
    return [one for one in fitting if one.is_open] or fitting


def _names(watch: Watch) -> tuple[str, ...]:
    release = watch.release.lower()
    named = f"{watch.plan}:{watch.release}".lower()
    return release, release.removeprefix("v"), named, watch.key.lower(), watch.id.lower()


def key_of(plan: str, release: str) -> str:
    """The key of the watch of one version by one plan."""
    return f"watch:{plan}:{release}"
