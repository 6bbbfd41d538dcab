"""What a watched release has to tell others: its checks' incidents, and the other releases of the same plan."""

import structlog

from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.means import Means
from rules import checking, languages, observing, release_words, releasing
from rules.attribution import related
from rules.freeze import Freeze
from rules.incident import Incident
from rules.signal import Kind, Signal
from rules.steps import TellCheck
from rules.text import Text
from rules.watch import Phase, Verdict, Watch

log = structlog.get_logger()


async def tell_check(means: Means, watch: Watch, step: TellCheck, token: str) -> None:
    """Let the incident of a check know how it stands, and its release of that incident. Raises Unavailable, Fenced.

    Both before the card is drawn anew: one edit shows the check and its incident.
    """
    now, plan = means.clock.now(), means.policy().releases.get(watch.plan)
    summary = ""
    if plan and step.check in plan.checks:
        with speaking(*languages.of_team(means.policy())):
            summary = plain(release_words.stands(step.check, plan, watch, now))
            if step.level and (asked := release_words.to_do(step.check, step.level, plan, watch)):
                summary = plain(Text.of("{said}. {asked}", said=summary, asked=asked))
    decision = await means.submit(checking.report(watch, plan, step.check, step.level, summary, now))
    means.memories.distrust()
    news = related([decision.record], plan, watch) if plan and isinstance(decision.record, Incident) else ()
    await means.store.change(
        watch.key, lambda record: observing.check_told(record, step.check, step.level, news, now), token
    )


async def tell_freeze(means: Means, freeze: Freeze, token: str) -> None:
    """Let the cards of the releases of a scope show how its freeze stands. Raises Unavailable, Fenced."""
    stands, plans = freeze.stands, means.policy().releases
    for watch in await means.memories.open_watches():
        if watch.plan in plans and plans[watch.plan].scope == freeze.scope:
            await means.submit(Signal(key=watch.key, source="sereno", kind=Kind.READ, event=releasing.FREEZE))
    await means.store.change(freeze.key, lambda now: observing.freeze_told(now, stands), token)


async def introduce(means: Means, watch: Watch) -> None:
    """Tell the older watches of the plan that there is a newer release, and this one which release was before it."""
    others = [one for one in await means.memories.watches(watch.plan) if one.key != watch.key]
    for other in others:
        if other.is_open and _age(other) < _age(watch):
            await means.submit(_succession(other, releasing.NEWER, watch))
        elif other.is_open:
            await means.submit(_succession(watch, releasing.NEWER, other))
    kept = [one for one in others if one.began_at < watch.began_at and not _was_left(one)]
    named = [one for one in kept if one.release == watch.baseline] if watch.baseline else kept
    before = max(named, key=lambda one: one.began_at, default=None)
    await means.submit(_succession(watch, releasing.OLDER, before))
    log.info("introduced", key=watch.key, before=before.release if before else "")


def _age(watch: Watch) -> tuple[int, int, str]:
    """Releases by their publication: a late delivery of an older one supersedes nothing."""
    return watch.began_at, watch.opened_at, watch.key


def _was_left(watch: Watch) -> bool:
    """Rolled back, or never watched to an end: nothing to compare with."""
    rolled_back = watch.decision is not None and watch.decision.verdict is Verdict.ROLLBACK
    return rolled_back or watch.phase is Phase.STOPPED


def _succession(told: Watch, event: str, other: Watch | None) -> Signal:
    labels = {releasing.RELEASE: other.release, releasing.BEGAN: str(other.began_at)} if other else {}
    return Signal(
        key=told.key, source="sereno", kind=Kind.SUCCESSION, event=event, labels={releasing.RELEASE: "", **labels}
    )
