"""Makes a war-room of what Slack has: channel, people, topic, pin, bookmarks; a refusal is named, and tried again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from bot import postmortems
from bot.cards import room as cards
from bot.cards.tongue import speaking
from bot.clients.slack import Answer, Refused, Retry, Sent, Unknown, Why
from bot.clients.slack_files import Uploaded
from bot.clients.slack_rooms import Channel
from bot.means import Means, Wait
from rules import furnishing, languages, oncall
from rules.decision import Shown
from rules.incident import Incident
from rules.room import Furnished, Furnishing, Room
from rules.room_naming import numbered
from rules.steps import Furnish

NAMES_MAX = 20  # so many names are tried before it is called a trouble
CLAIM_S = 3 * 86_400  # the name has the day in it: nobody else wants it after that
UNKNOWN_S = 1.0
log = structlog.get_logger()


async def furnish(means: Means, room: Room, step: Furnish, token: str) -> Wait | None:
    """One thing that the room lacks. Raises Unavailable, Fenced."""
    if not means.directory.loaded.is_set():
        return Wait(UNKNOWN_S)  # who we are, and who is called, is not known yet
    with speaking(*languages.of_channel(means.policy(), room.place)):
        return await STEPS[step.what](means, room, token)


def remember(means: Means, room: Room) -> None:
    """Another process may have made the channel: into a private one nothing goes by its name."""
    if room.furnished.name:
        means.directory.learn(f"#{room.furnished.name}", room.furnished.channel)


async def _channel(means: Means, room: Room, token: str) -> Wait | None:
    """Each name is claimed before Slack is asked for it: so one that is taken is ours, or was there before."""
    name = numbered(room.base, room.furnished.tried)
    if room.furnished.tried >= NAMES_MAX:
        return await _failed(means, room, Furnishing.CHANNEL, Refused(Why.ROOM, "name_taken"), token)
    if await means.claims.take(f"channel:{name}", room.key, CLAIM_S) != room.key:
        return await _next_name(means, room, token)
    made = await means.rooms.create(name, private=room.private)
    if isinstance(made, Refused) and made.error == "name_taken":
        found = await means.rooms.find(name)
        if found is None or (isinstance(found, Channel) and (found.archived or found.creator != means.directory.me)):
            return await _next_name(means, room, token)
        made = found
    if not isinstance(made, Channel):
        return await _failed(means, room, Furnishing.CHANNEL, made, token)
    means.directory.learn(f"#{made.name}", made.id)
    now = means.clock.now()
    await _change(means, room, lambda at: furnishing.made(at, made.name, made.id, now), token)
    log.info("room_made", key=room.key, channel=made.name)
    return None


async def _next_name(means: Means, room: Room, token: str) -> Wait | None:
    tried = room.furnished.tried + 1
    await _seen(means, room, lambda seen: replace(seen, tried=max(seen.tried, tried)), token)
    return None


async def _invite(means: Means, room: Room, token: str) -> Wait | None:
    """Everybody who can be; who cannot is named, and the others are there."""
    wanted = [name for name in room.invite if name not in room.furnished.invited]
    by_name = {name: _ids(means, name) for name in wanted}
    users = list(dict.fromkeys(user for ids in by_name.values() for user in sorted(ids)))
    failed = await means.rooms.invite(room.furnished.channel, users) if users else {}
    if isinstance(failed, Retry | Refused | Unknown):
        return await _failed(means, room, Furnishing.INVITE, failed, token)
    there = tuple(name for name, ids in by_name.items() if ids and not ids & set(failed))
    await _seen(means, room, lambda seen: replace(seen, invited=(*seen.invited, *there)), token)
    missing = [f"{name}: {_word(ids, failed)}" for name, ids in by_name.items() if name not in there]
    if missing:
        why = ", ".join(missing[:5])
        return await _failed(means, room, Furnishing.INVITE, Refused(Why.ROOM, why), token)
    return None


def _ids(means: Means, name: str) -> frozenset[str]:
    """Those whom a name means now; who is on call changes."""
    meant = oncall.resolve(means.policy(), (name,), means.clock.now())
    return frozenset(user for one in meant for user in means.directory.ids(one))


def _word(ids: frozenset[str], failed: object) -> str:
    known = failed if isinstance(failed, dict) else {}
    return next((word for user, word in known.items() if user in ids), "not known in Slack")


async def _topic(means: Means, room: Room, token: str) -> Wait | None:
    text, stands = cards.topic(room), furnishing.topic(room)
    answer = await means.rooms.topic(room.furnished.channel, text)
    return await _did(means, room, Furnishing.TOPIC, answer, lambda seen: replace(seen, topic=stands), token)


async def _purpose(means: Means, room: Room, token: str) -> Wait | None:
    answer = await means.rooms.purpose(room.furnished.channel, cards.purpose(room))
    return await _did(means, room, Furnishing.PURPOSE, answer, lambda seen: replace(seen, purpose=True), token)


async def _pin(means: Means, room: Room, token: str) -> Wait | None:
    posted = room.observed.posted
    if posted is None:
        return None
    answer = await means.rooms.pin(room.furnished.channel, posted.ts)
    return await _did(means, room, Furnishing.PIN, answer, lambda seen: replace(seen, pinned=posted.ts), token)


async def _bookmarks(means: Means, room: Room, token: str) -> Wait | None:
    """One at a time: each is written down before the next."""
    link = next((one for one in room.links if one.url not in room.furnished.bookmarks), None)
    if link is None:
        return None
    answer = await means.rooms.bookmark(room.furnished.channel, cards.bookmark(link), link.url)
    return await _did(
        means, room, Furnishing.BOOKMARKS, answer,
        lambda seen: replace(seen, bookmarks=(*seen.bookmarks, link.url)), token,
    )  # fmt: skip


async def _postmortem(means: Means, room: Room, token: str) -> Wait | None:
    answer = await postmortems.file(means, room, token)
    return await _failed(means, room, Furnishing.POSTMORTEM, answer, token) if isinstance(answer, Refused) else answer


async def _export(means: Means, room: Room, token: str) -> Wait | None:
    """The timeline, once more and whole, before nobody can write there any more."""
    name = f"{room.base}.md"
    found = await means.rooms.file(room.furnished.channel, name, room.closed_at)  # an answer may have been lost
    if isinstance(found, Retry):
        return Wait(found.after)
    if isinstance(found, str) and found:
        await _seen(means, room, lambda seen: replace(seen, exported=found), token)
        return None
    body = cards.document(room, await _incidents(means, room), means.policy(), means.clock.now()).encode()
    answer = await means.slack.upload(name, body, room.title, channel=room.furnished.channel, comment=cards.exported())
    if isinstance(answer, Uploaded):
        file = answer.file
        await _seen(means, room, lambda seen: replace(seen, exported=file), token)
        return None
    return await _failed(means, room, Furnishing.EXPORT, answer, token)


async def _archive(means: Means, room: Room, token: str) -> Wait | None:
    answer = await means.rooms.archive(room.furnished.channel)
    return await _did(means, room, Furnishing.ARCHIVE, answer, lambda seen: replace(seen, archived=True), token)


async def _incidents(means: Means, room: Room) -> list[Incident]:
    found = await means.store.peek(room.incidents)
    return [one for one in found if isinstance(one, Incident)]


async def _did(
    means: Means, room: Room, what: Furnishing, answer: Answer, how: Callable[[Furnished], Furnished], token: str
) -> Wait | None:
    if isinstance(answer, Sent):
        await _seen(means, room, how, token)
        return None
    return await _failed(means, room, what, answer, token)


async def _failed(means: Means, room: Room, what: Furnishing, answer: object, token: str) -> Wait | None:
    """Slack's last word is a trouble of the room; what passes is waited for."""
    match answer:
        case Retry(after=after):
            return Wait(after)
        case Refused(error=word):
            log.warning("room_lacks", key=room.key, what=what.value, why=word, next="named on the card; tried again")
            now, fallback = means.clock.now(), means.policy().channel("fallback")
            await _change(means, room, lambda at: furnishing.failed(at, what, word, fallback, now), token)
            return None
        case _:
            return Wait(UNKNOWN_S)


async def _seen(means: Means, room: Room, how: Callable[[Furnished], Furnished], token: str) -> None:
    await _change(means, room, furnishing.seen(how), token)


async def _change(means: Means, room: Room, how: Callable[[Room], Room], token: str) -> None:
    def changed(now: Shown) -> Shown:
        return how(now) if isinstance(now, Room) else now

    await means.store.change(room.key, changed, token)


STEPS: dict[Furnishing, Callable[[Means, Room, str], Awaitable[Wait | None]]] = {
    Furnishing.CHANNEL: _channel, Furnishing.INVITE: _invite, Furnishing.PURPOSE: _purpose,
    Furnishing.TOPIC: _topic, Furnishing.PIN: _pin, Furnishing.BOOKMARKS: _bookmarks,
    Furnishing.POSTMORTEM: _postmortem, Furnishing.EXPORT: _export, Furnishing.ARCHIVE: _archive,
}  # fmt: skip
