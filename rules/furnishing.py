"""What a war-room lacks in Slack besides its messages, and how it changes by what Slack says to each."""

from collections.abc import Iterator
from dataclasses import replace

from rules.room import Furnishing, Phase, Room, Trouble
from rules.text import Text

TOPIC_MAX = 250  # https://docs.slack.dev/reference/methods/conversations.setTopic
RETRY_MS = 300_000


def missing(room: Room) -> Iterator[Furnishing]:
    """In the order in which people need them; nothing is added to a room that is closed, but its topic."""
    seen = room.furnished
    if room.is_open:
        if set(room.invite) - set(seen.invited):
            yield Furnishing.INVITE
        if not seen.purpose:
            yield Furnishing.PURPOSE
        if room.observed.posted and seen.pinned != room.observed.posted.ts:
            yield Furnishing.PIN
        if not seen.bookmarks and room.links:
            yield Furnishing.BOOKMARKS
    if seen.topic != topic(room):
        yield Furnishing.TOPIC
    if room.phase is Phase.ARCHIVED and not seen.archived:
        yield Furnishing.ARCHIVE


def topic(room: Room) -> str:
    """Severity, state, commander and since when: a line in the head of the channel, the same for everybody."""
    holder = room.commander
    parts = (room.severity, room.status, holder.name if holder else "-", room.title)
    return " | ".join(parts)[:TOPIC_MAX]


def failed(room: Room, what: Furnishing, word: str, now: int) -> Room:
    """Slack refused it: named on the card, and tried again after a while."""
    troubles = {**room.furnished.troubles, what: Trouble(word=word, at=now)}
    timers = {**room.timers, "retry": now + RETRY_MS}
    fresh = replace(room, furnished=replace(room.furnished, troubles=troubles), timers=timers)
    return fresh.redrawn().say(now, Text.of("Slack refuses {what}: {why}", what=what, why=word))
