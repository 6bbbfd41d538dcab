"""Sends a new message exactly once: mark, send, write down; after a lost answer look before sending again."""

import structlog

from bot import faces, refusals
from bot.clients.slack import NotFound, Refused, Retry, Sent, Unknown
from bot.means import Means, Wait
from rules import observing
from rules.decision import Record
from rules.observed import Sending
from rules.projection import PostCard, PostDetails, PostReply, wanted_step

SETTLED_MS = 15_000  # Slack may still be working on a message whose answer we lost, but not for longer than this
LOOK_S = 4.0  # between two looks for it
URGENT = 1  # the worst severity's cards and what is said aloud of them (rules/projection.py)
UNNAMED_MS = 300_000  # this long a look-up waits for the id of its channel
FRESH_S = 3.0  # a message goes out this soon after its mark, or not at all
Post = PostCard | PostDetails | PostReply
log = structlog.get_logger()


async def post(means: Means, record: Record, step: Post, token: str) -> Wait | None:
    """Send the message of a step, if the gates and the channel's pace let it. Raises Unavailable, Fenced."""
    mark, urgent = _mark(means, step), step.urgency <= URGENT
    if seconds := means.pacing.closed(mark.place, urgent=urgent):
        return Wait(seconds)
    if isinstance(step, PostCard) and await means.gates.catches(record, token):
        return None
    if seconds := await means.pacing.wait(mark.place, urgent=urgent):
        return Wait(seconds)
    if await means.gates.hushes(record, step, token):
        return None
    asked = means.clock.monotonic()
    marked = await means.store.change(record.key, lambda now: _begun(now, mark), token)
    if not _is_ours(marked, mark):
        return None
    if means.clock.monotonic() - asked > FRESH_S or wanted_step(marked) != step:
        await means.store.change(record.key, observing.not_sent, token)
        return None
    return await _send(means, marked, step, token)


async def look(means: Means, record: Record, mark: Sending, token: str) -> Wait | None:
    """Find out what became of a message that was being sent. Raises Unavailable, Fenced."""
    channel, waited = means.directory.channel(mark.channel), means.clock.now() - mark.at
    if channel.startswith("#") and waited < UNNAMED_MS:
        return Wait(1.0)  # Slack finds messages by a channel's id only, and has not told us that yet
    found = await means.slack.find(channel, mark.step, mark.at, mark.thread_ts)
    match found:
        case Sent():
            await means.store.change(record.key, lambda now: observing.sent(now, mark, found.channel, found.ts), token)
            log.info("found", key=record.key, step=mark.step)
            return None
        case NotFound() if waited >= SETTLED_MS:
            await means.store.change(record.key, observing.not_sent, token)
            return None
        case NotFound():
            return Wait(min((SETTLED_MS - waited) / 1000, LOOK_S))
        case Retry():
            return Wait(found.after)
        case Refused(_, error) if waited >= SETTLED_MS:
            log.error("cannot_look", key=record.key, error=error, next="sending again: better twice than not at all")
            await means.store.change(record.key, observing.not_sent, token)
            return None
        case Refused() | Unknown():
            return Wait(1.0)


def _begun(now: Record, mark: Sending) -> Record:
    """The mark goes on; but one that is there, by who had the lane before, must be looked up first."""
    return now if now.observed.sending else observing.sending(now, mark)


def _is_ours(record: Record, mark: Sending) -> bool:
    found = record.observed.sending
    return found is not None and (found.step, found.at) == (mark.step, mark.at)


def _mark(means: Means, step: Post) -> Sending:
    if isinstance(step, PostCard):
        place, channel, thread = step.place, means.directory.channel(step.place), ""
    else:
        place, channel, thread = step.posted.place, step.posted.channel, step.posted.ts
    pings = not isinstance(step, PostDetails) and bool(step.mention)
    return Sending(step=step.name, channel=channel, place=place, at=means.clock.now(), thread_ts=thread, pings=pings)


async def _send(means: Means, record: Record, step: Post, token: str) -> Wait | None:
    mark = record.observed.sending
    if mark is None:
        return None
    face = faces.of_step(record, step, means.policy(), means.directory.spell)
    aloud = isinstance(step, PostReply) and step.aloud
    answer = await means.slack.post(mark.channel, face, step.name, thread_ts=mark.thread_ts, aloud=aloud)
    match answer:
        case Sent(channel, ts):
            means.directory.learn(mark.place, channel)
            await means.store.change(record.key, lambda now: observing.sent(now, mark, channel, ts), token)
            log.info("posted", key=record.key, step=step.name, place=mark.place)
            return None
        case Unknown(error):
            log.warning("answer_lost", key=record.key, step=step.name, error=error, next="look before sending again")
            return Wait(0.2)
        case Retry():
            await means.store.change(record.key, observing.not_sent, token)
            log.info("told_to_wait", key=record.key, seconds=answer.after, error=answer.error)
            if answer.limited:
                await means.pacing.hold(mark.place, answer.after)
            return Wait(answer.after)
        case Refused():
            await means.store.change(record.key, observing.not_sent, token)
            return await refusals.accept(means, record, mark.place, answer, token)
