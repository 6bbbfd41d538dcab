"""What is let go of a record that is over and told, and is kept for more than a year all the same."""

from dataclasses import replace

from rules import judging
from rules.report import Report
from rules.watch import Taken, Watch


def settled(watch: Watch) -> Watch:
    """The same watch without what only an open one needs, once it has ended and its thread has all of it.

    Its points stay, and what its card, its chart and its summary say: the next release is compared with it.
    """
    if watch.is_open or _is_awaited(watch):
        return watch
    judged = {name: replace(one, holding={}) for name, one in watch.judged.items()}
    return replace(watch, timeline=(), timers={}, judged=judged, taken=_needed(watch))


def told(report: Report) -> Report:
    """The same digest without the messages that its thread has; they are in its parts as well."""
    left = tuple(entry for entry in report.timeline if entry.seq > report.observed.replied)
    return report if len(left) == len(report.timeline) else replace(report, timeline=left)


def _is_awaited(watch: Watch) -> bool:
    """Whether somebody has not been told all of it yet."""
    seen = watch.observed
    return any(
        (entry.visible and entry.seq > seen.replied) or (entry.to and entry.seq > seen.directed)
        for entry in watch.timeline
    )


def _needed(watch: Watch) -> tuple[Taken, ...]:
    """All checkpoints: the last with all it saw, of the others only the values that a check is still held against."""
    names = {name for taken in watch.taken for name in taken.values}
    held = {name: judging.taken_before(watch, name) for name in names}
    return tuple(
        replace(one, levels={}, values={name: value for name, value in one.values.items() if held[name] is one})
        if one is not watch.taken[-1]
        else one
        for one in watch.taken
    )
