"""The section on incidents: a line for each, how soon somebody had them, how long they lasted, what is still owed."""

from collections.abc import Iterable, Iterator, Sequence

from rules import incident_table
from rules.attaching import graded
from rules.digests import owed
from rules.digests.facts import Facts
from rules.incident import Incident
from rules.policy import Policy
from rules.text import Moment, Span, Text, Value

SHOWN = 15


def incidents(facts: Facts, policy: Policy) -> Iterator[Text]:
    """Worst first; those that are open before those that are over."""
    found = shown(facts)
    if not found:
        yield Text.of("No incidents.")
        yield from owed.lines(facts, policy)
        return
    ordered = sorted(found, key=lambda one: (policy.rank(graded(one)), not one.is_open, -one.opened_at))
    for one in ordered[:SHOWN]:
        yield _line(one)
        yield from incident_table.words(one, facts.rooms)
    if len(ordered) > SHOWN:
        count = len(ordered) - SHOWN
        yield Text.counted("… and {count} more, less bad.", "… and {count} more, less bad.", count=count)
    yield from _means(found)
    yield from owed.lines(facts, policy)


def shown(facts: Facts) -> list[Incident]:
    """Those that had a card and were open at some time in the period."""
    since, until = facts.period.since, facts.period.until
    return [one for one in facts.incidents if one.shown and one.opened_at < until and _lasted(one, since)]


def mean(spans: Sequence[int]) -> int | None:
    """In milliseconds; None of nothing."""
    return sum(spans) // len(spans) if spans else None


def _lasted(one: Incident, since: int) -> bool:
    return one.is_open or one.resolved_at >= since


def _means(found: Iterable[Incident]) -> Iterator[Text]:
    known = list(found)
    taken = mean([max(one.taken_at - one.since, 0) for one in known if one.taken_at])
    ended = mean([max(one.resolved_at - one.since, 0) for one in known if not one.is_open])
    if taken is not None:
        yield Text.of("Mean time to acknowledge (MTTA): {span}", span=Span(ms=taken))
    if ended is not None:
        yield Text.of("Mean time to resolve (MTTR): {span}", span=Span(ms=ended))


def _line(one: Incident) -> Text:
    named: dict[str, Value] = {"severity": graded(one), "id": one.id, "title": one.title, "at": Moment(at=one.since)}
    if one.is_open:
        return Text.of("🔴 {severity} {id} {title} · since {at}, still open", **named)
    lasted = Span(ms=max(one.resolved_at - one.since, 0))
    return Text.of("🟢 {severity} {id} {title} · {at}, lasted {lasted}", **named, lasted=lasted)
