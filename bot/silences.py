"""Makes and ends silences in Alertmanager for the incidents that want it; tried until Alertmanager has answered."""

from collections.abc import Callable

import structlog

from bot.clients.alertmanager import Alertmanager, Rejected, Unreachable
from bot.means import Means, Wait
from rules import matching, silencing
from rules.decision import Shown
from rules.incident import Incident
from rules.silence import Silence
from rules.steps import EndSilence, MakeSilence

AGAIN_S, REJECTED_S = 15.0, 300.0
NOT_SET = "ALERTMANAGER_URL is not set"
HIDES_ALL = "it would hide everything that fires now; ask for another with more labels"
log = structlog.get_logger()


async def perform(means: Means, record: Shown, step: MakeSilence | EndSilence, token: str) -> Wait | None:
    """Bring Alertmanager nearer to what the incident wants. Raises Unavailable, Fenced."""
    if means.alertmanager is None:
        return await _troubled(means, record, step.silence, NOT_SET, REJECTED_S, token)
    how = _make if isinstance(step, MakeSilence) else _end
    return await how(means, means.alertmanager, record, step.silence, token)


async def _make(means: Means, am: Alertmanager, record: Shown, silence: Silence, token: str) -> Wait | None:
    """Let Alertmanager have it, once: one that is there already is found by our token."""
    try:
        there = [one for one in await am.silences() if one.token == silence.token]
        if not there and await _hides_all(am, record, silence):
            return await _troubled(means, record, silence, HIDES_ALL, REJECTED_S, token)
        id_ = there[0].id if there else await am.create(silence)
    except Unreachable as error:
        return await _troubled(means, record, silence, _short(error), AGAIN_S, token)
    except Rejected as error:
        return await _troubled(means, record, silence, str(error), REJECTED_S, token)
    now = means.clock.now()
    await means.store.change(record.key, _of(lambda one: silencing.made(one, silence.token, id_, now)), token)
    log.info("silenced", key=record.key, silence=id_)
    return None


async def _end(means: Means, am: Alertmanager, record: Shown, silence: Silence, token: str) -> Wait | None:
    """Expire it, wherever the making of it got to."""
    try:
        there = [one.id for one in await am.silences() if one.token == silence.token]
        for id_ in there:
            await am.expire(id_)
    except Unreachable as error:
        return await _troubled(means, record, silence, _short(error), AGAIN_S, token)
    except Rejected as error:
        return await _troubled(means, record, silence, str(error), REJECTED_S, token)
    await means.store.change(record.key, _of(lambda one: silencing.ended(one, silence.token)), token)
    log.info("silence_ended", key=record.key, silences=there)
    return None


async def _troubled(means: Means, record: Shown, silence: Silence, why: str, seconds: float, token: str) -> Wait | None:
    log.warning("silence_waits", key=record.key, why=why, seconds=seconds)
    if silence.trouble == why:
        return Wait(seconds)
    now = means.clock.now()
    await means.store.change(record.key, _of(lambda one: silencing.troubled(one, silence.token, why, now)), token)
    return None


async def _hides_all(am: Alertmanager, record: Shown, silence: Silence) -> bool:
    """Whether everything that fires now would be hidden, others' alerts too."""
    matchers, known = matching.parse(silence.matchers), await am.alerts()
    own = len(record.firing) if isinstance(record, Incident) else 0
    return len(known) > max(own, 1) and all(matching.matches_all(matchers, one.labels) for one in known)


def _short(error: Exception) -> str:
    """Without what differs each time: the same trouble is said once."""
    return str(error).partition(":")[0] if isinstance(error, Unreachable) else str(error)


def _of(how: Callable[[Incident], Incident]) -> Callable[[Shown], Shown]:
    return lambda record: how(record) if isinstance(record, Incident) else record
