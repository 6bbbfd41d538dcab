"""Which face a step shows: picks the card, the details, the reply, the direct message or the board for a record."""

from bot.cards import incident, storm, watch
from bot.cards.face import Block, Face, Pen
from rules.decision import Shown
from rules.incident import Incident
from rules.projection import Post, PostCard, PostDetails, PostDirect, PostReply
from rules.storm import Storm
from rules.watch import Watch


def of_step(record: Shown, step: Post, pen: Pen, now: int, *, address: str = "", picture: Block | None = None) -> Face:
    """The message that a step posts. `address`: where the card is, for a direct message."""
    match step:
        case PostCard(mention=mention, named=named):
            face = of_card(record, pen, now, (*mention, *named))
        case PostReply() if isinstance(record, Watch):
            face = watch.reply(step, pen.spell, picture)
        case PostReply():
            face = incident.reply(step, pen.spell)
        case PostDirect(entry=entry) if isinstance(record, Incident):
            face = incident.direct(record, entry, pen, address)
        case PostDetails() if isinstance(record, Incident):
            face = incident.details(record, pen.policy)
        case PostDetails() if isinstance(record, Watch):
            face = watch.details(record, pen)
        case _:
            face = of_card(record, pen, now)
    return Face(text=face.text) if record.observed.plain else face


def of_card(record: Shown, pen: Pen, now: int, mention: tuple[str, ...] = ()) -> Face:
    """The root message of a record as it is now; `mention` only on its first posting."""
    match record:
        case Incident():
            face = incident.card(record, pen, mention)
        case Storm():
            face = storm.board(record, pen.policy)
        case Watch():
            face = watch.card(record, pen, now)
    return Face(text=face.text) if record.observed.plain else face
