"""How a war-room changes by what became of a draft of its postmortem, in the room and at GitHub."""

from collections.abc import Callable
from dataclasses import replace

from rules.room import Room
from rules.room_postmortem import Postmortem


def filing(room: Room, now: int) -> Room:
    """A draft is on its way into the room; 0: it surely is not."""
    return _with(room, lambda one: replace(one, filing_at=now))


def filed(room: Room, number: int, file: str) -> Room:
    """The room has the draft of this number, as this file of Slack."""
    fresh = _with(room, lambda one: replace(one, filed=max(one.filed, number), filing_at=0, file=file))
    return fresh.redrawn()


def sending(room: Room, now: int) -> Room:
    """GitHub is about to be asked for a place; 0: it surely has made none."""
    return _with(room, lambda one: replace(one, sending_at=now))


def published(room: Room, draft: int, number: int, url: str) -> Room:
    """GitHub has this draft, or an earlier one, there."""
    fresh = _with(
        room,
        lambda one: replace(
            one, published=max(one.published, draft), sending_at=0, number=number, url=url, trouble="", status=0
        ),
    )
    return fresh.redrawn()


def lost(room: Room) -> Room:
    """What was at GitHub is there no more."""
    return _with(room, lambda one: replace(one, number=0, url="", published=0, sending_at=0))


def troubled(room: Room, why: str, status: int = 0, *, refused: bool) -> Room:
    """GitHub does not take it. `why`: its word; said once."""
    fresh = _with(room, lambda one: replace(one, trouble=why, status=status, refused=refused))
    return room if fresh == room else fresh.redrawn()


def again(room: Room) -> Room:
    """GitHub is asked once more."""
    return _with(room, lambda one: replace(one, trouble="", status=0, refused=False))


def _with(room: Room, how: Callable[[Postmortem], Postmortem]) -> Room:
    return replace(room, postmortem=how(room.postmortem)) if room.postmortem else room
