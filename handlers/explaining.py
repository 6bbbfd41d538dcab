"""Why an incident is as it is, and what is told alike of all records: whom it called, what Slack said."""

from collections.abc import Iterable
from dataclasses import replace

from handlers.contract import Desk, Reply
from handlers.replies import line
from rules import attention, reason_words
from rules.attaching import DECLARED
from rules.hushing import hush, not_before
from rules.incident import Incident
from rules.observed import Entry, Observed
from rules.policy import Policy
from rules.text import Joined, Moment, Text

CALLS, OK = 2, "ok"  # so many calls are told that Slack answered as it should
WAITS = {attention.REMIND: Text.of("Next reminder: {at}."), attention.ESCALATE: Text.of("Next step up: {at}.")}


async def why(incident: Incident, desk: Desk) -> Reply:
    """All of it, in the order in which somebody asks."""
    heard, policy, now = await desk.heard(incident.key), desk.policy(), desk.now()
    return [
        line(incident),
        reason_words.told(incident.reason),
        *_origin(incident),
        _route(incident),
        *_quiet(incident, policy, now),
        *await _pings(incident, desk),
        *_repeats(heard.repeats, heard.at),
        *_waits(incident, policy, now),
        *_room(incident),
        *_board(incident),
        *places(incident.observed),
        *calls(incident.observed),
    ]


def places(seen: Observed) -> Reply:
    """Where its card is, and which channels refuse it."""
    lines = [Text.of("Its card is in {place}.", place=seen.posted.place)] if seen.posted else []
    lines += [Text.of("{place} refuses messages: {why}.", place=name, why=word) for name, word in seen.refused.items()]
    return lines


def calls(seen: Observed) -> Reply:
    """What Slack answered: each refusal that is remembered, and the last calls, which show what came after it."""
    if not seen.calls:
        return [Text.of("Slack was not called for it yet.")]
    latest = len(seen.calls) - CALLS
    told = [one for at, one in enumerate(seen.calls) if at >= latest or one.answer != OK]
    lines = [Text.of("Slack was called, latest last:")]
    lines += [
        Text.of("{at}: {method}, {answer}", at=Moment(at=one.at), method=one.method, answer=one.answer) for one in told
    ]
    return lines


async def called(timeline: Iterable[Entry], desk: Desk) -> Reply:
    """Whom the thread called last, when, and with which words; that it called nobody."""
    lines = await _last_called(timeline, desk)
    return lines or [Text.of("Its thread has called nobody, as far as I remember.")]


async def _last_called(timeline: Iterable[Entry], desk: Desk) -> Reply:
    entry = next((one for one in reversed(tuple(timeline)) if one.mention), None)
    if entry is None:
        return []
    who = await people(entry.mention, desk)
    return [
        Text.of("It last called {who}, {at}: {said}", who=who, at=Moment(at=entry.at), said=_headline(entry.text)),
    ]


async def people(names: Iterable[str], desk: Desk) -> str:
    """Names of the policy, and "user:<Slack id>", as people know them; none of them pings."""
    known, found = desk.policy().people, []
    for name in names:
        key = name.removeprefix("@")
        if name.startswith("user:"):
            found.append(await desk.called(name.removeprefix("user:")))
        else:
            found.append(known[key].name if key in known else f"@{key}")
    return ", ".join(dict.fromkeys(found))


def _headline(text: Text) -> Text:
    """Of many lines the first."""
    lines = text.values.get("lines")
    return lines.texts[0] if isinstance(lines, Joined) and lines.texts else text


def _origin(incident: Incident) -> Reply:
    """One that people declared says so: no source told it."""
    if not incident.key.startswith(DECLARED):
        return []
    who = incident.labels.get("declared_by", "")
    return [Text.of("No alert told it: {who} declared it with a war-room, and it ends with that.", who=who or "?")]


def _route(incident: Incident) -> Text:
    tried = ", ".join(incident.tried) or Text.of("none")
    if incident.route:
        return Text.of("Route {route}; asked in order: {tried}.", route=incident.route, tried=tried)
    return Text.of("No route matched, its severity decided; asked in order: {tried}.", tried=tried)


def _quiet(incident: Incident, policy: Policy, now: int) -> Reply:
    """What held a ping back, or does, and until when."""
    lines = [incident.hushed] if incident.hushed else []
    held = hush(policy, incident.severity, incident.place, incident.route, now)
    if held and held != incident.hushed:
        lines.append(held)
    free = not_before(policy, incident.severity, incident.place, incident.route, now)
    if held and free > now:
        lines.append(Text.of("It may ping again from {at} on.", at=Moment(at=free)))
    if incident.silenced_until:
        lines.append(Text.of("Alertmanager is silent about it until {at}.", at=Moment(at=incident.silenced_until)))
    return lines


async def _pings(incident: Incident, desk: Desk) -> Reply:
    """Whom its card pinged, once for a severity; and whom its thread called last, at any time since."""
    severity, lines = incident.pinged, await _last_called(incident.timeline, desk)
    if severity and incident.mention:
        who = await people(incident.mention, desk)
        return [Text.of("Its card pinged {who}, once, as {severity}.", who=who, severity=severity), *lines]
    if not lines and severity:
        return [Text.of("It pinged once, as {severity}.", severity=severity)]
    if not lines and not incident.called:
        return [Text.of("{severity} and its route call nobody.", severity=incident.severity)]
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


def _room(incident: Incident) -> Reply:
    room = incident.room
    if room is None or not room.place:
        return []
    if room.is_open:
        return [Text.of("Its war-room is {place}; `/sereno why {place}` says more.", place=room.place)]
    return [Text.of("Its war-room was {place}; `/sereno why {place}` says more.", place=room.place)]


def _board(incident: Incident) -> Reply:
    if not incident.storm:
        return []
    return [Text.of("It is on the storm board of {place} instead of a card.", place=incident.place)]
