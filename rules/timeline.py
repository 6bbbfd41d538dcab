"""The lines of a record's timeline: how one is added, and which are let go when there are many."""

from rules.observed import Entry, Observed

KEPT = 100
TOLD_KEPT = 10  # of a watched release: nobody reads again what its thread has


def with_one_more(
    timeline: tuple[Entry, ...], entry: Entry, seen: Observed, *, card_tells: bool = True, kept: int = KEPT
) -> tuple[Entry, ...]:
    """The same lines and one more; those beyond `kept` that everybody has been told are let go.

    `card_tells`: the first card tells all that was said before it.
    """
    longer = (*timeline, entry)
    spare = len(longer) - kept
    if spare <= 0:
        return longer
    told = seen.replied if seen.cards or seen.sending or not card_tells else entry.seq
    due = {old.seq for old in longer if (old.visible and old.seq > told) or (old.to and old.seq > seen.directed)}
    return tuple(old for index, old in enumerate(longer) if index >= spare or old.seq in due)
