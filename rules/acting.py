"""What a person does to an incident from Slack, as far as the policy's rights let this person."""

from dataclasses import replace

from rules import attention, silencing
from rules.decision import Decision
from rules.incident import Incident, State
from rules.outcome import done, redraw, same
from rules.policy import Policy
from rules.reason import Reason
from rules.rights import permitted
from rules.signal import Actor, Signal
from rules.team import Right
from rules.text import Moment, Text

ACKNOWLEDGE, RESOLVE, ESCALATE, SNOOZE = "acknowledge", "resolve", "escalate", "snooze"
SILENCE, UNSILENCE = "silence", "unsilence"
UNTIL, WHOM = "until", "whom"  # particulars of an act: unix milliseconds; a name of the policy
RIGHTS = {
    ACKNOWLEDGE: Right.ACKNOWLEDGE,
    RESOLVE: Right.RESOLVE,
    ESCALATE: Right.ESCALATE,
    SNOOZE: Right.ACKNOWLEDGE,
    SILENCE: Right.SILENCE,
    UNSILENCE: Right.SILENCE,
}


def act(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """`signal.event` is the act, `signal.actor` who does it, `signal.labels` its particulars."""
    who, right = signal.actor, RIGHTS.get(signal.event)
    if who is None or right is None:
        return same(Reason.NOT_ALLOWED, incident, None)
    if not permitted(policy, right, who, now, own=_has(incident, who)):
        return same(Reason.NOT_ALLOWED, incident, None)
    if not incident.is_open and signal.event != UNSILENCE:
        return same(Reason.NOT_OPEN, incident, None)
    return _do(signal, who, incident, policy, now)


def _do(signal: Signal, who: Actor, incident: Incident, policy: Policy, now: int) -> Decision:
    match signal.event:
        case "acknowledge":
            return _acknowledge(incident, who, now)
        case "resolve":
            return _resolve(incident, who, now)
        case "escalate":
            return _escalate(incident, who, signal.labels.get(WHOM, ""), policy, now)
        case "snooze":
            return _snooze(incident, who, int(signal.labels.get(UNTIL, "0")), now)
        case "silence":
            return silencing.ask(signal, acted(incident, who, now), who, now)
        case _:
            return silencing.end(acted(incident, who, now), incident, who, now)


def acted(incident: Incident, who: Actor, now: int) -> Incident:
    """Somebody did something about it: that is progress, and this person needs no reminding just now."""
    names = (*sorted(name for name in who.known_as if not name.startswith("@")), f"user:{who.id}")
    lately = {name: at for name, at in incident.attention.acted.items() if now - at <= attention.JUST_MS}
    fresh = {**lately, **dict.fromkeys(names, now)}
    return replace(incident, attention=replace(incident.attention, moved_at=now, acted=fresh))


def _has(incident: Incident, who: Actor) -> bool:
    """Whether this person has it; one that opened again is nobody's."""
    return bool(incident.taken_by) and incident.taken_id == who.id


def _acknowledge(incident: Incident, who: Actor, now: int) -> Decision:
    if incident.state is State.ACKNOWLEDGED:
        return same(Reason.ALREADY, incident, None)
    taken = replace(
        acted(incident, who, now), state=State.ACKNOWLEDGED, taken_by=who.name, taken_id=who.id, taken_at=now
    )
    said = taken.say(now, Text.of("{person} has it.", person=who.name))
    return done(Reason.ACKNOWLEDGED, redraw(said), None)


def _resolve(incident: Incident, who: Actor, now: int) -> Decision:
    closed = replace(
        acted(incident, who, now),
        state=State.RESOLVED,
        resolved_at=now,
        timers={},
        doubts={},
        flips=(),
        flapping=False,
    )
    text = Text.of("{person} resolved it by hand. It opens again when it fires anew.", person=who.name)
    return done(Reason.RESOLVED_BY_HAND, redraw(closed.say(now, text)), None)


def _escalate(incident: Incident, who: Actor, whom: str, policy: Policy, now: int) -> Decision:
    """To whom is named, else by the policy's next step."""
    fresh = acted(incident, who, now)
    if whom:
        text = Text.of("{person} passes it on to {whom}.", person=who.name, whom=whom)
        if whom.startswith("user:"):  # the mention says who it is
            text = Text.of("{person} passes it on.", person=who.name)
        return done(Reason.ESCALATED, attention.tell(fresh, text, (whom,), (), policy, now), None)
    following = attention.next_step(fresh, policy, now)
    if following is None:
        return same(Reason.NO_STEP, incident, None)
    index, step = following
    names = ", ".join(dict.fromkeys([*step.mention, *step.dm]))
    text = Text.of("{person} passes it on: step {step}, {whom}.", person=who.name, step=index + 1, whom=names)
    return done(Reason.ESCALATED, attention.step_up(fresh, index, step, text, policy, now), None)


def _snooze(incident: Incident, who: Actor, until: int, now: int) -> Decision:
    fresh = acted(incident, who, now)
    fresh = replace(fresh, attention=replace(fresh.attention, snoozed_until=until))
    text = Text.of("{person}: no reminders until {at}.", person=who.name, at=Moment(at=until))
    return done(Reason.SNOOZED, redraw(fresh.say(now, text)), None)
