"""How a release is decided: keep, patch or roll back; what speaks against a keep, and two who keep all the same."""

from dataclasses import replace

from rules import judging, release_words
from rules.asking import asked
from rules.decision import Decision
from rules.plan import Plan
from rules.policy import Policy
from rules.reason import Reason
from rules.releasing import changed, scheduled
from rules.signal import Actor, Signal
from rules.summary import closing
from rules.text import Joined, Text
from rules.watch import Phase, Signed, Verdict, Watch

PROPOSAL_MS = 24 * 3_600_000  # a second person has so long to say so too
VERDICT, REASON, DESPITE = "verdict", "reason", "despite"  # particulars of the act


def decide_release(signal: Signal, watch: Watch, policy: Policy, plan: Plan, who: Actor, now: int) -> Decision:
    """Record the decision; a keep that something speaks against needs two people who say so."""
    said, reason = signal.labels.get(VERDICT, ""), signal.labels.get(REASON, "").strip()
    if not reason or said not in tuple(Verdict):
        return Decision(reason=Reason.NO_REASON, record=watch)
    verdict = Verdict(said)
    as_known, watch = watch, replace(watch, judged=judging.standing(plan, watch, now))  # no word on what is too old
    against = blockers(watch, plan) if verdict is Verdict.KEEP else []
    signed = Signed(verdict=verdict, by=who.name, by_id=who.id, at=now, reason=reason)
    if not against:
        return _signed(watch, signed, policy, plan, now)
    first = watch.proposed if watch.proposed and now - watch.proposed.at < PROPOSAL_MS else None
    if not signal.labels.get(DESPITE):
        return Decision(reason=Reason.BLOCKED, record=watch, changed=watch != as_known)
    signed = replace(signed, despite=tuple(dict.fromkeys(_plain(watch, plan))))
    is_covered = first is not None and set(signed.despite) <= set(first.despite)
    if first is not None and is_covered and first.by_id == who.id:
        return Decision(reason=Reason.ALREADY, record=watch, changed=watch != as_known)
    if first is None or not is_covered:
        return _proposed(watch, signed, against, policy, now)  # what came up since, the first did not speak for
    return _signed(watch, replace(signed, second=first.by), policy, plan, now)


def blockers(watch: Watch, plan: Plan) -> list[Text]:
    """What speaks against keeping the release now: an open window, a gate, a must that is not surely fulfilled."""
    found = []
    if watch.phase is Phase.WATCHING:
        found.append(Text.of("its window is still open"))
    found += [Text.of("{gate} was not passed", gate=name) for name in failed_gates(watch, plan)]
    for text in plan.criteria.must:
        if judging.fulfilled(text, watch) is not True:
            found.append(release_words.criterion(text, plan, watch))
    return found


def failed_gates(watch: Watch, plan: Plan) -> list[str]:
    """The gates that were due and are not passed."""
    latest = {taken.name: taken.gate for taken in watch.taken}
    return [point.name for point in plan.checkpoints if point.gate and latest.get(point.name) is False]


def _plain(watch: Watch, plan: Plan) -> list[str]:
    stands = {text: judging.fulfilled(text, watch) for text in plan.criteria.must}
    names = [f"{text} ({'not fulfilled' if is_so is False else 'open'})" for text, is_so in stands.items() if not is_so]
    open_ = ["window"] if watch.phase is Phase.WATCHING else []
    return [*open_, *failed_gates(watch, plan), *names]


def _proposed(watch: Watch, signed: Signed, against: list[Text], policy: Policy, now: int) -> Decision:
    text = Text.of(
        "{who} would keep {release} despite what follows: {why}\n{against}\nA second person with the right has to "
        "say so too, within a day: `/release-status decide {named} keep --despite WHY`.",
        who=signed.by, release=watch.release, why=signed.reason, named=release_words.named(watch, policy),
        against=Joined(tuple(Text.of("• {line}", line=line) for line in against)),
    )  # fmt: skip
    told = watch.say(now, text, mention=asked(watch.owner, watch, policy, now))
    return changed(Reason.PROPOSED, scheduled(replace(told, proposed=signed).redrawn(now), policy))


def _signed(watch: Watch, signed: Signed, policy: Policy, plan: Plan, now: int) -> Decision:
    decided = replace(
        watch, phase=Phase.DECIDED, decision=signed, proposed=None, ended_at=now, ended_by=signed.by
    ).redrawn(now)
    for text in closing(decided, plan, policy, now):
        decided = decided.say(now, text)
    return changed(Reason.DECIDED, scheduled(decided, policy))
