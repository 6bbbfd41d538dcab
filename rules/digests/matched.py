"""The counts of a digest with `match:`, from the incidents that fit: the counts of days do not know their labels."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from rules import tallies
from rules.digests.counts import Counts
from rules.digests.facts import Facts
from rules.incident import Incident


def matched(counts: Counts, facts: Facts) -> Counts:
    """What opened and was over, by the worst severity; of the alerts those of the same route and name.

    Of signals and pings nobody knows which incident they were of.
    """
    opened: Counter[str] = Counter()
    over: Counter[str] = Counter()
    for one in facts.incidents:
        for began, ended in _times(one):
            opened[one.peak] += _is_within(began, facts)
            over[one.peak] += _is_within(ended, facts)
    known = {tallies.named(one) for one in facts.incidents}
    alerts = tuple(one for one in counts.alerts if (one.route, one.name) in known)
    return replace(counts, signals={}, pings={}, opened=opened, over=over, alerts=alerts)


def _times(one: Incident) -> Iterator[tuple[int, int]]:
    """From when to when something was open under its key; 0 for what is open still."""
    yield from one.past
    if one.members:  # of one that ended unseen nobody knows when it began
        yield one.since, one.resolved_at


def _is_within(at: int, facts: Facts) -> bool:
    return facts.period.since <= at < facts.period.until
