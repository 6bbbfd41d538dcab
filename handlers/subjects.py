"""What somebody asks about: the record that a word names, and the newest ones that can be asked about."""

from handlers import releases, rooms
from handlers.contract import Desk, Reply
from handlers.naming import typed
from rules import freeze
from rules.decision import Record
from rules.incident import Incident
from rules.release_words import named
from rules.room import Room
from rules.signal import Actor
from rules.text import Text
from rules.watch import Watch

LATELY_MS = 7 * 86_400_000
OF_EACH = 3  # incidents, war-rooms, releases


async def subject(word: str, person: Actor, desk: Desk) -> Record | None:
    """What a word names: an incident, a war-room, a release, a frozen scope, whatever else has a short name.

    A private war-room is named only in its own channel, or by who opened it. Raises releases.Nothing when several
    releases are meant.
    """
    if record := await desk.find(word):
        return None if isinstance(record, Room) and not _may_hear(person, record) else record
    if room := rooms.by_name(word, [one for one in await desk.rooms() if _may_hear(person, one)]):
        return room
    return await releases.found(word, desk) or await desk.find(freeze.key_of(word))


def unknown(word: str) -> Text:
    """What to say to a word that names nothing, or nothing that may be told to this person in this place."""
    return Text.of("I know nothing by the name `{word}`, or nothing that I may tell here.", word=typed(word))


async def newest(sub_command: str, desk: Desk) -> Reply:
    """What could be asked about, each as it is typed after `/sereno`: the latest of each kind, and the digests."""
    incidents = [one for one in await desk.incidents(desk.now() - LATELY_MS) if one.shown][:OF_EACH]
    open_rooms = [one for one in await desk.rooms() if not one.private][:OF_EACH]
    watches = (await desk.watches())[:OF_EACH]
    found: list[Incident | Room | Watch] = [*incidents, *open_rooms, *watches]
    lines = [
        Text.of("• `/sereno {word} {name}` – {what}", word=sub_command, name=_name(one, desk), what=_what(one))
        for one in sorted(found, key=lambda one: -one.opened_at)
    ]
    lines += [
        Text.of("• `/sereno {word} {name}` – digest", word=sub_command, name=name) for name in desk.policy().digest
    ]
    return [Text.of("The newest that I know:"), *lines] if lines else []


def _may_hear(person: Actor, room: Room) -> bool:
    """Of a private one those in it, and who opened it, though Slack may have refused its channel."""
    is_there = bool(person.channel) and person.channel == room.furnished.channel
    return not room.private or is_there or person.id == room.opened_by_id


def _what(one: Incident | Room | Watch) -> Text:
    match one:
        case Incident():
            return Text.of("incident {title}", title=one.title)
        case Room():
            return Text.of("war-room {title}", title=one.title)
        case Watch():
            return Text.of("release of {title}", title=one.title)


def _name(one: Incident | Room | Watch, desk: Desk) -> str:
    return named(one, desk.policy()) if isinstance(one, Watch) else one.id
