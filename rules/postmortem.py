"""The draft of a postmortem: what the room knows of its incident, told without names, and what nobody has said yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from rules import room_times
from rules.cast import PEOPLE, Cast, cast
from rules.chronicle import Event, both, day, days, events, lines, placed
from rules.incident import Incident
from rules.room import Known, Milestone, Room, Status, Task
from rules.room_hearing import outlasting
from rules.room_plan import WarRoom
from rules.room_writing import CAUSE, FIX, IMPACT, replaced
from rules.summary import Part
from rules.text import Joined, Span, Text

USUAL = WarRoom()
SOON_MS = 300_000  # to detect, and to acknowledge
STATUSES = {
    Status.INVESTIGATING: Text.of("investigating"),
    Status.IDENTIFIED: Text.of("identified"),
    Status.MONITORING: Text.of("monitoring"),
    Status.RESOLVED: Text.of("resolved"),
}
Finding = tuple[bool, Text]  # whether it went well, and what did


def draft(room: Room, incidents: Sequence[Incident], zone: ZoneInfo, now: int, plan: WarRoom = USUAL) -> list[Part]:
    """The whole document, in the order in which it is read; the first part is its title. `now`: unix milliseconds.

    `incidents`: those of the room. `plan`: what was wanted of it. Only the owners of actions have names.
    """
    people, room = cast(room, incidents), _unclaimed(room)
    told = events(room, incidents, people)
    found = list(_findings(room, incidents, plan, now))
    return [
        _part(_title(room, incidents, zone, people), _about(zone, now)),
        _part(Text.of("Summary"), _summary(room, incidents, zone, now, people)),
        _part(Text.of("Impact"), _impact(room, zone, people)),
        _part(_when(told, zone), lines(told, zone)),
        _part(Text.of("Cause and fix"), _cause(room, zone, people)),
        _part(Text.of("What went well"), _well(found)),
        _part(Text.of("What went badly"), _badly(found)),
        _part(Text.of("Corrective actions"), _actions(room.tasks, zone, now)),
        _part(Text.of("Metrics"), _metrics(room.moments, zone)),
    ]


def _part(heading: Text, said: Iterator[Text]) -> Part:
    return Part(heading=heading, lines=tuple(said))


def _title(room: Room, incidents: Sequence[Incident], zone: ZoneInfo, people: Cast) -> Text:
    on = day(_began(room, incidents), zone)
    return Text.of(
        "Postmortem: {title}, {day}, {severity}", title=people.hide(room.title), day=on, severity=room.severity
    )


def _about(zone: ZoneInfo, now: int) -> Iterator[Text]:
    yield Text.of("Draft of {at}. It names roles, not people: it asks what happened and why, not who.",
                  at=both(now, zone))  # fmt: skip


def _summary(
    room: Room, incidents: Sequence[Incident], zone: ZoneInfo, now: int, people: Cast
) -> Iterator[Text]:  # fmt: skip
    began, ended = _began(room, incidents), _ended(room)
    span = Span(ms=max((now if ended is None else ended) - began, 0))
    yield Text.of("What happened: {title}", title=people.hide(room.title))
    if ended is None:
        yield Text.of("It began {at} and is not over: {span} so far.", at=both(began, zone), span=span)
    else:
        yield Text.of("It began {at} and was over {end}, after {span}.", at=both(began, zone), end=both(ended, zone),
                      span=span)  # fmt: skip
    if not outlasting(room):
        yield Text.of("Status: {status}", status=STATUSES[room.status])
    if still := [room.known[key] for key in room.unended]:
        yield Text.of("Still firing when the room closed: {names}", names=_named(still, people))
    if incidents:
        named = _named(incidents, people)
        yield Text.counted("{count} incident: {names}", "{count} incidents: {names}", count=len(incidents), names=named)


def _named(found: Sequence[Incident | Known], people: Cast) -> Joined:
    return Joined(tuple(Text.of("{id} {title}", id=one.id, title=people.hide(one.title)) for one in found), "; ")


def _impact(room: Room, zone: ZoneInfo, people: Cast) -> Iterator[Text]:
    if room.impact.strip():
        yield Text.of("Impact: {words}", words=people.unsigned(room.impact))
    else:
        yield Text.of("Nobody has written down the impact yet: `/war-room impact …`")
    yield from _earlier(room, IMPACT, zone, people)


def _when(told: Sequence[Event], zone: ZoneInfo) -> Text:
    """The heading of the timeline has the day, or the first and the last one."""
    on = days((event.at for event in told), zone)
    if not on:
        return Text.of("Timeline")
    if len(on) == 1:
        return Text.of("Timeline of {day}", day=on[0])
    return Text.of("Timeline from {first} to {last}", first=on[0], last=on[-1])


def _cause(room: Room, zone: ZoneInfo, people: Cast) -> Iterator[Text]:
    if room.cause.strip():
        yield Text.of("Cause: {words}", words=people.unsigned(room.cause))
    else:
        yield Text.of("Nobody has written down the cause yet: `/war-room cause …`")
    yield from _earlier(room, CAUSE, zone, people)
    if room.fix.strip():
        yield Text.of("Fix: {words}", words=people.unsigned(room.fix))
    else:
        yield Text.of("Nobody has written down the fix yet: `/war-room fix …`")
    yield from _earlier(room, FIX, zone, people)


def _earlier(room: Room, what: str, zone: ZoneInfo, people: Cast) -> Iterator[Text]:
    """What was thought before."""
    for at, words in replaced(room, what):
        yield Text.of("Before that, as written down {at}: {words}", at=both(at, zone),
                      words=people.at(at).unsigned(words))  # fmt: skip


def _well(found: Sequence[Finding]) -> Iterator[Text]:
    yield from (text for good, text in found if good)
    yield Text.of("No number shows what else helped: what worked as it was meant to, and where was luck?")


def _badly(found: Sequence[Finding]) -> Iterator[Text]:
    yield from (text for good, text in found if not good)
    yield Text.of("No number shows what else was in the way: what was missing, unclear, or hard to find?")


def _findings(room: Room, incidents: Sequence[Incident], plan: WarRoom, now: int) -> Iterator[Finding]:
    yield from _speed(room, plan)
    yield from _leading(room, incidents)
    yield from _cadence(room, plan, now)
    yield from _reminders(room, incidents)
    yield from _again(room, incidents)


def _speed(room: Room, plan: WarRoom) -> Iterator[Finding]:
    took = {later: _took(room.moments, sooner, later) for later, sooner in _SINCE.items()}
    wanted = {Milestone.DETECTED: SOON_MS, Milestone.ACKNOWLEDGED: SOON_MS,
              Milestone.COMMANDER: plan.commander_within, Milestone.RESOLVED: plan.mttr_target}  # fmt: skip
    for one, limit in wanted.items():
        if (span := took[one]) is not None:
            said = Text.of("{what} (wanted: within {limit}).", what=_reached(one, Span(ms=span)), limit=Span(ms=limit))
            yield span <= limit, said


_SINCE = {
    Milestone.DETECTED: Milestone.STARTED,
    Milestone.ACKNOWLEDGED: Milestone.DETECTED,
    Milestone.COMMANDER: Milestone.ROOM,
    Milestone.RESOLVED: Milestone.STARTED,
}


def _reached(one: Milestone, span: Span) -> Text:
    match one:
        case Milestone.DETECTED:
            return Text.of("Detected {span} after it started", span=span)
        case Milestone.ACKNOWLEDGED:
            return Text.of("Acknowledged {span} after it was detected", span=span)
        case Milestone.COMMANDER:
            return Text.of("Commanded {span} after the room opened", span=span)
    return Text.of("Resolved {span} after it started", span=span)


def _took(moments: Mapping[Milestone, int], sooner: Milestone, later: Milestone) -> int | None:
    """Milliseconds; None where one is not known, or they stand in the wrong order: that is no time to be praised."""
    if sooner not in moments or later not in moments or moments[later] < moments[sooner]:
        return None
    return moments[later] - moments[sooner]


def _leading(room: Room, incidents: Sequence[Incident]) -> Iterator[Finding]:
    if incidents and Milestone.ACKNOWLEDGED not in room.moments:
        yield False, Text.of("Nobody acknowledged the alert.")
    if room.commander is None and Milestone.COMMANDER not in room.moments:
        yield False, Text.of("Nobody commanded.")


def _cadence(room: Room, plan: WarRoom, now: int) -> Iterator[Finding]:
    """The longest time in which nobody wrote anything into the open room."""
    since, until = room.opened_at, now if room.is_open else room.closed_at
    said = [line.at for line in room.lines]
    said += [entry.at for entry in room.timeline if entry.aloud and _is_by_somebody(entry.text)]
    known = sorted({since, *(at for at in said if since <= at <= until), max(until, since)})
    longest = max((later - sooner for sooner, later in pairwise(known)), default=0)
    if longest:
        span, limit = Span(ms=longest), Span(ms=plan.update_every)
        text = Text.of("The longest time without a word in the room was {span} (wanted: an update every {limit}).",
                       span=span, limit=limit)  # fmt: skip
        yield longest <= plan.update_every, text


def _is_by_somebody(text: Text) -> bool:
    """What Sereno says by itself in a room names nobody."""
    inner = text.values.get("text")
    return not text.values.keys().isdisjoint(PEOPLE) or (isinstance(inner, Text) and _is_by_somebody(inner))


def _reminders(room: Room, incidents: Sequence[Incident]) -> Iterator[Finding]:
    count = room.reminded + sum(one.attention.reminded for one in incidents)
    if count:
        yield False, Text.counted("{count} reminder was needed.", "{count} reminders were needed.", count=count)
    else:
        yield True, Text.of("Nobody had to be reminded of anything.")
    if steps := sum(len(one.attention.escalated) for one in incidents):
        yield False, Text.counted("It was escalated {count} time.", "It was escalated {count} times.", count=steps)


def _again(room: Room, incidents: Sequence[Incident]) -> Iterator[Finding]:
    count = sum(until > one.opened_at for one in incidents for _, until in one.past)
    if count:
        yield False, Text.counted("It came back {count} time after it was resolved.",
                                  "It came back {count} times after it was resolved.", count=count)  # fmt: skip
    elif incidents and _ended(room) is not None:
        yield True, Text.of("It did not come back after it was resolved.")


def _actions(tasks: Sequence[Task], zone: ZoneInfo, now: int) -> Iterator[Text]:
    if not tasks:
        yield Text.of("Nobody has written down a corrective action yet: `/war-room action …`")
    for task in tasks:
        facts = Joined(tuple(_facts(task, zone, now)), "; ")
        sign = "✅" if task.done_at else "⬜"
        yield Text.of("{sign} {what} ({facts})", sign=sign, what=task.what, facts=facts)


def _facts(task: Task, zone: ZoneInfo, now: int) -> Iterator[Text]:
    yield Text.of("owner: {owner}", owner=task.owner) if task.owner.strip() else Text.of("nobody owns it yet")
    yield Text.of("due {day}", day=task.due) if task.due else Text.of("no day is set")
    if task.done_at:
        yield Text.of("done on {day}", day=day(task.done_at, zone))
    elif _is_past(task.due, day(now, zone)):
        yield Text.of("overdue")
    else:
        yield Text.of("not done yet")


def _is_past(due: str, today: str) -> bool:
    try:
        return date.fromisoformat(due) < date.fromisoformat(today)
    except ValueError:  # no day, or somebody's own words for one
        return False


def _metrics(moments: Mapping[Milestone, int], zone: ZoneInfo) -> Iterator[Text]:
    took = room_times.times(moments)
    yield _metric(Text.of("Time to detect (TTD)"), took.ttd)
    yield _metric(Text.of("Time to acknowledge (TTA)"), took.tta)
    yield _metric(Text.of("Time to mitigate (TTM)"), took.ttm)
    yield _metric(Text.of("Time to resolve (TTR)"), took.ttr)
    for fault in room_times.faults(moments):
        yield Text.of("⚠️ These times cannot be right: {fault}", fault=placed(fault, zone))


def _metric(name: Text, took: int | None) -> Text:
    if took is None:
        return Text.of("{name}: not known", name=name)
    return Text.of("{name}: {span}", name=name, span=Span(ms=took))


def _began(room: Room, incidents: Sequence[Incident]) -> int:
    """When it started, as far as that is known; unix milliseconds."""
    known = room.moments.get(Milestone.STARTED)
    return min((one.since for one in incidents), default=room.opened_at) if known is None else known


def _ended(room: Room) -> int | None:
    """When it was over; None while it is not."""
    if outlasting(room):
        return None
    return room.moments.get(Milestone.RESOLVED, room.closed_at or None)


def _unclaimed(room: Room) -> Room:
    """Without an end, and without what would be measured by it, while an incident goes on that outlasted the room."""
    if not outlasting(room):
        return room
    ends = (Milestone.MITIGATED, Milestone.RESOLVED)
    return replace(room, moments={one: at for one, at in room.moments.items() if one not in ends})
