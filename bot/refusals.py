"""What to do when Slack says no: another channel, plain text, another card, or patience; never silence."""

import structlog

from bot.clients.slack import Answer, Refused, Retry, Why
from bot.means import Means, Wait
from rules import observing
from rules.decision import Shown
from rules.steps import Post, PostDirect

DIRECTS = "directs"  # what conversations.open was told to wait for
DIRECT_MS = 1_800_000  # a direct message that cannot go out for this long is said in the thread instead
LOST_AGAIN_MS = 600_000  # a record gets a new card this often at most, whatever Slack says of the old one
RIGHTS_WAIT_S, DEAD_END_WAIT_S = 30.0, 60.0
log = structlog.get_logger()


async def accept(means: Means, record: Shown, place: str, refusal: Refused, token: str) -> Wait | None:
    """Change the record so that the next step goes another way. Raises Unavailable, Fenced."""
    fallback = means.policy().channel("fallback")
    match refusal.why:
        case Why.CHANNEL if place != fallback:
            log.error("channel_refused", place=place, error=refusal.error, next=f"posting to {fallback} instead")
            await _change(
                means, record, lambda now: observing.place_refused(now, place, refusal.error, fallback), token
            )
            return None
        case Why.BLOCKS if not record.observed.plain:
            log.error("blocks_refused", key=record.key, error=refusal.error, next="posting plain text instead")
            await _change(means, record, observing.blocks_refused, token)
            return None
        case Why.MESSAGE if means.clock.now() - record.observed.lost_at > LOST_AGAIN_MS:
            log.warning("card_gone", key=record.key, error=refusal.error, next="posting a new card if still open")
            await _change(means, record, lambda now: observing.card_lost(now, means.clock.now()), token)
            return None
        case Why.RIGHTS:
            log.error("token_refused", error=refusal.error, next="check SLACK_BOT_TOKEN and its scopes; trying again")
            return Wait(RIGHTS_WAIT_S)
        case _:
            log.error("undeliverable", key=record.key, place=place, error=refusal.error, next="trying again")
            return Wait(DEAD_END_WAIT_S)


async def not_opened(means: Means, record: Shown, step: Post, answer: Answer, token: str) -> Wait | None:
    """Slack does not open the conversation with a person, for good or for now. Raises Unavailable, Fenced."""
    if not isinstance(step, PostDirect):
        return Wait(1.0)
    if isinstance(answer, Refused) or means.clock.now() - step.entry.at > DIRECT_MS:
        return await not_direct(means, record, step, getattr(answer, "error", ""), token)
    if isinstance(answer, Retry) and answer.limited:
        await means.pacing.hold(DIRECTS, answer.after)
    return Wait(min(answer.after, 5.0) if isinstance(answer, Retry) else 1.0)


async def not_direct(means: Means, record: Shown, step: PostDirect, why: str, token: str) -> Wait | None:
    """A person cannot be reached directly: the thread says so. Raises Unavailable, Fenced."""
    log.error("not_direct", key=record.key, person=step.entry.to, error=why, next="sereno doctor lists whom it misses")
    now = means.clock.now()
    await _change(means, record, lambda at: observing.not_direct(at, step.entry, why, now), token)
    return None


async def _change(means: Means, record: Shown, how: observing.Change, token: str) -> None:
    await means.store.change(record.key, how, token)
