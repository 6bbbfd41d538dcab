"""Sends a new message exactly once: mark, send, write down; after a lost answer look before sending again."""

from dataclasses import replace

import structlog

from bot import faces, refusals
from bot.cards.chart import sketch
from bot.cards.face import Face
from bot.cards.tongue import speaking
from bot.clients.slack import Answer, NotFound, Refused, Retry, Sent, Unknown, Why
from bot.means import Means, Wait
from rules import observing
from rules.decision import Shown
from rules.observed import Sending
from rules.projection import wanted_step
from rules.steps import Post, PostCard, PostDetails, PostDirect, PostReply
from rules.tallies import reach

SETTLED_MS = 15_000  # Slack may still be working on a message whose answer we lost, but not for longer than this
LOOK_S = 4.0  # between two looks for it
URGENT = 1  # the worst severity's cards and what is said aloud of them (rules/projection.py)
UNNAMED_MS = 300_000  # this long a look-up waits for the id of its channel
FRESH_S = 3.0  # a message goes out this soon after its mark, or not at all
DRAWING_S = 1.0  # between two looks whether its picture is ready; the lane goes on meanwhile
PICTURE_S = 2.0  # Slack looks at a new file before it lets a message show it
POST = "chat.postMessage"
log = structlog.get_logger()


async def post(means: Means, record: Shown, step: Post, token: str) -> Wait | None:
    """Send the message of a step, if the gates and the channel's pace let it. Raises Unavailable, Fenced."""
    if _awaits_picture(means, record, step):
        return Wait(DRAWING_S)
    mark, urgent = await _mark(means, step), step.urgency <= URGENT
    if not isinstance(mark, Sending):
        return await refusals.not_opened(means, record, step, mark, token)
    if seconds := means.pacing.closed(mark.place, urgent=urgent):
        return Wait(seconds)
    if isinstance(step, PostCard) and await means.gates.catches(record, token):
        return None
    if seconds := await means.pacing.wait(mark.place, urgent=urgent):
        return Wait(seconds)
    if await means.gates.hushes(record, step, token):
        return None
    address = await _address(means, record, step)
    return await _begin(means, record, step, replace(mark, at=means.clock.now()), address, token)


async def look(means: Means, record: Shown, mark: Sending, token: str) -> Wait | None:
    """Find out what became of a message that was being sent. Raises Unavailable, Fenced."""
    channel, waited = means.directory.channel(mark.channel), means.clock.now() - mark.at
    if channel.startswith("#") and waited < UNNAMED_MS:
        return Wait(1.0)  # Slack finds messages by a channel's id only, and has not told us that yet
    found = await means.slack.find(channel, mark.step, mark.at, mark.thread_ts)
    match found:
        case Sent():
            await _sent(means, record, mark, found, "answer lost, found by looking", token)
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


async def _begin(means: Means, record: Shown, step: Post, mark: Sending, address: str, token: str) -> Wait | None:
    """Mark, then send at once: who looks for the message later counts from its mark."""
    asked = means.clock.monotonic()
    marked = await means.store.change(record.key, lambda now: _begun(now, mark), token)
    if not _is_ours(marked, mark):
        return None
    picture = means.pictures.block(step.name)
    face = faces.of_step(marked, step, means.pen(), means.clock.now(), address=address, picture=picture)
    if means.clock.monotonic() - asked > FRESH_S or wanted_step(marked) != step:
        await means.store.change(record.key, observing.not_sent, token)
        return None
    return await _send(means, marked, step, face, token)  # nothing else is waited for between the mark and this


def _begun(now: Shown, mark: Sending) -> Shown:
    """The mark goes on; but one that is there, by who had the lane before, must be looked up first."""
    return now if now.observed.sending else observing.sending(now, mark)


def _is_ours(record: Shown, mark: Sending) -> bool:
    found = record.observed.sending
    return found is not None and (found.step, found.at) == (mark.step, mark.at)


async def _mark(means: Means, step: Post) -> Sending | Answer:
    """Where the message goes; another answer when Slack does not let us write to a person, or not now."""
    thread, pings = "", False
    named: tuple[str, ...] = ()
    match step:
        case PostCard(mention=mention):
            place, channel, pings = step.place, means.directory.channel(step.place), bool(mention)
            named = (*mention, *step.named)
        case PostDirect(entry=entry):
            if seconds := await means.pacing.wait(refusals.DIRECTS, urgent=True):
                return Retry(seconds, "ratelimited")
            opened = await _open(means, entry.to)
            if not isinstance(opened, Sent):
                return opened
            place, channel, named = entry.to, opened.channel, (entry.to,)
        case PostReply(posted=posted, aloud=aloud, mention=mention):
            place, channel, thread, pings = posted.place, posted.channel, posted.ts, aloud and bool(mention)
            named = mention
        case PostDetails(posted=posted):
            place, channel, thread = posted.place, posted.channel, posted.ts
    return Sending(
        step=step.name, channel=channel, place=place, at=means.clock.now(), thread_ts=thread, pings=pings,
        reached=reach(means.policy(), named),
    )  # fmt: skip


async def _open(means: Means, person: str) -> Answer:
    """The conversation with a person of the policy, or with "user:<Slack id>"."""
    user = person.removeprefix("user:") if person.startswith("user:") else means.directory.user(person)
    return await means.slack.open_direct(user) if user else Refused(Why.CHANNEL, "not known in Slack")


async def _send(means: Means, record: Shown, step: Post, face: Face, token: str) -> Wait | None:
    mark = record.observed.sending
    if mark is None:
        return None
    aloud = isinstance(step, PostReply) and step.aloud
    answer = await means.slack.post(mark.channel, face, step.name, thread_ts=mark.thread_ts, aloud=aloud)
    match answer:
        case Sent():
            if not isinstance(step, PostDirect):
                means.directory.learn(mark.place, answer.channel)
            await _sent(means, record, mark, answer, "ok", token)
            log.info("posted", key=record.key, step=step.name, place=mark.place)
            return None
        case Unknown(error):
            log.warning("answer_lost", key=record.key, step=step.name, error=error, next="look before sending again")
            return Wait(0.2)
        case Retry():
            if answer.limited:
                await means.pacing.hold(mark.place, answer.after)  # before anything else: others are at the door
            await _not_sent(means, record, answer.error, token)
            log.info("told_to_wait", key=record.key, seconds=answer.after, error=answer.error)
            return Wait(answer.after)
        case Refused():
            await _not_sent(means, record, answer.error, token)
            if answer.why is Why.FILES:
                means.pictures.refused(step.name)
                return Wait(PICTURE_S)
            if isinstance(step, PostDirect):
                return await refusals.not_direct(means, record, step, answer.error, token)
            return await refusals.accept(means, record, mark.place, answer, token)


def _awaits_picture(means: Means, record: Shown, step: Post) -> bool:
    """Whether the step has a picture that is still being drawn or uploaded: that may take longer than a lane can."""
    if not isinstance(step, PostReply) or record.observed.plain or not any(entry.picture for entry in step.entries):
        return False
    with speaking(*faces.voice(record, means.policy(), step)):
        return not means.pictures.is_ready(step.name, lambda: sketch(record, means.policy(), means.clock.now()))


async def _address(means: Means, record: Shown, step: Post) -> str:
    """Where the card is, for a direct message."""
    here = record.observed.posted
    return await means.slack.permalink(here.channel, here.ts) if isinstance(step, PostDirect) and here else ""


async def _sent(means: Means, record: Shown, mark: Sending, where: Sent, answer: str, token: str) -> None:
    def seen(now: Shown) -> Shown:
        return observing.called(observing.sent(now, mark, where.channel, where.ts), at, POST, answer)

    at = means.clock.now()
    await means.store.change(record.key, seen, token)


async def _not_sent(means: Means, record: Shown, answer: str, token: str) -> None:
    at = means.clock.now()
    await means.store.change(record.key, lambda now: observing.called(observing.not_sent(now), at, POST, answer), token)
