"""How long each record is kept, and in which list of what has begun it stands."""

from rules.decision import Record
from rules.incident import Incident
from rules.report import Report
from rules.room import Room
from rules.watch import Watch

DAY = 86_400
TTL_OPEN, TTL_CLOSED = 120 * DAY, 36 * DAY
TTL_LONG = 400 * DAY  # a release is compared with the one before, and the report of the year names it, as war-rooms


def seconds(record: Record | None) -> int:
    """How long it is kept from now on."""
    if isinstance(record, Watch | Report | Room):
        return TTL_LONG
    return TTL_OPEN if record and record.is_open else TTL_CLOSED


def listed(record: Record | None) -> str:
    """The list in which it stands by when it began."""
    match record:
        case Watch():
            return "watches"
        case Room():
            return "rooms"
        case _:
            return "history"


def listed_for(record: Record | None) -> int:
    """How long it stands there, in seconds."""
    return TTL_LONG if isinstance(record, Watch | Room) else TTL_OPEN


def begun(old: Record | None, fresh: Record | None) -> int | str:
    """When it began (unix milliseconds), for the list; "" for what is in it already, or never is."""
    anew = old is None or fresh is None or old.id != fresh.id
    return fresh.opened_at if isinstance(fresh, Incident | Watch | Room) and anew else ""
