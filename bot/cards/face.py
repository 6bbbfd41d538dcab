"""What goes into one message: the text for notifications and screen readers, and the blocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.cards.mrkdwn import cut, draw
from rules.freeze import Freeze
from rules.policy import Policy
from rules.text import Text

Block = dict[str, Any]
Mention = Callable[[str], str]  # a name from the policy ("channel", "@oncall") -> Slack's markup for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """What a card is drawn with. `silences`: whether there is an Alertmanager to ask for one; `freezes`: by scope."""

    policy: Policy
    spell: Mention
    silences: bool = False
    freezes: Mapping[str, Freeze] = field(default_factory=dict)


SECTION_MAX, CONTEXT_MAX, TEXT_MAX, BUTTON_MAX = 2900, 1900, 3000, 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """`text` is mrkdwn too, and what is shown when Slack refuses the blocks."""

    text: str
    blocks: list[Block] = field(default_factory=list)


def section(mrkdwn: str) -> Block:
    """A paragraph."""
    return {"type": "section", "text": _text(cut(mrkdwn, SECTION_MAX))}


def context(mrkdwn: str) -> Block:
    """A smaller line below."""
    return {"type": "context", "elements": [_text(cut(mrkdwn, CONTEXT_MAX))]}


def actions(buttons: list[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": buttons}


def button(action_id: str, label: Text, value: str, *, style: str = "") -> Block:
    """One button; `action_id` is the name of its file in handlers/buttons."""
    words = {"type": "plain_text", "text": draw(label)[:BUTTON_MAX], "emoji": True}
    drawn: Block = {"type": "button", "action_id": action_id, "text": words, "value": value}
    return {**drawn, "style": style} if style else drawn


def _text(mrkdwn: str) -> Block:
    return {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}
