"""A digest written from its facts: its message, the sections of its thread, and what the next one compares."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from rules import keys
from rules.decision import Decision, Record
from rules.digest_plan import Digest
from rules.digests.actions import actions, foremost
from rules.digests.bounded import bounded
from rules.digests.community import community
from rules.digests.counts import Counts, count
from rules.digests.facts import Facts, Gathered
from rules.digests.health import health, key_of, rates, watched
from rules.digests.incidents import incidents, shown
from rules.digests.matched import matched
from rules.digests.noise import noise
from rules.digests.owed import owing
from rules.digests.releases import releases
from rules.letter import Letter
from rules.mailing import addresses
from rules.policy import Policy
from rules.reason import Reason
from rules.report import Bar, Report
from rules.signal import Signal
from rules.summary import Part
from rules.text import Joined, Moment, Span, Text

WEEK = 7
LATE_MS = 300_000  # later than this it says so
CHART = "digest"  # the name of its picture
HEADINGS = {
    "health": Text.of("System health"),
    "users": Text.of("Users"),
    "community": Text.of("Community"),
    "release": Text.of("Releases"),
    "incidents": Text.of("Incidents"),
    "noise": Text.of("Noise"),
    "actions": Text.of("Action items"),
}


def write(signal: Signal, record: Record | None, policy: Policy, now: int) -> Decision:
    """The digest of the signal's facts; nothing when there is one of this key."""
    if isinstance(record, Report):
        return Decision(reason=Reason.ALREADY, record=record)
    digest = policy.digest.get(signal.facts.digest) if isinstance(signal, Gathered) else None
    if not isinstance(signal, Gathered) or digest is None:
        return Decision(reason=Reason.NO_RECORD, record=record)
    facts = signal.facts
    if facts.missed:
        report = missed(signal.key, facts, digest, policy, now)
        return Decision(reason=Reason.DIGEST_MISSED, record=report, changed=True)
    report = drawn(signal.key, facts, digest, policy, now)
    report = replace(report, lead=(*report.lead, *_late(facts.late)))
    return Decision(reason=Reason.DIGEST_WRITTEN, record=report, changed=True)


def drawn(key: str, facts: Facts, digest: Digest, policy: Policy, now: int) -> Report:
    """The whole digest, for whoever asks, at whatever time."""
    counts, before = _counts(facts, digest)
    parts = tuple(_parts(facts, digest, policy, counts, before, now))
    report = _blank(key, facts, digest, policy, now)
    report = replace(report, lead=tuple(map(bounded, _lead(facts, digest, policy, counts, now))), parts=parts,
                   bars=() if digest.match else _bars(facts), numbers=_numbers(facts, digest, policy))  # fmt: skip
    for index, part in enumerate(parts):
        text = Text.of("*{heading}*\n{lines}", heading=part.heading, lines=Joined(part.lines))
        report = report.say(now, text, picture=CHART if report.bars and not index else "")
    to = addresses(policy, digest.mail, now)
    return replace(report, letters=(Letter(name="digest", to=to, at=now),)) if to else report


def missed(key: str, facts: Facts, digest: Digest, policy: Policy, now: int) -> Report:
    """Why there is none."""
    why = Text.of(
        "There is none for this time: I was not running when it was due, {at}, and not within a day of it. "
        "`/sereno digest` shows the latest.",
        at=Moment(at=facts.period.due_at),
    )
    return replace(_blank(key, facts, digest, policy, now), lead=(why,), missed=True)


def is_quiet(facts: Facts, counts: Counts) -> bool:
    """Whether nothing happened that anybody needs to read about."""
    news = any(one.is_open or one.ended_at >= facts.period.since for one in facts.watches)
    return not (news or shown(facts) or owing(facts) or any(counts.pings.values()) or any(counts.opened.values()))


def _blank(key: str, facts: Facts, digest: Digest, policy: Policy, now: int) -> Report:
    days = facts.period.days
    title = Text.of("{team}: {digest}, {first} to {last}", team=policy.team, digest=facts.digest.capitalize(),
                    first=days[0], last=days[-1])  # fmt: skip
    if len(days) == WEEK:
        title = Text.of("{team}: the week from {first} to {last}", team=policy.team, first=days[0], last=days[-1])
    return Report(
        key=key,
        id=keys.short(key, now),
        name=facts.digest,
        place=policy.channel(digest.channel),
        title=title,
        opened_at=now,
        due_at=facts.period.due_at,
        since=facts.period.since,
        until=facts.period.until,
    )


def _counts(facts: Facts, digest: Digest) -> tuple[Counts, Counts | None]:
    """Of the period, and of as many days before if they are known."""
    empty: Mapping[str, int] = {}
    counts = count(facts.tallies.get(day, empty) for day in facts.period.days)
    if digest.match:
        return matched(counts, facts), None
    before = count(facts.tallies.get(day, empty) for day in facts.period.before)
    return counts, before if facts.compares else None


def _lead(facts: Facts, digest: Digest, policy: Policy, counts: Counts, now: int) -> Iterable[Text]:
    still = sum(one.shown and one.is_open for one in facts.incidents)
    if is_quiet(facts, counts):
        yield Text.of("A quiet time: no incident, no ping, no release.")
    else:
        opened = Text.of("{opened} opened, {still} open now", opened=_opened(policy, counts), still=still)
        if digest.match:
            yield Text.of("{opened}, of those that fit {match}.", opened=opened, match=digest.match)
        else:
            yield Text.of(
                "{opened}; {signals}, {pings}.", opened=opened, signals=_signals(counts), pings=_pings(counts)
            )
        for what in foremost(facts, counts, policy, now)[:1]:
            yield Text.of("Next: {what}", what=what)
    if facts.incomplete:
        yield Text.of("⚠️ Incomplete: {what}", what=Joined(facts.incomplete, "; "))


def _late(late: int) -> Iterable[Text]:
    if late > LATE_MS:
        yield Text.of("It comes {span} late: I was not running when it was due.", span=Span(ms=late))


def _opened(policy: Policy, counts: Counts) -> Joined:
    named = [name for name, rules in policy.severities.items() if rules.card == "shown"]
    return Joined(
        tuple(Text.of("{count} {severity}", count=counts.opened.get(name, 0), severity=name) for name in named), ", "
    )


def _signals(counts: Counts) -> Text:
    return Text.counted("{count} signal", "{count} signals", count=sum(counts.signals.values()))


def _pings(counts: Counts) -> Text:
    return Text.counted("{count} ping", "{count} pings", count=sum(counts.pings.values()))


def _parts(
    facts: Facts, digest: Digest, policy: Policy, counts: Counts, before: Counts | None, now: int
) -> Iterable[Part]:
    writers: dict[str, Callable[[], Iterable[Text]]] = {
        "health": lambda: health(facts, digest, policy, counts, before),
        "users": lambda: rates(digest.users, facts, digest, policy) if digest.users else (),
        "community": lambda: (
            *community(facts),
            *(rates(digest.community, facts, digest, policy) if digest.community else ()),
        ),
        "release": lambda: releases(facts, now),
        "incidents": lambda: incidents(facts, policy),
        "noise": lambda: noise(counts, policy, by_name=bool(digest.match)),
        "actions": lambda: actions(facts, counts, policy, now),
    }
    told = set(digest.sections)
    if is_quiet(facts, counts):  # then only what is measured is news
        told &= {"health", "users", "community"} if digest.repositories or digest.plan else set()
    for section in digest.sections:
        lines = tuple(map(bounded, writers[section]())) if section in told else ()
        if lines:
            yield Part(heading=HEADINGS[section], lines=lines)


def _bars(facts: Facts) -> tuple[Bar, ...]:
    bars = []
    for day, earlier in zip(facts.period.days, facts.period.before, strict=True):
        one, other = count([facts.tallies.get(day, {})]), count([facts.tallies.get(earlier, {})])
        bars.append(
            Bar(
                day=day, signals=dict(one.signals), pings=dict(one.pings),
                signals_before=dict(other.signals), pings_before=dict(other.pings),
            )
        )  # fmt: skip
    return tuple(bars)


def _numbers(facts: Facts, digest: Digest, policy: Policy) -> dict[str, float]:
    """What the next digest compares with; what could not be had now keeps the value it had."""
    told = {f"{repository}/{name}" for repository in digest.repositories for name in ("stars", "forks", "bugs")}
    if digest.plan is not None:
        told |= {key_of(digest.plan, name) for name in policy.releases[digest.plan].checks}
    found = {name: value for name, value in facts.previous.items() if name in told}
    for repository, numbers in facts.community.items():
        for name, one in (("stars", numbers.stars), ("forks", numbers.forks), ("bugs", numbers.open_bugs)):
            if one.value is not None:
                found[f"{repository}/{name}"] = one.value
    watch = watched(facts, digest)
    for name, reading in (watch.readings if watch else {}).items():
        if reading.value is not None and (key := key_of(digest.plan or "", name)) in told:
            found[key] = reading.value
    return found
