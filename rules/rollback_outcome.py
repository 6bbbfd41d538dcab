"""The shapes of what comes of a rollback: another record for a reason, its end, and what was seen of it elsewhere."""

from dataclasses import replace

from rules.decision import Decision, Record
from rules.reason import Reason
from rules.release_words import PHASE_WORDS, VERDICT_WORDS
from rules.rollback import Phase, Rollback
from rules.text import Span, Text
from rules.watch import Verdict, Watch

LAPSE, LATE, OVER = "lapse", "late", "over"  # timers
PROPOSAL_MS = 3_600_000  # a second person has so long to say so too
LATE_MS = 900_000  # after GitHub has it, or all is ticked, the version should run
LASTS_MS = 86_400_000  # for so long it is looked which version runs; then it is over, done or not


def changed(reason: Reason, rollback: Rollback) -> Decision:
    """The rollback is another one, for this reason."""
    return Decision(
        reason=reason, record=replace(rollback, reason=reason), changed=True, severity=rollback.severity,
        route=rollback.plan,
    )  # fmt: skip


def finished(reason: Reason, rollback: Rollback, now: int) -> Decision:
    """The same; or done, when nothing is left to do."""
    if rollback.phase is not Phase.BEGUN or not rollback.is_finished:
        return changed(reason, rollback)
    text = Text.of("{release} is rolled back to {to}, {span} after it began.",
                   release=rollback.release, to=rollback.to, span=Span(ms=now - rollback.begun_at))  # fmt: skip
    return changed(Reason.ROLLBACK_DONE, ended(rollback.say(now, text), Phase.DONE, "", "", now))


def ended(rollback: Rollback, phase: Phase, by: str, why: Text | str, now: int) -> Rollback:
    """It is over. `by`: who ended it, "" for nobody."""
    return replace(rollback, phase=phase, ended_at=now, ended_by=by, ended_why=why, timers={}).redrawn()


def otherwise(watch: Record | None, rollback: Rollback) -> Text | None:
    """Why the rollback is not the decision of its watch, as that stands now; None when it is."""
    if not isinstance(watch, Watch):
        return Text.of("{release} is remembered no more, so nothing is decided of it", release=rollback.release)
    if watch.decision is not None:
        if watch.decision.verdict is Verdict.ROLLBACK:
            return None
        return Text.of("{release} was decided before: {verdict}, by {who}", release=watch.release,
                       verdict=VERDICT_WORDS[watch.decision.verdict], who=watch.decision.by)  # fmt: skip
    if watch.is_open:
        return Text.of("the policy has no plan {plan} any more, so nothing is decided of {release}",
                       plan=watch.plan, release=watch.release)  # fmt: skip
    return Text.of("the watch of {release} was over before: {phase}", release=watch.release,
                   phase=PHASE_WORDS[watch.phase])  # fmt: skip


def watch_told(rollback: Rollback, otherwise: Text | None) -> Rollback:
    """Its watch has heard of it. `otherwise`: why that did not become its decision."""
    fresh = replace(rollback, decided=True, otherwise=otherwise)
    return fresh.redrawn() if otherwise else fresh
