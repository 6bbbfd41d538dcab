"""What a decision about a war-room comes to: the room changed, a milestone of it reached, a time no longer awaited."""

from collections.abc import Callable
from dataclasses import replace

from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.room import Milestone, Room
from rules.signal import Actor, Signal

Act = Callable[[Signal, Room, Actor, Policy, int], Decision]


def reached(room: Room, milestone: Milestone, now: int) -> Room:
    """The first time counts; what is over has been mitigated by then."""
    if milestone in room.moments:
        return room
    at = min(now, room.moments.get(Milestone.RESOLVED, now)) if milestone is Milestone.MITIGATED else now
    return replace(room, moments={**room.moments, milestone: at})


def without(room: Room, name: str) -> dict[str, int]:
    """Its timers but this one."""
    return {other: at for other, at in room.timers.items() if other != name}


def done(reason: Reason, room: Room) -> Decision:
    """The room is another one, for this reason."""
    fresh = replace(room, reason=reason)
    return Decision(reason=reason, record=fresh, changed=True, severity=room.severity)
