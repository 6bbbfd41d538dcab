"""What a war-room lacks in Slack besides its messages, and how it changes by what Slack says to each."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from rules.room import Furnished, Furnishing, Phase, Room, Trouble
from rules.room_acting import RETRY_TIMER
from rules.room_outcome import without
from rules.text import Text

RETRY_MS, RARELY_MS = 300_000, 3_600_000  # between two tries at least, while people work there and afterwards
MOST_MS = 86_400_000  # and at most: what was refused for long will be for longer
PART = 12  # of the age of a room: so long is the time between two tries
GONE = {"is_archived", "channel_is_archived", "channel_not_found"}
WORDS = {
    Furnishing.CHANNEL: Text.of("making the channel"),
    Furnishing.INVITE: Text.of("inviting people"),
    Furnishing.PURPOSE: Text.of("setting the purpose"),
    Furnishing.TOPIC: Text.of("setting the topic"),
    Furnishing.PIN: Text.of("pinning the card"),
    Furnishing.BOOKMARKS: Text.of("setting bookmarks"),
    Furnishing.POSTMORTEM: Text.of("putting the postmortem here as a file"),
    Furnishing.EXPORT: Text.of("keeping the timeline as a file"),
    Furnishing.ARCHIVE: Text.of("archiving the channel"),
}
CONFIDED = {
    Furnishing.CHANNEL: Text.of(
        "Slack refuses to make the channel of your private war-room {id}: {why}. Nobody else hears of it. "
        "I go on trying; *Try again* does so at once. `sereno doctor` says what Slack does not let me do."
    ),
    Furnishing.INVITE: Text.of(
        "I could not invite you to your private war-room {id}: {why}. Nobody outside of it hears of it. "
        "I go on trying; *Try again* does so at once. `sereno doctor` says what Slack does not let me do."
    ),
}


def missing(room: Room) -> Iterator[Furnishing]:
    """In the order in which people need them, without what Slack has just refused; closed, only the topic is kept."""
    seen = room.furnished
    if not seen.channel:
        if room.is_open:
            yield Furnishing.CHANNEL
        return
    if room.is_open:
        if set(room.invite) - set(seen.invited):
            yield Furnishing.INVITE
        if not seen.purpose:
            yield Furnishing.PURPOSE
        if room.observed.posted and room.observed.posted.channel == seen.channel and not _is_pinned(room):
            yield Furnishing.PIN
        if {link.url for link in room.links} - set(seen.bookmarks):
            yield Furnishing.BOOKMARKS
    if seen.topic != topic(room) and not seen.archived:
        yield Furnishing.TOPIC


def first(room: Room) -> Furnishing | None:
    """What is to be done next of it, as far as Slack lets us."""
    return next((what for what in missing(room) if what not in room.furnished.troubles), None)


def lacks_draft(room: Room) -> bool:
    """Whether a draft of its postmortem is to be put where its people are."""
    seen, owed = room.furnished, room.postmortem
    is_wanted = owed is not None and owed.is_unfiled and Furnishing.POSTMORTEM not in seen.troubles
    return is_wanted and not seen.archived and bool(seen.channel or room.observed.posted)


def last(room: Room) -> Furnishing | None:
    """What is done when all else has been said: the room has had its time. A refused file keeps it not open."""
    seen = room.furnished
    if room.phase is not Phase.ARCHIVED or not seen.channel or seen.archived:
        return None
    if not seen.exported and Furnishing.EXPORT not in seen.troubles:
        return Furnishing.EXPORT
    return Furnishing.ARCHIVE if Furnishing.ARCHIVE not in seen.troubles else None


def topic(room: Room) -> str:
    """All that the topic tells, as one word: with another one it is to be set anew."""
    holder = room.commander
    return "/".join((room.severity, room.status, room.phase, holder.id if holder else ""))


def seen(how: Callable[[Furnished], Furnished]) -> Callable[[Room], Room]:
    """The room with something that Slack has now."""
    return lambda room: replace(room, furnished=how(room.furnished))


def made(room: Room, name: str, channel: str, now: int) -> Room:
    """The channel is there."""
    if room.furnished.channel:
        return room
    place = f"#{name}"
    fresh = replace(room, place=place, furnished=replace(room.furnished, channel=channel, name=name)).redrawn()
    return fresh.spread(now, _where(room, place), discreet=Text.of("🧯 It has a private war-room."))


def _where(room: Room, place: str) -> Text:
    if room.opened_by:
        return Text.of("🧯 Its war-room is {place}, opened by {who}.", place=place, who=room.opened_by)
    return Text.of("🧯 Its war-room is {place}.", place=place)


def failed(room: Room, what: Furnishing, word: str, place: str, now: int) -> Room:
    """Slack refused it: named on the card, and tried again after a while. `place`: where the card goes instead.

    A room that is private has no such place: its card says what few may know.
    """
    if what in room.furnished.troubles:
        return room
    if word in GONE and not room.is_open:  # somebody was faster: nothing can be done there any more
        fresh = replace(room.furnished, archived=True, troubles={})
        return replace(room, furnished=fresh, timers=without(room, RETRY_TIMER))
    troubles = {**room.furnished.troubles, what: Trouble(word=word, at=now)}
    pause = min(max(RETRY_MS if room.is_open else RARELY_MS, (now - room.opened_at) // PART), MOST_MS)
    timers = {**room.timers, RETRY_TIMER: now + pause}
    lacking = replace(room, furnished=replace(room.furnished, troubles=troubles), timers=timers)
    if what is Furnishing.CHANNEL and not room.place and not room.private:
        lacking = replace(lacking, place=place).spread(now, _where(room, place))
    lacking = _confided(lacking, what, word, now)
    said = Text.of("Slack refuses: {what} ({why}). I try again.", what=WORDS[what], why=word)
    is_told = room.observed.posted is None or said in [entry.text for entry in room.timeline]
    return lacking.redrawn() if is_told else lacking.redrawn().say(now, said)


def _confided(room: Room, what: Furnishing, word: str, now: int) -> Room:
    """Who opened a private room and is not in it sees nothing of its card: that person alone is told, once."""
    who = f"user:{room.opened_by_id}"
    if not (room.private and room.is_open and room.opened_by_id) or who in room.furnished.invited:
        return room
    if what not in CONFIDED:
        return room
    said = replace(CONFIDED[what], values={"id": room.id, "why": word})
    return room if said in [entry.text for entry in room.timeline] else room.say(now, said, to=who)


def _is_pinned(room: Room) -> bool:
    posted = room.observed.posted
    return posted is not None and room.furnished.pinned == posted.ts
