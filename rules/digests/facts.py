"""What a digest is written from, as it was found: nothing in it is asked for again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.community import Numbers
from rules.incident import Incident
from rules.room import Room
from rules.signal import Signal
from rules.text import Text
from rules.watch import Watch

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What a digest that is due covers: whole days of its zone, as 2026-11-16; `before`: as many days before them.

    `day`: on which it is due. `due_at`, `since`, `until`: unix milliseconds.
    """

    day: str
    due_at: int
    since: int
    until: int
    days: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was found. `tallies`: day -> field -> count (rules/tallies.py), of the period and the one before.

    `incidents`: those that were open at some time in the period; `rooms`: war-rooms, and `watches`: releases, the
    latest first; `community`: by repository; `previous`: the numbers of the digest before, by name. `since`: from when
    on anything is remembered. `incomplete`: what could not be had, and why. `late`: milliseconds after it was due when
    gathering began; `missed`: nothing was gathered, it is too late for this one.
    """

    digest: str
    period: Period
    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    rooms: tuple[Room, ...] = ()
    watches: tuple[Watch, ...] = ()
    community: Mapping[str, Numbers] = field(default_factory=dict)
    previous: Mapping[str, float] = field(default_factory=dict)
    since: int = 0
    incomplete: tuple[Text, ...] = ()
    late: int = 0
    missed: bool = False

    @property
    def compares(self) -> bool:
        """Whether the days before the period are remembered, the first of them perhaps in part."""
        return self.since <= 2 * self.period.since - self.period.until + DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered(Signal):
    """The signal that a digest is due, with what it is to be written from."""

    facts: Facts
