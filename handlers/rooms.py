"""Which war-room somebody means, and what a person is told after doing something in it."""

import re
from collections.abc import Callable, Mapping
from zlib import crc32

from handlers.contract import Button, Command, Desk, Form, Handled, Reply
from handlers.helping import filled
from handlers.naming import said
from rules import rooming
from rules.attaching import DECLARED, news
from rules.decision import Decision
from rules.incident import Incident
from rules.reason import Reason
from rules.rights import who_may
from rules.room import Phase, Room, key_of
from rules.room_hearing import PRIVATE, SEVERITY, TITLE, YES
from rules.room_naming import day, slug
from rules.room_opening import OWN
from rules.room_writing import TEXT, WRITTEN, replaced
from rules.signal import Actor, Kind, Signal
from rules.team import Right
from rules.text import Text

GONE = Text.of("That war-room is closed. `/war-room list` shows those that are open.")
ARCHIVED = Text.of("That war-room is archived: nothing can be changed in it any more.")
NONE = Text.of('No war-room is open. `/war-room open "what is wrong"` opens one.')
SHOWN = 10


class NoRoom(Exception):
    """No room, or too many, are meant; `reply` says what there is."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply[0].template)
        self.reply = reply


def is_open(room: Room) -> bool:
    """Whether people work in it."""
    return room.is_open


async def meant(
    words: list[str],
    person: Actor,
    desk: Desk,
    *,
    like: str,
    fits: Callable[[Room], bool] = is_open,
    none: Text = NONE,
) -> tuple[Room, list[str]]:
    """The room in whose channel this is said, or that the first word names, or the only one; and the other words.

    `like`: how it is said with the name of a room, ROOM; `fits`: which could be meant without a name; `none`: what is
    said when there is none. Raises NoRoom.
    """
    if room := await desk.room(person.channel):
        return room, words
    rooms = [one for one in await desk.rooms() if not one.private]
    if words and (named := by_name(words[0], rooms)):
        return named, words[1:]
    still = [one for one in rooms if fits(one) and not one.private]
    if len(still) == 1:
        return still[0], words
    if not still:
        raise NoRoom([none])
    named_so = like.replace("ROOM", still[0].id)
    which = Text.of("Which one? Say it in its channel, or name it so: `/war-room {words}`", words=filled(named_so))
    raise NoRoom([which, *listed(still)])


def by_name(word: str, rooms: list[Room]) -> Room | None:
    """The room that a word names: by its short id, or by its channel, as typed or in Slack's markup."""
    name = said(word).removeprefix("#").lower()
    return next((one for one in rooms if name in _names(one)), None) if name else None


def _names(room: Room) -> tuple[str, ...]:
    return room.id.lower(), room.place.removeprefix("#"), room.furnished.channel.lower()


def listed(rooms: list[Room]) -> Reply:
    """Rooms, each in a line."""
    return [
        Text.of("• {id} · {severity} · {title} · {place}", id=one.id, severity=one.severity, title=one.title,
                place=one.place or "…")
        for one in rooms[:SHOWN]
    ]  # fmt: skip


def writing(act: str, about: Text, example: Text) -> Command:
    """The sub-command `act`, whose words are what is written down; `example`: such words."""
    whole = Text.of('{act} "{words}"', act=act, words=example)

    async def run(words: list[str], person: Actor, desk: Desk) -> Handled:
        try:
            room, rest = await meant(words, person, desk, like=f'{act} ROOM "…"')
        except NoRoom as nothing:
            return nothing.reply
        text = spoken(rest)
        return await do(act, room, person, desk, {TEXT: text}) if text else [wordless(whole)]

    return Command(usage=f'{act} "TEXT"', help=about, run=run, example=whole)


def wordless(example: Text) -> Text:
    """What to say to a sub-command without words."""
    return Text.of("Say it in words, for example `/war-room {example}`.", example=example)


def pressing(opens: Callable[[Room, Desk], Form | Reply]) -> Button:
    """A button of a room's card that opens a form; its value is the name of that one room."""

    async def press(name: str, _person: Actor, desk: Desk) -> Handled:
        record = await desk.find(name)
        return opens(record, desk) if isinstance(record, Room) else [GONE]

    return Button(press=press)


def asked(form: Form) -> Handled:
    """The form; when there is nothing to fill in, what it says."""
    return form if form.fields else form.below


async def only(name: str, desk: Desk) -> Room:
    """The room of this name. Raises NoRoom."""
    record = await desk.find(name)
    if not isinstance(record, Room):
        raise NoRoom([GONE])
    return record


def spoken(words: list[str]) -> str:
    """Words as somebody meant them: without the quotes around them all, and without Slack's markup."""
    text = said(" ".join(words)).strip()
    quoted = len(text) > 1 and text[0] in "\"“„«'" and text[-1] in "\"”“»'"
    return text[1:-1].strip() if quoted else text


async def declare(title: str, severity: str, person: Actor, desk: Desk, *, private: bool = False) -> Reply:
    """Open a room for something that no alert has told; the same words on a day, or while it is open, are one room."""
    policy, now = desk.policy(), desk.now()
    words = " ".join(re.findall(r"\w+", title.casefold())) or title
    name = f"-{slug(title)}-{crc32(words.encode()):08x}"
    own = f"{DECLARED}{day(now, policy.zone)}{name}"
    labels = {TITLE: title, SEVERITY: severity, OWN: "" if private else own, PRIVATE: YES if private else ""}
    earlier = next((one.key for one in await desk.rooms() if one.is_open and name in one.key), "")
    key = earlier or await _free(key_of(own), person, desk, private=private)
    return await _open(Signal(key=key, source="slack", kind=Kind.ACT, event=rooming.OPEN,
                              id=person.act, title=title, labels=labels, actor=person), desk)  # fmt: skip


async def open_for(incident: Incident, title: str, severity: str, person: Actor, desk: Desk, *, private: bool) -> Reply:
    """Open the room of an incident, or lead to the one that it has."""
    key = incident.room.key if incident.room and incident.room.is_open else key_of(incident.id)
    heard = news(incident, key, rooming.OPEN, desk.policy())
    hides = private or heard.labels[PRIVATE] == YES
    labels = {**heard.labels, TITLE: title or incident.title, SEVERITY: severity or incident.severity}
    labels[PRIVATE] = YES if hides else ""
    free = await _free(key, person, desk, private=hides)
    return await _open(Signal(key=free, source="slack", kind=Kind.ACT, event=rooming.OPEN, id=person.act,
                              title=incident.title, labels=labels, links=heard.links, people=heard.people,
                              actor=person), desk)  # fmt: skip


async def _free(key: str, person: Actor, desk: Desk, *, private: bool) -> str:
    """The room under a key, unless it cannot be opened again so, or by this person: the next one has a number."""
    wanted, number = key, 2
    while isinstance(room := await desk.find(wanted), Room) and _is_past(room, person, private=private):
        wanted, number = f"{key}:{number}", number + 1
    return wanted


def _is_past(room: Room, person: Actor, *, private: bool) -> bool:
    """Whether it is archived, or closed and seen by others than it should be; nobody opens what he was not let into."""
    if room.phase is not Phase.CLOSED:
        return room.phase is Phase.ARCHIVED
    return room.private is not private or (room.private and f"user:{person.id}" not in room.invite)


async def _open(signal: Signal, desk: Desk) -> Reply:
    decision = await desk.submit(signal)
    room = decision.record
    match decision.reason:
        case Reason.ROOM_OPENED if isinstance(room, Room) and room.furnished.channel:
            return [Text.of("War-room {place} is open again; I invite you there.", place=room.place)]
        case Reason.ROOM_OPENED if isinstance(room, Room):
            return [Text.of("I open war-room {id} and invite you in a moment: {title}", id=room.id, title=room.title)]
        case Reason.ALREADY if isinstance(room, Room) and room.private:
            return [Text.of("There is a private war-room for it already. Whoever is in it can invite you.")]
        case Reason.ALREADY if isinstance(room, Room) and room.place:
            return [Text.of("There is a war-room for it already: {place}. I invite you there.", place=room.place)]
        case Reason.ALREADY if isinstance(room, Room):
            return [Text.of("There is a war-room for it already: {id}. I invite you there.", id=room.id)]
        case _:
            return told(decision, desk)


async def do(act: str, room: Room, person: Actor, desk: Desk, particulars: Mapping[str, str] | None = None) -> Reply:
    """Let a person act in a room, and say what came of it."""
    decision = await desk.submit(
        Signal(
            key=room.key, source="slack", kind=Kind.ACT, event=act, id=f"{person.act}/{act}", actor=person,
            title=room.title,
            labels={name: value for name, value in (particulars or {}).items() if value},
        )
    )  # fmt: skip
    if act in WRITTEN and decision.reason is Reason.NOTED and isinstance(decision.record, Room):
        return [SAID[Reason.NOTED], *_instead(decision.record, act)]
    return told(decision, desk)


def _instead(room: Room, act: str) -> Reply:
    """What it said until now: somebody may have meant to add to it."""
    return [Text.of("It replaces: “{text}”", text=text) for _, text in replaced(room, act)[-1:]]


def told(decision: Decision, desk: Desk) -> Reply:
    """What came of it, for who did it; what all can see is not said again."""
    match decision.reason:
        case Reason.NOT_ALLOWED:
            who = who_may(desk.policy(), Right.WAR_ROOM)
            return [Text.of("You have no right to work in war-rooms here: {who}.", who=who)]
        case Reason.DUPLICATE:
            return []
        case Reason.NOT_OPEN if isinstance(decision.record, Room) and decision.record.phase is Phase.ARCHIVED:
            return [ARCHIVED]
        case Reason.ROOM_CLOSED if isinstance(decision.record, Room):
            return [Text.of("War-room {id} is closed.", id=decision.record.id)]
        case Reason.UPDATED_ROOM if isinstance(decision.record, Room):
            return [_heard_by(decision.record)]
        case reason if reason in SAID:
            return [SAID[reason]]
        case _:
            return [GONE]


def _heard_by(room: Room) -> Text:
    """Where an update of it went."""
    if room.private or not room.listeners:
        return Text.of("Told: the room.")
    if not room.announce:
        return Text.of("Told: the room and the threads of its incidents.")
    if not room.incidents:
        return Text.of("Told: the room and {place}.", place=room.announce)
    return Text.of("Told: the room, the threads of its incidents, and {place}.", place=room.announce)


SAID = {
    Reason.NOT_OPEN: GONE,
    Reason.NO_REASON: Text.of("Say it in words."),
    Reason.NOT_IN_PLAN: Text.of("I do not know that one; `/war-room help` shows what there is."),
    Reason.ALREADY: Text.of("That is so already."),
    Reason.ROLE_GIVEN: Text.of("Done; the room knows."),
    Reason.ROLE_OFFERED: Text.of("Asked: whoever is to command presses *I command* on the card."),
    Reason.STATUS_SET: Text.of("Done; the room and its incidents know."),
    Reason.SEVERITY_SET: Text.of("Done; the room and its incidents know."),
    Reason.NOTED: Text.of("Written down."),
    Reason.MERGED: Text.of("It belongs to this room now, and its card says so."),
    Reason.POSTMORTEM_ASKED: Text.of("I write a draft and put it into the room in a moment."),
    Reason.POSTMORTEM_GIVEN: Text.of("Done; the room knows."),
    Reason.POSTMORTEM_DONE: Text.of("Good. Nobody is reminded of it any more."),
    Reason.NOT_OWED: Text.of("No postmortem is owed here; `/war-room postmortem` drafts one."),
    Reason.RETRIED: Text.of("I try again."),
}
