"""What those outside a war-room see of it: what it is, how bad, how far, who leads; the updates are in its thread."""

from bot.cards.face import CONTEXT_MAX, Face, context, section
from bot.cards.mrkdwn import draw, row
from bot.cards.room import CLOSED, SIGNS
from rules.bulletin import Bulletin
from rules.room import Status
from rules.room_acting import STATUS_WORDS
from rules.text import Moment, Span, Text


def card(bulletin: Bulletin) -> Face:
    """The root message; it never pings."""
    is_known = bulletin.is_open or bulletin.status is Status.RESOLVED  # else alerts outlast the room
    said = Text.of("{sign} *{severity}* · *{title}* — {status}", sign=SIGNS[bulletin.status],
                   severity=bulletin.severity, title=bulletin.title,
                   status=STATUS_WORDS[bulletin.status] if is_known else CLOSED)  # fmt: skip
    head = draw(said)
    parts = [Text.of("since {at}", at=Moment(at=bulletin.opened_at))]
    if bulletin.closed_at:
        parts.append(Text.of("closed after {span}", span=Span(ms=bulletin.closed_at - bulletin.opened_at)))
    if bulletin.commander:
        parts.append(Text.of("commander {who}", who=bulletin.commander))
    if bulletin.room:
        parts.append(Text.of("war-room {place}", place=bulletin.room))
    for place, why in bulletin.observed.refused.items():
        parts.append(Text.of("meant for {place}, which Slack refuses ({why})", place=place, why=why))
    foot = row([draw(part) for part in parts], CONTEXT_MAX)
    return Face(text=f"{head}\n{foot}", blocks=[section(head), context(foot)])
