"""Reads the messages that people have marked in a war-room, and has them written down, or taken off again."""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.clients.slack import Retry, Unknown
from bot.clients.slack_rooms import No
from bot.means import Means, Wait
from handlers.naming import said
from rules import room_marking
from rules.decision import Shown
from rules.room import Mark, Room
from rules.room_writing import AT, BY, NOTE, TEXT, TS, UNNOTE
from rules.signal import Actor, Kind, Signal

PIN = "pushpin"
WORDS_MAX = 2000  # of a message; all of it stands in the channel
AGAIN_S = 5.0
log = structlog.get_logger()


async def read(means: Means, room: Room, mark: Mark, token: str) -> Wait | None:
    """Write down what a mark is on, if who made it may; then it is done. Raises Unavailable, Fenced."""
    answer = await _settled(means, room, mark)
    if isinstance(answer, Retry | Unknown) and means.clock.now() - mark.at < room_marking.PATIENCE:
        return Wait(answer.after if isinstance(answer, Retry) else AGAIN_S)
    if answer is not None:
        log.error("mark_lost", key=room.key, ts=mark.ts, why=answer.error, next="mend that, then mark it once more")

    def done(now: Shown) -> Shown:
        return room_marking.read(now, mark) if isinstance(now, Room) else now

    await means.store.change(room.key, done, token)
    return None


async def _settled(means: Means, room: Room, mark: Mark) -> No | None:
    """None when nothing is left to do; else why Slack does not say what there is to know."""
    team = await means.rooms.team(mark.by)
    if not isinstance(team, str):
        return team
    if not team or await means.directory.is_stranger(mark.by, team):
        log.info("mark_of_a_stranger", user=mark.by, team=team)
        return None
    found = await means.rooms.message(room.furnished.channel, mark.ts)
    if isinstance(found, No):
        return found
    if mark.on and found is not None:
        await means.submit(await _note(means, room, mark, found))
    elif not mark.on and not (found and _is_marked(found)):  # nobody else's mark is still on it
        await means.submit(await _act(means, room, mark, UNNOTE, {TS: mark.ts}))
    return None


async def _note(means: Means, room: Room, mark: Mark, found: Mapping[str, Any]) -> Signal:
    by = await means.names.of(str(found["user"])) if found.get("user") else ""
    at = str(int(float(mark.ts) * 1000))
    return await _act(means, room, mark, NOTE, {TS: mark.ts, TEXT: _words(found), AT: at, BY: by})


async def _act(means: Means, room: Room, mark: Mark, act: str, labels: Mapping[str, str]) -> Signal:
    """As if who marked it had written it down."""
    id_, known_as = f"{mark.id}/{act}", means.directory.known_as(mark.by)
    person = Actor(id=mark.by, name=await means.names.of(mark.by), known_as=known_as, act=id_)
    return Signal(key=room.key, source="slack", kind=Kind.ACT, event=act, id=id_, actor=person, labels=labels)


def _words(message: Mapping[str, Any]) -> str:
    """What a message says; of another app's it may stand in its attachments only, of a file it is the name."""
    parts = [str(message.get("text") or "")]
    parts += [str(one.get("fallback") or one.get("text") or "") for one in message.get("attachments") or []]
    parts += [str(one.get("name") or "") for one in message.get("files") or []]
    return said(next((part for part in parts if part.strip()), "…"))[:WORDS_MAX]


def _is_marked(message: Mapping[str, Any]) -> bool:
    return bool(message.get("pinned_to")) or any(one.get("name") == PIN for one in message.get("reactions") or [])
