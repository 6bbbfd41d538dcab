"""The section on incidents: a line for each, how soon somebody had them, how long they lasted, what is still owed."""

from collections.abc import Iterable, Iterator, Sequence

from rules.digests.facts import Facts
from rules.incident import Incident
from rules.policy import Policy
from rules.text import Moment, Span, Text, Value

SHOWN, OWED = 15, 5


def incidents(facts: Facts, policy: Policy) -> Iterator[Text]:
    """Worst first; those that are open before those that are over."""
    found = shown(facts)
    if not found:
        yield Text.of("No incidents.")
        return
    ordered = sorted(found, key=lambda one: (policy.rank(one.peak), not one.is_open, -one.opened_at))
    yield from (_line(one) for one in ordered[:SHOWN])
    if len(ordered) > SHOWN:
        count = len(ordered) - SHOWN
        yield Text.counted("… and {count} more, less bad.", "… and {count} more, less bad.", count=count)
    yield from _means(found)
    owed = owing(facts, policy)
    for one in owed[:OWED]:
        yield Text.of("📝 A postmortem is owed for {id}: {title}", id=one.id, title=one.title)
    if len(owed) > OWED:
        count = len(owed) - OWED
        yield Text.counted("📝 … and for {count} more.", "📝 … and for {count} more.", count=count)


def shown(facts: Facts) -> list[Incident]:
    """Those that had a card and were open at some time in the period."""
    since, until = facts.period.since, facts.period.until
    return [one for one in facts.incidents if one.shown and one.opened_at < until and _lasted(one, since)]


def owing(facts: Facts, policy: Policy) -> list[Incident]:
    """The worst ones that ended in the period."""
    since, until = facts.period.since, facts.period.until
    ended = (one for one in shown(facts) if not one.is_open and since <= one.resolved_at < until)
    return [one for one in ended if policy.rank(one.peak) == 0]


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
    named: dict[str, Value] = {"severity": one.peak, "id": one.id, "title": one.title, "at": Moment(at=one.since)}
    if one.is_open:
        return Text.of("🔴 {severity} {id} {title} · since {at}, still open", **named)
    lasted = Span(ms=max(one.resolved_at - one.since, 0))
    return Text.of("🟢 {severity} {id} {title} · {at}, lasted {lasted}", **named, lasted=lasted)
