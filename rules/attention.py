"""Whether somebody looks after an incident: the deadline, reminders, the steps up, and when each of them is due."""

from dataclasses import replace

from rules import hushing, oncall
from rules.decision import Decision
from rules.incident import Attention, Incident, State
from rules.outcome import done, redraw, same
from rules.policy import Policy
from rules.reason import Reason
from rules.severity_plan import Escalation
from rules.signal import Signal
from rules.text import Moment, Span, Text

REMIND, ESCALATE = "remind", "escalate"
CLOCKS = "clocks"  # not a time that comes: the policy has changed, and the times with it
LATE_MS = 60_000  # a time that is kept later than this says so
JUST_MS = 600_000  # who acted this recently is not mentioned
PROGRESS = (Reason.PARTLY_RESOLVED, Reason.EASED, Reason.LOST_RESOLVE)


def attended(decision: Decision, before: Incident | None, policy: Policy, now: int) -> Decision:
    """The same decision, with the clocks of its incident set: what begins to ask anew, what moves, what is over."""
    incident = decision.record
    if not isinstance(incident, Incident) or not decision.changed or decision.reason is Reason.PUT_OFF:
        return decision  # what was put off has its times
    anew = incident.is_open and (before is None or not before.is_open or incident.id != before.id)
    if anew or (before is not None and incident.is_open and _rises(incident, before, policy)):
        acted = incident.attention.acted  # who just acted has seen it all the same
        fresh = Attention(asked_at=now, moved_at=now, acted=acted)
        incident = _unhidden(incident if incident.attention == fresh else replace(incident, attention=fresh))
    elif decision.reason in PROGRESS:
        incident = replace(incident, attention=replace(incident.attention, moved_at=now))
    elif decision.reason is Reason.NEW_MEMBER:
        incident = _unhidden(incident)
    return replace(decision, record=scheduled(incident, policy, now))


def scheduled(incident: Incident, policy: Policy, now: int) -> Incident:
    """The same incident with its reminder and steps up among its timers, as the policy has them now."""
    old = incident.timers
    others = {name: at for name, at in old.items() if not _is_ours(name)}
    times = due(incident, policy, now)
    # What was put off until a while ago, or until later, or is due for the first time, is late by no more than that.
    ours = {name: max(at, min(old.get(name, now), now)) for name, at in times.items()}
    times = {**others, **ours}
    return incident if times == incident.timers else replace(incident, timers=times)


def due(incident: Incident, policy: Policy, now: int) -> dict[str, int]:
    """When it reminds and escalates next, by the name of the timer; nothing while nobody needs to be asked."""
    if not incident.is_open or not incident.shown or incident.flapping or not incident.firing:
        return {}
    times = {f"{ESCALATE}/{index}": at for index, at in _steps(incident, policy)}
    if (at := _reminder(incident, policy)) is not None:
        times[REMIND] = at
    floor = max(incident.attention.snoozed_until, incident.silenced_until)
    return {name: _earliest(incident, policy, max(at, floor), now) for name, at in times.items()}


def reset(incident: Incident, policy: Policy, now: int) -> Decision:
    """The times as the policy has them now."""
    fresh = scheduled(incident, policy, now)
    return same(Reason.CLOCKS_SET, fresh, None, changed=fresh != incident)


def ring(signal: Signal, incident: Incident, policy: Policy, now: int) -> Decision:
    """A reminder or a step up that is due; one that must wait after all is put off."""
    planned = incident.timers[signal.event]
    if due(incident, policy, now).get(signal.event, now + 1) > now:
        fresh = scheduled(incident, policy, now)
        return same(Reason.PUT_OFF, fresh, None, changed=fresh != incident)
    late = now - planned if now - planned > LATE_MS else 0
    if signal.event == REMIND:
        return done(Reason.REMINDED, _remind(incident, policy, now, late), None)
    index = int(signal.event.rpartition("/")[2])
    step = policy.rule(incident.severity).escalate[index]
    if not reaches(incident, step, policy, now):  # only who just acted: they have seen it, ask a little later
        timers = {**incident.timers, signal.event: now + JUST_MS}
        return same(Reason.PUT_OFF, replace(incident, timers=timers), None, changed=True)
    fresh = step_up(incident, index, step, _unanswered(incident, now, late), policy, now)
    return done(Reason.ESCALATED, fresh, None)


def reaches(incident: Incident, step: Escalation, policy: Policy, now: int) -> bool:
    """Whether a step tells anybody but who just acted."""
    names = oncall.resolve(policy, (*step.mention, *step.dm), now)
    asked = tuple(f"@{name}" if name in policy.people else name for name in names if name != "none")
    return bool(_but_who_acted(incident, asked, now))


def step_up(incident: Incident, index: int, step: Escalation, text: Text, policy: Policy, now: int) -> Incident:
    """Take one of the policy's steps; `text` says why in the thread."""
    seen = incident.attention
    taken = replace(incident, attention=replace(seen, escalated=(*seen.escalated, index)))
    names = [name.removeprefix("@") for name in oncall.resolve(policy, step.dm, now)]
    people = tuple(name for name in names if name in policy.people)
    groups = tuple(f"@{name}" for name in names if name not in policy.people)  # nobody can write to a user group
    return tell(taken, text, (*step.mention, *groups), people, policy, now)


def tell(
    incident: Incident, text: Text, mention: tuple[str, ...], people: tuple[str, ...], policy: Policy, now: int
) -> Incident:
    """A line in the thread that mentions, and the same to people directly; never to who just acted."""
    loud = any(name in ("channel", "here") for name in mention)
    asked = (name for name in mention if name != "none")
    names = _but_who_acted(incident, oncall.resolve(policy, asked, now), now)
    told = incident.say(now, text, aloud=loud, mention=names)
    for person in people:
        if f"@{person}" in _but_who_acted(incident, (f"@{person}",), now):
            told = told.say(now, text, visible=False, to=person)
    return told


def next_step(incident: Incident, policy: Policy, now: int) -> tuple[int, Escalation] | None:
    """The first step up that was not taken yet and tells others than who just acted; None when there is none."""
    steps = enumerate(policy.rule(incident.severity).escalate)
    left = ((index, step) for index, step in steps if index not in incident.attention.escalated)
    return next((found for found in left if reaches(incident, found[1], policy, now)), None)


def has_step(incident: Incident, policy: Policy) -> bool:
    """Whether there is a step up that was not taken yet."""
    return any(i not in incident.attention.escalated for i, _ in enumerate(policy.rule(incident.severity).escalate))


def _unhidden(incident: Incident) -> Incident:
    """Something is there that no silence was seen to hide."""
    if not incident.compared.hidden:
        return incident
    return replace(incident, compared=replace(incident.compared, hidden=False))


def _rises(incident: Incident, before: Incident, policy: Policy) -> bool:
    """Also to what it was before: the times of that have long passed."""
    return policy.rank(incident.severity) < policy.rank(before.severity)


def _is_ours(name: str) -> bool:
    return name == REMIND or name.startswith(f"{ESCALATE}/")


def _earliest(incident: Incident, policy: Policy, at: int, now: int) -> int:
    later = hushing.not_before(policy, incident.severity, incident.place, incident.route, max(at, now))
    return later if later > max(at, now) else at


def _steps(incident: Incident, policy: Policy) -> list[tuple[int, int]]:
    is_taken = incident.state is State.ACKNOWLEDGED
    wanted = "without_progress" if is_taken else "unacknowledged"
    since = incident.attention.moved_at if is_taken else _asked(incident)
    steps = enumerate(policy.rule(incident.severity).escalate)
    return [
        (index, since + step.after)
        for index, step in steps
        if step.when == wanted and index not in incident.attention.escalated
    ]


def _reminder(incident: Incident, policy: Policy) -> int | None:
    rule, seen = policy.rule(incident.severity), incident.attention
    if seen.reminded >= rule.reminders:
        return None
    is_taken = incident.state is State.ACKNOWLEDGED
    first = None if is_taken else _deadline(incident, policy)
    if first is not None and seen.reminded_at < seen.asked_at:
        return first
    if rule.remind_every is None:
        return None
    return max(_asked(incident), seen.moved_at, seen.reminded_at) + rule.remind_every


def _deadline(incident: Incident, policy: Policy) -> int | None:
    within, asked = policy.rule(incident.severity).respond_within, _asked(incident)
    if within == "end_of_day":
        return hushing.end_of_day(policy, asked)
    return None if within is None else asked + within


def _remind(incident: Incident, policy: Policy, now: int, late: int) -> Incident:
    rule, seen = policy.rule(incident.severity), incident.attention
    kept = replace(seen, reminded=seen.reminded + 1, reminded_at=now, snoozed_until=0)
    counted = replace(incident, attention=kept)
    if seen.snoozed_until:
        counted = redraw(counted)  # the card has said until when
    is_taken = incident.state is State.ACKNOWLEDGED and incident.taken_id
    wanted = (f"user:{incident.taken_id}",) if is_taken else tuple(rule.remind or incident.called)
    quiet = tuple(name for name in wanted if name not in ("channel", "here"))  # the channel had its ping
    told = tell(counted, _unanswered(incident, now, late), quiet, (), policy, now)
    if counted.attention.reminded < rule.reminders:
        return told
    return told.say(now, Text.of("This was the last reminder; I stay quiet about it from here on."))


def _asked(incident: Incident) -> int:
    """Since when it asks for somebody; a record from before it was kept asks since it opened."""
    return incident.attention.asked_at or incident.opened_at


def _unanswered(incident: Incident, now: int, late: int) -> Text:
    seen = incident.attention
    if incident.state is State.ACKNOWLEDGED:
        quiet, taken = Span(ms=now - seen.moved_at), Moment(at=incident.taken_at)
        said = Text.of(
            "{who} has it since {at}, and nothing has moved for {span}.", who=incident.taken_by, at=taken, span=quiet
        )
    else:
        waited = Span(ms=now - _asked(incident))
        said = Text.of("Nobody has it yet, {span} after it asked for somebody.", span=waited)
    return Text.of("{said} (I say so {late} late.)", said=said, late=Span(ms=late)) if late else said


def _but_who_acted(incident: Incident, names: tuple[str, ...], now: int) -> tuple[str, ...]:
    acted = incident.attention.acted
    return tuple(name for name in names if now - acted.get(name.removeprefix("@"), 0) > JUST_MS)
