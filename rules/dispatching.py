"""How GitHub is told to start a rollback: each attempt at most once, and what is known of it when an answer is lost."""

from collections.abc import Callable
from dataclasses import replace

from rules.decision import Decision
from rules.plan import Plan
from rules.reason import Reason
from rules.rollback import Call, Phase, Rollback, Sent
from rules.rollback_outcome import LATE, LATE_MS, changed, finished
from rules.signal import Actor, Signal
from rules.text import Span, Text

SENDING, SENT, UNSENT, UNKNOWN, REFUSED = "sending", "sent", "unsent", "unknown", "refused"  # events of a call
ATTEMPT, WHY, STATUS = "attempt", "why", "status"  # particulars
LATEST_MS = 600_000  # what was decided is started soon, or not without a person who looks again
CONTENTS, ACTIONS = "contents: write", "actions: write"  # what a token needs for an event; for a workflow
Hear = Callable[[Signal, Rollback, Call, int], Decision]


def call_of(plan: Plan, release: str, to: str) -> Call | None:
    """What GitHub is to be told, by the plan; None when nothing is."""
    said = plan.rollback_dispatch
    if said is None:
        return None
    inputs = {name: value.replace("$version", release).replace("$baseline", to) for name, value in said.inputs.items()}
    return Call(
        repository=said.repository or plan.repository, event=said.event, workflow=said.workflow, ref=said.ref,
        inputs=inputs,
    )  # fmt: skip


def named(call: Call) -> Text:
    """What is started, in words."""
    if call.event:
        return Text.of("the event {event} of {repository}", event=call.event, repository=call.repository)
    return Text.of("{workflow} of {repository}", workflow=call.workflow, repository=call.repository)


def hint(call: Call) -> Text:
    """What to do about GitHub's no; its own word, when there is nothing to add."""
    needs = CONTENTS if call.event else ACTIONS
    match call.status:
        case 401:
            return Text.of("{why}: GITHUB_TOKEN is not set, or not valid", why=call.why)
        case 403:
            return Text.of("{why}: GITHUB_TOKEN needs {permission} there", why=call.why, permission=needs)
        case 404:
            return Text.of("{why}: there is no such repository or workflow, or GITHUB_TOKEN may not see it",
                           why=call.why)  # fmt: skip
        case 422:
            return Text.of("{why}: look at `ref` and `inputs` in the policy, and at what the workflow takes",
                           why=call.why)  # fmt: skip
        case _:
            return Text.of("{why}", why=call.why)


def hear(signal: Signal, rollback: Rollback, now: int) -> Decision:
    """What became of an attempt. Whoever gets ROLLBACK_SENDING sends it, and nobody else ever does."""
    call, how = rollback.call, EVENTS.get(signal.event)
    if call is None or how is None or signal.labels.get(ATTEMPT) != str(call.attempt):
        return Decision(reason=Reason.STALE, record=rollback)
    return how(signal, rollback, call, now)


def again(rollback: Rollback, who: Actor, now: int) -> Decision:
    """A person looked, and has it sent once more."""
    call = rollback.call
    if rollback.phase is not Phase.BEGUN or call is None or call.state not in (Sent.UNKNOWN, Sent.REFUSED):
        return Decision(reason=Reason.ALREADY, record=rollback)
    fresh = replace(call, state=Sent.WANTED, attempt=call.attempt + 1, wanted_at=now, at=now, status=0, why="")
    text = Text.of("{who} has {what} started once more.", who=who.name, what=named(call))
    return changed(Reason.SENT_AGAIN, replace(rollback, call=fresh).say(now, text).redrawn())


def _sending(_signal: Signal, rollback: Rollback, call: Call, now: int) -> Decision:
    if rollback.phase is not Phase.BEGUN or call.state is not Sent.WANTED:
        return Decision(reason=Reason.STALE, record=rollback)
    if now - call.wanted_at > LATEST_MS:
        late = Text.of("it could not be reached within {span}", span=Span(ms=LATEST_MS))
        why = Text.of("{late} ({why})", late=late, why=call.why) if call.why else late
        return _refused_for(rollback, replace(call, why=why, status=0), now)
    return changed(Reason.ROLLBACK_SENDING, _with(rollback, call, Sent.SENDING, now))


def _sent(_signal: Signal, rollback: Rollback, call: Call, now: int) -> Decision:
    if call.state not in (Sent.SENDING, Sent.UNKNOWN):
        return Decision(reason=Reason.STALE, record=rollback)
    fresh = _with(rollback, replace(call, why="", status=0), Sent.SENT, now)
    if fresh.phase is Phase.BEGUN and fresh.looks and not fresh.is_back:
        fresh = replace(fresh, timers={**fresh.timers, LATE: now + LATE_MS})
    said = fresh.say(now, Text.of("GitHub has it: {what} starts.", what=named(call)))
    return finished(Reason.ROLLBACK_SENT, said, now)


def _unsent(signal: Signal, rollback: Rollback, call: Call, now: int) -> Decision:
    """It surely did not arrive: it is tried again by itself, as long as anybody waits for it."""
    if call.state is not Sent.SENDING:
        return Decision(reason=Reason.STALE, record=rollback)
    why = signal.labels.get(WHY, "")
    fresh = _with(rollback, replace(call, why=why), Sent.WANTED, now)
    if why != call.why:
        text = Text.of("GitHub does not answer ({why}): I try again for {span}.", why=why, span=Span(ms=LATEST_MS))
        fresh = fresh.say(now, text)
    return changed(Reason.ROLLBACK_UNSENT, fresh)


def _unknown(signal: Signal, rollback: Rollback, call: Call, now: int) -> Decision:
    if call.state is not Sent.SENDING:
        return Decision(reason=Reason.STALE, record=rollback)
    fresh = _with(rollback, replace(call, why=signal.labels.get(WHY, "")), Sent.UNKNOWN, now)
    text = Text.of(
        "I do not know whether GitHub got it: look at the Actions page of {repository}. When nothing runs there, "
        "press Send again.", repository=call.repository,
    )  # fmt: skip
    return finished(Reason.ROLLBACK_UNKNOWN, fresh.say(now, text, mention=_whom(rollback)), now)


def _refused(signal: Signal, rollback: Rollback, call: Call, now: int) -> Decision:
    if call.state not in (Sent.SENDING, Sent.UNKNOWN):
        return Decision(reason=Reason.STALE, record=rollback)
    status = signal.labels.get(STATUS, "")
    told = replace(call, why=signal.labels.get(WHY, ""), status=int(status) if status.isdecimal() else 0)
    return _refused_for(rollback, told, now)


def _refused_for(rollback: Rollback, call: Call, now: int) -> Decision:
    text = Text.of("GitHub did not start {what}: {why}. Send again tries once more.", what=named(call), why=hint(call))
    said = _with(rollback, call, Sent.REFUSED, now).say(now, text, mention=_whom(rollback))
    return finished(Reason.ROLLBACK_REFUSED, said, now)


def _with(rollback: Rollback, call: Call, state: Sent, now: int) -> Rollback:
    return replace(rollback, call=replace(call, state=state, at=now)).redrawn()


def _whom(rollback: Rollback) -> tuple[str, ...]:
    return (f"user:{rollback.by_id}",) if rollback.by_id and rollback.is_open else ()


EVENTS: dict[str, Hear] = {
    SENDING: _sending, SENT: _sent, UNSENT: _unsent, UNKNOWN: _unknown, REFUSED: _refused,
}  # fmt: skip
