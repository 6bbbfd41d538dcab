"""The words for a watched release: each check in a line with what it is held against, its criteria, how far it is."""

from collections.abc import Iterable

from rules import judging, thresholds
from rules.plan import Check, Plan
from rules.policy import Policy
from rules.reading import Judged, Level, Reading
from rules.text import Joined, Moment, Number, Span, Text, Value, between
from rules.threshold_words import change, difference, number, progress, threshold
from rules.watch import Phase, Verdict, Watch

SIGNS = {Level.GOOD: "🟢", Level.SHORT: "🟣", Level.YELLOW: "🟡", Level.RED: "🔴", Level.NO_DATA: "⬜"}
LEVEL_WORDS = {
    Level.GOOD: Text.of("good"),
    Level.SHORT: Text.of("short of its target"),
    Level.YELLOW: Text.of("yellow"),
    Level.RED: Text.of("red"),
    Level.NO_DATA: Text.of("not enough data"),
}
PHASE_WORDS = {
    Phase.WATCHING: Text.of("being watched"),
    Phase.DECIDING: Text.of("waits for its decision"),
    Phase.DECIDED: Text.of("decided"),
    Phase.SUPERSEDED: Text.of("superseded"),
    Phase.STOPPED: Text.of("stopped"),
}
VERDICT_WORDS = {
    Verdict.KEEP: Text.of("keep"),
    Verdict.PATCH: Text.of("patch"),
    Verdict.ROLLBACK: Text.of("roll back"),
}
KINDS = {"must": Text.of("must"), "should": Text.of("should"), "nice": Text.of("nice to have")}
CHECKS_SHOWN = 20  # of one checkpoint; with more, the good ones are only named
WORST_FIRST = (Level.RED, Level.YELLOW, Level.SHORT, Level.NO_DATA, Level.GOOD)
TODAY_MS = 12 * 3_600_000


def check_line(name: str, plan: Plan, watch: Watch, now: int, *, changes: bool = False) -> Text:
    """One check: its sign, its value, and what it is held against. `changes`: also since the last checkpoint."""
    level = watch.judged.get(name, Judged()).level
    stand = stands(name, plan, watch, now, changes=changes)
    return Text.of("{sign} {words}: {stands}", sign=SIGNS[level], words=plan.checks[name].words, stands=stand)


def check_lines(names: list[str], plan: Plan, watch: Watch, now: int) -> list[Text]:
    """The checks in lines, worst first; of very many, the good ones in one line."""
    ordered = worst_first(names, watch)
    good = [name for name in ordered if watch.judged.get(name, Judged()).level is Level.GOOD]
    if len(names) <= CHECKS_SHOWN:
        good = []
    lines = [check_line(name, plan, watch, now, changes=True) for name in ordered if name not in good]
    if good:
        words = ", ".join(plan.checks[name].words for name in good)
        lines.append(
            Text.counted(
                "{sign} {count} more is good: {words}", "{sign} {count} more are good: {words}",
                sign=SIGNS[Level.GOOD], count=len(good), words=words,
            )
        )  # fmt: skip
    return lines


def worst_first(names: Iterable[str], watch: Watch) -> list[str]:
    """Checks by how they stand; those that stand alike in the order of the plan."""
    return sorted(names, key=lambda name: WORST_FIRST.index(watch.judged.get(name, Judged()).level))


def named(watch: Watch, policy: Policy) -> str:
    """How a release is named in a command: with its plan, when the policy has several."""
    return f"{watch.plan}:{watch.release}" if len(policy.releases) > 1 else watch.release


def stands(name: str, plan: Plan, watch: Watch, now: int, *, changes: bool = False) -> Text:
    """How one check stands: its value, and what it is held against."""
    check, level = plan.checks[name], watch.judged.get(name, Judged()).level
    against = _against(name, check, watch, now, level, changes=changes)
    return Text.of("{said}{against}", said=_said(name, check, watch, now, level), against=_in_brackets(against))


def trend(name: str, watch: Watch, unit: str) -> Text | None:
    """How a value changed since the last checkpoint; None when there is nothing to compare."""
    reading, taken = watch.readings.get(name), judging.taken_before(watch, name)
    if reading is None or reading.value is None or taken is None or unit == "yes/no":
        return None
    earlier = taken.values[name]
    by = reading.value - earlier
    if abs(by) <= abs(earlier) * 0.005:
        return Text.of("→ as at {checkpoint}", checkpoint=taken.name)
    sign = "↗ +" if by > 0 else "↘ −"
    return Text.of(
        "{sign}{difference} since {checkpoint}",
        sign=sign, difference=difference(by, unit), checkpoint=taken.name,
    )  # fmt: skip


def criterion(text: str, plan: Plan, watch: Watch) -> Text:
    """A criterion and how it stands."""
    name, _, limit = text.partition(" ")
    stands = judging.fulfilled(text, watch)
    words = {True: Text.of("fulfilled"), False: Text.of("not fulfilled"), None: _open(name, plan)}[stands]
    sign = {True: "✅", False: "❌", None: "⬜"}[stands]
    check = plan.checks[name]
    text = limit or check.target or ""
    wanted = threshold(text, check.unit) if text else None
    said = watch.readings.get(name)
    value = number(said.value, check.unit) if said and said.value is not None else Text.of("–")
    if text and (changed := judging.changed(thresholds.parse(text), watch, name)) is not None:
        value = Text.of("{value}, {change}", value=value, change=change(changed, check.unit))
    if check.tick is not None:
        return Text.of("{sign} {words}: {stands}", sign=sign, words=check.words, stands=words)
    if wanted is None:
        return Text.of("{sign} {words}: {stands} ({value})", sign=sign, words=check.words, stands=words, value=value)
    return Text.of(
        "{sign} {words}, {wanted}: {stands} ({value})",
        sign=sign, words=check.words, wanted=wanted, stands=words, value=value,
    )  # fmt: skip


def to_do(name: str, level: str, plan: Plan, watch: Watch) -> Value:
    """What the plan says is to be done when a check is beyond a threshold: of the check itself, and of the level."""
    return fill(" ".join(one for one in (plan.checks[name].do, *plan.action(level).do) if one), watch)


def fill(text: str, watch: Watch) -> Value:
    """A sentence of the plan with the versions in it; "" for none."""
    first, *others = text.replace("$version", watch.release).split("$baseline")
    if watch.baseline or not others:
        return watch.baseline.join((first, *others))
    pieces = [*between(first)]
    for one in others:
        pieces += [Text.of("the version before"), *between(one)]
    return Joined(tuple(pieces), "")


def elapsed(watch: Watch, now: int) -> Text:
    """T+31 h of 72."""
    whole, hour = watch.ends_at - watch.began_at, 3_600_000
    gone = min(max((now if watch.is_open else watch.ended_at) - watch.began_at, 0), whole)
    if whole > 10 * 24 * hour:
        days = whole // (24 * hour)
        return Text.of("day {day} of {days}", day=min(gone // (24 * hour) + 1, days), days=days)
    return Text.of("T+{hours} h of {whole}", hours=gone // hour, whole=whole // hour)


def bar(watch: Watch, now: int, width: int = 12) -> str:
    """How much of the window has passed, as a picture of text."""
    whole = max(watch.ends_at - watch.began_at, 1)
    full = min(max(round((now - watch.began_at) / whole * width), 0), width)
    return "▓" * full + "░" * (width - full)


def _said(name: str, check: Check, watch: Watch, now: int, level: Level) -> Text:
    if check.tick is not None:
        return _tick(name, watch)
    reading = watch.readings.get(name)
    if reading is None:
        return Text.of("nobody has entered it yet") if check.enter is not None else Text.of("not read yet")
    if reading.value is None:
        return Text.of("not enough data: {why}", why=reading.trouble or Text.of("nothing was found"))
    value = number(reading.value, check.unit)
    if word := judging.band(check, reading.value):
        value = Text.of("{value}, {word}", value=value, word=word)
    if judging.is_thin(check, reading):
        cases = Number(number=reading.sample, digits=6) if reading.sample is not None else "?"
        return Text.of(
            "{value}, but only {cases} of the {minimum} cases that it takes",
            value=value, cases=cases, minimum=Number(number=check.minimum, digits=6),
        )  # fmt: skip
    if judging.is_old(check, reading, now):
        return Text.of("{value}, but that was at {at}", value=value, at=Moment(at=reading.at))
    if level is Level.NO_DATA:
        return Text.of("{value}, and nothing to compare it with", value=value)
    if level is Level.SHORT:
        return Text.of("{value}, short of its target", value=value)
    return value


def _tick(name: str, watch: Watch) -> Text:
    tick = watch.ticks.get(name)
    if tick is None:
        return Text.of("to be ticked")
    said = Text.of("failed, says {who}, {at}", who=tick.by, at=Moment(at=tick.at))
    if tick.good:
        said = Text.of("done by {who}, {at}", who=tick.by, at=Moment(at=tick.at))
    return Text.of("{said}: {note}", said=said, note=tick.note) if tick.note else said


def _against(name: str, check: Check, watch: Watch, now: int, level: Level, *, changes: bool) -> list[Text]:
    reading, facts = watch.readings.get(name), []
    for one, limit in _limits(check):
        facts.append(Text.of("{level} {limit}", level=LEVEL_WORDS[one], limit=_held(limit, check, watch, name)))
    if check.target and (not facts or level in (Level.SHORT, Level.NO_DATA)):
        facts.append(_wanted(check.target, check, watch, name))
    if reading is not None and reading.value is not None:
        facts += _facts(check, reading, now)
        if changes and (changed := trend(name, watch, check.unit)):
            facts.append(changed)
    judged = watch.judged.get(name)
    if judged and judged.breached and level is Level.NO_DATA:
        facts.append(Text.of("its incident stays open"))
    elif judged and level not in (Level.GOOD, Level.NO_DATA) and now - judged.since >= 60_000:
        facts.append(Text.of("for {span}", span=Span(ms=now - judged.since)))
    return facts


def _wanted(text: str, check: Check, watch: Watch, name: str) -> Text:
    said = thresholds.parse(text)
    changed = judging.changed(said, watch, name)
    if changed is not None:
        return progress(said, changed, check.unit)
    return Text.of("wanted {target}", target=_held(text, check, watch, name))


def _held(text: str, check: Check, watch: Watch, name: str) -> Text:
    """A threshold in words; that of a change with how much it has been, or that nobody can tell."""
    said, limit, reading = thresholds.parse(text), threshold(text, check.unit), watch.readings.get(name)
    if not said.span or reading is None or reading.value is None:
        return limit
    changed = judging.changed(said, watch, name)
    if changed is None:
        span = Span(ms=said.span)
        return Text.of("{limit}: not enough data, no value of {span} before", limit=limit, span=span)
    return Text.of("{limit}: {change}", limit=limit, change=change(changed, check.unit))


def _limits(check: Check) -> list[tuple[Level, str]]:
    found = ((Level.YELLOW, check.yellow), (Level.RED, check.red))
    return [(level, limit) for level, limit in found if limit]


def _facts(check: Check, reading: Reading, now: int) -> list[Text]:
    facts = []
    if reading.baseline is not None:
        facts.append(Text.of("baseline {value}", value=number(reading.baseline, check.unit)))
    elif any(limit and thresholds.parse(limit).relative for limit in (check.yellow, check.red, check.target)):
        facts.append(Text.of("no baseline"))
    if reading.sample is not None:
        facts.append(Text.counted("{count} case", "{count} cases", count=Number(number=reading.sample, digits=6)))
    if reading.note:
        facts.append(Text.of("{note}", note=reading.note))
    today = abs(now - reading.at) < TODAY_MS
    facts.append(Text.of("{source}, {at}", source=reading.source, at=Moment(at=reading.at, short=today)))
    return facts


def _in_brackets(facts: list[Text]) -> Text:
    return Text.of(" ({facts})", facts=Joined(tuple(facts), "; ")) if facts else Text.of("")


def _open(name: str, plan: Plan) -> Text:
    return Text.of("still to be ticked") if plan.checks[name].tick is not None else Text.of("not enough data")
