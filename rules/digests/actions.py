"""The section on what to do: three things, from the numbers."""

from collections.abc import Iterator
from itertools import islice

from rules.digests.counts import Counts
from rules.digests.facts import Facts
from rules.digests.incidents import shown
from rules.digests.mending import mends
from rules.digests.owed import named, owing, without_room
from rules.policy import Policy
from rules.text import Span, Text
from rules.watch import Phase

THREE = 3
OLD_MS = 86_400_000


def actions(facts: Facts, counts: Counts, policy: Policy, now: int) -> Iterator[Text]:
    """The three that matter most, numbered; that there is nothing to do is said as well."""
    found = foremost(facts, counts, policy, now)
    for place, one in enumerate(found, 1):
        yield Text.of("{place}. {what}", place=place, what=one)
    if not found:
        yield Text.of("Nothing stands out: keep it so.")


def foremost(facts: Facts, counts: Counts, policy: Policy, now: int) -> list[Text]:
    """The three that matter most, at most."""
    return list(islice(_all(facts, counts, policy, now), THREE))


def _all(facts: Facts, counts: Counts, policy: Policy, now: int) -> Iterator[Text]:
    for watch in facts.watches:
        if watch.phase is Phase.DECIDING:
            yield Text.of("Decide {title}: its time is over.", title=watch.title)
    old = [one for one in shown(facts) if one.is_open and now - one.since > OLD_MS]
    for one in sorted(old, key=lambda one: (policy.rank(one.severity), one.since))[:1]:
        lasts = Span(ms=now - one.since)
        yield Text.of("Close or hand over {id} {title}: open for {span}.", id=one.id, title=one.title, span=lasts)
    yield from islice(_owed(facts, policy), 1)
    for mend in mends([one for one in counts.alerts if one.pings], policy)[:1]:
        yield Text.counted(
            "Mend {alert}: {why}; {count} ping less.", "Mend {alert}: {why}; {count} pings less.",
            count=mend.saved, alert=mend.noise.alert, why=mend.why,
        )  # fmt: skip
    for numbers in facts.community.values():
        if (failed := numbers.failed_runs.value) and numbers.workflows and numbers.workflows[0].failed:
            worst = numbers.workflows[0]
            yield Text.counted(
                "Look at {workflow} in {repository}: {failed} of its {count} run failed.",
                "Look at {workflow} in {repository}: {failed} of its {count} runs failed.",
                count=worst.runs, failed=min(worst.failed, int(failed)), workflow=worst.name,
                repository=numbers.repository,
            )  # fmt: skip
    for numbers in facts.community.values():
        for wish in numbers.top_requests[:1]:
            yield Text.counted(
                "Answer #{number} {title}: {count} vote.", "Answer #{number} {title}: {count} votes.",
                count=wish.votes, number=wish.number, title=wish.title,
            )  # fmt: skip


def _owed(facts: Facts, policy: Policy) -> Iterator[Text]:
    for room in owing(facts):
        who = room.postmortem.owner if room.postmortem else ""
        yield Text.of("Write the postmortem of {what}: {name} owes it.", what=named(room), name=who)
    for one in without_room(facts, policy):
        yield Text.of("Write the postmortem of {id} {title}.", id=one.id, title=one.title)
