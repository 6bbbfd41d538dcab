"""How long a source is usually silent, learnt from two weeks, and whether it is silent for longer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.alarm import Alarm
from rules.heartbeat_plan import DAY, Sources
from rules.policy import Policy
from rules.text import Moment, Span, Text

PREFIX = "silent:"
KEPT, HEARD_ON, LEARNT = 14, 3, 7  # days; who came back after a week has shown a weekend too


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """When a source was heard. `at`: unix milliseconds of the last time; `awake`: on the clock of our own waking.

    `days`: for each day (counted from 1970, in UTC) on which it was heard, the longest silence that ended on it, in
    milliseconds that Sereno was awake.
    """

    at: int
    awake: int
    days: Mapping[int, int] = field(default_factory=dict)


def key_of(source: str) -> str:
    """The key of the incident of a source that has fallen silent."""
    return f"{PREFIX}{source}"


def heard(habit: Habit | None, at: int, awake: int) -> Habit:
    """The habit of a source that was heard at `at` (unix milliseconds), when Sereno had been awake for `awake`."""
    day = at // DAY
    days = {of: longest for of, longest in habit.days.items() if of > day - KEPT} if habit else {}
    days[day] = max(days.get(day, 0), silence(habit, awake) if habit else 0)
    return Habit(at=at, awake=awake, days=days)


def silence(habit: Habit, awake: int) -> int:
    """For how long it has been silent while Sereno was awake, in milliseconds."""
    return max(0, awake - habit.awake)


def usual(habit: Habit) -> int | None:
    """Its longest silence of the two weeks before the last one, in ms; None while too little is known of it."""
    days = habit.days
    if len(days) < HEARD_ON or max(days) - min(days) < LEARNT:
        return None
    return max(days.values())


def is_silent(habit: Habit, sources: Sources, awake: int) -> bool | None:
    """Whether it is silent for longer than its usual; None when that cannot be told."""
    silent = silence(habit, awake)
    if silent <= sources.at_least:
        return False
    longest = usual(habit)
    return None if longest is None else silent > sources.times * longest


def alarm(source: str, habit: Habit, sources: Sources, awake: int, policy: Policy) -> Alarm:
    """What is said of a source that has fallen silent."""
    severity = sources.severity or policy.default_severity
    summary = Text.of(
        "Nothing has come from {source} for {span}, the last on {at}; its longest silence in the 14 days "
        "before was {usual}. See whether its webhook is still sent, and what it is answered.",
        source=source,
        span=Span(ms=silence(habit, awake)),
        at=Moment(at=habit.at),
        usual=Span(ms=usual(habit) or 0),
    )
    return Alarm(
        key=key_of(source),
        title=Text.of("{source} has fallen silent", source=source),
        summary=summary,
        labels={"alertname": "SourceSilent", "from": source, "severity": severity},
        since=habit.at,
    )
