"""Incidents as a table: when, what they did, why, what was done about it, and how they stand."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rules.attaching import DECLARED, graded
from rules.cast import cast
from rules.chronicle import in_utc
from rules.incident import Incident, State
from rules.policy import Policy
from rules.room import Room
from rules.text import Text

Row = tuple[Text, ...]
HEAD: Row = (
    Text.of("Date (UTC)"), Text.of("Impact"), Text.of("Root cause"), Text.of("Fix applied"), Text.of("State"),
)  # fmt: skip
NONE: Row = (Text.of("No incidents"), Text.of("N/A"), Text.of("N/A"), Text.of("N/A"), Text.of("Closed"))
STATES = {
    State.OPEN: Text.of("Still open"),
    State.ACKNOWLEDGED: Text.of("Acknowledged"),
    State.RESOLVED: Text.of("Closed"),
}
UNKNOWN = Text.of("not written down yet")
WORST = 1  # the rank of a severity that is worth a row


def table(incidents: Sequence[Incident], zone: ZoneInfo, rooms: Sequence[Room] = ()) -> list[Row]:
    """The head and a row for each incident, the first one first; one row that says so when there are none.

    `rooms`: where impact, cause and fix were written down; of several for an incident the last. Without names, and
    without what was written in private.
    """
    ordered = sorted(incidents, key=lambda one: one.since)
    return [HEAD, *([_row(one, zone, _room(one, rooms)) for one in ordered] or [NONE])]


def chosen(incidents: Iterable[Incident], policy: Policy) -> list[Incident]:
    """Those that are worth a row: of the two worst severities, and what people have declared."""
    return [
        one for one in incidents
        if one.shown and (policy.rank(one.peak) <= WORST or one.key.startswith(DECLARED))
    ]  # fmt: skip


def lines(rows: Sequence[Row]) -> list[Text]:
    """The same where there are no tables, the latest first."""
    if list(rows[1:]) == [NONE]:
        return [NONE[0]]
    return [_told(row) for row in reversed(rows[1:])]


def words(incident: Incident, rooms: Sequence[Room]) -> Iterator[Text]:
    """What of a row a list of incidents lacks, if anybody has written it down."""
    room = _room(incident, rooms)
    if room is not None and (room.cause.strip() or room.fix.strip()):
        cause, fix = _written(room.cause, incident, room), _written(room.fix, incident, room)
        yield Text.of("      Root cause: {cause} · fix: {fix}", cause=cause, fix=fix)


def _told(row: Row) -> Text:
    date, impact, cause, fix, state = row
    if (cause, fix) == (UNKNOWN, UNKNOWN):
        return Text.of("• {date} · {impact} · {state}", date=date, impact=impact, state=state)
    return Text.of("• {date} · {impact} · {state}\n      Root cause: {cause} · fix: {fix}",
                   date=date, impact=impact, state=state, cause=cause, fix=fix)  # fmt: skip


def markdown(rows: Sequence[Row], draw: Callable[[Text], str]) -> str:
    """The table for a file or a wiki. `draw` makes a cell's text and its values inert; no cell can end early."""
    head, *body = (f"| {' | '.join(_cell(draw(text)) for text in row)} |" for row in rows)
    return "\n".join((head, "|---" * len(HEAD) + "|", *body))


def _row(incident: Incident, zone: ZoneInfo, room: Room | None) -> Row:
    return (
        in_utc(incident.since, zone),
        _impact(incident, room),
        _written(room.cause if room else "", incident, room),
        _written(room.fix if room else "", incident, room),
        STATES[incident.state],
    )


def _room(incident: Incident, rooms: Sequence[Room]) -> Room | None:
    found = [one for one in rooms if incident.key in one.incidents and not one.private]
    return max(found, key=lambda one: one.opened_at, default=None)


def _impact(incident: Incident, room: Room | None) -> Text:
    """Which incident it is stands there too: the table has no other column for it."""
    severity, title = graded(incident), incident.title
    if room is None or not room.impact.strip():
        return Text.of("{severity} {title}", severity=severity, title=title)
    impact = cast(room, [incident]).unsigned(room.impact)
    return Text.of("{severity} {title}: {impact}", severity=severity, title=title, impact=impact)


def _written(words: str, incident: Incident, room: Room | None) -> Text:
    if room is None or not words.strip():
        return UNKNOWN
    return Text.of("{words}", words=cast(room, [incident]).unsigned(words))


def _cell(drawn: str) -> str:
    """One line, each bar in it escaped: with an odd number of backslashes before it."""
    pieces = " ".join(drawn.split()).split("|")
    last = pieces.pop()
    escaped = (piece if _backslashes(piece) % 2 else f"{piece}\\" for piece in pieces)
    return "|".join((*escaped, last))


def _backslashes(piece: str) -> int:
    return len(piece) - len(piece.rstrip("\\"))
