"""What those outside a war-room read of it, in a channel of their own: how bad it is, how far, and each update."""

from dataclasses import dataclass, field, replace
from typing import Literal

from rules.observed import Entry, Observed
from rules.room import Room, Status
from rules.signal import Kind, Signal
from rules.text import Text
from rules.timeline import with_one_more

PREFIX = "bulletin:"
ROOM, SEVERITY, STATUS, PLACE, COMMANDER, OPENED_AT, CLOSED_AT, RANK, WHERE = (
    "room", "severity", "status", "place", "commander", "opened_at", "closed_at", "rank", "where",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """The card in the channel of `announce`. `room`: its name for people; `place`: where this stands."""

    kind: Literal["bulletin"] = "bulletin"
    key: str
    id: str
    version: int = 0
    title: str
    severity: str
    rank: int = 0
    status: Status = Status.INVESTIGATING
    room: str = ""
    commander: str = ""
    place: str
    opened_at: int
    closed_at: int = 0
    reason: str = ""
    revision: int = 1
    seq: int = 0
    timers: dict[str, int] = field(default_factory=dict)
    timeline: tuple[Entry, ...] = ()
    observed: Observed = field(default_factory=Observed)

    @property
    def is_open(self) -> bool:
        """Whether the work goes on."""
        return not self.closed_at

    def say(self, at: int, text: Text) -> "Bulletin":
        """The same with one more line, in the channel too."""
        entry = Entry(seq=self.seq + 1, at=at, text=text, aloud=True)
        timeline = with_one_more(self.timeline, entry, self.observed, card_tells=False)
        return replace(self, seq=entry.seq, timeline=timeline)


def key_of(room: Room) -> str:
    """The key of what is told of a room."""
    return f"{PREFIX}{room.key}"


def news(room: Room, text: Text, id_: str) -> Signal:
    """What it hears. `id_`: by which it is heard once."""
    holder = room.commander
    return Signal(
        key=key_of(room), source="sereno", kind=Kind.ROOM, event="news", id=id_, title=room.title, text=text,
        labels={
            ROOM: "" if room.private else room.place, SEVERITY: room.severity, RANK: str(room.rank),
            STATUS: room.status, COMMANDER: holder.name if holder else "", WHERE: room.announce,
            OPENED_AT: str(room.opened_at), CLOSED_AT: str(room.closed_at),
        },
    )  # fmt: skip
