"""How what is told outside of a war-room follows the room."""

from dataclasses import replace

from rules import keys
from rules.bulletin import CLOSED_AT, COMMANDER, OPENED_AT, RANK, ROOM, SEVERITY, STATUS, WHERE, Bulletin
from rules.decision import Decision
from rules.reason import Reason
from rules.room import Status
from rules.signal import Signal


def decide(signal: Signal, bulletin: Bulletin | None, now: int) -> Decision:
    """Lay the room's news over it; `now`: unix milliseconds."""
    said = signal.labels
    if SEVERITY not in said:
        return Decision(reason=Reason.NO_RECORD, record=bulletin)
    before = bulletin or Bulletin(
        key=signal.key, id=keys.short(signal.key, now), title=signal.title, severity=said[SEVERITY], place=said[WHERE],
        opened_at=int(said[OPENED_AT]),
    )  # fmt: skip
    fresh = replace(
        before, severity=said[SEVERITY], rank=int(said[RANK]), status=Status(said[STATUS]), room=said[ROOM],
        commander=said[COMMANDER], closed_at=int(said[CLOSED_AT]),
    )  # fmt: skip
    if fresh != before:
        fresh = replace(fresh, revision=before.revision + 1)
    if signal.text:
        fresh = fresh.say(now, signal.text)
    if fresh == bulletin:
        return Decision(reason=Reason.REPEAT, record=bulletin)
    record = replace(fresh, reason=Reason.ANNOUNCED)
    return Decision(reason=Reason.ANNOUNCED, record=record, changed=True, severity=record.severity)
