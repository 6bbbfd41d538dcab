"""What a decision about a war-room comes to: the room changed, and a milestone of it reached."""

from dataclasses import replace

from rules.decision import Decision
from rules.reason import Reason
from rules.room import Milestone, Room


def reached(room: Room, milestone: Milestone, now: int) -> Room:
    """The first time counts."""
    return room if milestone in room.moments else replace(room, moments={**room.moments, milestone: now})


def done(reason: Reason, room: Room) -> Decision:
    """The room is another one, for this reason."""
    fresh = replace(room, reason=reason)
    return Decision(reason=reason, record=fresh, changed=True, severity=room.severity)
