"""Which face a step shows: picks the card, the details, the reply, the direct message or the board for a record."""

from bot.cards import incident, storm
from bot.cards.face import Face, Pen
from rules.decision import Shown
from rules.incident import Incident
from rules.projection import Post, PostCard, PostDetails, PostDirect, PostReply


def of_step(record: Shown, step: Post, pen: Pen, address: str = "") -> Face:
    """The message that a step posts. `address`: where the card is, for a direct message."""
    match step:
        case PostCard(mention=mention, named=named):
            face = of_card(record, pen, (*mention, *named))
        case PostReply():
            face = incident.reply(step, pen.spell)
        case PostDirect(entry=entry) if isinstance(record, Incident):
            face = incident.direct(record, entry, pen, address)
        case PostDetails() if isinstance(record, Incident):
            face = incident.details(record, pen.policy)
        case _:
            face = of_card(record, pen)
    return Face(text=face.text) if record.observed.plain else face


def of_card(record: Shown, pen: Pen, mention: tuple[str, ...] = ()) -> Face:
    """The root message of a record as it is now; `mention` only on its first posting."""
    face = incident.card(record, pen, mention) if isinstance(record, Incident) else storm.board(record, pen.policy)
    return Face(text=face.text) if record.observed.plain else face
