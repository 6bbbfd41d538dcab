"""Does the next step of one record, whatever it is."""

import structlog

from bot import deployments, editing, posting, releases, silences
from bot.means import Means, Wait
from bot.store import Overloaded
from rules.decision import Shown
from rules.deployment import Deployment
from rules.projection import (
    EditCard,
    EditStub,
    EndSilence,
    Introduce,
    Look,
    MakeSilence,
    PostCard,
    PostDetails,
    PostDirect,
    PostReply,
    TellCheck,
    TellStorm,
    Unroll,
    next_step,
)
from rules.standing import Standing
from rules.watch import Watch

FULL_S = 5.0
log = structlog.get_logger()


async def advance(means: Means, key: str, token: str) -> Wait | None:
    """One step; None when it was done (there may be another). Raises Unavailable, Fenced."""
    record = means.store.cached(key) or await means.store.load(key)
    if record is None or isinstance(record, Standing):
        await means.store.forget(key)
        return None
    if isinstance(record, Deployment):
        return await deployments.answer(means, record)
    match next_step(record):
        case Look(mark=mark):
            return await posting.look(means, record, mark, token)
        case PostCard() | PostDetails() | PostReply() | PostDirect() as step:
            return await posting.post(means, record, step, token)
        case EditCard(posted=posted):
            return await editing.edit(means, record, posted, token)
        case EditStub(posted=posted):
            return await editing.stub(means, record, posted, token)
        case MakeSilence() | EndSilence() as step:
            return await silences.perform(means, record, step, token)
        case TellCheck() | Introduce() | TellStorm() | Unroll() as step:
            return await _tell(means, record, step, token)
        case None:
            await means.store.change(key, lambda now: now, token)
    return None


async def _tell(
    means: Means, record: Shown, step: TellCheck | Introduce | TellStorm | Unroll, token: str
) -> Wait | None:
    """What is for another record, not for Slack; while the queue is at its bound others of the lane go first."""
    try:
        match step:
            case TellCheck() if isinstance(record, Watch):
                await releases.tell_check(means, record, step, token)
            case Introduce() if isinstance(record, Watch):
                await releases.introduce(means, record)
            case Unroll(key=caught):
                await means.gates.unroll(record, caught, token)
            case _:
                await means.gates.tell(record, token)
    except Overloaded as error:
        log.warning("not_told", key=record.key, why=str(error), next="trying again when something has gone out")
        return Wait(FULL_S)
    return None
