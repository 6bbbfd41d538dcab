"""The life of a war-room: who may do what in it, what its incidents tell it, and the times that it asked for."""

from dataclasses import replace

from rules import oncall, room_acting, room_marking, room_opening, room_reviewing, room_writing
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.rights import permitted
from rules.room import Milestone, Phase, Room, Status
from rules.room_acting import ARCHIVE_TIMER, RETRY_TIMER
from rules.room_hearing import PRIVATE, YES, learned
from rules.room_opening import CLOCK_PARTS, CLOCK_TIMER, COMMANDER_TIMER, UPDATE_TIMER
from rules.room_outcome import done, without
from rules.signal import Kind, Signal
from rules.team import Right
from rules.text import Moment, Span, Text

OPEN, JOIN, NEWS = "open", "join", "news"
ASKED_MAX = 6  # so often a commander is asked for, and no more
UPDATES_MAX = 12  # so many times an update was due before nobody is asked for one any more
CLOCK_MAX = 12  # so many parts of the target the clock on the card runs
ACTS = {**room_acting.ACTS, **room_writing.ACTS, **room_reviewing.ACTS}


def decide(signal: Signal, room: Room | None, policy: Policy, now: int) -> Decision:
    """What becomes of a room: pure, never raises. `now`: unix milliseconds."""
    match signal.kind:
        case Kind.TIMER:
            return _ring(signal, room, policy, now) if room else Decision(reason=Reason.NO_RECORD)
        case Kind.ROOM:
            return _heard(signal, room, policy, now)
        case _:
            return _acted(signal, room, policy, now)


def _acted(signal: Signal, room: Room | None, policy: Policy, now: int) -> Decision:
    who = signal.actor
    if who is None or not permitted(policy, Right.WAR_ROOM, who, now):
        return Decision(reason=Reason.NOT_ALLOWED, record=room)
    if signal.event == OPEN:
        return room_opening.opened(signal, room, who, policy, now)
    if room is None:
        return Decision(reason=Reason.NO_RECORD)
    act = ACTS.get(signal.event)
    if act is None:
        return Decision(reason=Reason.NO_RECORD, record=room)
    if not room.is_open and not _is_late(signal.event, room):
        return Decision(reason=Reason.NOT_OPEN, record=room)
    return act(signal, room, who, policy, now)


def _is_late(event: str, room: Room) -> bool:
    """Whether it may still be done in a room that is over."""
    if room.phase is Phase.ARCHIVED:
        return event in (room_acting.RETRY, *room_reviewing.EVEN_LATER)
    return event == room_acting.RETRY or event in room_writing.AFTERWARDS or event in room_reviewing.ACTS


def _heard(signal: Signal, room: Room | None, policy: Policy, now: int) -> Decision:
    """From an incident (it wants a room, it joins one, it has news), or from what is done for a room elsewhere."""
    if signal.event == OPEN and (room is None or not room.is_open):
        return room_opening.opened(signal, room, None, policy, now)
    if room is None:
        return Decision(reason=Reason.NO_RECORD)
    if signal.event == JOIN:
        if not room.is_open or room.private is not (signal.labels.get(PRIVATE) == YES):
            return Decision(reason=Reason.NOT_OPEN, record=room)
        return room_acting.merged(signal, room, "", now)
    if signal.event in (room_marking.MARK, room_marking.UNMARK):
        return room_marking.marked(signal, room, now)
    fresh = learned(room, signal, now)
    if signal.text:
        fresh = fresh.say(min(signal.at or now, now), signal.text, aloud=True, lasting=True)
    if fresh is room:
        return Decision(reason=Reason.REPEAT, record=room)
    return done(Reason.ROOM_NEWS, fresh)


def _ring(signal: Signal, room: Room, policy: Policy, now: int) -> Decision:
    due = room.timers.get(signal.event)
    if due is None or due > now:
        return Decision(reason=Reason.TIMER_STALE, record=room)
    waiting = replace(room, timers=without(room, signal.event))
    match signal.event:
        case name if name == RETRY_TIMER:
            return done(Reason.RETRIED, room_acting.again(waiting))
        case name if name == room_reviewing.OWED_TIMER:
            return room_reviewing.rung(waiting, policy, now)
        case name if name == ARCHIVE_TIMER and room.phase is Phase.CLOSED:
            return done(Reason.ROOM_ARCHIVED, replace(waiting, phase=Phase.ARCHIVED).redrawn())
        case name if name == COMMANDER_TIMER and room.is_open and room.commander is None and room.asked < ASKED_MAX:
            return _asked(waiting, COMMANDER_TIMER, policy.war_room.commander_within, policy, now)
        case name if name == UPDATE_TIMER and room.is_open and _may_answer(room, policy, now):
            return _asked(waiting, UPDATE_TIMER, policy.war_room.update_every, policy, now)
        case name if name == CLOCK_TIMER and room.is_open:
            return done(Reason.CLOCK, _turned(waiting, due, now))
        case _:
            return done(Reason.TIMER_STALE, waiting)


def _may_answer(room: Room, policy: Policy, now: int) -> bool:
    """Whether somebody may yet tell how it goes: nobody has said that it is over, nor left it alone for long."""
    if room.status is Status.RESOLVED:
        return False
    latest = max([room.updated_at, *(one.since for one in room.known.values())])
    return Milestone.RESOLVED in room.moments or now - latest <= UPDATES_MAX * policy.war_room.update_every


def _asked(room: Room, timer: str, pause: int, policy: Policy, now: int) -> Decision:
    """The question of a timer, which comes again; while its incidents are over, it only waits for one to come back."""
    waiting = replace(room, timers={**room.timers, timer: now + pause})
    if Milestone.RESOLVED in room.moments:
        return done(Reason.TIMER_STALE, waiting)
    if timer == COMMANDER_TIMER:
        return done(Reason.REMINDED, _ask_for_commander(waiting, policy, now))
    return done(Reason.REMINDED, _ask_for_update(waiting, now))


def _ask_for_commander(room: Room, policy: Policy, now: int) -> Room:
    """Once more in the room, then all who were called for it."""
    text = Text.of("Nobody commands here yet. *I command* on the card takes it.")
    called = oncall.resolve(policy, room.invite, now) if room.asked else ()
    fresh = replace(room, asked=room.asked + 1, reminded=room.reminded + 1)
    return fresh.say(now, text, aloud=True, mention=called)


def _ask_for_update(room: Room, now: int) -> Room:
    commander, last = room.commander, room_acting.last_update(room)
    text = Text.of("Nobody has written an update yet: how is it going? `/war-room update …`")
    if last:
        text = Text.of("The last update is {span} old: how is it going? `/war-room update …`", span=Span(ms=now - last))
    return replace(room, reminded=room.reminded + 1).say(
        now, text, aloud=True, mention=(f"user:{commander.id}",) if commander else ()
    )


def _turned(room: Room, due: int, now: int) -> Room:
    """The clock on the card has moved on, by more than one part when nobody could look for a while."""
    part, over = max(room.target // CLOCK_PARTS, 1), room.began_at + room.target
    passed = (now - room.opened_at) // part
    ahead = {CLOCK_TIMER: room.opened_at + (passed + 1) * part} if passed < CLOCK_MAX else {}
    turned = replace(room, timers={**room.timers, **ahead}).redrawn()
    if not due - part < over <= now:
        return turned
    text = Text.of("The target of {span} has passed, at {at}.", span=Span(ms=room.target), at=Moment(at=over))
    return turned.say(now, text)
