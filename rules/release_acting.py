"""What people do to a watched release: tick, enter a value, decide, stop; as far as the policy's rights let them."""

import math
from dataclasses import replace

from rules import deciding
from rules.decision import Decision
from rules.plan import Plan
from rules.policy import Policy
from rules.reading import Reading
from rules.reason import Reason
from rules.releasing import changed, owns
from rules.rights import permitted
from rules.signal import Actor, Signal
from rules.team import Right
from rules.text import Text
from rules.threshold_words import number
from rules.watch import Phase, Tick, Watch
from rules.watching import judged

TICK, SET, DECIDE, STOP = "tick", "set", "decide", "stop"
CHECK, VALUE, NOTE, GOOD = "check", "value", "note", "good"  # particulars
OURS = "sereno"  # the source of a decision that comes of a rollback: there it was asked whether that person may
RIGHTS = {TICK: Right.WATCH, SET: Right.WATCH, STOP: Right.WATCH, DECIDE: Right.DECIDE}


def act(signal: Signal, watch: Watch, policy: Policy, now: int) -> Decision:
    """`signal.event` is the act, `signal.actor` who does it, `signal.labels` its particulars."""
    who, right, plan = signal.actor, RIGHTS.get(signal.event), policy.releases.get(watch.plan)
    if who is None or right is None:
        return Decision(reason=Reason.NOT_ALLOWED, record=watch)
    own = plan is not None and owns(policy, plan, who, now)
    if signal.source != OURS and not permitted(policy, right, who, now, own=own):
        return Decision(reason=Reason.NOT_ALLOWED, record=watch)
    if not watch.is_open:
        return Decision(reason=Reason.NOT_OPEN, record=watch)
    if signal.event == STOP:
        return _stop(watch, who, signal.labels.get(NOTE, ""), now)
    if plan is None:
        return Decision(reason=Reason.NO_PLAN, record=watch)
    match signal.event:
        case "tick":
            return _tick(signal, watch, policy, plan, who, now)
        case "set":
            return _set(signal, watch, policy, plan, who, now)
        case _:
            return deciding.decide_release(signal, watch, policy, plan, who, now)


def _stop(watch: Watch, who: Actor, why: str, now: int) -> Decision:
    ended = replace(watch, phase=Phase.STOPPED, ended_at=now, ended_by=who.name, timers={})
    said = Text.of("{who} stopped the watch of {release}.", who=who.name, release=watch.release)
    if why:
        said = Text.of("{who} stopped the watch of {release}: {why}", who=who.name, release=watch.release, why=why)
    return changed(Reason.STOPPED, ended.redrawn(now).say(now, said))


def _tick(signal: Signal, watch: Watch, policy: Policy, plan: Plan, who: Actor, now: int) -> Decision:
    said, name = signal.labels, signal.labels.get(CHECK, "")
    check = plan.checks.get(name)
    if check is None or check.tick is None:
        return Decision(reason=Reason.NOT_IN_PLAN, record=watch)
    tick = Tick(good=said.get(GOOD) != "no", by=who.name, at=now, note=said.get(NOTE, ""))
    ticked = replace(watch, ticks={**watch.ticks, name: tick})
    text = Text.of("❌ {words}: failed, says {who}.", words=check.words, who=who.name)
    if tick.good:
        text = Text.of("✅ {words}: done, says {who}.", words=check.words, who=who.name)
    return judged(ticked.say(now, _noted(text, tick.note)).redrawn(now), watch, policy, plan, now, Reason.TICKED)


def _set(signal: Signal, watch: Watch, policy: Policy, plan: Plan, who: Actor, now: int) -> Decision:
    said, name = signal.labels, signal.labels.get(CHECK, "")
    check = plan.checks.get(name)
    entered_value = _number(said.get(VALUE, ""))
    if check is None or check.enter is None or entered_value is None:
        return Decision(reason=Reason.NOT_IN_PLAN, record=watch)
    reading = Reading(at=now, source=who.name, value=entered_value, baseline=check.baseline, note=said.get(NOTE, ""))
    entered = replace(watch, readings={**watch.readings, name: reading})
    value = number(entered_value, check.unit)
    text = _noted(
        Text.of("{who} entered {words}: {value}.", who=who.name, words=check.words, value=value), reading.note
    )
    return judged(entered.say(now, text).redrawn(now), watch, policy, plan, now, Reason.ENTERED)


def _noted(text: Text, note: str) -> Text:
    return Text.of("{text} {note}", text=text, note=note) if note else text


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
