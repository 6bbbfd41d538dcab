"""How a war-room opens: by a person, or because the policy wants one for this severity; one for an incident."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rules import keys, room_naming
from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.room import Furnished, Milestone, Phase, Role, Room, Status
from rules.room_hearing import KEY, PRIVATE, SEVERITY, TITLE, YES, learned
from rules.room_outcome import done
from rules.signal import Actor, Link, Signal
from rules.text import Joined, Text

OWN = "own"  # the key of the incident that the room declares itself
COMMANDER_TIMER, UPDATE_TIMER, CLOCK_TIMER = "commander", "update", "clock"
FIRST = Text.of("What to do first:\n{steps}")  # the policy says so, nobody in the room
CLOCK_PARTS = 6  # the clock on the card is drawn so often until the target


def opened(signal: Signal, room: Room | None, who: Actor | None, policy: Policy, now: int) -> Decision:
    """Whoever comes second is led to the first one; into a private one nobody invites himself.

    `who`: None when the policy opens it.
    """
    if room is None:
        return done(Reason.ROOM_OPENED, _furnished(_begun(signal, who, policy, now), who, policy, now))
    match room.phase:
        case Phase.OPEN:
            joined = _asked_in(room, who) if who and not room.private else room
            return Decision(reason=Reason.ALREADY, record=joined, changed=joined != room, severity=room.severity)
        case Phase.ARCHIVED:
            return Decision(reason=Reason.NOT_OPEN, record=room)
        case Phase.CLOSED:
            return done(Reason.ROOM_OPENED, learned(_again(room, who, policy, now), signal, now))


def _asked_in(room: Room, who: Actor) -> Room:
    """Who asks again may have left meanwhile."""
    name, fresh = f"user:{who.id}", room.inviting(f"user:{who.id}")
    others = tuple(one for one in fresh.furnished.invited if one != name)
    return replace(fresh, furnished=replace(fresh.furnished, invited=others))


def clocks(policy: Policy, now: int) -> dict[str, int]:
    """The times of a room that has just opened."""
    plan = policy.war_room
    return {
        COMMANDER_TIMER: now + plan.commander_within,
        UPDATE_TIMER: now + plan.update_every,
        CLOCK_TIMER: now + plan.mttr_target // CLOCK_PARTS,
    }


def _begun(signal: Signal, who: Actor | None, policy: Policy, now: int) -> Room:
    said, plan = signal.labels, policy.war_room
    asked, worst = said.get(SEVERITY, ""), next(iter(policy.severities))
    severity = asked if asked in policy.severities else worst
    own = said.get(OWN, "")
    title = said.get(TITLE, "").strip() or signal.key
    id_ = keys.short(signal.key, now)
    room = Room(
        key=signal.key,
        id=id_,
        incidents=tuple(dict.fromkeys(key for key in (own, said.get(KEY, "")) if key)),
        own=own,
        title=title,
        severity=severity,
        rank=policy.rank(severity),
        private=said.get(PRIVATE) == YES,
        base=room_naming.base(title, id_, now, policy.zone),
        announce=policy.channel(plan.announce) if plan.announce else "",
        opened_at=now,
        opened_by=who.name if who else "",
        opened_by_id=who.id if who else "",
        invite=tuple(
            dict.fromkeys([*(f"user:{one.id}" for one in (who,) if one), *_invited(plan.invite, signal.people)])
        ),
        links=(*(Link(name=one.title, url=one.url) for one in plan.bookmarks), *signal.links),
        target=plan.mttr_target,
        moments=_moments(bool(own or said.get(KEY)), now),
        updated_at=now,
        timers=clocks(policy, now),
    )
    if room.private:
        room = replace(room, announce="")  # what few may see is not told to many
    return learned(room, signal, now)


def _moments(has_incident: bool, now: int) -> dict[Milestone, int]:
    """What is not on the books as an incident begins with its room."""
    first = (Milestone.ROOM,) if has_incident else (Milestone.STARTED, Milestone.DETECTED, Milestone.ROOM)
    return dict.fromkeys(first, now)


def _invited(*names: Sequence[str]) -> Iterator[str]:
    """Those of the policy and those whom the incident calls; nobody invites a whole channel."""
    return (name for some in names for name in some if name not in ("channel", "here", "none"))


def _furnished(room: Room, who: Actor | None, policy: Policy, now: int) -> Room:
    """With the first lines: who opened it, and what is to be done first."""
    text = Text.of("The policy opened this room: {severity}.", severity=room.severity)
    if who:
        text = Text.of("{who} opened this room.", who=who.name)
    said = room.say(now, text)
    if steps := policy.rule(room.severity).checklist:
        lines = Joined(tuple(Text.of("☐ {step}", step=step) for step in steps))
        said = said.say(now, replace(FIRST, values={"steps": lines}), aloud=True)
    return said


def _again(room: Room, who: Actor | None, policy: Policy, now: int) -> Room:
    moments: dict[Milestone, int] = {
        one: at for one, at in room.moments.items() if one not in (Milestone.MITIGATED, Milestone.RESOLVED)
    }
    known = room.roles.get(Role.COMMANDER)
    timers = clocks(policy, now)
    if known and known.agreed:
        timers.pop(COMMANDER_TIMER)
    fresh = replace(
        room, phase=Phase.OPEN, status=Status.INVESTIGATING, closed_at=0, closed_by="", moments=moments, timers=timers,
        updated_at=now, asked=0, unended=(),
    )  # fmt: skip
    if room.furnished.archived:  # its channel is no more: it gets another
        fresh = replace(fresh, place="", furnished=Furnished(tried=room.furnished.tried))
    if who and not room.private:
        fresh = fresh.inviting(f"user:{who.id}")
    name = who.name if who else ""
    text = Text.of("{who} opened this room again.", who=name) if name else Text.of("This room is open again.")
    told = Text.of("🧯 The war-room is open again.")
    return fresh.redrawn().say(now, text, aloud=True).spread(now, told, discreet=told)
