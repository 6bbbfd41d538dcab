"""The lines of a record's timeline: how one is added, and which are let go when there are many."""

from rules.observed import Entry, Observed

KEPT = 100


def with_one_more(
    timeline: tuple[Entry, ...], entry: Entry, seen: Observed, *, card_tells: bool = True
) -> tuple[Entry, ...]:
    """The same lines and one more; those beyond KEPT that everybody has been told are let go.

    `card_tells`: the first card tells all that was said before it.
    """
    longer = (*timeline, entry)
    spare = len(longer) - KEPT
    if spare <= 0:
        return longer
    told = seen.replied if seen.cards or seen.sending or not card_tells else entry.seq
    due = {old.seq for old in longer if (old.visible and old.seq > told) or (old.to and old.seq > seen.directed)}
    return tuple(old for index, old in enumerate(longer) if index >= spare or old.seq in due)
