"""What becomes of a rollback: asked for, confirmed by a second person, its steps, which version runs, given up."""

from collections.abc import Iterable
from dataclasses import replace

from rules import dispatching, keys, oncall
from rules.decision import Decision
from rules.plan import Plan
from rules.policy import Policy
from rules.reason import Reason
from rules.releasing import VERSION, owns
from rules.rights import permitted
from rules.rollback import Phase, Rollback, Todo, bare
from rules.rollback_outcome import LAPSE, LASTS_MS, LATE, LATE_MS, OVER, PROPOSAL_MS, changed, ended, finished
from rules.signal import Actor, Kind, Signal
from rules.team import EVERYONE, Right
from rules.text import Span, Text
from rules.watch import key_of

ROLLBACK, CONFIRM, TICK, STOP, AGAIN = "rollback", "confirm", "tick", "stop", "again"  # acts
PLAN, RELEASE, TO, WHY, PLACE, ROOM, STEP, ID = "plan", "release", "to", "why", "place", "room", "step", "id"
SEEN, UNSEEN = "seen", "unseen"  # readings: which version runs; the plan does not say any more how to see it
RUNS, TROUBLE = "runs", "trouble"  # particulars of a reading


def decide(signal: Signal, rollback: Rollback | None, policy: Policy, now: int) -> Decision:
    """What becomes of the rollback of a release. `now`: unix milliseconds."""
    if signal.kind is Kind.ACT:
        return _act(signal, rollback, policy, now)
    if rollback is None:
        return Decision(reason=Reason.NO_RECORD)
    match signal.kind:
        case Kind.DEPLOYMENT:
            return dispatching.hear(signal, rollback, now)
        case Kind.READ:
            return _seen(signal, rollback, now)
        case _:
            return _ring(signal, rollback, now)


def _act(signal: Signal, rollback: Rollback | None, policy: Policy, now: int) -> Decision:
    """`signal.event` is the act, `signal.actor` who does it, `signal.labels` its particulars."""
    who, said = signal.actor, signal.labels
    plan = policy.releases.get(said.get(PLAN, "") or (rollback.plan if rollback else ""))
    own = plan is not None and who is not None and owns(policy, plan, who, now)
    if who is None or not permitted(policy, Right.DECIDE, who, now, own=own):
        return Decision(reason=Reason.NOT_ALLOWED, record=rollback)
    current = rollback if rollback and _lasts(rollback, now) else None
    if signal.event == ROLLBACK:
        return _ask(signal, rollback, current, policy, plan, who, now)
    if rollback is None:
        return Decision(reason=Reason.NO_RECORD)
    if current is None or said.get(ID, current.id) != current.id:
        return Decision(reason=Reason.NOT_OPEN, record=rollback)
    match signal.event:
        case "stop":
            return _give_up(current, said.get(WHY, "").strip(), who, now)
        case "confirm":
            return _confirm(current, who, now)
        case "tick":
            return _tick(current, said.get(STEP, ""), who, now)
        case "again":
            return dispatching.again(current, who, now)
        case _:
            return Decision(reason=Reason.NO_RECORD, record=rollback)


def _lasts(rollback: Rollback, now: int) -> bool:
    """Whether it goes on or waits at this moment, whatever its timers have said."""
    return rollback.is_open and (rollback.phase is Phase.BEGUN or now - rollback.opened_at < PROPOSAL_MS)


def _ask(
    signal: Signal, rollback: Rollback | None, current: Rollback | None, policy: Policy, plan: Plan | None, who: Actor,
    now: int,
) -> Decision:  # fmt: skip
    said = signal.labels
    release, to, why = said.get(RELEASE, ""), said.get(TO, ""), said.get(WHY, "").strip()
    if current is not None:
        is_same = bare(current.to) == bare(to) and current.by_id != who.id
        waits = current.phase is Phase.PROPOSED
        return _begin(current, who.name, now) if waits and is_same else Decision(reason=Reason.ALREADY, record=rollback)
    if plan is None:
        return Decision(reason=Reason.NO_PLAN, record=rollback)
    if not VERSION.fullmatch(to) or bare(to) == bare(release):
        return Decision(reason=Reason.NO_TARGET, record=rollback)
    if not why:
        return Decision(reason=Reason.NO_REASON, record=rollback)
    asked = Rollback(
        key=signal.key, id=keys.short(signal.key, now), version=rollback.version if rollback else 0,
        watch=key_of(said.get(PLAN, ""), release), plan=said.get(PLAN, ""), release=release, to=to, title=plan.words,
        place=said.get(PLACE, "") or policy.channel(plan.channel), room=said.get(ROOM, ""), by=who.name, by_id=who.id,
        why=why, steps=tuple(_steps(plan, release, to)), call=dispatching.call_of(plan, release, to),
        looks=plan.running is not None, opened_at=now,
    )  # fmt: skip
    return _begin(asked, "", now) if asked.call is None else _proposed(asked, policy, plan, now)


def _steps(plan: Plan, release: str, to: str) -> Iterable[Todo]:
    """Those of the plan; one of ours, when nothing else would say that it is done."""
    for text in plan.rollback:
        yield Todo(text=text.replace("$version", release).replace("$baseline", to))
    if not plan.rollback and plan.running is None:
        yield Todo(text=Text.of("See that {to} runs.", to=to))


def _proposed(asked: Rollback, policy: Policy, plan: Plan, now: int) -> Decision:
    """It waits for a second person; who may be that is called, at any hour: somebody waits for the answer."""
    text = Text.of("{who} wants to roll back {release} to {to}: {why}",
                   who=asked.by, release=asked.release, to=asked.to, why=asked.why)  # fmt: skip
    text = Text.of(
        "{text}\nIt takes a second person with the right: Confirm on the card, within {span}. GitHub then starts what "
        "the plan names.",
        text=text, span=Span(ms=PROPOSAL_MS),
    )  # fmt: skip
    waits = replace(asked, timers={LAPSE: now + PROPOSAL_MS})
    return changed(Reason.PROPOSED, waits.say(now, text, mention=_who_may(policy, plan, now)))


def _who_may(policy: Policy, plan: Plan, now: int) -> tuple[str, ...]:
    """Those with the right, as far as they are named: nobody calls everyone."""
    named = dict.fromkeys((*policy.rights.of(Right.DECIDE), *plan.owner))
    mentions = (f"@{name.removeprefix('@')}" for name in named if name not in (EVERYONE, "none"))
    return tuple(name for name in oncall.resolve(policy, mentions, now) if name != "none")


def _confirm(rollback: Rollback, who: Actor, now: int) -> Decision:
    if rollback.phase is not Phase.PROPOSED:
        return Decision(reason=Reason.NOTHING_PROPOSED, record=rollback)
    if rollback.by_id == who.id:
        return Decision(reason=Reason.ALREADY, record=rollback)
    return _begin(rollback, who.name, now)


def _begin(rollback: Rollback, second: str, now: int) -> Decision:
    """From here on it is decided. Its war-room hears all lines from this one on."""
    call = replace(rollback.call, wanted_at=now, at=now) if rollback.call else None
    begun = replace(
        rollback, phase=Phase.BEGUN, second=second, begun_at=now, call=call, told=rollback.seq,
        timers={OVER: now + LASTS_MS},
    )  # fmt: skip
    text = Text.of("{who} rolls back {release} to {to}: {why}",
                   who=begun.by, release=begun.release, to=begun.to, why=begun.why)  # fmt: skip
    if second:
        text = Text.of("{text} (confirmed by {second})", text=text, second=second)
    return changed(Reason.ROLLBACK_BEGUN, begun.say(now, text).redrawn())


def _tick(rollback: Rollback, word: str, who: Actor, now: int) -> Decision:
    number = int(word) if word.isdecimal() and len(word) < 4 else 0
    if rollback.phase is Phase.PROPOSED:
        return Decision(reason=Reason.NOT_BEGUN, record=rollback)
    if not 1 <= number <= len(rollback.steps):
        return Decision(reason=Reason.NOT_IN_PLAN, record=rollback)
    step = rollback.steps[number - 1]
    if step.done_at:
        return Decision(reason=Reason.ALREADY, record=rollback)
    done = replace(step, done_by=who.name, done_at=now)
    fresh = replace(rollback, steps=(*rollback.steps[: number - 1], done, *rollback.steps[number:]))
    if fresh.coming is None and fresh.looks and not fresh.is_back and LATE not in fresh.timers:
        fresh = replace(fresh, timers={**fresh.timers, LATE: now + LATE_MS})
    text = Text.of("✅ {n}. {step} ({who})", n=number, step=step.text, who=who.name)
    return finished(Reason.STEP_DONE, fresh.say(now, text).redrawn(), now)


def _give_up(rollback: Rollback, why: str, who: Actor, now: int) -> Decision:
    if not why:
        return Decision(reason=Reason.NO_REASON, record=rollback)
    text = Text.of("{who} gives up the rollback of {release}: {why}", who=who.name, release=rollback.release, why=why)
    return changed(Reason.ROLLBACK_GIVEN_UP, ended(rollback.say(now, text), Phase.GIVEN_UP, who.name, why, now))


def _seen(signal: Signal, rollback: Rollback, now: int) -> Decision:
    """Which version runs; what is as before changes nothing."""
    if rollback.phase is not Phase.BEGUN or not rollback.looks:
        return Decision(reason=Reason.NOT_OPEN, record=rollback)
    if signal.event == UNSEEN:
        return finished(Reason.VERSION_SEEN, replace(rollback, looks=False, trouble="").redrawn(), now)
    found = signal.labels.get(RUNS, "")
    trouble = signal.labels.get(TROUBLE, "") or ("" if found else Text.of("nothing was found"))
    runs = found or rollback.running
    if (runs, trouble) == (rollback.running, rollback.trouble):
        return Decision(reason=Reason.REPEAT, record=rollback)
    is_other = runs != rollback.running
    fresh = replace(rollback, running=runs, running_at=now if is_other else rollback.running_at, trouble=trouble)
    if is_other and (rollback.running or fresh.is_back):
        fresh = fresh.say(now, Text.of("{version} runs now.", version=runs))
    return finished(Reason.VERSION_SEEN, fresh.redrawn(), now)


def _ring(signal: Signal, rollback: Rollback, now: int) -> Decision:
    """A time that it asked for; `signal.event` says which."""
    due = rollback.timers.get(signal.event)
    if due is None or due > now:
        return Decision(reason=Reason.TIMER_STALE, record=rollback)
    rung = replace(rollback, timers={name: at for name, at in rollback.timers.items() if name != signal.event})
    match signal.event:
        case "late" if not rollback.is_back:
            return changed(Reason.ROLLBACK_LATE, _reminded(rung, now))
        case "lapse" if rollback.phase is Phase.PROPOSED:
            why = Text.of("Nobody confirmed it within {span}.", span=Span(ms=PROPOSAL_MS))
            return changed(Reason.LAPSED, ended(rung.say(now, why), Phase.GIVEN_UP, "", why, now))
        case "over":
            why = Text.of("It was not done within {span}.", span=Span(ms=LASTS_MS))
            return changed(Reason.ROLLBACK_GIVEN_UP, ended(rung.say(now, why), Phase.GIVEN_UP, "", why, now))
        case _:
            return Decision(reason=Reason.TIMER_STALE, record=rung, changed=True)


def _reminded(rollback: Rollback, now: int) -> Rollback:
    """At any hour: who is called began it a quarter of an hour ago."""
    text = Text.of("After {span} I cannot see yet whether {to} runs.", span=Span(ms=LATE_MS), to=rollback.to)
    if rollback.running:
        text = Text.of("After {span} {to} does not run yet: {version} does.",
                       span=Span(ms=LATE_MS), to=rollback.to, version=rollback.running)  # fmt: skip
    return rollback.say(now, text, mention=(f"user:{rollback.by_id}",) if rollback.by_id else ())
