"""Why a card is as it is: the route, the reason, what held a ping back, and what Slack said."""

from dataclasses import replace

from handlers.contract import Reply
from handlers.replies import line
from rules import attention
from rules.hushing import hush, not_before
from rules.incident import Incident
from rules.policy import Policy
from rules.text import Moment, Text

WAITS = {attention.REMIND: Text.of("Next reminder: {at}."), attention.ESCALATE: Text.of("Next step up: {at}.")}


def why(incident: Incident, repeats: int, heard_at: int, policy: Policy, now: int) -> Reply:
    """All of it, in the order in which somebody asks."""
    return [
        line(incident),
        Text.of("Latest reason: {reason}.", reason=incident.reason),
        _route(incident),
        *_pings(incident, policy, now),
        *_repeats(repeats, heard_at),
        *_waits(incident, policy, now),
        *_places(incident),
        *_calls(incident),
    ]


def _route(incident: Incident) -> Text:
    tried = ", ".join(incident.tried) or Text.of("none")
    if incident.route:
        return Text.of("Route {route}; asked in order: {tried}.", route=incident.route, tried=tried)
    return Text.of("No route matched, its severity decided; asked in order: {tried}.", tried=tried)


def _pings(incident: Incident, policy: Policy, now: int) -> Reply:
    lines = [incident.hushed] if incident.hushed else []
    held = hush(policy, incident.severity, incident.place, incident.route, now)
    if held and held != incident.hushed:
        lines.append(held)
    free = not_before(policy, incident.severity, incident.place, incident.route, now)
    if held and free > now:
        lines.append(Text.of("It may ping again from {at} on.", at=Moment(at=free)))
    if incident.pinged:
        lines.append(Text.of("It pinged once, as {severity}.", severity=incident.pinged))
    elif not incident.called:
        lines.append(Text.of("{severity} and its route call nobody.", severity=incident.severity))
    if incident.silenced_until:
        lines.append(Text.of("Alertmanager is silent about it until {at}.", at=Moment(at=incident.silenced_until)))
    return lines


def _repeats(repeats: int, heard_at: int) -> Reply:
    if not repeats:
        return []
    return [
        Text.counted(
            "{count} repeat kept quiet, the last at {at}.", "{count} repeats kept quiet, the last at {at}.",
            count=repeats, at=Moment(at=heard_at),
        )
    ]  # fmt: skip


def _waits(incident: Incident, policy: Policy, now: int) -> Reply:
    found: dict[str, int] = {}
    for name, at in attention.due(incident, policy, now).items():
        kind = name.partition("/")[0]
        found[kind] = min(at, found.get(kind, at))
    return [replace(WAITS[kind], values={"at": Moment(at=at)}) for kind, at in found.items()]


def _places(incident: Incident) -> Reply:
    seen = incident.observed
    lines = []
    if incident.storm:
        lines.append(Text.of("It is on the storm board of {place} instead of a card.", place=incident.place))
    if seen.posted:
        lines.append(Text.of("Its card is in {place}.", place=seen.posted.place))
    lines += [Text.of("{place} refuses messages: {why}.", place=name, why=word) for name, word in seen.refused.items()]
    return lines


def _calls(incident: Incident) -> Reply:
    calls = incident.observed.calls
    if not calls:
        return [Text.of("Slack was not called for it yet.")]
    lines = [Text.of("Slack was called, latest last:")]
    lines += [Text.of("{at}: {method}, {answer}", at=Moment(at=c.at), method=c.method, answer=c.answer) for c in calls]
    return lines
