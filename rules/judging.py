"""How a check stands by its latest reading: good, short of its target, beyond a threshold, or nobody can tell."""

from collections.abc import Mapping
from dataclasses import replace

from rules import thresholds
from rules.plan import Check, Plan
from rules.points import NEAR, nearest
from rules.reading import Judged, Level, Reading
from rules.thresholds import Threshold
from rules.watch import Taken, Tick, Watch

LEVELS: tuple[Level, ...] = (Level.RED, Level.YELLOW)  # worst first
FRESH_MS = 30 * 60_000  # an older reading says nothing about now
TURNS = 6  # remembered: when it went beyond, got worse, better, came back
ENTERED_MS = 14 * 24 * 3_600_000  # what a person enters holds longer: a survey is weekly


def judge(name: str, check: Check, watch: Watch, now: int) -> Judged:
    """How a check stands now, given how it stood."""
    old = watch.judged.get(name, Judged(since=now))
    if check.tick is not None:
        return _stands(old, _ticked(check, watch.ticks.get(name)), {}, now)
    reading = watch.readings.get(name)
    if reading is None or reading.value is None or is_thin(check, reading) or is_old(check, reading, now):
        return _stands(old, Level.NO_DATA, old.holding, now)
    if reading.at - old.at > _lasting(check):  # nobody looked in between: it may have been good
        old = replace(old, holding={})
    level, holding = _beyond(name, check, watch, reading, old)
    within = _within(name, check, watch, reading)
    return replace(_stands(old, level, holding, now, within=within), at=reading.at)


def standing(plan: Plan, watch: Watch, now: int) -> dict[str, Judged]:
    """How each check of the plan stands now, by its name: what is too old by now says nothing any more."""
    return {name: judge(name, check, watch, now) for name, check in plan.checks.items()}


def is_thin(check: Check, reading: Reading) -> bool:
    """Whether the value is about fewer cases than the plan asks for, or about nobody knows how many."""
    return bool(check.minimum) and (reading.sample is None or reading.sample < check.minimum)


def is_old(check: Check, reading: Reading, now: int) -> bool:
    """Whether a reading is too old to say something about now."""
    return now - reading.at > _lasting(check)


def before(watch: Watch, name: str, threshold: Threshold) -> float | None:
    """What a value is compared with: for a change that of so long before it, else that of the last checkpoint.

    None when none was read then, or none that is kept: a change is not guessed from what is near to it.
    """
    if threshold.span:
        reading = watch.readings.get(name)
        at = reading.at - threshold.span if reading else 0
        then = nearest(watch.points.get(name, ()), at, within=threshold.span // NEAR)
        return then.value if then else None
    taken = taken_before(watch, name)
    return taken.values[name] if taken else None


def changed(threshold: Threshold, watch: Watch, name: str) -> float | None:
    """By how much a value changed in the span of a threshold; None when that asks for no change, or nobody can tell."""
    reading = watch.readings.get(name)
    if not threshold.span or reading is None or reading.value is None:
        return None
    earlier = before(watch, name, threshold)
    return None if earlier is None else reading.value - earlier


def taken_before(watch: Watch, name: str) -> Taken | None:
    """The last checkpoint that has a value of a check which was read clearly before the latest one."""
    reading = watch.readings.get(name)
    upto = reading.at - FRESH_MS if reading else 0
    return next((taken for taken in reversed(watch.taken) if name in taken.values and taken.at <= upto), None)


def on_target(watch: Watch, name: str) -> bool | None:
    """Whether a check is as its plan wants it; None when nobody can tell."""
    judged = watch.judged.get(name, Judged())
    if judged.breached:
        return False
    return None if judged.level is Level.NO_DATA else judged.level is Level.GOOD


def fulfilled(criterion: str, watch: Watch) -> bool | None:
    """Whether a criterion of the plan is fulfilled; None when nobody can tell."""
    name, _, text = criterion.partition(" ")
    if not text:
        return on_target(watch, name)
    reading, judged = watch.readings.get(name), watch.judged.get(name, Judged())
    is_unknown = judged.level is Level.NO_DATA and not judged.clear  # of its own target alone nothing follows
    if is_unknown or reading is None or reading.value is None:
        return None
    return _holds(thresholds.parse(text), name, watch, reading)


def band(check: Check, value: float) -> str:
    """The plan's word for a value; "" when it has none."""
    for word, text in check.bands.items():
        if thresholds.holds(thresholds.parse(text), value, baseline=None, before=None):
            return word
    return ""


def _lasting(check: Check) -> int:
    return ENTERED_MS if check.enter is not None else max(FRESH_MS, 3 * (check.every or 0))


def _ticked(check: Check, tick: Tick | None) -> Level:
    if tick is None:
        return Level.NO_DATA
    return Level.GOOD if tick.good else Level(check.failed)


def _holds(threshold: Threshold, name: str, watch: Watch, reading: Reading) -> bool | None:
    if reading.value is None:
        return None
    earlier = before(watch, name, threshold)
    return thresholds.holds(threshold, reading.value, baseline=reading.baseline, before=earlier)


def _beyond(name: str, check: Check, watch: Watch, reading: Reading, old: Judged) -> tuple[Level, dict[str, int]]:
    """The worst level whose threshold has held for long enough, and since when each has held.

    How long is told by the readings, not by the clock: one reading shows nothing of what comes after it. What was
    beyond stays so for as long as the threshold holds, though nobody may have looked for a while.
    """
    found, since, unknown = Level.GOOD, {}, False
    for level in LEVELS:
        threshold = check.threshold("red" if level is Level.RED else "yellow")
        if threshold is None:
            continue
        held = _holds(threshold, name, watch, reading)
        if held is None:
            unknown = True
        elif held:
            since[level.value] = old.holding.get(level.value, reading.at)
            is_long = reading.at - since[level.value] >= threshold.lasting
            if found is Level.GOOD and (is_long or old.breached in (level.value, Level.RED.value)):
                found = level
    may_be_worse = found is Level.GOOD or (found is Level.YELLOW and old.breached == Level.RED)
    return (Level.NO_DATA if unknown and may_be_worse else found), since


def _within(name: str, check: Check, watch: Watch, reading: Reading) -> Level:
    """What a check is that is beyond no threshold: its target says so."""
    target = check.threshold("target")
    held = _holds(target, name, watch, reading) if target else True
    return {True: Level.GOOD, False: Level.SHORT, None: Level.NO_DATA}[held]


def _stands(old: Judged, bounds: Level, holding: Mapping[str, int], now: int, *, within: Level = Level.GOOD) -> Judged:
    """What is beyond opens an incident, what is back in bounds ends it; no data does neither.

    `bounds`: by its thresholds alone; `within`: what it is when these are kept.
    """
    beyond, clear = bounds in LEVELS, bounds is Level.GOOD
    level = within if clear else bounds
    breached = level.value if beyond else "" if clear else old.breached
    return replace(
        old,
        level=level,
        since=old.since if level is old.level else now,
        holding=holding,
        breached=breached,
        beyond_since=now if beyond and not old.breached else old.beyond_since,
        times=old.times + (1 if beyond and not old.breached else 0),
        turns=(*old.turns, now)[-TURNS:] if breached != old.breached else old.turns,
        clear=clear,
    )
