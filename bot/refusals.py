"""What to do when Slack says no: another channel, plain text, another card, or patience; never silence."""

import structlog

from bot.clients.slack import Refused, Why
from bot.means import Means, Wait
from rules import observing
from rules.decision import Record

LOST_AGAIN_MS = 600_000  # a record gets a new card this often at most, whatever Slack says of the old one
RIGHTS_WAIT_S, DEAD_END_WAIT_S = 30.0, 60.0
log = structlog.get_logger()


async def accept(means: Means, record: Record, place: str, refusal: Refused, token: str) -> Wait | None:
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


async def _change(means: Means, record: Record, how: observing.Change, token: str) -> None:
    await means.store.change(record.key, how, token)
