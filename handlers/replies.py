"""What a person is told after asking for something: one place for buttons and commands, so both say the same."""

from collections.abc import Awaitable, Callable

from handlers.contract import Desk, Person, Reply
from rules.incident import Incident, State
from rules.reason import Reason
from rules.signal import Kind, Signal
from rules.text import Moment, Span, Text

GONE = Text.of("I know nothing open under that name. `/sereno list` shows what is open.")


def acting(act: str) -> Callable[[str, Person, Desk], Awaitable[Reply]]:
    """A handler that lets a person do `act` to the incident under a key."""

    async def handle(key: str, person: Person, desk: Desk) -> Reply:
        record = await desk.find(key)
        if not isinstance(record, Incident):
            return [GONE]
        people = (person.name, person.id)
        decision = await desk.submit(
            Signal(key=record.key, source="slack", kind=Kind.ACT, event=act, people=people, title=record.title)
        )
        return _told(decision.reason, decision.record if isinstance(decision.record, Incident) else record)

    return handle


def line(incident: Incident) -> Text:
    """One incident in one line."""
    return Text.of(
        "{id} · {severity} · {state} · {title} · since {at}",
        id=incident.id,
        severity=incident.severity,
        state=incident.state,
        title=incident.title,
        at=Moment(at=incident.opened_at),
    )


def why(incident: Incident, repeats: int, heard_at: int) -> Reply:
    """Why it came out as it did: route, reason, pings held back, repeats, what Slack was told."""
    seen = incident.observed
    lines = [
        line(incident),
        Text.of("Latest reason: {reason}.", reason=incident.reason),
        _route(incident),
    ]
    if incident.hushed:
        lines.append(incident.hushed)
    if incident.pinged:
        lines.append(Text.of("It pinged once, as {severity}.", severity=incident.pinged))
    if repeats:
        lines.append(Text.of("{count} repeats kept quiet, the last at {at}.", count=repeats, at=Moment(at=heard_at)))
    if incident.storm:
        lines.append(Text.of("It is on the storm board of {place} instead of a card.", place=incident.place))
    if seen.posted:
        lines.append(Text.of("Its card is in {place}.", place=seen.posted.place))
    lines += [Text.of("{place} refuses messages: {why}.", place=name, why=word) for name, word in seen.refused.items()]
    return lines


def _route(incident: Incident) -> Text:
    tried = ", ".join(incident.tried) or "none"
    if incident.route:
        return Text.of("Route {route}; asked in order: {tried}.", route=incident.route, tried=tried)
    return Text.of("No route matched, its severity decided; asked in order: {tried}.", tried=tried)


def _told(reason: Reason, incident: Incident) -> Reply:
    match reason:
        case Reason.ACKNOWLEDGED:
            return [Text.of("You have {id}.", id=incident.id)]
        case Reason.RESOLVED_BY_HAND:
            return [Text.of("{id} is resolved.", id=incident.id)]
        case Reason.ALREADY if incident.state is State.ACKNOWLEDGED:
            return [
                Text.of("{who} has it already, since {at}.", who=incident.taken_by, at=Moment(at=incident.taken_at))
            ]
        case Reason.NOT_OPEN:
            lasted = Span(ms=incident.resolved_at - incident.opened_at)
            return [Text.of("{id} is resolved already, after {span}.", id=incident.id, span=lasted)]
        case _:
            return [GONE]
