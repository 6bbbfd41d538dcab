"""The times of a watched release that come: its checkpoints, the question how it goes, the end of its window."""

from dataclasses import replace

from rules import cadence, judging, release_words
from rules.asking import asked
from rules.deciding import blockers
from rules.decision import Decision
from rules.plan import Checkpoint, Plan
from rules.policy import Policy
from rules.reading import Judged, Level
from rules.reason import Reason
from rules.release_incidents import incident_lines
from rules.releasing import CHECKPOINT, END, changed, scheduled
from rules.signal import Signal
from rules.text import Joined, Moment, Span, Text
from rules.watch import Phase, Taken, Watch
from rules.watching import is_gate_passed

LATE_MS = 60_000  # a checkpoint that is taken later than this says so
PATIENCE_MS = 120_000  # this long it waits for readings of its own time
AGAIN_MS = 3_000
TAKEN_KEPT, DETAILED = 120, 40
CHART = "chart"


def ring(signal: Signal, watch: Watch, policy: Policy, now: int) -> Decision:
    """A time that the watch asked for, and that has come; `signal.event` says which."""
    due, plan = watch.timers.get(signal.event), policy.releases.get(watch.plan)
    if due is None or due > now or plan is None:
        fresh = scheduled(watch, policy)
        return Decision(reason=Reason.TIMER_STALE, record=fresh, changed=fresh != watch)
    kind, _, name = signal.event.partition("/")
    point = next((point for point in plan.checkpoints if point.name == name), None)
    match kind:
        case "checkpoint" if point is not None:
            return _checkpoint(point, watch, policy, plan, now)
        case "follow":
            return _follow(watch, policy, plan, now)
        case "end":
            return _end(watch, policy, plan, now)
        case "decide":
            return _remind(watch, policy, plan, now)
        case _:
            return changed(Reason.TIMER_STALE, scheduled(watch, policy))


def _checkpoint(point: Checkpoint, watch: Watch, policy: Policy, plan: Plan, now: int) -> Decision:
    """Take it with readings of its own time; wait a moment for them, but not for ever."""
    planned = cadence.due(plan, watch, policy.zone).get(point.name)
    if planned is None or planned > now:  # the policy has other times for it since
        return changed(Reason.TIMER_STALE, scheduled(watch, policy))
    waited = watch.waited_since or now
    if watch.read_at < planned and now - waited < PATIENCE_MS:
        timers = {**watch.timers, f"{CHECKPOINT}/{point.name}": now + AGAIN_MS}
        return changed(Reason.AWAITS_READING, replace(watch, waited_since=waited, timers=timers))
    watch = replace(watch, judged=judging.standing(plan, watch, now))  # by now a reading may be too old
    also = cadence.missed(point, watch, planned, now, policy.zone)
    names = plan.looked_at(point)
    gate = is_gate_passed(names, watch) if point.gate else None
    text = _report(point, planned, len(also), gate, watch, plan, now)
    taken = Taken(
        name=point.name,
        planned=also[-1] if also else planned,
        at=now,
        levels={name: watch.judged.get(name, Judged()).level for name in names},
        values={name: reading.value for name, reading in watch.readings.items() if reading.value is not None},
        gate=gate,
    )
    told = watch.say(now, text, mention=asked(_who(point, watch, plan), watch, policy, now), picture=CHART)
    fresh = replace(
        told, taken=_kept((*watch.taken, taken)), done={**watch.done, point.name: taken.planned}, waited_since=0
    )
    return changed(Reason.CHECKPOINT, scheduled(fresh.redrawn(now), policy))


def _kept(taken: tuple[Taken, ...]) -> tuple[Taken, ...]:
    """The latest with all they saw; of the earlier ones that they were taken, and of all gates whether they passed."""
    old, recent = taken[:-DETAILED], taken[-DETAILED:]
    kept = [one for index, one in enumerate(old) if index >= len(old) - TAKEN_KEPT or one.gate is not None]
    return (*(replace(one, levels={}, values={}) for one in kept), *recent)


def _who(point: Checkpoint, watch: Watch, plan: Plan) -> list[str]:
    """Who has to look: who the checkpoint names, and who answers for what is not good."""
    names = list(point.who)
    for name in plan.looked_at(point):
        judged = watch.judged.get(name, Judged())
        if judged.breached or (judged.level is Level.NO_DATA and plan.checks[name].tick is not None):
            names += plan.checks[name].who or plan.owner
    return names


def _report(point: Checkpoint, planned: int, also: int, gate: bool | None, watch: Watch, plan: Plan, now: int) -> Text:
    lines = [_headline(point, planned, also, watch, now)]
    if point.gate and gate is not None:
        words = release_words.fill(point.gate.passed if gate else point.gate.failed, watch)
        passed = Text.of("✅ {gate}: PASS. {words}", gate=point.name, words=words)
        lines.append(passed if gate else Text.of("❌ {gate}: FAIL. {words}", gate=point.name, words=words))
    if point.text:
        lines.append(Text.of("{text}", text=release_words.fill(point.text, watch)))
    lines += [Text.of("❔ {question}", question=release_words.fill(question, watch)) for question in point.asks]
    lines += release_words.check_lines(plan.looked_at(point), plan, watch, now)
    lines += incident_lines(watch)
    return Text.of("{lines}", lines=Joined(tuple(lines)))


def _headline(point: Checkpoint, planned: int, also: int, watch: Watch, now: int) -> Text:
    at = Text.of("*{name}* of {release}", name=point.name, release=watch.release)
    if now - planned > LATE_MS:
        at = Text.of("{at}, {late} late", at=at, late=Span(ms=now - planned))
    if also:
        at = Text.counted(
            "{at}; it stands for {count} more that passed meanwhile",
            "{at}; it stands for {count} more that passed meanwhile",
            at=at, count=also,
        )  # fmt: skip
    if watch.read_at < planned:
        read = Moment(at=watch.read_at) if watch.read_at else Text.of("never")
        at = Text.of("{at}; nothing could be read at its time, the latest reading: {read}", at=at, read=read)
    return at


def _follow(watch: Watch, policy: Policy, plan: Plan, now: int) -> Decision:
    """How it goes with what is beyond its threshold."""
    beyond = [name for name, judged in watch.judged.items() if judged.breached and name in plan.checks]
    names = [name for check in beyond for name in (plan.checks[check].who or plan.owner)]
    lines = [Text.of("How does it go? Still beyond its threshold:")]
    lines += [release_words.check_line(name, plan, watch, now) for name in beyond]
    told = watch.say(now, Text.of("{lines}", lines=Joined(tuple(lines))), mention=asked(names, watch, policy, now))
    return changed(Reason.FOLLOWED_UP, scheduled(replace(told, followed_at=now), policy))


def _end(watch: Watch, policy: Policy, plan: Plan, now: int) -> Decision:
    """The window is over: its last checkpoints first, then somebody has to decide."""
    if any(at <= now for at in cadence.due(plan, watch, policy.zone).values()):
        timers = {**watch.timers, END: now + AGAIN_MS // 3}
        return changed(Reason.AWAITS_READING, replace(watch, timers=timers))
    over = replace(watch, phase=Phase.DECIDING, reminded_at=now)
    text = Text.of("The window of {release} is over. {ask}", release=watch.release, ask=_ask(over, plan, policy))
    owner = asked(watch.owner, watch, policy, now)
    told = over.say(now, text, mention=owner, aloud=bool(owner))
    return changed(Reason.WINDOW_OVER, scheduled(told.redrawn(now), policy))


def _remind(watch: Watch, policy: Policy, plan: Plan, now: int) -> Decision:
    waited = Span(ms=now - watch.ends_at)
    text = Text.of(
        "{release} has been waiting for its decision for {span}. {ask}",
        release=watch.release, span=waited, ask=_ask(watch, plan, policy),
    )  # fmt: skip
    told = watch.say(now, text, mention=asked(watch.owner, watch, policy, now))
    return changed(Reason.REMINDED, scheduled(replace(told, reminded_at=now), policy))


def _ask(watch: Watch, plan: Plan, policy: Policy) -> Text:
    against = blockers(watch, plan)
    how = Text.of(
        "Keep, patch or roll back? The button Decide…, or `/release-status decide {named} keep WHY`.",
        named=release_words.named(watch, policy),
    )
    if not against:
        return Text.of("Every must is fulfilled. {how}", how=how)
    lines = Joined(tuple(Text.of("• {line}", line=line) for line in against))
    return Text.of("{how}\nAgainst keeping it:\n{lines}", how=how, lines=lines)
