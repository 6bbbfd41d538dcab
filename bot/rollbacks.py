"""What a rollback has done elsewhere: GitHub starts something, once; its watch is decided, its war-room hears of it."""

from collections.abc import Callable

import structlog

from bot.clients.asking import Unreachable
from bot.clients.github_dispatch import Refused, dispatch, is_elsewhere, never_arrived
from bot.means import Means, Wait
from rules import dispatching
from rules.deciding import REASON, VERDICT
from rules.decision import Decision, Shown
from rules.reason import Reason
from rules.release_acting import DECIDE, OURS
from rules.rollback import Call, Rollback, Sent
from rules.rollback_outcome import otherwise, watch_told
from rules.signal import Actor, Kind, Signal
from rules.watch import Verdict

IN_FLIGHT_MS = 30_000  # an answer that has not come by then never will: longer than a call takes, and its mark
GOES_WITHIN_S = 3.0  # of its mark, or not at all: a process that slept may find that somebody has it sent again
AGAIN_S, LONGEST_S = 15.0, 300.0
log = structlog.get_logger()


async def start(means: Means, rollback: Rollback) -> Wait | None:
    """Let GitHub know, marked before. What was marked and not written down since, nobody knows. Raises Unavailable."""
    call = rollback.call
    if call is None:
        return None
    if call.state is Sent.SENDING:
        left = call.at + IN_FLIGHT_MS - means.clock.now()
        if left > 0:
            return Wait(left / 1000)
        log.warning("rollback_unknown", key=rollback.key, next="see Rollbacks in deploy/RUNBOOK.md")
        await _tell(means, rollback, call, dispatching.UNKNOWN)
        return None
    marked_at = means.clock.monotonic()
    decision = await _tell(means, rollback, call, dispatching.SENDING)
    if decision.reason is not Reason.ROLLBACK_SENDING:
        return None  # it is another's, or too late for it
    if means.clock.monotonic() - marked_at > GOES_WITHIN_S:
        await _tell(means, rollback, call, dispatching.UNSENT, "our memory was slow")
        return Wait(AGAIN_S)
    return await _send(means, rollback, call)


async def _send(means: Means, rollback: Rollback, call: Call) -> Wait | None:
    try:
        await dispatch(means.github, call)
    except Unreachable as error:
        return await _unanswered(means, rollback, call, error)
    except Refused as error:
        log.warning("rollback_refused", key=rollback.key, status=error.status, error=str(error))
        await _tell(means, rollback, call, dispatching.REFUSED, str(error), error.status)
        return None
    log.info("rollback_sent", key=rollback.key, repository=call.repository)
    await _tell(means, rollback, call, dispatching.SENT)
    return None


async def _unanswered(means: Means, rollback: Rollback, call: Call, error: Unreachable) -> Wait | None:
    """Again by itself only when GitHub surely did nothing."""
    log.warning("rollback_unanswered", key=rollback.key, error=str(error))
    if is_elsewhere(error.word):
        await _tell(means, rollback, call, dispatching.REFUSED, str(error))
        return None
    if not never_arrived(error.word):
        await _tell(means, rollback, call, dispatching.UNKNOWN, error.word)
        return None
    await _tell(means, rollback, call, dispatching.UNSENT, error.word)
    return Wait(min(max(AGAIN_S, float(error.retry_after)), LONGEST_S))


async def decide_watch(means: Means, rollback: Rollback, token: str) -> None:
    """Record the decision of the release, in the name of who made it. Raises Unavailable, Fenced."""
    labels = {VERDICT: Verdict.ROLLBACK.value, REASON: rollback.why}
    decision = await means.submit(
        Signal(
            key=rollback.watch, source=OURS, kind=Kind.ACT, event=DECIDE, id=f"rollback:{rollback.id}",
            actor=Actor(id=rollback.by_id, name=rollback.by), labels=labels, title=rollback.release,
        )
    )  # fmt: skip
    why = otherwise(decision.record, rollback)
    await means.store.change(rollback.key, _of(rollback, lambda one: watch_told(one, why)), token)


async def _tell(means: Means, rollback: Rollback, call: Call, event: str, why: str = "", status: int = 0) -> Decision:
    labels = {dispatching.ATTEMPT: str(call.attempt), dispatching.WHY: why, dispatching.STATUS: str(status)}
    return await means.submit(
        Signal(key=rollback.key, source="github", kind=Kind.DEPLOYMENT, event=event, labels=labels)
    )


def _of(rollback: Rollback, how: Callable[[Rollback], Rollback]) -> Callable[[Shown], Shown]:
    """The same change, for this rollback only: another one may have begun under its key."""
    return lambda record: how(record) if isinstance(record, Rollback) and record.id == rollback.id else record
