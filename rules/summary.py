"""What is written when a release is decided: how it did, what is left to do, and how its thresholds did."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules import release_words
from rules.hindsight import backlog, scorecard
from rules.plan import Plan
from rules.policy import Policy
from rules.release_incidents import incident_lines
from rules.signal import Origin, Related
from rules.text import Joined, Moment, Span, Text, Value
from rules.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One section: its heading and its lines."""

    heading: Text
    lines: tuple[Text, ...]


def summary(watch: Watch, plan: Plan, policy: Policy, now: int) -> list[Part]:
    """All of it, in the order in which it is read."""
    return [
        Part(heading=_title(watch), lines=tuple(_decision(watch, now))),
        Part(heading=Text.of("Criteria"), lines=tuple(_criteria(watch, plan))),
        Part(heading=Text.of("Incidents"), lines=tuple(_incidents(watch))),
        Part(heading=Text.of("Backlog for the next version, most important first"), lines=tuple(backlog(watch, plan))),
        Part(heading=Text.of("How the thresholds did"), lines=tuple(scorecard(watch, plan, policy))),
        Part(heading=Text.of("Checks at the end"), lines=tuple(_checks(watch, plan, now))),
    ]


def closing(watch: Watch, plan: Plan, policy: Policy, now: int) -> list[Text]:
    """The same as messages for the thread."""
    return [
        Text.of("*{heading}*\n{lines}", heading=part.heading, lines=Joined(part.lines))
        for part in summary(watch, plan, policy, now)
    ]


def _title(watch: Watch) -> Text:
    return Text.of("Health of {release} after its release", release=watch.release)


def _decision(watch: Watch, now: int) -> Iterator[Text]:
    span = Span(ms=(watch.ended_at or now) - watch.began_at)
    yield Text.of(
        "{title}, watched for {span} from {at} on.", title=watch.title, span=span, at=Moment(at=watch.began_at)
    )
    if watch.baseline:
        yield Text.of("Compared with {baseline}.", baseline=watch.baseline)
    if signed := watch.decision:
        verdict = release_words.VERDICT_WORDS[signed.verdict]
        named: dict[str, Value] = {"who": signed.by, "at": Moment(at=signed.at), "why": signed.reason}
        yield Text.of("Decision: *{verdict}*, by {who}, {at}: {why}", verdict=verdict, **named)
        if signed.second:
            against = ", ".join(signed.despite)
            yield Text.of("Kept by {who} and {other} despite: {what}", who=signed.second, other=signed.by, what=against)
    else:
        yield Text.of("Not decided: {phase}.", phase=release_words.PHASE_WORDS[watch.phase])


def _checks(watch: Watch, plan: Plan, now: int) -> Iterator[Text]:
    for name in release_words.worst_first(plan.checks, watch):
        yield release_words.check_line(name, plan, watch, now)


def _criteria(watch: Watch, plan: Plan) -> Iterator[Text]:
    for kind, words in release_words.KINDS.items():
        for text in getattr(plan.criteria, kind):
            yield Text.of("{kind}: {line}", kind=words, line=release_words.criterion(text, plan, watch))
    if not (plan.criteria.must or plan.criteria.should or plan.criteria.nice):
        yield Text.of("The plan names none.")


def _incidents(watch: Watch) -> Iterator[Text]:
    yield from incident_lines(watch)
    lasted = mttr(watch.incidents)
    if lasted is not None:
        yield Text.of("Mean time to resolve those of the release: {span}.", span=Span(ms=lasted))


def mttr(incidents: tuple[Related, ...]) -> int | None:
    """The mean time from opening to resolving of the release's own incidents, in milliseconds; None without any."""
    lasted = [one.resolved_at - one.opened_at for one in incidents if one.resolved_at and one.origin is Origin.NEW]
    return sum(lasted) // len(lasted) if lasted else None
