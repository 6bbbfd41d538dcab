"""What a person is told after deciding a release."""

from handlers.contract import Desk, Reply
from handlers.releases import act, refusal
from rules.deciding import DESPITE, REASON, VERDICT, blockers
from rules.reason import Reason
from rules.release_acting import DECIDE
from rules.release_words import VERDICT_WORDS, named
from rules.signal import Actor
from rules.text import Text
from rules.watch import Verdict, Watch


async def decide(watch: Watch, verdict: Verdict, why: str, person: Actor, desk: Desk, *, despite: bool) -> Reply:
    """Sign the decision, or hear what speaks against it."""
    given = {VERDICT: verdict.value, REASON: why, DESPITE: "yes" if despite else ""}
    reason = await act(DECIDE, watch, person, desk, given)
    match reason:
        case Reason.DECIDED:
            return [
                Text.of(
                    "{release}: {verdict}. It is recorded; the summary is in the thread.",
                    release=named(watch, desk.policy()), verdict=VERDICT_WORDS[verdict],
                )
            ]  # fmt: skip
        case Reason.ALREADY:
            return [
                Text.of("Your keep of {release} is noted already; it takes a second person.", release=watch.release)
            ]
        case Reason.PROPOSED:
            return [
                Text.of(
                    "Your keep of {release} is noted; it takes a second person, who says so too.", release=watch.release
                )
            ]
        case Reason.BLOCKED:
            now = await desk.find(watch.key)
            return against(now if isinstance(now, Watch) else watch, desk)
        case _:
            return refusal(DECIDE, reason, watch, desk)


def against(watch: Watch, desk: Desk) -> Reply:
    """What speaks against a keep, and what to do then."""
    plan = desk.policy().releases.get(watch.plan)
    found = blockers(watch, plan) if plan else []
    return [
        Text.of("{release} cannot be kept as it is:", release=watch.release),
        *(Text.of("• {line}", line=line) for line in found),
        Text.of("Two people may keep it all the same: `/release-status decide {release} keep --despite WHY`.",
                release=named(watch, desk.policy())),
    ]  # fmt: skip
