"""The war-room of an incident, as the incident knows it: wanted by the policy, told how it stands, heard from."""

from dataclasses import replace

from rules import room_hearing
from rules.decision import Decision
from rules.hushing import hush
from rules.incident import Attached, Incident, State
from rules.outcome import done, redraw, same
from rules.policy import Policy
from rules.reason import Reason
from rules.room import Room, key_of
from rules.signal import Kind, Link, Member, Signal

ROOM, PLACE, CHANNEL, OPEN = "room", "place", "channel", "open"
COMMANDER, COMMANDER_ID = "commander", "commander_id"
YES = "yes"
DECLARED = "declared:"  # begins the key of an incident that people declare
OVER = "over"  # what is told to a room that was over before it could be told anything


def called(decision: Decision, before: Incident | None, policy: Policy, now: int) -> Decision:
    """The same decision; its incident wants a war-room, when the policy opens one for its severity.

    `before`: as it was, None when it was not there. Only what begins, comes back or gets worse wants one: what stands
    as it stood calls nobody together, even if the policy is another one now, or a mute has ended.
    """
    incident = decision.record
    if not isinstance(incident, Incident) or not decision.changed or incident.state is not State.OPEN:
        return decision
    if not incident.shown or not _is_news(incident, before, policy):
        return decision
    is_called = policy.rule(incident.severity).war_room == "auto"
    known = incident.room
    has_one = incident.key.startswith(DECLARED) or (known is not None and (known.is_open or known.id == incident.id))
    if not is_called or has_one or incident.flapping:
        return decision
    if hush(policy, incident.severity, incident.place, incident.route, now):
        return decision  # a room calls people together: not while nobody may be interrupted
    return replace(decision, record=replace(incident, room=Attached(key=key_of(incident.id), id=incident.id)))


def _is_news(incident: Incident, before: Incident | None, policy: Policy) -> bool:
    if before is None or before.id != incident.id or not (before.is_open and before.shown):
        return True
    return policy.rank(incident.severity) < policy.rank(before.severity)


def graded(incident: Incident) -> str:
    """How bad it was in all: the worst severity there was; of what people declare, the one that they set last."""
    if not incident.key.startswith(DECLARED):
        return incident.peak
    return incident.labels.get(room_hearing.SEVERITY, incident.severity)


def is_offered(incident: Incident, policy: Policy) -> bool:
    """Whether its card has a button that opens a room."""
    wanted = policy.rule(incident.severity).war_room != "never"
    return wanted and incident.is_open and not (incident.room and incident.room.is_open)


def joined(incident: Incident, key: str) -> Incident:
    """It belongs to another room than it asked for."""
    return replace(incident, room=Attached(key=key, id=incident.id))


def untold(incident: Incident) -> str:
    """What its room does not know yet, as one word; "" when it knows all."""
    room = incident.room
    if room is None or not (room.told or room.is_open or incident.is_open):
        return ""  # one that was wanted by what is over before it was there
    stands = f"{incident.id}/{incident.state}/{incident.severity}/{incident.taken_by}/{incident.resolved_at}"
    return stands if room.told != stands else ""


def told(incident: Incident, key: str, stands: str) -> Incident:
    """The room under `key` knows how it stands."""
    room = incident.room
    return replace(incident, room=replace(room, told=stands)) if room and room.key == key else incident


def news(incident: Incident, key: str, event: str, policy: Policy) -> Signal:
    """What its room hears."""
    links = incident.links
    if incident.runbook:
        links = (*links, Link(name="runbook", url=incident.runbook))
    return Signal(
        key=key, source="sereno", kind=Kind.ROOM, event=event, title=incident.title, links=links,
        labels=room_hearing.facts(incident, policy), people=(*incident.called,),
    )  # fmt: skip


def heard(signal: Signal, incident: Incident, now: int) -> Decision:
    """What its room has to say: where it is, whether it is open, and a line for the thread."""
    said, known = signal.labels, incident.room
    key = said.get(ROOM, "")
    if known is not None and known.key != key and known.is_open and said.get(OPEN) != YES:
        return same(Reason.STALE, incident, None)  # an earlier room, which is over
    kept, is_open = known.told if known is not None and known.key == key else "", said.get(OPEN) == YES
    room = Attached(
        key=key, id=incident.id, place=said.get(PLACE, ""), channel=said.get(CHANNEL, ""), is_open=is_open,
        told=kept or ("" if is_open else OVER),
    )  # fmt: skip
    fresh = incident if room == known else redraw(replace(incident, room=room))
    if signal.text:
        fresh = fresh.say(now, signal.text)
    if is_open and said.get(COMMANDER) and fresh.state is State.OPEN:
        fresh = _taken(fresh, said[COMMANDER], said.get(COMMANDER_ID, ""), now)
    return done(Reason.IN_ROOM, fresh, None) if fresh is not incident else same(Reason.REPEAT, incident, None)


def _taken(incident: Incident, name: str, id_: str, now: int) -> Incident:
    """Whoever commands has it: nobody needs to be asked for any more."""
    attention = replace(incident.attention, moved_at=now)
    return redraw(
        replace(incident, state=State.ACKNOWLEDGED, taken_by=name, taken_id=id_, taken_at=now, attention=attention)
    )


def report(room: Room, now: int) -> Signal:
    """The incident that a room declares itself, as any source would report it."""
    is_on = room.is_open and room.status != "resolved"
    labels = {"severity": room.severity, "declared_by": room.opened_by}
    member = Member(
        id="declared", firing=is_on, labels=labels, what=room.title, since=room.opened_at,
        until=0 if is_on else room.closed_at or now,
    )  # fmt: skip
    return Signal(
        key=room.own, source="slack", kind=Kind.REPORT, event="declared", title=room.title, labels=labels,
        members=(member,), complete=True,
    )  # fmt: skip
