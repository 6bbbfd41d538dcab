"""What people change in a war-room: who does what, how far it is, how bad it is, what else belongs to it; its end."""

from collections.abc import Mapping
from dataclasses import replace

from rules import room_drafts, room_reviewing
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.room import Holder, Milestone, Phase, Role, Room, Status
from rules.room_hearing import KEY, going_on, learned
from rules.room_opening import COMMANDER_TIMER, UPDATE_TIMER
from rules.room_outcome import Act, done, reached, without
from rules.signal import Actor, Signal
from rules.text import Span, Text

CLOSE, ROLE, STATUS, SEVERITY, UPDATE, MERGE, RETRY = (
    "close", "role", "status", "severity", "update", "merge", "retry",
)  # fmt: skip
WHY, WHO, NAME, TEXT = "why", "who", "name", "text"
ARCHIVE_TIMER, RETRY_TIMER = room_reviewing.ARCHIVE_TIMER, "retry"
UPDATED = Text.of("📣 {text} ({who})")
WORDS = {
    Role.COMMANDER: Text.of("commander"),
    Role.COMMS: Text.of("in charge of communication"),
    Role.SCRIBE: Text.of("scribe"),
    Role.OPS: Text.of("in charge of operations"),
}
STATUS_WORDS = {
    Status.INVESTIGATING: Text.of("investigating"),
    Status.IDENTIFIED: Text.of("identified"),
    Status.MONITORING: Text.of("monitoring"),
    Status.RESOLVED: Text.of("resolved"),
}


def _role(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    """Who names another for commander only proposes: the other one has to say yes."""
    word, id_, name = signal.labels.get(ROLE, ""), signal.labels.get(WHO, who.id), signal.labels.get(NAME, who.name)
    if word not in list(Role):
        return Decision(reason=Reason.NOT_IN_PLAN, record=room)
    role = Role(word)
    agreed = id_ == who.id or role is not Role.COMMANDER
    held = room.roles.get(role)
    if held is not None and held.id == id_ and (held.agreed or not agreed):
        return Decision(reason=Reason.ALREADY, record=room)
    if not agreed and room.commander is not None:  # whoever commands stays until the other one has said yes
        if room.successor and room.successor.id == id_:
            return Decision(reason=Reason.ALREADY, record=room)
        asked = replace(room, successor=Holder(id=id_, name=name, at=now, agreed=False)).redrawn()
        return done(Reason.ROLE_OFFERED, _offer(asked, who, id_, name, now))
    roles = {**room.roles, role: Holder(id=id_, name=name, at=now, agreed=agreed)}
    fresh = replace(room, roles=roles).inviting(f"user:{id_}")
    if not agreed:
        return done(Reason.ROLE_OFFERED, _offer(fresh.redrawn(), who, id_, name, now))
    if role is Role.COMMANDER:
        fresh = reached(fresh, Milestone.COMMANDER, now)
        fresh = replace(fresh, timers=without(fresh, COMMANDER_TIMER), successor=None)
    text = Text.of("{name} is {role} now.", name=name, role=WORDS[role])
    given = fresh.redrawn().say(now, text, aloud=True)
    if role is Role.COMMANDER:
        discreet = Text.of("🧯 Somebody commands in its private war-room.")
        given = given.spread(now, Text.of("🧯 {name} commands in its war-room.", name=name), discreet=discreet)
    return done(Reason.ROLE_GIVEN, given)


def _offer(room: Room, who: Actor, id_: str, name: str, now: int) -> Room:
    text = Text.of("{who} asks {name} to command: *I command* on the card says yes.", who=who.name, name=name)
    return room.inviting(f"user:{id_}").say(now, text, aloud=True, mention=(f"user:{id_}",))


def _status(signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    word = signal.labels.get(STATUS, "")
    if word not in list(Status):
        return Decision(reason=Reason.NOT_IN_PLAN, record=room)
    status = Status(word)
    if status is room.status:
        return Decision(reason=Reason.ALREADY, record=room)
    fresh = replace(room, status=status, moments=_unended(room, status))
    if status in (Status.MONITORING, Status.RESOLVED):
        fresh = reached(fresh, Milestone.MITIGATED, now)
    if status is Status.RESOLVED:
        fresh = reached(fresh, Milestone.RESOLVED, now)
    elif room.status is Status.RESOLVED:
        fresh = replace(fresh, timers={**fresh.timers, UPDATE_TIMER: now + policy.war_room.update_every})
    text = Text.of("{who}: {status}.", who=who.name, status=STATUS_WORDS[status])
    return done(Reason.STATUS_SET, fresh.redrawn().say(now, text, aloud=True).spread(now, text))


def _unended(room: Room, status: Status) -> dict[Milestone, int]:
    """Who goes back to looking for the cause takes back that it was mitigated."""
    gone: tuple[Milestone, ...] = ()
    if status in (Status.INVESTIGATING, Status.IDENTIFIED):
        gone = (Milestone.MITIGATED, Milestone.RESOLVED)
    elif room.status is Status.RESOLVED:
        gone = (Milestone.RESOLVED,)
    return {one: at for one, at in room.moments.items() if one not in gone}


def _severity(signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    severity, why = signal.labels.get(SEVERITY, ""), signal.labels.get(WHY, "")
    if severity not in policy.severities:
        return Decision(reason=Reason.NOT_IN_PLAN, record=room)
    if not why:
        return Decision(reason=Reason.NO_REASON, record=room)
    if severity == room.severity:
        return Decision(reason=Reason.ALREADY, record=room)
    fresh = replace(room, severity=severity, rank=policy.rank(severity))
    text = Text.of("{who}: {new} now, was {old}: {why}", who=who.name, new=severity, old=room.severity, why=why)
    return done(Reason.SEVERITY_SET, fresh.redrawn().say(now, text, aloud=True).spread(now, text))


def _update(signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    text = signal.labels.get(TEXT, "")
    if not text:
        return Decision(reason=Reason.NO_REASON, record=room)
    timers = {**room.timers, UPDATE_TIMER: now + policy.war_room.update_every}
    fresh = replace(room, updated_at=now, timers=timers)
    said = replace(UPDATED, values={"text": text, "who": who.name})
    return done(Reason.UPDATED_ROOM, fresh.redrawn().say(now, said, aloud=True).spread(now, said))


def last_update(room: Room) -> int:
    """When somebody last wrote how it goes (unix milliseconds); 0 while nobody has."""
    return max((entry.at for entry in room.timeline if entry.text.template == UPDATED.template), default=0)


def _merge(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    return merged(signal, room, who.name, now)


def merged(signal: Signal, room: Room, by: str, now: int) -> Decision:
    """Another incident belongs to the room. `by`: who says so, "" for the policy."""
    key = signal.labels.get(KEY, "")
    if not key or key in room.incidents:
        return Decision(reason=Reason.ALREADY, record=room)
    joined = replace(room, incidents=(*room.incidents, key))
    named = {"id": signal.labels.get("id", ""), "title": signal.labels.get("title", "")}
    text = Text.of("{id} {title} joins this room.", **named)
    if by:
        text = Text.of("{who} added {id} {title} to this room.", who=by, **named)
    joined = learned(joined, signal, now).redrawn().say(now, text, aloud=True)
    told = Text.of("🧯 It belongs to the war-room of {title}.", title=room.title)
    return done(
        Reason.MERGED,
        replace(
            joined.spread(now, told, to=key, discreet=Text.of("🧯 It belongs to a private war-room.")),
            told={**joined.told, key: room.latest},
        ),
    )


def _retry(_signal: Signal, room: Room, _who: Actor, _policy: Policy, _now: int) -> Decision:
    if not room.furnished.troubles and not (room.postmortem and room.postmortem.refused):
        return Decision(reason=Reason.ALREADY, record=room)
    return done(Reason.RETRIED, room_drafts.again(again(room)))


def again(room: Room) -> Room:
    """What failed is tried once more."""
    return replace(room, furnished=replace(room.furnished, troubles={}), timers=without(room, RETRY_TIMER)).redrawn()


def _close(_signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    """Who closes it says that it is over, unless some of its incidents go on: then the room ends, and no more."""
    fresh = replace(room, unended=tuple(going_on(room)))
    if not fresh.unended:
        over = replace(fresh, status=Status.RESOLVED)
        fresh = reached(reached(over, Milestone.MITIGATED, now), Milestone.RESOLVED, now)
    closed = replace(
        fresh,
        phase=Phase.CLOSED,
        closed_at=now,
        closed_by=who.name,
        closed_by_id=who.id,
        timers={name: at for name, at in room.timers.items() if name == RETRY_TIMER},
    )
    lasted = Span(ms=now - room.opened_at)
    text = Text.of("{who} closed this room after {span}.", who=who.name, span=lasted)
    told = Text.of("🧯 {who} closed the war-room after {span}.", who=who.name, span=lasted)
    closed = room_reviewing.closed(closed.redrawn().say(now, text, aloud=True), who, policy, now)
    return done(Reason.ROOM_CLOSED, closed.spread(now, told, discreet=Text.of("🧯 Its private war-room is closed.")))


ACTS: Mapping[str, Act] = {
    ROLE: _role, STATUS: _status, SEVERITY: _severity, UPDATE: _update, MERGE: _merge, RETRY: _retry, CLOSE: _close,
}  # fmt: skip
