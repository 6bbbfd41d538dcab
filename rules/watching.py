"""A watched release as its sources are read: what goes beyond a threshold or comes back; gates; points of charts."""

from dataclasses import replace

from rules import judging, release_words
from rules.decision import Decision
from rules.plan import Plan
from rules.points import POINTS, step, thinned
from rules.policy import Policy
from rules.reading import Judged, Level, Point, Reading
from rules.reason import Reason
from rules.releasing import BEGAN, FREEZE, changed, scheduled
from rules.signal import Signal
from rules.text import Span, Text
from rules.watch import Watch

REDRAW_MS = 15 * 60_000  # values that drift are drawn anew this often
RESTLESS, RESTLESS_MS = 5, 60 * 60_000  # so many turns within so long are too many to tell


def read(signal: Signal, watch: Watch, policy: Policy, now: int) -> Decision:
    """Lay what the sources say over the watch."""
    plan = policy.releases.get(watch.plan)
    if plan is None or not watch.is_open:
        return Decision(reason=Reason.NOT_OPEN if plan else Reason.NO_PLAN, record=watch)
    if signal.event == FREEZE:
        return changed(Reason.FREEZE_HEARD, watch.redrawn(now))
    fresh = replace(
        watch,
        readings={**watch.readings, **_newer(signal, watch)},
        incidents=signal.incidents,
        read_at=max(signal.at, watch.read_at),
        baseline_at=watch.baseline_at or int(signal.labels.get(BEGAN, "0")),
        waited_since=0,
    )
    fresh = _pointed(fresh, plan)
    return judged(fresh, watch, policy, plan, now)


def judged(fresh: Watch, old: Watch, policy: Policy, plan: Plan, now: int, acted: Reason | None = None) -> Decision:
    """The watch with each check judged anew; what turned is said in the thread. `acted`: what a person did."""
    standing = judging.standing(plan, fresh, now)
    fresh = replace(fresh, judged=standing)
    turned = [name for name, one in standing.items() if _turned(one, old.judged.get(name, Judged()))]
    for name in turned:
        fresh = _said(name, fresh, plan, old, now)
    fresh, passed = _gates(fresh, plan, now)
    differs = any(one.level is not old.judged.get(name, Judged()).level for name, one in standing.items())
    if differs or turned or passed or fresh.incidents != old.incidents or now - old.drawn_at >= REDRAW_MS:
        fresh = fresh.redrawn(now)
    reason = Reason.GATE_PASSED if passed else Reason.WATCH_TURNED if turned else Reason.WATCH_READ
    return changed(acted or reason, scheduled(fresh, policy))


def _said(name: str, fresh: Watch, plan: Plan, old: Watch, now: int) -> Watch:
    """What turned, in the thread; of what goes to and fro only that it does, until it has been quiet for a while."""
    lately = sum(now - at < RESTLESS_MS for at in fresh.judged[name].turns)
    if lately < RESTLESS:
        return fresh.say(now, _turn(name, fresh, plan, old, now))
    if lately > RESTLESS:
        return fresh
    restless = Text.of(
        "{words} goes to and fro around its threshold. I say no more of it here until it has been quiet for a while.",
        words=plan.checks[name].words,
    )
    return fresh.say(now, restless)


def is_gate_passed(names: list[str], watch: Watch) -> bool:
    """Whether all the checks of a gate are as they should be; what nobody can tell does not pass."""
    return all(judging.on_target(watch, name) is True for name in names)


def _newer(signal: Signal, watch: Watch) -> dict[str, Reading]:
    """What was read; not what another process read before the latest that is known."""
    known = watch.readings
    return {name: one for name, one in signal.readings.items() if name not in known or one.at >= known[name].at}


def _turned(now: Judged, before: Judged) -> bool:
    return now.breached != before.breached


def _turn(name: str, fresh: Watch, plan: Plan, old: Watch, now: int) -> Text:
    line = release_words.check_line(name, plan, fresh, now)
    judged, before = fresh.judged[name], old.judged.get(name, Judged())
    if not judged.breached:
        return Text.of("Back in bounds after {span}. {line}", span=Span(ms=now - before.beyond_since), line=line)
    if before.breached == Level.RED:
        return Text.of("Better, not yet good. {line}", line=line)
    asked = release_words.to_do(name, judged.breached, plan, fresh)
    if not asked:
        return Text.of("Beyond its threshold. {line}", line=line)
    return Text.of("Beyond its threshold. {line}\nTo do: {do}", line=line, do=asked)


def _gates(watch: Watch, plan: Plan, now: int) -> tuple[Watch, bool]:
    """Gates that were not passed when they were due are passed as soon as they can be."""
    fresh, passed = watch, False
    for point in plan.checkpoints:
        latest = next((taken for taken in reversed(fresh.taken) if taken.name == point.name), None)
        if point.gate is None or latest is None or latest.gate is not False:
            continue
        if is_gate_passed(plan.looked_at(point), fresh):
            taken = tuple(replace(one, gate=True) if one is latest else one for one in fresh.taken)
            words = Text.of(
                "✅ {gate}: PASS, {span} after it was due. {go}",
                gate=point.name, span=Span(ms=now - latest.planned), go=release_words.fill(point.gate.passed, fresh),
            )  # fmt: skip
            fresh, passed = replace(fresh, taken=taken).say(now, words), True
    return fresh, passed


def _pointed(watch: Watch, plan: Plan) -> Watch:
    """Values that are kept for trends and charts, as many as a chart can show."""
    apart = step(watch.ends_at - watch.began_at)
    kept = {name: points for name, points in watch.points.items() if name in plan.checks}
    for name, reading in watch.readings.items():
        points = kept.get(name, ())
        if name not in plan.checks or reading.value is None or (points and reading.at - points[-1].at < apart):
            continue
        latest = Point(at=reading.at, value=reading.value, baseline=reading.baseline)
        kept[name] = thinned((*points, latest), apart, POINTS)
    return replace(watch, points=kept)
