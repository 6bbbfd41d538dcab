"""The messages of a war-room's channel that people mark: kept until each has been read, then lines of its timeline."""

from dataclasses import replace

from rules.decision import Decision
from rules.reason import Reason
from rules.room import Mark, Phase, Room
from rules.room_outcome import done
from rules.room_writing import TS, WHO
from rules.signal import Signal

MARK, UNMARK = "mark", "unmark"
WAITING = 100  # marks that were not read yet: more at once is nobody's work
PATIENCE = 86_400_000  # so long a mark waits until Slack says whose it is and what it is on


def marked(signal: Signal, room: Room, now: int) -> Decision:
    """What becomes of a mark that Slack has told: nobody is answered before it is kept."""
    if room.phase is Phase.ARCHIVED:
        return Decision(reason=Reason.NOT_OPEN, record=room)
    if len(room.marks) >= WAITING:
        return Decision(reason=Reason.FULL, record=room)
    said = signal.labels
    mark = Mark(id=signal.id, ts=said.get(TS, ""), by=said.get(WHO, ""), at=now, on=signal.event == MARK)
    return done(Reason.MARKED, replace(room, marks=(*room.marks, mark)))


def read(room: Room, mark: Mark) -> Room:
    """The same room, with nothing left to do about a mark."""
    return replace(room, marks=tuple(one for one in room.marks if one.id != mark.id))
