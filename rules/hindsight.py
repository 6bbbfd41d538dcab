"""What a release leaves behind: the backlog for the next one, and which thresholds cried wolf or missed."""

from collections.abc import Iterator

from rules import judging, release_words
from rules.plan import Check, Plan
from rules.policy import Policy
from rules.reading import Judged, Level
from rules.release_words import KINDS, SIGNS
from rules.signal import Origin, Related
from rules.text import Text
from rules.threshold_words import number
from rules.thresholds import Trend
from rules.watch import Watch


def backlog(watch: Watch, plan: Plan) -> Iterator[Text]:
    """What is open, beyond, or unknown: numbered, by what it means, worst first."""
    count = 0
    for _, words in sorted(_leftovers(watch, plan), key=lambda pair: pair[0]):
        count += 1
        yield Text.of("{count}. {words}", count=count, words=words)
    if not count:
        yield Text.of("Nothing is left over.")


def _leftovers(watch: Watch, plan: Plan) -> Iterator[tuple[int, Text]]:
    for one in watch.incidents:
        if not one.resolved_at and one.origin is not Origin.BEFORE:
            named = {"id": one.id, "severity": one.severity, "title": one.title}
            yield 1, Text.of("Open incident {id} {severity}: {title}", **named)
    for name, check in plan.checks.items():
        yield from _of_check(name, check, watch)
    for weight, kind in ((3, "must"), (5, "should"), (8, "nice")):
        for text in getattr(plan.criteria, kind):
            if judging.fulfilled(text, watch) is not True:
                line = release_words.criterion(text, plan, watch)
                yield weight, Text.of("{kind}: {line}", kind=KINDS[kind], line=line)


def _of_check(name: str, check: Check, watch: Watch) -> Iterator[tuple[int, Text]]:
    judged, reading = watch.judged.get(name, Judged()), watch.readings.get(name)
    if judged.breached:
        level = Level(judged.breached)
        said = Text.of("{sign} {words} is beyond its threshold", sign=SIGNS[level], words=check.words)
        yield 2 if level is Level.RED else 4, said
    elif judged.times:
        yield 6, Text.of("{words} went beyond its threshold {count}×", words=check.words, count=judged.times)
    if check.tick is None and (reading is None or reading.value is None):
        said = Text.of("{words} could not be read: give it a source that answers", words=check.words)
        yield 7, Text.of("{words} was never entered", words=check.words) if check.enter is not None else said


def scorecard(watch: Watch, plan: Plan, policy: Policy) -> Iterator[Text]:
    """Which thresholds cried wolf, which missed, and the places in the policy to change."""
    found = [*_wolves(watch, plan), *_misses(watch, policy)]
    yield from found or [Text.of("None cried wolf, and none missed an incident that we know of.")]
    yield from (Text.of("❔ {question}", question=release_words.fill(one, watch)) for one in plan.retrospective)


def _wolves(watch: Watch, plan: Plan) -> Iterator[Text]:
    for name, check in plan.checks.items():
        if check.tick is not None:
            continue  # a person found it wanting, no threshold
        judged, place = watch.judged.get(name, Judged()), f"{_place(watch)}.{name}"
        own = [one for one in watch.incidents if one.check == name]
        if judged.times and not judged.breached and not any(one.taken for one in own):
            yield Text.of(
                "🐺 {words} went beyond {count}× and came back by itself; nobody took it. Is `{place}` too strict? "
                "The worst value that I kept: {worst}.",
                words=check.words, count=judged.times, place=place, worst=_worst(name, watch, plan),
            )  # fmt: skip
        elif judged.level is Level.NO_DATA and not judged.clear:
            yield Text.of("⬜ {words} said nothing at the end: is `{place}` right?", words=check.words, place=place)


def _misses(watch: Watch, policy: Policy) -> Iterator[Text]:
    own = [one for one in watch.incidents if one.check]
    for one in watch.incidents:
        is_bad = one.origin is Origin.NEW and not one.check and policy.rank(one.severity) <= 1
        if is_bad and not any(_overlap(one, other) for other in own):
            yield Text.of(
                "🙈 {id} {severity} {title}: no threshold saw it. Is there a check for it to add to `{place}`?",
                id=one.id, severity=one.severity, title=one.title, place=_place(watch),
            )  # fmt: skip


def _overlap(one: Related, other: Related) -> bool:
    """Whether both were open at some time."""
    begins_in = not other.resolved_at or one.opened_at <= other.resolved_at
    return begins_in and (not one.resolved_at or other.opened_at <= one.resolved_at)


def _place(watch: Watch) -> str:
    return f"releases.{watch.plan}.checks"


def _worst(name: str, watch: Watch, plan: Plan) -> Text:
    """The value that was furthest beyond, of those that are kept."""
    check, values = plan.checks[name], [point.value for point in watch.points.get(name, ())]
    threshold = check.threshold("red") or check.threshold("yellow")
    if not values or (threshold and threshold.span):  # of a change no single value is the worst
        return Text.of("not kept")
    is_low = threshold is not None and (threshold.sign.startswith("<") or threshold.trend is Trend.FALLING)
    worst = min(values) if is_low else max(values)
    return number(worst, check.unit)
