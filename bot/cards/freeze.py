"""A freeze as a card of two lines: what is frozen, why, by whom, until when; what waits for a second person."""

from bot.cards.face import CONTEXT_MAX, Block, Face, Pen, actions, button, context, section
from bot.cards.mrkdwn import draw, row
from rules.freeze import Freeze, Phase, Wish
from rules.text import Moment, Span, Text


def card(freeze: Freeze, pen: Pen, mention: tuple[str, ...]) -> Face:
    """The root message. `mention`: only on the first posting, an edit never pings."""
    head, foot = draw(_head(freeze)), _foot(freeze)
    if pings := " ".join(pen.spell(name) for name in mention):
        head = f"{head}  {pings}"
    blocks = [section(head), context(foot)]
    if buttons := _buttons(freeze):
        blocks.append(actions(buttons))
    return Face(text=f"{head}\n{foot}", blocks=blocks)


def _head(freeze: Freeze) -> Text:
    match freeze.phase:
        case Phase.PROPOSED:
            return Text.of("⏳ *{scope}* may be frozen: {why}", scope=freeze.title, why=freeze.why)
        case Phase.FROZEN:
            return Text.of("❄️ *{scope}* is frozen: {why}", scope=freeze.title, why=freeze.why)
        case Phase.OVER if freeze.until:
            return Text.of("🟢 *{scope}* is open again; it was frozen: {why}", scope=freeze.title, why=freeze.why)
        case Phase.OVER:
            return Text.of("⏹️ *{scope}* was not frozen: {why}", scope=freeze.title, why=freeze.why)


def _foot(freeze: Freeze) -> str:
    parts = [Text.of("owner {who}", who=freeze.owner)]
    if freeze.second:
        parts.append(Text.of("confirmed by {second}", second=freeze.second))
    if freeze.phase is Phase.FROZEN:
        parts.append(Text.of("since {at}", at=Moment(at=freeze.since)))
        parts.append(Text.of("until {at}", at=Moment(at=freeze.until)))
    if freeze.phase is Phase.OVER:
        parts += _over(freeze)
    parts += _waiting(freeze)
    for place, why in freeze.observed.refused.items():
        parts.append(Text.of("meant for {place}, which Slack refuses ({why})", place=place, why=why))
    return row([draw(part) for part in parts], CONTEXT_MAX)


def _over(freeze: Freeze) -> list[Text]:
    lasted = [Text.of("for {span}", span=Span(ms=freeze.ended_at - freeze.since))] if freeze.until else []
    ended = Text.of("ended {at}", at=Moment(at=freeze.ended_at))
    if freeze.ended_by:
        ended = Text.of("ended by {who}, {at}", who=freeze.ended_by, at=Moment(at=freeze.ended_at))
    return [*lasted, ended]


def _waiting(freeze: Freeze) -> list[Text]:
    wish = freeze.proposed
    if wish is None:
        return []
    if wish.wish is Wish.UNFREEZE:
        return [Text.of("{who} wants to end it, and waits for a second person", who=wish.by)]
    return [
        Text.of("{who} wants it for {span}, and waits for a second person", who=wish.by, span=Span(ms=wish.lasting))
    ]


def _buttons(freeze: Freeze) -> list[Block]:
    """Those that make sense now. They carry the name of this one freeze: an old card does nothing to a newer one."""
    if not freeze.is_open:
        return []
    confirm = [button("confirm", Text.of("Confirm"), freeze.id, style="primary")] if freeze.proposed else []
    word = Text.of("Unfreeze") if freeze.phase is Phase.FROZEN else Text.of("Take it back")
    return [*confirm, button("unfreeze", word, freeze.id)]
