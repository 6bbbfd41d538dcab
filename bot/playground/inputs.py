"""What a person filled in, in Slack's shape: actions for block_actions, state for view_submission."""

from collections.abc import Iterator
from typing import Any

from bot.playground.message import Json

_ONE_OPTION = frozenset({"static_select", "radio_buttons", "overflow", "external_select"})
_MANY_OPTIONS = frozenset({"checkboxes", "multi_static_select", "multi_external_select"})
_NAMED = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, interactive element)."""
    for block in blocks:
        inside = [block.get("element"), block.get("accessory")]
        if block.get("type") == "actions":
            inside += block.get("elements") or []
        for element in inside:
            if isinstance(element, dict) and element.get("type") != "image":
                yield block, element


def filled(element: Json, value: Any) -> Json:
    """What Slack says of an element that holds `value` (option values for selects, text otherwise).

    None is "not touched", which leaves what it began with; "" is "emptied".
    """
    kind = element["type"]
    if kind in _ONE_OPTION:
        chosen = element.get("initial_option") if value is None else next(iter(_options(element, [value])), None)
        return {"type": kind, "selected_option": chosen}
    if kind in _MANY_OPTIONS:
        start = element.get("initial_options") or []
        return {"type": kind, "selected_options": start if value is None else _options(element, value)}
    if kind in _NAMED:
        start = element.get(_NAMED[kind].replace("selected", "initial"))
        return {"type": kind, _NAMED[kind]: start if value is None else (value or None)}
    if kind == "button":
        return {"type": kind, **{key: element[key] for key in ("text", "value", "style") if key in element}}
    given = element.get("initial_value") if value is None else value
    return {"type": kind, "value": str(given) if given not in (None, "") else None}


def state(blocks: list[Json], values: Json, kept: Json | None = None) -> Json:
    """`state.values` of a view; `values` are keyed by action_id or block_id, or are {block_id: {action_id: value}}.

    `kept`: what was filled in before, as `state.values`; it stands where `values` say nothing.
    """
    found: Json = {}
    for block, element in elements(blocks):
        if element["type"] in ("button", "overflow"):
            continue
        action_id = element.get("action_id") or "a0"
        value = values.get(action_id, values.get(block["block_id"]))
        inside = values.get(block["block_id"])
        if isinstance(inside, dict):
            value = inside.get(action_id)
        before = (kept or {}).get(block["block_id"], {}).get(action_id)
        given = before if value is None and before else filled(element, value)
        found.setdefault(block["block_id"], {})[action_id] = given
    return found


def still(blocks: list[Json], values: Json) -> Json:
    """What of `state.values` stays in a view with these blocks: that of inputs with the same ids, of the same kind.

    What such an element begins with counts no more: https://github.com/slackapi/bolt-js/issues/290
    """
    left: Json = {}
    for block, element in elements(blocks):
        given = values.get(block["block_id"], {}).get(element.get("action_id"))
        if given and given["type"] == element["type"] and _is_offered(element, given):
            left.setdefault(block["block_id"], {})[element["action_id"]] = given
    return left


def _is_offered(element: Json, given: Json) -> bool:
    chosen = [one for one in [given.get("selected_option"), *given.get("selected_options", [])] if one]
    known = [option["value"] for option in element.get("options") or []]
    return all(option["value"] in known for option in chosen)


def with_action(values: Json, action: Json) -> Json:
    """`state.values` with what was just chosen or typed: in Slack the action is always in the state too."""
    block = values.get(action["block_id"], {})
    if action["action_id"] not in block:
        return values
    said = {key: value for key, value in action.items() if key not in ("action_id", "block_id", "action_ts")}
    return {**values, action["block_id"]: {**block, action["action_id"]: said}}


def missing(blocks: list[Json], values: Json) -> dict[str, str]:
    """The required inputs that are empty: Slack's client never sends those."""
    empty: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input" or block.get("optional"):
            continue
        given: Json = next(iter(values.get(block["block_id"], {}).values()), {})
        if not any(value for key, value in given.items() if key != "type"):
            empty[block["block_id"]] = "Please complete this required field."
    return empty


def _options(element: Json, wanted: list[Any]) -> list[Json]:
    groups = element.get("option_groups") or []
    options = [*(element.get("options") or []), *(one for group in groups for one in group["options"])]
    return [option for option in options if option.get("value") in wanted]
