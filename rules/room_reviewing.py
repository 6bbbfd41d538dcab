"""How a postmortem comes about: owed when a bad incident is over, drafted, reminded of, passed on, done."""

from collections.abc import Mapping
from dataclasses import replace

from rules.decision import Decision
from rules.hushing import end_of_day
from rules.policy import Policy
from rules.reason import Reason
from rules.room import Phase, Room
from rules.room_outcome import Act, done, without
from rules.room_postmortem import Destination, Postmortem
from rules.signal import Actor, Signal
from rules.text import Moment, Text

POSTMORTEM, OWNER, DONE = "postmortem", "postmortem_owner", "postmortem_done"
WHO, NAME = "who", "name"
OWED_TIMER, ARCHIVE_TIMER = "postmortem", "archive"
AGAIN_MS = 36 * 3_600_000  # after a reminder: the next one is at the end of the working day then
WAITS_MS = 7 * 86_400_000  # the channel is not archived for so long after the postmortem was due
EVEN_LATER = frozenset({OWNER, DONE})  # in a room that is archived, too


def closed(room: Room, who: Actor, policy: Policy, now: int) -> Room:
    """A room that has just been closed: the worst incidents owe a postmortem, and so does what has none done yet."""
    known = room.postmortem
    if room.rank and not (known and known.is_owed):
        return _timed(room, policy, now)
    fresh = _owed(room, who, policy, now)
    due = _due(policy, now)
    fresh = replace(fresh, due=due, done_at=0, done_by="", reminded_at=0)
    text = Text.of("{name} owes the postmortem, by {at}: *Postmortem* on the card drafts it.",
                   name=fresh.owner, at=Moment(at=due))  # fmt: skip
    said = replace(room, postmortem=fresh).say(now, text, mention=(f"user:{fresh.owner_id}",))
    return _timed(said, policy, now)


def rung(room: Room, policy: Policy, now: int) -> Decision:
    """It is due, and not done: its owner is reminded, again and again, while the channel is there."""
    owed = room.postmortem
    if owed is None or not owed.is_owed:
        return done(Reason.TIMER_STALE, room)
    timers, coming = dict(room.timers), end_of_day(policy, now + AGAIN_MS)
    if coming < owed.due + WAITS_MS:
        timers[OWED_TIMER] = coming
    text = Text.of(
        "{name}, the postmortem of this room was due {at}. `/war-room postmortem` drafts it, "
        "`/war-room postmortem done` says that it is done.",
        name=owed.owner, at=Moment(at=owed.due),
    )  # fmt: skip
    fresh = replace(room, timers=timers, postmortem=replace(owed, reminded_at=now))
    return done(Reason.REMINDED, fresh.redrawn().say(now, text, mention=(f"user:{owed.owner_id}",)))


def _draft(_signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    """One more draft, unless one is on its way into the room."""
    owed, where = _owed(room, who, policy, now), _where(room, policy)
    if owed.is_unfiled:
        return Decision(reason=Reason.ALREADY, record=room)
    if where != owed.where:  # what is elsewhere stays there
        owed = replace(owed, number=0, url="", published=0, sending_at=0)
    asked = replace(
        owed, wanted=owed.wanted + 1, asked_at=now, where=where, trouble="", status=0, refused=False
    )  # fmt: skip
    return done(Reason.POSTMORTEM_ASKED, _timed(replace(room, postmortem=asked), policy, now).redrawn())


def _owner(signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    id_, name = signal.labels.get(WHO, who.id), signal.labels.get(NAME, who.name)
    owed = _owed(room, who, policy, now)
    if room.postmortem and (owed.owner_id == id_ or not owed.is_owed):
        return Decision(reason=Reason.ALREADY, record=room)
    given = replace(owed, owner=name, owner_id=id_)
    text = Text.of("{name} owes the postmortem, by {at}: *Postmortem* on the card drafts it.",
                   name=name, at=Moment(at=given.due))  # fmt: skip
    fresh = replace(room, postmortem=given).inviting(f"user:{id_}").redrawn()
    fresh = fresh.say(now, text, mention=(f"user:{id_}",))
    return done(Reason.POSTMORTEM_GIVEN, _timed(fresh, policy, now))


def _done(_signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    owed = room.postmortem
    if owed is None:
        return Decision(reason=Reason.NOT_OWED, record=room)
    if not owed.is_owed:
        return Decision(reason=Reason.ALREADY, record=room)
    fresh = replace(room, postmortem=replace(owed, done_at=now, done_by=who.name)).redrawn()
    said = fresh.say(now, Text.of("{who}: the postmortem is done.", who=who.name))
    return done(Reason.POSTMORTEM_DONE, _timed(said, policy, now))


def _owed(room: Room, who: Actor, policy: Policy, now: int) -> Postmortem:
    """The one that is known; or a new one, of who commanded, else of who asks."""
    if room.postmortem:
        return room.postmortem
    commander = room.commander
    id_, name = (commander.id, commander.name) if commander else (who.id, who.name)
    return Postmortem(owner=name, owner_id=id_, due=_due(policy, now))


def _due(policy: Policy, now: int) -> int:
    """As a working day ends: nobody is asked for it at night."""
    return end_of_day(policy, now + policy.war_room.postmortem_within)


def _where(room: Room, policy: Policy) -> Destination | None:
    """What few may see stays in its room."""
    wanted = policy.war_room.publish
    if wanted is None or room.private:
        return None
    return Destination(
        repository=wanted.repository, is_pull=wanted.way == "pull_request", folder=wanted.folder,
        labels=tuple(wanted.labels),
    )  # fmt: skip


def _timed(room: Room, policy: Policy, now: int) -> Room:
    """With the time of the reminder, and that of the archive, which waits for what is owed."""
    owed = room.postmortem if room.postmortem and room.postmortem.is_owed else None
    timers = without(room, OWED_TIMER)
    if owed:
        coming = end_of_day(policy, now + AGAIN_MS) if now > owed.due else owed.due
        timers[OWED_TIMER] = room.timers.get(OWED_TIMER, coming)
    if room.phase is Phase.CLOSED:
        waits = owed.due + WAITS_MS if owed else 0
        timers[ARCHIVE_TIMER] = max(room.closed_at + policy.war_room.archive_after, waits, now)
    return replace(room, timers=timers)


ACTS: Mapping[str, Act] = {POSTMORTEM: _draft, OWNER: _owner, DONE: _done}
