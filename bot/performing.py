"""Does the next step of one record, whatever it is."""

from bot import deployments, editing, informing, marks, posting, postmortems, rollbacks, rooms, silences
from bot.means import Means, Wait
from rules.decision import Shown
from rules.deployment import Deployment
from rules.projection import next_step
from rules.rollback import Rollback
from rules.room import Room
from rules.standing import Standing
from rules.steps import (
    AnswerGitHub,
    EditCard,
    EditStub,
    EndSilence,
    Furnish,
    Look,
    MakeSilence,
    PostCard,
    PostDetails,
    PostDirect,
    PostReply,
    Publish,
    ReadMark,
    StartRollback,
    Step,
)
from rules.watch import Watch


async def advance(means: Means, key: str, token: str) -> Wait | None:
    """One step; None when it was done (there may be another). Raises Unavailable, Fenced."""
    record = means.store.cached(key) or await means.store.load(key)
    if record is None or isinstance(record, Standing):
        await means.store.forget(key)
        return None
    if isinstance(record, Deployment):
        return await deployments.answer(means, record)
    if isinstance(record, Room):
        rooms.remember(means, record)
    step = next_step(record)
    if step is None:
        await means.store.change(key, lambda now: now, token)
        return None
    if isinstance(record, Watch):
        await means.refresh()  # its card shows the freeze of its scope, which another process may just have taken
    return await _do(means, record, step, token)


async def _do(means: Means, record: Shown, step: Step, token: str) -> Wait | None:
    match step:
        case Look(mark=mark):
            return await posting.look(means, record, mark, token)
        case PostCard() | PostDetails() | PostReply() | PostDirect():
            return await posting.post(means, record, step, token)
        case EditCard(posted=posted):
            return await editing.edit(means, record, posted, token)
        case EditStub(posted=posted):
            return await editing.stub(means, record, posted, token)
        case MakeSilence() | EndSilence():
            return await silences.perform(means, record, step, token)
        case Furnish() | ReadMark() | Publish() if isinstance(record, Room):
            return await _do_for_room(means, record, step, token)
        case StartRollback() if isinstance(record, Rollback):
            return await rollbacks.start(means, record)
        case AnswerGitHub() | Furnish() | ReadMark() | StartRollback() | Publish():  # of other records: there are none
            return None
        case telling:
            return await informing.inform(means, record, telling, token)


async def _do_for_room(means: Means, room: Room, step: Furnish | ReadMark | Publish, token: str) -> Wait | None:
    match step:
        case Furnish():
            return await rooms.furnish(means, room, step, token)
        case ReadMark(mark=mark):
            return await marks.read(means, room, mark, token)
        case Publish():
            return await postmortems.publish(means, room, token)
