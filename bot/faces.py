"""Which face a step shows: picks the card, the details, the reply or the board for a record."""

from bot.cards import incident, storm
from bot.cards.face import Face, Mention
from rules.decision import Record
from rules.incident import Incident
from rules.policy import Policy
from rules.projection import PostCard, PostDetails, PostReply


def of_step(record: Record, step: PostCard | PostDetails | PostReply, policy: Policy, spell: Mention) -> Face:
    """The message that a step posts."""
    match step:
        case PostCard(mention=mention):
            face = of_card(record, policy, mention, spell)
        case PostReply():
            face = incident.reply(step, spell)
        case PostDetails() if isinstance(record, Incident):
            face = incident.details(record, policy)
        case _:
            face = of_card(record, policy, (), spell)
    return Face(text=face.text) if record.observed.plain else face


def of_card(record: Record, policy: Policy, mention: tuple[str, ...], spell: Mention) -> Face:
    """The root message of a record as it is now."""
    if isinstance(record, Incident):
        face = incident.card(record, policy, mention, spell)
    else:
        face = storm.board(record, policy)
    return Face(text=face.text) if record.observed.plain else face
