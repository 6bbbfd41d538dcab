"""Slack's limits: at the limit a message is taken, one over it is refused with Slack's words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.limits import check_message
from bot.playground.mentions import notified
from bot.playground.modals import check_view
from bot.playground.refusal import Refused


def plain(length: int) -> dict:
    return {"type": "plain_text", "text": "x" * length}


def section(**more) -> dict:
    return {"type": "section", **more}


def button(**more) -> dict:
    return {"type": "button", "text": plain(4), "action_id": "go", **more}


def actions(*elements: dict) -> dict:
    return {"type": "actions", "elements": list(elements)}


MRKDWN = {"type": "mrkdwn", "text": "x"}
AT_THE_LIMIT = [
    [section(text=plain(3000))],
    [{"type": "divider"}] * 50,
    [{"type": "header", "text": plain(150)}],
    [{"type": "context", "elements": [MRKDWN] * 10}],
    [section(fields=[plain(1000)] * 10)],
    [actions(*(button(action_id=str(number)) for number in range(25)))],
    [actions(button(text=plain(75), value="x" * 2000, url="https://" + "x" * 2900, action_id="x" * 255))],
    [{"type": "divider", "block_id": "x" * 255}],
]
OVER = [
    ([section(text=plain(3001))], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section(text=plain(0))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section()], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([{"type": "header", "text": plain(151)}], "less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "header", "text": MRKDWN}], "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    ([{"type": "context", "elements": [MRKDWN] * 11}], "no more than 10 items allowed"),
    ([section(fields=[plain(1)] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    ([section(fields=[plain(2001)])], "less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    ([actions(*[button(action_id=str(n)) for n in range(26)])], "no more than 25 items allowed"),
    ([actions()], "must provide at least 1 item"),
    ([actions(button(), button())], "`action_id` already exists: go"),
    ([actions(button(text=plain(76)))], "less than 76 characters"),
    ([actions(button(value="x" * 2001))], "less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    ([actions(button(url="x" * 3001))], "less than 3001 characters [json-pointer:/blocks/0/elements/0/url]"),
    ([actions(button(action_id="x" * 256))], "less than 256 characters"),
    ([actions(button(style="loud"))], "failed to match all allowed schemas"),
    ([{"type": "divider", "block_id": "b"}] * 2, "`block_id` already exists: b"),
    ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
    ([{"type": "image", "image_url": "https://x"}], "missing required field: alt_text"),
]


@pytest.mark.parametrize("blocks", AT_THE_LIMIT)
def test_at_the_limit(blocks):
    check_message("", blocks, [])


@pytest.mark.parametrize(("blocks", "words"), OVER)
def test_over_the_limit(blocks, words):
    with pytest.raises(Refused) as caught:
        check_message("", blocks, [])
    body = caught.value.body()
    assert body["error"] == "invalid_blocks"
    assert words in body["response_metadata"]["messages"][0]
    assert body["response_metadata"]["messages"][0].startswith("[ERROR] ")


def test_text_and_total():
    check_message("x" * 40_000, [], [])
    for text, blocks, word in [
        ("x" * 40_001, [], "msg_too_long"),
        ("", [section(text=plain(3000))] * 5, "msg_blocks_too_long"),
        ("", [], "no_text"),
    ]:
        with pytest.raises(Refused, match=word):
            check_message(text, blocks, [])


TEXTS = ["type", "text", "fields", "label", "title", "submit", "placeholder", "hint", "alt_text", "value", "url"]
PARTS = ["elements", "element", "accessory", "options", "option_groups", "confirm", "blocks", "action_id", "block_id"]
NAMES = st.sampled_from([*TEXTS, *PARTS])
KINDS = ["section", "header", "actions", "context", "image", "input", "button", "static_select", "plain_text", "mrkdwn"]
SCRAPS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from([*KINDS, "modal", "overflow", "x"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=15,
)
OBJECTS = st.dictionaries(NAMES, SCRAPS, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(OBJECTS, max_size=3), st.lists(OBJECTS, max_size=2), OBJECTS)
def test_nonsense_is_refused_never_a_crash(blocks, attachments, modal):
    try:
        check_message("x", blocks, attachments)
        notified("x", blocks, attachments)
        check_view(modal)
    except Refused:
        return


def view(**more) -> dict:
    return {"type": "modal", "title": plain(24), "blocks": [section(text=plain(1))], **more}


def test_modals():
    check_view(view())
    asks = {"type": "input", "label": plain(5), "element": {"type": "plain_text_input", "action_id": "a"}}
    check_view(view(blocks=[asks], submit=plain(4)))
    for bad, words in [
        (view(title=plain(25)), "less than 25 characters [json-pointer:/view/title/text]"),
        (view(submit=plain(25)), "/view/submit/text"),
        (view(blocks=[asks]), "missing required field: submit"),
        (view(blocks=[section(text=plain(1))] * 101), "no more than 100 items"),
        (view(private_metadata="x" * 3001), "less than 3001 characters"),
    ]:
        with pytest.raises(Refused) as caught:
            check_view(bad)
        assert caught.value.word == "invalid_arguments"
        assert words in caught.value.body()["response_metadata"]["messages"][0]
