"""What is told at a regular time: a digest, with its numbers, so that the next one can compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from rules.letter import Letter
from rules.observed import Entry, Observed
from rules.summary import Part
from rules.text import Text

RANK = 3  # it waits behind all that cannot


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day of the chart: `signals` and `pings` by severity, and those of the day a period earlier."""

    day: str
    signals: Mapping[str, int] = field(default_factory=dict)
    pings: Mapping[str, int] = field(default_factory=dict)
    signals_before: Mapping[str, int] = field(default_factory=dict)
    pings_before: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One digest of one period. It is never open: nobody has to do anything about it.

    `name`: of the digest in the policy. `due_at`: when it should have come, `since` to `until`: what it covers (unix
    milliseconds). `lead`: what the message says, `parts`: what its thread says. `numbers`: by name, for the next one.
    `incomplete`: what could not be asked. `missed`: it came too late to be written, and says no more than that.
    """

    kind: Literal["report"] = "report"
    key: str
    id: str
    version: int = 0
    name: str
    place: str
    title: Text
    lead: tuple[Text, ...] = ()
    parts: tuple[Part, ...] = ()
    bars: tuple[Bar, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    missed: bool = False
    opened_at: int
    due_at: int
    since: int
    until: int
    letters: tuple[Letter, ...] = ()
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
        """Never: it tells, and asks for nothing."""
        return False

    def say(self, at: int, text: Text, *, picture: str = "") -> "Report":
        """The same report with one more message in its thread; `picture` names what is drawn below it."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, picture=picture)
        return replace(self, seq=entry.seq, timeline=(*self.timeline, entry))


def key_of(name: str, day: str) -> str:
    """The key of the digest that was due on a day of its own zone (2026-11-23): one for each."""
    return f"digest:{name}:{day}"
