"""What one record has to tell another: nothing of it is for Slack."""

import structlog

from bot import releases, rollbacks, room_news
from bot.means import Means, Wait
from bot.store import Overloaded
from rules.decision import Shown
from rules.freeze import Freeze
from rules.incident import Incident
from rules.rollback import Rollback
from rules.room import Room
from rules.steps import (
    DecideWatch,
    Introduce,
    LetGo,
    RelayLine,
    TellCheck,
    Telling,
    TellNews,
    TellReleases,
    TellRoom,
    Unroll,
)
from rules.watch import Watch

FULL_S = 5.0
log = structlog.get_logger()


async def inform(means: Means, record: Shown, step: Telling, token: str) -> Wait | None:
    """Tell it; while the queue is at its bound others of the lane go first. Raises Unavailable, Fenced."""
    try:
        return await _inform(means, record, step, token)
    except Overloaded as error:
        log.warning("not_told", key=record.key, why=str(error), next="trying again when something has gone out")
        return Wait(FULL_S)


async def _inform(means: Means, record: Shown, step: Telling, token: str) -> Wait | None:
    match step:
        case TellCheck() if isinstance(record, Watch):
            await releases.tell_check(means, record, step, token)
        case Introduce() if isinstance(record, Watch):
            await releases.introduce(means, record)
        case DecideWatch() if isinstance(record, Rollback):
            await rollbacks.decide_watch(means, record, token)
        case RelayLine(entry=entry) if isinstance(record, Rollback | Freeze):
            await room_news.relay(means, record, entry, token)
        case TellReleases() if isinstance(record, Freeze):
            await releases.tell_freeze(means, record, token)
        case TellNews() if isinstance(record, Room):
            await room_news.tell(means, record, step, token)
        case LetGo() if isinstance(record, Room):
            await room_news.let_go(means, record, token)
        case TellRoom() if isinstance(record, Incident):
            return await room_news.hear(means, record, token)
        case Unroll(key=caught):
            await means.gates.unroll(record, caught, token)
        case _:
            await means.gates.tell(record, token)
    return None
