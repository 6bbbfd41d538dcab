"""Slack's limits on text objects, options, confirm dialogs and interactive elements."""

import re

from bot.playground.message import Json

FILE_ID = re.compile(r"[F][A-Z0-9]{8,}")
Complaints = list[str]
_OPTION_LISTS = frozenset({"static_select", "multi_static_select", "overflow", "checkboxes", "radio_buttons"})
_KNOWN = _OPTION_LISTS | {
    "button", "workflow_button", "image", "datepicker", "timepicker", "datetimepicker", "plain_text_input",
    "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input",
    "users_select", "multi_users_select", "conversations_select", "multi_conversations_select",
    "channels_select", "multi_channels_select", "external_select", "multi_external_select",
}  # fmt: skip
_MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}


def count(items: object, at: str, most: int, found: Complaints) -> list[Json]:
    """The items of a list that must hold 1 to `most` objects."""
    if not isinstance(items, list) or not items:
        found.append(f"must provide at least 1 item [json-pointer:{at}]")
        return []
    if len(items) > most:
        found.append(f"no more than {most} items allowed [json-pointer:{at}]")
    objects = [item for item in items if isinstance(item, dict)]
    if len(objects) < len(items):
        found.append(f"must be an array of objects [json-pointer:{at}]")
    return objects


def check_length(value: object, at: str, most: int, found: Complaints) -> None:
    """A string of 1 to `most` characters, or nothing at all."""
    if value is None:
        return
    if not isinstance(value, str):
        found.append(f"must be a string [json-pointer:{at}]")
    elif len(value) > most:
        found.append(f"must be less than {most + 1} characters [json-pointer:{at}]")


def check_text(text: object, at: str, most: int, found: Complaints, *, plain: bool = False) -> None:
    """A text object of 1 to `most` characters; `plain` allows plain_text only."""
    if not isinstance(text, dict):
        found.append(f"missing required field: {at.rsplit('/', 1)[-1]} [json-pointer:{at.rsplit('/', 1)[0]}]")
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if text.get("type") not in kinds:
        found.append(f"unsupported type: {text.get('type')} [json-pointer:{at}/type]")
    if not isinstance(text.get("text"), str):
        found.append(f"missing required field: text [json-pointer:{at}]")
    elif not text["text"]:
        found.append(f"must be more than 0 characters [json-pointer:{at}/text]")
    else:
        check_length(text["text"], f"{at}/text", most, found)


def check_element(element: object, at: str, found: Complaints) -> None:
    """An image, button, select or input element."""
    if not isinstance(element, dict) or str(element.get("type")) not in _KNOWN:
        kind = element.get("type") if isinstance(element, dict) else None
        found.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    check_length(element.get("action_id"), f"{at}/action_id", 255, found)
    if element["type"] == "button":
        _check_button(element, at, found)
    elif element["type"] == "image":
        _check_picture(element, at, found)
    elif element["type"] in _OPTION_LISTS:
        _check_options(element, at, found)
    if element.get("placeholder") is not None:
        check_text(element["placeholder"], f"{at}/placeholder", 150, found, plain=True)
    if element.get("confirm") is not None:
        _check_confirm(element["confirm"], f"{at}/confirm", found)


def _check_button(button: Json, at: str, found: Complaints) -> None:
    check_text(button.get("text"), f"{at}/text", 75, found, plain=True)
    check_length(button.get("value"), f"{at}/value", 2000, found)
    check_length(button.get("url"), f"{at}/url", 3000, found)
    check_length(button.get("accessibility_label"), f"{at}/accessibility_label", 75, found)
    if button.get("style") not in (None, "primary", "danger"):
        found.append(f"failed to match all allowed schemas [json-pointer:{at}/style]")


def _check_picture(image: Json, at: str, found: Complaints) -> None:
    given = [name for name in ("image_url", "slack_file") if image.get(name)]
    if not given:
        found.append(f"missing required field: image_url [json-pointer:{at}]")
    elif len(given) > 1:
        found.append(f"must define either `image_url` or `slack_file` [json-pointer:{at}]")
    check_length(image.get("image_url"), f"{at}/image_url", 3000, found)
    if image.get("slack_file"):
        _check_slack_file(image["slack_file"], f"{at}/slack_file", found)
    if not image.get("alt_text"):
        found.append(f"missing required field: alt_text [json-pointer:{at}]")
    check_length(image.get("alt_text"), f"{at}/alt_text", 2000, found)


def _check_slack_file(file: object, at: str, found: Complaints) -> None:
    """https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object: its id or its address."""
    if not isinstance(file, dict) or bool(file.get("id")) == bool(file.get("url")):
        found.append(f"must define either `id` or `url` [json-pointer:{at}]")
    elif file.get("id") and not FILE_ID.fullmatch(str(file["id"])):
        found.append(f"input must match regex pattern: ^{FILE_ID.pattern}$ [json-pointer:{at}/id]")


def _check_options(element: Json, at: str, found: Complaints) -> None:
    if element.get("option_groups") is not None:
        for index, group in enumerate(count(element["option_groups"], f"{at}/option_groups", 100, found)):
            _check_option_list(group.get("options"), f"{at}/option_groups/{index}/options", 100, found)
        return
    _check_option_list(element.get("options"), f"{at}/options", _MOST_OPTIONS.get(element["type"], 100), found)


def _check_option_list(options: object, at: str, most: int, found: Complaints) -> None:
    for index, option in enumerate(count(options, at, most, found)):
        check_text(option.get("text"), f"{at}/{index}/text", 75, found)
        check_length(option.get("value"), f"{at}/{index}/value", 150, found)
        if option.get("description") is not None:
            check_text(option["description"], f"{at}/{index}/description", 75, found)


def _check_confirm(confirm: object, at: str, found: Complaints) -> None:
    if not isinstance(confirm, dict):
        found.append(f"must be an object [json-pointer:{at}]")
        return
    check_text(confirm.get("title"), f"{at}/title", 100, found, plain=True)
    check_text(confirm.get("text"), f"{at}/text", 300, found)
    check_text(confirm.get("confirm"), f"{at}/confirm", 30, found, plain=True)
    check_text(confirm.get("deny"), f"{at}/deny", 30, found, plain=True)
