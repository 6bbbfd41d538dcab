"""The life of a war-room: how it opens, what people do in it, what its incidents tell it, how it closes."""

from collections.abc import Callable
from dataclasses import replace

from rules import keys, room_naming, room_writing
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.rights import permitted
from rules.room import Holder, Milestone, Phase, Role, Room, Status
from rules.room_outcome import done, reached
from rules.signal import Actor, Kind, Signal
from rules.team import Right
from rules.text import Span, Text

OPEN, CLOSE, ROLE, STATUS, SEVERITY, UPDATE, MERGE, RETRY, NEWS = (
    "open", "close", "role", "status", "severity", "update", "merge", "retry", "news",
)  # fmt: skip
TITLE, WHY, WHO, NAME, WHAT, TEXT, INCIDENT = "title", "why", "who", "name", "what", "text", "incident"
COMMANDER_TIMER, UPDATE_TIMER, ARCHIVE_TIMER, RETRY_TIMER = "commander", "update", "archive", "retry"
RETRY_MS = 300_000
Act = Callable[[Signal, Room, Actor, Policy, int], Decision]


def decide(signal: Signal, room: Room | None, policy: Policy, now: int) -> Decision:
    """What becomes of a room: pure, never raises. `now`: unix milliseconds."""
    if signal.kind is Kind.TIMER:
        return _ring(signal, room, policy, now) if room else Decision(reason=Reason.NO_RECORD)
    if signal.event == NEWS:
        return _heard(signal, room, now)
    who = signal.actor
    if who is None or not permitted(policy, Right.WAR_ROOM, who, now):
        return Decision(reason=Reason.NOT_ALLOWED, record=room)
    if signal.event == OPEN:
        return _open(signal, room, who, policy, now)
    if room is None:
        return Decision(reason=Reason.NO_RECORD)
    if not room.is_open:
        return Decision(reason=Reason.NOT_OPEN, record=room)
    act = ACTS.get(signal.event) or room_writing.ACTS.get(signal.event)
    return act(signal, room, who, policy, now) if act else Decision(reason=Reason.NO_RECORD, record=room)


def _open(signal: Signal, room: Room | None, who: Actor, policy: Policy, now: int) -> Decision:
    """One for an incident: whoever comes second is led to it."""
    if room is not None and room.is_open:
        return Decision(reason=Reason.ALREADY, record=room)
    said = signal.labels
    severity = said.get(SEVERITY) or next(iter(policy.severities))
    title = said.get(TITLE) or signal.title or signal.key
    id_ = keys.short(signal.key, now)
    opened = Room(
        key=signal.key,
        id=id_,
        incidents=(said[INCIDENT],) if said.get(INCIDENT) else (),
        title=title,
        severity=severity,
        rank=policy.rank(severity),
        private=said.get("private") == "yes",
        base=room_naming.base(title, id_, now, policy.zone),
        opened_at=now,
        opened_by=who.name,
        opened_by_id=who.id,
        invite=(*policy.war_room.invite, f"user:{who.id}"),
        links=signal.links,
        moments={Milestone.ROOM: now, **_moments(signal)},
        updated_at=now,
        timers={
            COMMANDER_TIMER: now + policy.war_room.commander_within,
            UPDATE_TIMER: now + policy.war_room.update_every,
        },
    )
    return done(Reason.ROOM_OPENED, opened.say(now, Text.of("{who} opened this room.", who=who.name)))


def _moments(signal: Signal) -> dict[Milestone, int]:
    """Those that the incident knows: its labels are the names of milestones, in unix milliseconds."""
    return {one: int(signal.labels[one]) for one in Milestone if signal.labels.get(one, "").isdecimal()}


def _role(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    """Who names another for commander only proposes: the other one has to say yes."""
    word, id_, name = signal.labels.get(ROLE, ""), signal.labels.get(WHO, who.id), signal.labels.get(NAME, who.name)
    if word not in list(Role):
        return Decision(reason=Reason.NOT_IN_PLAN, record=room)
    role = Role(word)
    agreed = id_ == who.id or role is not Role.COMMANDER
    held = room.roles.get(role)
    if held is not None and (held.id, held.agreed) == (id_, agreed):
        return Decision(reason=Reason.ALREADY, record=room)
    fresh = replace(room, roles={**room.roles, role: Holder(id=id_, name=name, at=now, agreed=agreed)})
    if role is Role.COMMANDER and agreed:
        fresh = reached(fresh, Milestone.COMMANDER, now)
        fresh = replace(fresh, timers=_without(fresh, COMMANDER_TIMER))
    if agreed:
        text = Text.of("{name} is {role} now.", name=name, role=WORDS[role])
        return done(Reason.ROLE_GIVEN, fresh.redrawn().say(now, text, aloud=True))
    text = Text.of("{who} asks {name} to command. Say yes with `/war-room role commander me`.", who=who.name, name=name)
    return done(Reason.ROLE_OFFERED, fresh.redrawn().say(now, text, aloud=True, mention=(f"user:{id_}",)))


def _status(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    word = signal.labels.get(STATUS, "")
    if word not in list(Status):
        return Decision(reason=Reason.NOT_IN_PLAN, record=room)
    status = Status(word)
    if status is room.status:
        return Decision(reason=Reason.ALREADY, record=room)
    fresh = replace(room, status=status)
    if status in (Status.MONITORING, Status.RESOLVED):
        fresh = reached(fresh, Milestone.MITIGATED, now)
    if status is Status.RESOLVED:
        fresh = reached(fresh, Milestone.RESOLVED, now)
    text = Text.of("{who}: {status}.", who=who.name, status=STATUS_WORDS[status])
    return done(Reason.STATUS_SET, fresh.redrawn().say(now, text, aloud=True))


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
    return done(Reason.SEVERITY_SET, fresh.redrawn().say(now, text, aloud=True))


def _update(signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    text = signal.labels.get(TEXT, "")
    if not text:
        return Decision(reason=Reason.NO_REASON, record=room)
    timers = {**room.timers, UPDATE_TIMER: now + policy.war_room.update_every}
    fresh = replace(room, updated_at=now, asked=0, timers=timers)
    said = fresh.redrawn().say(now, Text.of("📣 {text} ({who})", text=text, who=who.name), aloud=True)
    return done(Reason.UPDATED_ROOM, said)


def _merge(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    key, title = signal.labels.get(INCIDENT, ""), signal.labels.get(TITLE, "")
    if not key or key in room.incidents:
        return Decision(reason=Reason.ALREADY, record=room)
    fresh = replace(room, incidents=(*room.incidents, key))
    return done(Reason.MERGED, fresh.redrawn().say(now, Text.of("{who} added {title}.", who=who.name, title=title)))


def _retry(_signal: Signal, room: Room, _who: Actor, _policy: Policy, _now: int) -> Decision:
    if not room.furnished.troubles:
        return Decision(reason=Reason.ALREADY, record=room)
    return done(Reason.RETRIED, _again(room))


def _close(_signal: Signal, room: Room, who: Actor, policy: Policy, now: int) -> Decision:
    fresh = reached(reached(room, Milestone.MITIGATED, now), Milestone.RESOLVED, now)
    closed = replace(
        fresh,
        phase=Phase.CLOSED,
        status=Status.RESOLVED,
        closed_at=now,
        closed_by=who.name,
        timers={ARCHIVE_TIMER: now + policy.war_room.archive_after},
    )
    lasted = Span(ms=now - room.opened_at)
    text = Text.of("{who} closed this room after {span}.", who=who.name, span=lasted)
    return done(Reason.ROOM_CLOSED, closed.redrawn().say(now, text))


def _heard(signal: Signal, room: Room | None, now: int) -> Decision:
    """An incident of the room has news: its labels are milestones, and how it stands."""
    if room is None or not room.is_open:
        return Decision(reason=Reason.NOT_OPEN, record=room)
    moments = {**_moments(signal), **room.moments}
    if moments == dict(room.moments) and not signal.summary:
        return Decision(reason=Reason.REPEAT, record=room)
    fresh = replace(room, moments=moments).redrawn()
    return done(Reason.ROOM_NEWS, fresh.say(now, Text.of("{news}", news=signal.summary)) if signal.summary else fresh)


def _ring(signal: Signal, room: Room, policy: Policy, now: int) -> Decision:
    due = room.timers.get(signal.event)
    if due is None or due > now:
        return Decision(reason=Reason.TIMER_STALE, record=room)
    waiting = replace(room, timers=_without(room, signal.event))
    match signal.event:
        case "retry":
            return done(Reason.RETRIED, _again(waiting))
        case "archive":
            return done(Reason.ROOM_ARCHIVED, replace(waiting, phase=Phase.ARCHIVED))
        case "commander" if room.is_open and room.commander is None:
            return done(Reason.REMINDED, _ask_for_commander(waiting, policy, now))
        case "update" if room.is_open:
            return done(Reason.REMINDED, _ask_for_update(waiting, policy, now))
    return done(Reason.TIMER_STALE, waiting)


def _ask_for_commander(room: Room, policy: Policy, now: int) -> Room:
    """Once more, then everybody who was called for the room."""
    timers = {**room.timers, COMMANDER_TIMER: now + policy.war_room.commander_within}
    mention = policy.war_room.invite if room.asked else ()
    text = Text.of("Nobody commands here yet. Take it with `/war-room role commander me`.")
    asked = replace(room, timers=timers, asked=room.asked + 1, asked_at=now)
    return asked.say(now, text, aloud=True, mention=tuple(mention))


def _ask_for_update(room: Room, policy: Policy, now: int) -> Room:
    timers = {**room.timers, UPDATE_TIMER: now + policy.war_room.update_every}
    commander = room.commander
    text = Text.of("The last update is {span} old. `/war-room update …`", span=Span(ms=now - room.updated_at))
    asked = replace(room, timers=timers, asked_at=now)
    return asked.say(now, text, aloud=True, mention=(f"user:{commander.id}",) if commander else ())


def _again(room: Room) -> Room:
    """What failed is tried once more."""
    return replace(room, furnished=replace(room.furnished, troubles={}), timers=_without(room, RETRY_TIMER)).redrawn()


def _without(room: Room, name: str) -> dict[str, int]:
    return {other: at for other, at in room.timers.items() if other != name}


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
ACTS: dict[str, Act] = {
    ROLE: _role, STATUS: _status, SEVERITY: _severity, UPDATE: _update, MERGE: _merge, RETRY: _retry, CLOSE: _close,
}  # fmt: skip
