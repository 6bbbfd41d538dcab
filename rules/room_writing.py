"""What people write down in a war-room: notes on the timeline, impact, cause, fix, corrective actions."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from rules.decision import Decision
from rules.policy import Policy
from rules.reason import Reason
from rules.room import Holder, Line, Role, Room, Task
from rules.room_outcome import Act, done
from rules.signal import Actor, Signal
from rules.text import Text

NOTE, UNNOTE, IMPACT, CAUSE, FIX, ACTION, HANDOVER = (
    "note", "unnote", "impact", "cause", "fix", "action", "handover",
)  # fmt: skip
TEXT, AT, TS, BY, OWNER, DUE, WHO, NAME = "text", "at", "ts", "by", "owner", "due", "who", "name"
KEPT, TASKS = 500, 50
WRITTEN = {
    IMPACT: Text.of("{who}, impact: {text}"), CAUSE: Text.of("{who}, cause: {text}"),
    FIX: Text.of("{who}, fix: {text}"),
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
AFTERWARDS = frozenset({NOTE, UNNOTE, IMPACT, CAUSE, FIX, ACTION})  # in a closed room too, until it is archived


def _note(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    """With the time of the message that it is; the same message once."""
    said = signal.labels
    text, ts = said.get(TEXT, ""), said.get(TS, "")
    if not text:
        return Decision(reason=Reason.NO_REASON, record=room)
    if ts and any(line.ts == ts for line in room.lines):
        return Decision(reason=Reason.ALREADY, record=room)
    if len(room.lines) >= KEPT:
        return Decision(reason=Reason.FULL, record=room)
    at = int(said[AT]) if said.get(AT, "").isdecimal() else now
    lines = sorted((*room.lines, Line(at=at, by=said.get(BY, who.name), text=text, ts=ts)), key=lambda line: line.at)
    return done(Reason.NOTED, replace(room, lines=tuple(lines[-KEPT:])).redrawn())


def _unnote(signal: Signal, room: Room, _who: Actor, _policy: Policy, _now: int) -> Decision:
    left = tuple(line for line in room.lines if not line.ts or line.ts != signal.labels.get(TS))
    if len(left) == len(room.lines):
        return Decision(reason=Reason.ALREADY, record=room)
    return done(Reason.NOTED, replace(room, lines=left).redrawn())


def _write(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    """What is written down once, and replaced by whoever writes it again; the thread keeps all of it."""
    text = signal.labels.get(TEXT, "")
    if not text:
        return Decision(reason=Reason.NO_REASON, record=room)
    match signal.event:
        case "impact":
            fresh = replace(room, impact=text)
        case "cause":
            fresh = replace(room, cause=text)
        case _:
            fresh = replace(room, fix=text)
    if fresh == room:
        return Decision(reason=Reason.ALREADY, record=room)
    said = replace(WRITTEN[signal.event], values={"who": who.name, "text": text})
    return done(Reason.NOTED, fresh.redrawn().say(now, said))


def replaced(room: Room, what: str) -> list[tuple[int, str]]:
    """What it said before, the first one first, each with when it was written (unix milliseconds). `what`: its act."""
    said = [entry for entry in room.timeline if entry.text.template == WRITTEN[what].template]
    return [(entry.at, str(entry.text.values["text"])) for entry in said[:-1]]


def _action(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    said = signal.labels
    what, due = said.get(TEXT, ""), said.get(DUE, "")
    if not what or (due and not _is_day(due)):
        return Decision(reason=Reason.NO_REASON, record=room)
    if len(room.tasks) >= TASKS:
        return Decision(reason=Reason.FULL, record=room)
    task = Task(what=what, owner=said.get(OWNER, ""), due=due)
    fresh = replace(room, tasks=(*room.tasks, task)).redrawn()
    text = Text.of("{who}, to do: {what}", who=who.name, what=what)
    if task.owner:
        text = Text.of("{who}, to do by {owner}: {what}", who=who.name, owner=task.owner, what=what)
    return done(Reason.NOTED, fresh.say(now, text))


def _handover(signal: Signal, room: Room, who: Actor, _policy: Policy, now: int) -> Decision:
    """All roles of who hands over go to another person; who is to command has to say yes first."""
    id_, name = signal.labels.get(WHO, ""), signal.labels.get(NAME, "")
    held = [role for role, holder in room.roles.items() if holder.id == who.id]
    if not id_ or not held or id_ == who.id:
        return Decision(reason=Reason.ALREADY, record=room)
    other = Holder(id=id_, name=name, at=now)
    given: dict[Role, Holder] = {role: other for role in held if role is not Role.COMMANDER}
    fresh = replace(room, roles={**room.roles, **given}).inviting(f"user:{id_}")
    text = Text.of("{who} hands over to {name}.", who=who.name, name=name)
    if Role.COMMANDER in held:
        fresh = replace(fresh, successor=replace(other, agreed=False))
        text = Text.of(
            "{who} hands over to {name}, who commands after saying yes: *I command* on the card.",
            who=who.name, name=name,
        )  # fmt: skip
    return done(Reason.ROLE_GIVEN, fresh.redrawn().say(now, text, aloud=True, mention=(f"user:{id_}",)))


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


ACTS: Mapping[str, Act] = {
    NOTE: _note, UNNOTE: _unnote, IMPACT: _write, CAUSE: _write, FIX: _write, ACTION: _action, HANDOVER: _handover,
}  # fmt: skip
