"""What a person is told after asking for something: one place for buttons, commands and forms, so all say the same."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from handlers.contract import Desk, Handled, Reply
from rules import acting as acts
from rules import ordering as orders
from rules import standing
from rules.decision import Decision
from rules.incident import Incident, State
from rules.policy import Policy
from rules.reason import Reason
from rules.rights import who_may
from rules.signal import Actor, Kind, Signal
from rules.text import Moment, Span, Text

STATE_WORDS = {
    State.OPEN: Text.of("open"),
    State.ACKNOWLEDGED: Text.of("acknowledged"),
    State.RESOLVED: Text.of("resolved"),
}
ACT_WORDS = {
    acts.ACKNOWLEDGE: Text.of("acknowledge"), acts.RESOLVE: Text.of("resolve"), acts.ESCALATE: Text.of("escalate"),
    acts.SNOOZE: Text.of("snooze"), acts.SILENCE: Text.of("silence"), acts.UNSILENCE: Text.of("unsilence"),
    orders.MUTE: Text.of("mute"), orders.UNMUTE: Text.of("unmute"), orders.OVERRIDE: Text.of("override"),
}  # fmt: skip
GONE = Text.of("I know nothing open under that name. `/sereno list` shows what is open.")


def which(word: str) -> Reply:
    """What to say when a sub-command is not told which incident is meant."""
    return [Text.of("Which one? For example `/sereno {word} K7F3Q2`; `/sereno list` shows the names.", word=word)]


def acting(act: str) -> Callable[[str, Actor, Desk], Awaitable[Handled]]:
    """A handler that lets a person do `act` to the incident under a key."""

    async def handle(key: str, person: Actor, desk: Desk) -> Handled:
        return await do(act, key, person, desk)

    return handle


async def do(act: str, key: str, person: Actor, desk: Desk, particulars: Mapping[str, str] | None = None) -> Reply:
    """Let a person act on the incident under a key, and say what came of it."""
    record = await desk.find(key)
    if not isinstance(record, Incident):
        return [GONE]
    decision = await desk.submit(
        Signal(
            key=record.key, source="slack", kind=Kind.ACT, event=act, id=person.act, actor=person,
            labels=particulars or {}, title=record.title,
        )
    )  # fmt: skip
    after = decision.record if isinstance(decision.record, Incident) else record
    return _told(act, decision, after, desk.policy())


async def order(act: str, person: Actor, desk: Desk, particulars: Mapping[str, str]) -> Decision:
    """Let a person order something for a while (rules/ordering.py)."""
    return await desk.submit(
        Signal(
            key=standing.KEY, source="slack", kind=Kind.ACT, event=act, id=person.act, actor=person, labels=particulars
        )
    )


def may_not(act: str, policy: Policy) -> Text:
    """A refusal that says who may."""
    right = acts.RIGHTS[act] if act in acts.RIGHTS else orders.RIGHTS[act]
    return Text.of("You have no right to {act} here: {who}.", act=ACT_WORDS[act], who=who_may(policy, right))


def line(incident: Incident) -> Text:
    """One incident in one line."""
    return Text.of(
        "{id} · {severity} · {state} · {title} · since {at}",
        id=incident.id,
        severity=incident.severity,
        state=STATE_WORDS[incident.state],
        title=incident.title,
        at=Moment(at=incident.opened_at),
    )


def _told(act: str, decision: Decision, incident: Incident, policy: Policy) -> Reply:
    match decision.reason:
        case Reason.NOT_ALLOWED:
            return [may_not(act, policy)]
        case Reason.ALREADY if incident.state is State.ACKNOWLEDGED:
            return [
                Text.of("{who} has it already, since {at}.", who=incident.taken_by, at=Moment(at=incident.taken_at))
            ]
        case Reason.NOT_OPEN:
            lasted = Span(ms=incident.resolved_at - incident.opened_at)
            return [Text.of("{id} is resolved already, after {span}.", id=incident.id, span=lasted)]
        case Reason.DUPLICATE:
            return []
        case reason if reason in _DONE:
            return [replace(_DONE[reason], values={"id": incident.id, "severity": incident.severity})]
        case _:
            return [GONE]


_DONE = {
    Reason.ACKNOWLEDGED: Text.of("You have {id}."),
    Reason.RESOLVED_BY_HAND: Text.of("{id} is resolved."),
    Reason.ESCALATED: Text.of("{id} is passed on; the thread says to whom."),
    Reason.SNOOZED: Text.of("No reminders about {id} until then."),
    Reason.SILENCE_ASKED: Text.of(
        "The silence for {id} is on its way to Alertmanager; the card shows when it is there."
    ),
    Reason.SILENCE_ENDING: Text.of("The silence of {id} is being ended."),
    Reason.NOT_SILENCED: Text.of("{id} has no silence of mine to end."),
    Reason.NO_STEP: Text.of(
        "There is nobody to pass {id} on to: the policy has no more steps under `escalate:` of {severity}. "
        "`/sereno escalate {id} @group` names somebody."
    ),
}
