"""Between a war-room and what lies outside of it: its incidents, the channel where it is announced, its freezes."""

from dataclasses import replace

import structlog

from bot.means import Means, Wait
from rules import attaching, bulletin, observing, room_hearing, rooming
from rules.decision import Shown
from rules.freeze import PREFIX, Freeze
from rules.freezing import ROOM
from rules.incident import Incident
from rules.observed import Entry
from rules.reason import Reason
from rules.rollback import Rollback
from rules.room import News, Room
from rules.signal import Actor, Kind, Signal
from rules.steps import TellNews

SOON_S, SOON_MS = 0.5, 10_000  # whoever claims to open the room for all may still be at it
log = structlog.get_logger()


async def tell(means: Means, room: Room, step: TellNews, token: str) -> None:
    """Let an incident, or the channel of `announce`, hear what is new; each line once. Raises Unavailable, Fenced."""
    listener, known = step.listener, room.told.get(step.listener, 0)
    if listener == room.own:
        await means.submit(attaching.report(room, means.clock.now()))
    fresh = [one for one in room.news if one.seq > known and one.to in ("", listener)]
    if not fresh and not listener.startswith("#"):
        await means.submit(_heard(room, listener))
    for one in fresh:
        await means.submit(_news(room, listener, one))
    await _change(means, room, listener, room.latest, token)


def _news(room: Room, listener: str, one: News) -> Signal:
    id_ = f"{room.id}/{one.seq}/{listener}"  # a lane may have several listeners
    if listener.startswith("#"):
        return bulletin.news(room, one.text, id_)
    return replace(_heard(room, listener), id=id_, text=one.text)


def _heard(room: Room, listener: str) -> Signal:
    """Where the room is, and whether it is open."""
    holder = None if room.private else room.commander
    labels = {
        attaching.ROOM: room.key, attaching.PLACE: room.place if room.furnished.channel and not room.private else "",
        attaching.COMMANDER: holder.name if holder else "", attaching.COMMANDER_ID: holder.id if holder else "",
        attaching.CHANNEL: room.furnished.channel, attaching.OPEN: attaching.YES if room.is_open else "",
    }  # fmt: skip
    return Signal(key=listener, source="sereno", kind=Kind.ROOM, event="news", labels=labels)


async def hear(means: Means, incident: Incident, token: str) -> Wait | None:
    """Let its room hear how an incident stands, and open one that the policy wants. Raises Unavailable, Fenced."""
    stands, room, policy = attaching.untold(incident), incident.room, means.policy()
    if room is None or not stands:
        return None
    key, event = room.key, rooming.NEWS
    if not room.told and not room.is_open:
        gathered = await _gathered(means, incident, room.key)
        if gathered is None:
            return Wait(SOON_S)
        key, event = gathered, rooming.OPEN
    if key == room.key:
        await means.submit(attaching.news(incident, key, event, policy))

    def told(now: Shown) -> Shown:
        if not isinstance(now, Incident) or now.id != incident.id:
            return now
        attached = now if now.room and now.room.key == key else attaching.joined(now, key)
        return attaching.told(attached, key, stands)

    await means.store.change(incident.key, told, token)
    return None


async def _gathered(means: Means, incident: Incident, own: str) -> str | None:
    """The key of the room that incidents of these minutes share: an outage is one room, however many alerts it has.

    It is `own`, which is to be opened, or one that the incident has joined; None while that is not known. What comes
    after a room that is over, or that never came to be, gathers in `own`, whatever claimed to be first.
    """
    policy = means.policy()
    seconds = policy.war_room.gather // 1000
    if not seconds:
        return own
    is_private = room_hearing.facts(incident, policy)[room_hearing.PRIVATE]
    claim = f"room:{is_private or 'no'}"
    key = await means.claims.take(claim, own, seconds)
    if key == own:
        return own
    joined = await means.submit(attaching.news(incident, key, rooming.JOIN, policy))
    if joined.reason in (Reason.MERGED, Reason.ALREADY):
        return key
    asked_at = max(incident.opened_at, incident.attention.asked_at)
    if joined.reason is Reason.NO_RECORD and means.clock.now() - asked_at < SOON_MS:
        return None
    holder = await means.claims.pass_on(claim, key, own, seconds)
    return own if holder == own else None


async def relay(means: Means, record: Freeze | Rollback, entry: Entry, token: str) -> None:
    """Let the room have a line of what was begun in it elsewhere, once. Raises Unavailable, Fenced."""
    id_ = f"{record.kind}/{record.id}/{entry.seq}"
    await means.submit(
        Signal(
            key=record.room, source="sereno", kind=Kind.ROOM, event=rooming.NEWS, id=id_, at=entry.at, text=entry.text
        )
    )  # fmt: skip
    await means.store.change(record.key, lambda now: observing.room_told(now, entry.seq), token)


async def let_go(means: Means, room: Room, token: str) -> None:
    """End what was frozen in a room that is over, also what the policy no longer has. Raises Unavailable, Fenced."""
    for key in await means.memories.open_keys(PREFIX):
        freeze = await means.store.load(key)
        if isinstance(freeze, Freeze) and freeze.is_open and freeze.room == room.key:
            by = room.closed_by_id
            who = Actor(id=by, name=room.closed_by, known_as=means.directory.known_as(by))
            await means.submit(
                Signal(
                    key=freeze.key, source="sereno", kind=Kind.ROOM, event="closed", id=f"{room.id}/{room.closed_at}",
                    actor=who, labels={ROOM: room.key},
                )
            )  # fmt: skip
            log.info("let_go", key=freeze.key, room=room.key)

    def done(now: Shown) -> Shown:
        return replace(now, let_go_at=room.closed_at) if isinstance(now, Room) else now

    await means.store.change(room.key, done, token)


async def _change(means: Means, room: Room, listener: str, latest: int, token: str) -> None:
    def told(now: Shown) -> Shown:
        return replace(now, told={**now.told, listener: latest}) if isinstance(now, Room) else now

    await means.store.change(room.key, told, token)
