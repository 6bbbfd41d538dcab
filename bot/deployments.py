"""Tells GitHub whether a deployment that it holds may go on; tried until GitHub has answered."""

import structlog

from bot.cards.markdown import unheard
from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.clients.asking import Rejected, Unreachable
from bot.clients.github_deployments import review
from bot.means import Means, Wait
from rules import languages
from rules.deployment import APPROVED, REFUSED, REJECTED, Deployment
from rules.freeze import Freeze, key_of
from rules.protecting import ENVIRONMENT, REPOSITORY, WHY, scope_for, verdict
from rules.signal import Kind, Signal

FIRST_S, LONGEST_S = 5.0, 300.0  # between two tries: as long as GitHub has waited already, within these
HELD_MS = 30 * 86_400_000  # GitHub itself fails a job that waits for longer
log = structlog.get_logger()


async def answer(means: Means, deployment: Deployment) -> Wait | None:
    """Say what holds at this moment, whenever it was asked. Raises Unavailable."""
    policy, now = means.policy(), means.clock.now()
    if not deployment.is_open:
        await means.store.forget(deployment.key)
        return None
    scope = scope_for(policy, deployment)
    record = await means.store.load(key_of(scope)) if scope else None
    freeze = record if isinstance(record, Freeze) else None
    told = verdict(deployment, scope, freeze, now)
    channel = policy.channel(policy.scopes[scope].channel) if scope else "fallback"
    with speaking(*languages.of_channel(policy, channel)):
        comment = plain(told.comment, unheard)
    try:
        await review(means.github, deployment.callback, deployment.environment, comment, approved=told.approved)
    except Unreachable as error:
        return await _later(means, deployment, error, now)
    except Rejected as error:
        log.warning("answer_refused", key=deployment.key, error=str(error), next="see Freezes in deploy/RUNBOOK.md")
        await _tell(means, deployment, deployment.key, REFUSED, str(error))
        return None
    word = APPROVED if told.approved else REJECTED
    log.info("answered_github", key=deployment.key, answer=word)
    await _tell(means, deployment, deployment.key, word)
    if freeze and not told.approved:
        await _tell(means, deployment, freeze.key, word)
    return None


async def _later(means: Means, deployment: Deployment, error: Unreachable, now: int) -> Wait | None:
    waited = now - deployment.asked_at
    if waited > HELD_MS:
        await _tell(means, deployment, deployment.key, REFUSED, str(error))
        return None
    seconds = max(min(max(waited / 1000, FIRST_S), LONGEST_S), float(error.retry_after))
    log.warning("answer_waits", key=deployment.key, error=str(error), seconds=seconds)
    return Wait(seconds)


async def _tell(means: Means, deployment: Deployment, key: str, event: str, why: str = "") -> None:
    labels = {REPOSITORY: deployment.repository, ENVIRONMENT: deployment.environment, WHY: why}
    await means.submit(Signal(key=key, source="github", kind=Kind.DEPLOYMENT, event=event, labels=labels))
