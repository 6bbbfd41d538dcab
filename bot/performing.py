"""Does the next step of one record, whatever it is."""

from bot import editing, posting, silences
from bot.means import Means, Wait
from rules.projection import (
    EditCard,
    EditStub,
    EndSilence,
    Look,
    MakeSilence,
    PostCard,
    PostDetails,
    PostDirect,
    PostReply,
    TellStorm,
    Unroll,
    next_step,
)
from rules.standing import Standing


async def advance(means: Means, key: str, token: str) -> Wait | None:
    """One step; None when it was done (there may be another). Raises Unavailable, Fenced."""
    record = means.store.cached(key) or await means.store.load(key)
    if record is None or isinstance(record, Standing):
        await means.store.forget(key)
        return None
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
        case TellStorm():
            await means.gates.tell(record, token)
        case Unroll(key=caught):
            await means.gates.unroll(record, caught, token)
        case None:
            await means.store.change(key, lambda now: now, token)
    return None
