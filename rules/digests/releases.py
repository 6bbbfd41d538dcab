"""The section on releases: those that are watched, and what was decided."""

from collections.abc import Iterator

from rules import release_words
from rules.digests.facts import Facts
from rules.text import Moment, Text
from rules.watch import Watch


def releases(facts: Facts, now: int) -> Iterator[Text]:
    """A line for each that is being watched, or was until some time in the period."""
    for watch in facts.watches:
        if watch.is_open:
            sign, word = release_words.SIGNS[watch.level], release_words.LEVEL_WORDS[watch.level]
            phase, gone = release_words.PHASE_WORDS[watch.phase], release_words.elapsed(watch, now)
            yield Text.of("{sign} {title}: {phase}, {gone}, {word}", sign=sign, title=watch.title, phase=phase,
                          gone=gone, word=word)  # fmt: skip
        elif watch.ended_at >= facts.period.since:
            yield _ended(watch)


def _ended(watch: Watch) -> Text:
    signed = watch.decision
    if signed is None:
        phase = release_words.PHASE_WORDS[watch.phase]
        return Text.of("⚪ {title}: {phase}, {at}", title=watch.title, phase=phase, at=Moment(at=watch.ended_at))
    verdict = release_words.VERDICT_WORDS[signed.verdict]
    return Text.of("✅ {title}: *{verdict}*, by {who}, {at}: {why}", title=watch.title, verdict=verdict, who=signed.by,
                   at=Moment(at=signed.at), why=signed.reason)  # fmt: skip
