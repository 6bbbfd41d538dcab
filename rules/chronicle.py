"""What happened, in the order in which it happened, each moment in UTC and in the team's own zone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from rules.cast import Cast
from rules.incident import Incident
from rules.observed import Entry
from rules.room import Milestone, Room
from rules.room_opening import FIRST
from rules.text import Joined, Moment, Text, Value

FIRST_MS, LAST_MS = 0, 253_000_000_000_000  # 1970 to 9987: what a calendar can show in every zone
SENTENCES = {
    Milestone.STARTED: Text.of("It started."),
    Milestone.DETECTED: Text.of("It was detected."),
    Milestone.ACKNOWLEDGED: Text.of("Somebody acknowledged it."),
    Milestone.ROOM: Text.of("The war-room was opened."),
    Milestone.COMMANDER: Text.of("The incident had a commander."),
    Milestone.MITIGATED: Text.of("It was mitigated."),
    Milestone.RESOLVED: Text.of("It was resolved."),
}
CLOSED = Text.of("The war-room was closed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing of the timeline. `at`: unix milliseconds."""

    at: int
    what: Text


def events(room: Room, incidents: Sequence[Incident], people: Cast) -> list[Event]:
    """Milestones, notes, what was said aloud in the room and what the cards told besides, without names, by time.

    What the policy wants to be done first nobody has said or done.
    """
    found = [Event(at=at, what=SENTENCES[one]) for one in Milestone if (at := room.moments.get(one)) is not None]
    if room.closed_at:
        found.append(Event(at=room.closed_at, what=CLOSED))
    for line in room.lines:
        then = people.at(line.at)
        note: dict[str, Value] = {"note": then.hide(line.text)}
        said = Text.of("{who}: {note}", who=then.role(line.by), **note) if line.by else Text.of("Note: {note}", **note)
        found.append(Event(at=line.at, what=said))
    aloud = [one for one in room.timeline if (one.aloud or one.lasting) and one.text.template != FIRST.template]
    found += _without_repeats(aloud, people)
    heard = [*(one.text for one in aloud), *(one.text for one in room.news)]
    for incident in incidents:
        told = _without_repeats(_own(incident, room, heard), people)
        if len(incidents) > 1:
            told = (Event(at=e.at, what=Text.of("{id}: {what}", id=incident.id, what=e.what)) for e in told)
        found += told
    return sorted(found, key=lambda event: event.at)


def lines(found: Sequence[Event], zone: ZoneInfo) -> Iterator[Text]:
    """Each event with its two times; with the days too, unless all is on one and the same day in both zones."""
    dated = len(days((event.at for event in found), zone)) > 1
    for event in found:
        when = both(event.at, zone) if dated else _hours(event.at, zone)
        yield Text.of("{when}: {what}", when=when, what=placed(event.what, zone))


def placed(text: Text, zone: ZoneInfo) -> Text:
    """The same sentence with both times in the place of each moment in it."""
    return replace(text, values={name: _placed(value, zone) for name, value in text.values.items()})


def days(moments: Iterable[int], zone: ZoneInfo) -> list[str]:
    """The days, in UTC and in the zone, on which these moments are: 2026-11-21, in order."""
    return sorted({day(at, one) for at in moments for one in (UTC, zone)})


def day(at: int, zone: tzinfo) -> str:
    """2026-11-21. `at`: unix milliseconds."""
    return f"{_clock(at, zone):%Y-%m-%d}"


def both(at: int, zone: ZoneInfo) -> Text:
    """2026-11-21 22:30 UTC · 2026-11-21 23:30 CET. `at`: unix milliseconds."""
    utc = f"{_clock(at, UTC):%Y-%m-%d %H:%M} UTC"
    return _side_by_side(utc, f"{_clock(at, zone):%Y-%m-%d %H:%M} {abbreviation(at, zone)}")


def in_utc(at: int, zone: ZoneInfo) -> Text:
    """2026-11-21 22:30 (2026-11-21 23:30 CET): by UTC, and what the team's clocks showed. `at`: unix milliseconds."""
    utc, local = f"{_clock(at, UTC):%Y-%m-%d %H:%M}", f"{_clock(at, zone):%Y-%m-%d %H:%M}"
    if utc == local:
        return Text.of("{utc}", utc=utc)
    return Text.of("{utc} ({local})", utc=utc, local=f"{local} {abbreviation(at, zone)}")


def hour(at: int, zone: ZoneInfo) -> str:
    """23:30 CET, as the clocks of the zone show it. `at`: unix milliseconds."""
    return f"{_clock(at, zone):%H:%M} {abbreviation(at, zone)}"


def abbreviation(at: int, zone: ZoneInfo) -> str:
    """CET or CEST, by the moment; UTC-05 where the zone has no letters of its own."""
    name = f"{_clock(at, zone):%Z}"
    return name if name[:1].isalpha() else f"UTC{name}"


def _placed(value: Value, zone: ZoneInfo) -> Value:
    match value:
        case Moment(at=at):
            return both(at, zone)
        case Text():
            return placed(value, zone)
        case Joined(texts=texts, by=by):
            return Joined(tuple(placed(one, zone) for one in texts), by)
    return value


def _hours(at: int, zone: ZoneInfo) -> Text:
    return _side_by_side(f"{_clock(at, UTC):%H:%M} UTC", hour(at, zone))


def _side_by_side(utc: str, local: str) -> Text:
    return Text.of("{utc}", utc=utc) if utc == local else Text.of("{utc} · {local}", utc=utc, local=local)


def _clock(at: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(min(max(at, FIRST_MS), LAST_MS) / 1000, zone)


def _own(incident: Incident, room: Room, heard: Sequence[Text]) -> Iterator[Entry]:
    """What its card told by itself: not what it heard from the room, nor how bad it is where people say that."""
    for entry in incident.timeline:
        is_severity = incident.key == room.own and entry.text.values.keys() == {"new", "old"}
        if entry.visible and not is_severity and entry.text not in heard:
            yield entry


def _without_repeats(entries: Iterable[Entry], people: Cast) -> Iterator[Event]:
    """What is said several times in a row, such as a reminder, is one event that counts the others."""
    first: Entry | None = None
    again = 0
    for entry in sorted(entries, key=lambda one: (one.at, one.seq)):
        if first is not None and _alike(first.text, entry.text):
            again += 1
            continue
        if first is not None:
            yield _event(first, again, people)
        first, again = entry, 0
    if first is not None:
        yield _event(first, again, people)


def _event(entry: Entry, again: int, people: Cast) -> Event:
    what = people.at(entry.at).retold(_heart(entry.text))
    if again:
        what = Text.counted(
            "{what} (and {count} more time)", "{what} (and {count} more times)", what=what, count=again
        )  # fmt: skip
    return Event(at=entry.at, what=what)


def _heart(text: Text) -> Text:
    """A sentence without the line below it, which says what to do about it."""
    inner = text.values.get("text")
    return inner if isinstance(inner, Text) and text.template.startswith("{text}\n") else text


def _alike(one: Value, other: Value) -> bool:
    """Whether two sentences differ by no more than their times and numbers."""
    match one, other:
        case Text(), Text():
            keys = one.values.keys() | other.values.keys()
            return one.template == other.template and all(
                key in one.values and key in other.values and _alike(one.values[key], other.values[key]) for key in keys
            )
        case Joined(), Joined():
            return len(one.texts) == len(other.texts) and all(map(_alike, one.texts, other.texts))
        case str(), str():
            return one == other
    return type(one) is type(other)
