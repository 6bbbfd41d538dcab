"""Which face a step shows, and in whose language: the card, the details, the reply, the direct message or the board."""

from bot.cards import bulletin, freeze, incident, report, rollback, room, storm, watch
from bot.cards.face import Block, Face, Pen
from bot.cards.tongue import speaking
from rules import languages
from rules.bulletin import Bulletin
from rules.decision import Shown
from rules.freeze import Freeze
from rules.incident import Incident
from rules.languages import Voice
from rules.observed import Posted
from rules.policy import Policy
from rules.report import Report
from rules.rollback import Rollback
from rules.room import Room
from rules.steps import Post, PostCard, PostDetails, PostDirect, PostReply
from rules.storm import Storm
from rules.watch import Watch


def of_step(record: Shown, step: Post, pen: Pen, now: int, *, address: str = "", picture: Block | None = None) -> Face:
    """The message that a step posts. `address`: where the card is, for a direct message."""
    with speaking(*voice(record, pen.policy, step)):
        face = _of_step(record, step, pen, now, address, picture)
    return Face(text=face.text) if record.observed.plain else face


def of_card(record: Shown, pen: Pen, now: int, mention: tuple[str, ...] = ()) -> Face:
    """The root message of a record as it is now; `mention` only on its first posting."""
    with speaking(*voice(record, pen.policy)):
        face = _of_card(record, pen, now, mention)
    return Face(text=face.text) if record.observed.plain else face


def of_stub(record: Incident | Room, former: Posted, policy: Policy, address: str) -> Face:
    """What is left where the card used to be. `address`: where it is now."""
    with speaking(*languages.of_channel(policy, former.place)):
        return room.stub(record, address) if isinstance(record, Room) else incident.stub(record, address)


def voice(record: Shown, policy: Policy, step: Post | None = None) -> Voice:
    """The language of those who read what a step posts; without one, of those who read the card."""
    if isinstance(step, PostDirect):
        return languages.of_person(policy, [step.entry.to])
    if isinstance(record, Report):
        return languages.of_report(policy, record)
    return languages.of_channel(policy, _place(record, step))


def _place(record: Shown, step: Post | None) -> str:
    match step:
        case PostCard(place=place):
            return place
        case PostReply(posted=posted) | PostDetails(posted=posted):
            return posted.place
        case _:
            here = record.observed.posted
            return here.place if here else record.place


def _of_step(record: Shown, step: Post, pen: Pen, now: int, address: str, picture: Block | None) -> Face:
    match step:
        case PostCard(mention=mention, named=named):
            return _of_card(record, pen, now, (*mention, *named))
        case PostReply() if isinstance(record, Watch | Report):
            return watch.reply(step, pen.spell, picture)
        case PostReply():
            return incident.reply(step, pen.spell)
        case PostDirect(entry=entry) if isinstance(record, Incident):
            return incident.direct(record, entry, pen, address)
        case PostDirect(entry=entry) if isinstance(record, Room):
            return room.direct(record, entry)
        case PostDetails() if isinstance(record, Incident):
            return incident.details(record, pen.policy)
        case PostDetails() if isinstance(record, Watch):
            return watch.details(record, pen)
        case _:
            return _of_card(record, pen, now, ())


def _of_card(record: Shown, pen: Pen, now: int, mention: tuple[str, ...]) -> Face:
    match record:
        case Incident():
            return incident.card(record, pen, mention)
        case Storm():
            return storm.board(record, pen.policy)
        case Watch():
            return watch.card(record, pen, now)
        case Report():
            return report.card(record)
        case Freeze():
            return freeze.card(record, pen, mention)
        case Room():
            return room.card(record, now)
        case Bulletin():
            return bulletin.card(record)
        case Rollback():
            return rollback.card(record, pen, mention)
