"""A form as one of Slack's modals, and what somebody filled into it.

Shapes: https://docs.slack.dev/reference/views/modal-views and https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Mapping
from typing import Any

from bot.cards.face import SECTION_MAX, Block, section
from bot.cards.mrkdwn import draw, fits
from handlers.contract import Choice, Field, Form
from rules.text import Text

TITLE_MAX, LABEL_MAX, CHOICE_MAX, HINT_MAX, ERROR_MAX, VALUE_MAX = 24, 150, 75, 150, 150, 3000
CANCEL = Text.of("Cancel")
WATCHED = "watched"  # the action_id of what tells us of each change


def view(form: Form, where: str) -> dict[str, Any]:
    """The modal. `where`: what is to come back with it, for the answer's address."""
    blocks = [_input(field) for field in form.fields]
    if form.below:
        lines, left = fits([draw(line) for line in form.below], SECTION_MAX - 100)
        if left:
            lines.append("…")
        blocks.append({**section("\n".join(lines)), "block_id": "below"})
    return {
        "type": "modal",
        "callback_id": form.name,
        "private_metadata": where,
        "title": _plain(draw(form.title), TITLE_MAX),
        "submit": _plain(draw(form.send), TITLE_MAX),
        "close": _plain(draw(CANCEL), TITLE_MAX),
        "blocks": blocks,
    }


def values(filled: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each field; `filled` is `view.state.values` of Slack."""
    return {name: _value(next(iter(elements.values()), {})) for name, elements in filled.items()}


def _value(element: Mapping[str, Any]) -> str:
    chosen = element.get("selected_options")
    if isinstance(chosen, list):
        return ",".join(str(one.get("value", "")) for one in chosen)
    if isinstance(one := element.get("selected_option"), dict):
        return str(one.get("value", ""))
    return str(element.get("selected_user") or element.get("value") or "")


def _input(field: Field) -> Block:
    element = _person(field) if field.person else _choices(field) if field.choices else _line(field)
    drawn: Block = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(draw(field.label), LABEL_MAX),
        "element": {"action_id": WATCHED if field.watched else "value", **element},
        "optional": field.optional,
        "dispatch_action": field.watched,
    }
    return {**drawn, "hint": _plain(draw(field.hint), HINT_MAX)} if field.hint else drawn


def _person(field: Field) -> Block:
    return {"type": "users_select", **({"initial_user": field.value} if field.value else {})}


def _line(field: Field) -> Block:
    drawn: Block = {"type": "plain_text_input", "multiline": field.lines > 1, "max_length": VALUE_MAX}
    if field.value:
        drawn["initial_value"] = field.value[:VALUE_MAX]
    if field.watched:
        drawn["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return drawn


def _choices(field: Field) -> Block:
    options = [_option(choice) for choice in field.choices]
    wanted = field.value.split(",")
    chosen = [option for option in options if option["value"] in wanted]
    if field.many:
        return {"type": "checkboxes", "options": options, **({"initial_options": chosen} if chosen else {})}
    return {"type": "static_select", "options": options, **({"initial_option": chosen[0]} if chosen else {})}


def _option(choice: Choice) -> Block:
    return {"text": _plain(draw(choice.label), CHOICE_MAX), "value": choice.value}


def _plain(text: str, size: int) -> Block:
    return {"type": "plain_text", "text": text[:size], "emoji": True}
