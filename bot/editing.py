"""Edits what is in Slack already; an edit can be repeated safely, so it is simply tried until it is done."""

import structlog

from bot import faces, refusals
from bot.clients.slack import Refused, Retry, Sent, Unknown, Why
from bot.means import Means, Wait
from rules import observing
from rules.decision import Shown
from rules.incident import Incident
from rules.observed import Posted
from rules.room import Room

EDITS = "edits"  # chat.update is paced for the workspace, not for a channel
log = structlog.get_logger()


async def edit(means: Means, record: Shown, posted: Posted, token: str) -> Wait | None:
    """Bring the card up to the record's revision. Raises Unavailable, Fenced."""
    if seconds := await means.pacing.wait(EDITS):
        return Wait(seconds)
    face = faces.of_card(record, means.pen(), means.clock.now())
    answer = await means.slack.edit(posted.channel, posted.ts, face)
    match answer:
        case Sent():
            revision, at = record.revision, means.clock.now()
            await means.store.change(
                record.key,
                lambda now: observing.called(observing.edited(now, revision), at, "chat.update", "ok"),
                token,
            )
            return None
        case Refused():
            return await refusals.accept(means, record, posted.place, answer, token)
        case _:
            return await _later(means, answer)


async def stub(means: Means, record: Shown, former: Posted, token: str) -> Wait | None:
    """Let the card that the incident has left point to the new one. Raises Unavailable, Fenced."""
    here = record.observed.posted
    if here is None or not isinstance(record, Incident | Room):
        return None
    address = await means.slack.permalink(here.channel, here.ts)
    answer = await means.slack.edit(former.channel, former.ts, faces.of_stub(record, former, means.policy(), address))
    if isinstance(answer, Refused) and answer.why is Why.RIGHTS:
        return Wait(refusals.RIGHTS_WAIT_S)
    if isinstance(answer, Sent | Refused):
        await means.store.change(record.key, lambda now: observing.stubbed(now, former), token)
        return None
    return await _later(means, answer)


async def _later(means: Means, answer: Retry | Unknown) -> Wait:
    if isinstance(answer, Unknown):
        return Wait(1.0)
    if answer.limited:
        await means.pacing.hold(EDITS, answer.after)
    return Wait(answer.after)
