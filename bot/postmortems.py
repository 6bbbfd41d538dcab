"""Brings each draft of a postmortem into its war-room, once, and to GitHub, where there is only one place for it."""

from collections.abc import Callable

import structlog

from bot.cards import postmortem as cards
from bot.cards.markdown import markdown
from bot.cards.tongue import speaking
from bot.clients import github_postmortems as github
from bot.clients.asking import Rejected, Unreachable
from bot.clients.slack import Refused, Retry
from bot.clients.slack_files import Uploaded
from bot.means import Means, Wait
from rules import languages, room_drafts
from rules.decision import Shown
from rules.incident import Incident
from rules.room import Room
from rules.room_postmortem import Destination, Postmortem
from rules.summary import Part

SETTLED_MS = 15_000  # Slack may still be working on a file whose answer we lost, but not for longer than this
MADE_MS = 30_000  # so long GitHub may take to list an issue whose answer we lost
LOOK_S = 4.0
AGAIN_S, LONGEST_S = 15.0, 300.0
log = structlog.get_logger()


async def file(means: Means, room: Room, token: str) -> Wait | Refused | None:
    """The latest draft into the room; after a lost answer look before sending again. Raises Unavailable, Fenced."""
    owed, posted = room.postmortem, room.observed.posted
    own = room.furnished.channel
    if owed is None or not (own or posted):
        return None
    is_elsewhere = posted is not None and posted.channel != own  # where the card can be, the draft can
    channel, thread = (posted.channel, posted.ts) if posted and is_elsewhere else (own, "")
    name = cards.file_name(room, owed.wanted)
    if owed.filing_at:
        found = await means.rooms.file(channel, name, owed.filing_at, thread)
        if isinstance(found, str) and found:
            await _change(means, room, lambda at: room_drafts.filed(at, owed.wanted, found), token)
            return None
        if (left := owed.filing_at + SETTLED_MS - means.clock.now()) > 0:
            return Wait(min(left / 1000, LOOK_S))
    now = means.clock.now()
    body = markdown(await _parts(means, room, owed))
    await _change(means, room, lambda at: room_drafts.filing(at, now), token)
    answer = await means.slack.upload(
        name, body.encode(), name, channel=channel, thread_ts=thread, comment=cards.comment(room, owed, body)
    )
    match answer:
        case Uploaded(file=id_):
            await _change(means, room, lambda at: room_drafts.filed(at, owed.wanted, id_), token)
            log.info("postmortem_filed", key=room.key, draft=owed.wanted)
            return None
        case Refused():
            await _change(means, room, lambda at: room_drafts.filing(at, 0), token)
            return answer
        case Retry(after=after):
            return Wait(after)
        case _:
            return Wait(LOOK_S)


async def publish(means: Means, room: Room, token: str) -> Wait | None:
    """The latest draft to where the policy wants it. Raises Unavailable, Fenced."""
    owed = room.postmortem
    if owed is None or owed.where is None:
        return None
    try:
        with speaking(*languages.of_channel(means.policy(), room.place)):
            if not owed.where.is_pull:
                return await _issue(means, room, owed, owed.where, token)
            await _pull(means, room, owed, owed.where, token)
    except github.Lost:
        await _change(means, room, room_drafts.lost, token)
    except Unreachable as error:
        return await _unanswered(means, room, error, token)
    except Rejected as error:
        status = error.status if isinstance(error, github.Refused) else 0
        log.warning("postmortem_refused", key=room.key, status=status, error=str(error))
        why = str(error)
        await _change(means, room, lambda at: room_drafts.troubled(at, why, status, refused=True), token)
    return None


async def _issue(means: Means, room: Room, owed: Postmortem, where: Destination, token: str) -> Wait | None:
    """Marked before it is made: what was marked and not written down since is looked for."""
    parts, begins = await _parts(means, room, owed), f"<!-- sereno: {room.id}/"
    mark = f"{begins}{owed.wanted} -->"  # nobody sees it, and by it the issue is found again
    title, text, draft = cards.title(parts), cards.issue(parts, mark), owed.wanted
    if owed.number:
        place = await github.update(means.github, where.repository, owed.number, title, text)
    elif found := await _made(means, room, owed, where, begins):
        place, draft = found, owed.wanted if found.text.startswith(mark) else 0
    elif owed.sending_at and (left := owed.sending_at + MADE_MS - means.clock.now()) > 0:
        return Wait(min(left / 1000, LOOK_S))
    else:
        now = means.clock.now()
        await _change(means, room, lambda at: room_drafts.sending(at, now), token)
        place = await github.create(means.github, where.repository, title, text, where.labels)
    await _published(means, room, draft, place, token)
    return None


async def _made(means: Means, room: Room, owed: Postmortem, where: Destination, begins: str) -> github.Place | None:
    """The issue whose making was begun, if GitHub has it."""
    if not owed.sending_at:
        return None
    since = min(room.opened_at, owed.sending_at) - MADE_MS
    return await github.find(means.github, where.repository, begins, since)


async def _pull(means: Means, room: Room, owed: Postmortem, where: Destination, token: str) -> None:
    parts, name = await _parts(means, room, owed), room.id.lower()
    folder = [part for part in where.folder.split("/") if part not in ("", ".", "..")]
    file_ = github.File(
        branch=f"sereno/postmortem-{name}", path="/".join((*folder, f"{room.base}-{name}.md")),
        body=cards.document(parts).encode(), title=cards.title(parts), text=cards.pull(room),
    )  # fmt: skip
    await _published(means, room, owed.wanted, await github.pull(means.github, where.repository, file_), token)


async def _published(means: Means, room: Room, draft: int, place: github.Place, token: str) -> None:
    number, url = place.number, place.url
    await _change(means, room, lambda at: room_drafts.published(at, draft, number, url), token)
    log.info("postmortem_published", key=room.key, draft=draft, url=url)


async def _unanswered(means: Means, room: Room, error: Unreachable, token: str) -> Wait | None:
    """Another address is as good as a no; all else passes."""
    refused = error.word.startswith("http_3")
    log.warning("postmortem_waits", key=room.key, error=str(error))
    why = str(error) if refused else error.word
    await _change(means, room, lambda at: room_drafts.troubled(at, why, refused=refused), token)
    return None if refused else Wait(min(max(AGAIN_S, float(error.retry_after)), LONGEST_S))


async def _parts(means: Means, room: Room, owed: Postmortem) -> list[Part]:
    """As of when it was asked for: tried again, it is the same."""
    found = await means.store.peek(room.incidents)
    return cards.parts_of(room, [one for one in found if isinstance(one, Incident)], means.policy(), owed.asked_at)


async def _change(means: Means, room: Room, how: Callable[[Room], Room], token: str) -> None:
    def changed(now: Shown) -> Shown:
        return how(now) if isinstance(now, Room) else now

    await means.store.change(room.key, changed, token)
