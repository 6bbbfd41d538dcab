"""Modals in a real browser: what is told while typing, redrawing under the typist, errors, and every kind of input."""

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import expect

from bot.playground.people import ANA, BRUNO

pytestmark = pytest.mark.asyncio(loop_scope="module")


def plain(words: str) -> dict:
    return {"type": "plain_text", "text": words}


def option(value: str) -> dict:
    return {"text": plain(value.title()), "value": value}


def ask(block_id: str, element: dict, **more) -> dict:
    named = {"action_id": "value"} | element
    return {"type": "input", "block_id": block_id, "label": plain(block_id.title()), "element": named} | more


def modal(*blocks: dict, **more) -> dict:
    return {"type": "modal", "title": plain("Silence"), "submit": plain("Go"), "blocks": list(blocks)} | more


def shown(words: str) -> dict:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}


TYPED_AT_ONCE = """(field, words) => [...words].forEach((one) => {
  field.value += one;
  field.dispatchEvent(new Event("input", { bubbles: true }));
})"""  # keys that the browser is sent one by one may come with a pause between them when the machine is busy
ON_TYPING = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
WHO = ask("who", {"type": "plain_text_input"} | ON_TYPING, dispatch_action=True)
NAME = ask("who", {"type": "plain_text_input"})
WHY = ask("why", {"type": "plain_text_input", "multiline": True})
LONG = ask("long", {"type": "static_select", "options": [option("hour"), option("day")]}, dispatch_action=True)
BOXES = ask("boxes", {"type": "checkboxes", "options": [option("red"), option("blue")]}, dispatch_action=True)
RADIO = ask("radio", {"type": "radio_buttons", "options": [option("all"), option("some")]}, dispatch_action=True)
PERSON = ask("person", {"type": "users_select"}, dispatch_action=True)
AT = ask("at", {"type": "timepicker"}, dispatch_action=True)
SINCE = ask("since", {"type": "datetimepicker"}, dispatch_action=True)


@pytest_asyncio.fixture(loop_scope="module")
async def bot(make_bot):
    """The double on the module's loop, where the browser's requests are answered."""
    async with make_bot() as double:
        yield double


@pytest_asyncio.fixture(loop_scope="module")
async def begin(page, served, ws):
    """Opens a modal on the page."""

    async def start(view: dict) -> dict:
        await page.goto(f"{served}/playground/?channel=alerts")
        await expect(page.locator("#link-state")).to_have_text("Live")
        opened = ws.modals.open(ws.modals.trigger(ANA), view)
        await expect(page.locator("#modal")).to_be_visible()
        return opened

    return start


async def test_typing_is_told_once_it_pauses_with_all_that_is_filled_in(page, bot, begin):
    await begin(modal(WHO, WHY, LONG))
    await page.get_by_label("Why").fill("planned")
    await page.get_by_label("Who").evaluate(TYPED_AT_ONCE, "db-3")
    payload = (await bot.told(1))[0]
    action = payload["actions"][0]
    assert (payload["type"], action["type"]) == ("block_actions", "plain_text_input")
    assert (action["block_id"], action["action_id"], action["value"]) == ("who", "value", "db-3")
    values = payload["view"]["state"]["values"]
    assert {key: one["value"].get("value") for key, one in values.items()} == {
        "who": "db-3", "why": "planned", "long": None,
    }  # fmt: skip
    assert len(bot.payloads) == 1, "once for what was typed without a pause, and not for an input that does not tell"


async def test_enter_tells_instead_of_submitting(page, bot, begin):
    await begin(modal(ask("who", {"type": "plain_text_input"}, dispatch_action=True), WHY))
    await expect(page.locator("#modal")).to_contain_text("Press Enter to apply it.")
    await page.get_by_label("Who").press_sequentially("db-3")
    await page.keyboard.press("Enter")
    payload = (await bot.told(1))[0]
    assert (payload["type"], payload["actions"][0]["value"]) == ("block_actions", "db-3")
    await page.get_by_label("Why").fill("work")
    await page.get_by_label("Who").press("Enter")
    assert [one["type"] for one in await bot.told(2)] == ["block_actions"] * 2


async def test_each_choice_is_told(page, bot, begin):
    await begin(modal(LONG, BOXES, RADIO, PERSON, AT, SINCE))
    await page.get_by_label("Long").select_option("day")
    await page.get_by_label("Red").check()
    await bot.told(2)
    await page.get_by_label("Blue").check()
    await bot.told(3)
    await page.get_by_label("Some").check()
    await page.get_by_label("Person").select_option(label="Bruno Costa")
    await page.get_by_label("At", exact=True).fill("09:30")
    await page.get_by_label("Since").fill("2026-11-21T09:30")
    payloads = await bot.told(7)
    seconds = await page.evaluate("new Date('2026-11-21T09:30').getTime() / 1000")
    got = {one["actions"][0]["block_id"]: one["actions"][0] for one in payloads}
    assert got["long"]["selected_option"]["value"] == "day"
    assert [one["value"] for one in got["boxes"]["selected_options"]] == ["red", "blue"]
    assert got["radio"]["selected_option"]["value"] == "some"
    assert got["person"]["selected_user"] == BRUNO
    assert got["at"]["selected_time"] == "09:30"
    assert got["since"]["selected_date_time"] == seconds
    values = payloads[-1]["view"]["state"]["values"]
    assert values["long"]["value"]["selected_option"]["value"] == "day", "with what was chosen before"


async def test_a_redraw_disturbs_nobody_who_types(page, ws, begin):
    view = await begin(modal(WHO, WHY, LONG, shown("3 alerts")))
    await page.get_by_label("Long").select_option("day")
    await page.get_by_label("Why").fill("planned")
    await page.get_by_label("Who").press_sequentially("db")
    await page.keyboard.press("ArrowLeft")
    await page.get_by_label("Who").evaluate("one => (one.untouched = true)")
    other = ask("long", {"type": "static_select", "options": [option("hour"), option("day"), option("week")]})
    filled = ask("who", WHO["element"] | {"initial_value": "from the bot"}, dispatch_action=True)
    blocks = (shown("at the top"), filled, WHY, other, shown("1 alert"))
    ws.modals.update(modal(*blocks, title=plain("Changed")), view["id"], None, view["hash"])
    await expect(page.locator("#modal")).to_contain_text("1 alert")
    await expect(page.locator("#modal-title")).to_have_text("Changed")
    await expect(page.locator("#modal")).not_to_contain_text("3 alerts")
    await expect(page.get_by_label("Who")).to_be_focused()
    await page.keyboard.type("x")
    await expect(page.get_by_label("Who")).to_have_value("dxb")
    await expect(page.get_by_label("Why")).to_have_value("planned")
    await expect(page.get_by_label("Long")).to_have_value("day")
    assert await page.get_by_label("Long").locator("option").count() == 4
    assert await page.get_by_label("Who").evaluate("one => one.untouched"), "half a word of Japanese stays too"


async def test_a_redrawn_input_keeps_text_focus_and_caret(page, ws, begin):
    view = await begin(modal(WHO))
    await page.get_by_label("Who").press_sequentially("db")
    await page.keyboard.press("ArrowLeft")
    hinted = ask("who", WHO["element"], dispatch_action=True, hint=plain("A name"))
    ws.modals.update(modal(hinted), view["id"], None, None)
    await expect(page.locator("#modal")).to_contain_text("A name")
    await expect(page.get_by_label("Who")).to_be_focused()
    await page.keyboard.type("x")
    await expect(page.get_by_label("Who")).to_have_value("dxb")


async def test_another_block_or_action_id_begins_anew(page, ws, begin):
    view = await begin(modal(WHO))
    await page.get_by_label("Who").fill("db")
    fresh = ask("who", {"type": "plain_text_input", "action_id": "other", "initial_value": "new"})
    ws.modals.update(modal(fresh), view["id"], None, None)
    await expect(page.get_by_label("Who")).to_have_value("new")
    unnamed = {key: value for key, value in WHY.items() if key != "block_id"}
    view = ws.modals.update(modal(unnamed), view["id"], None, None)
    await page.get_by_label("Why").fill("gone with the next update")
    ws.modals.update(modal(unnamed), view["id"], None, None)
    await expect(page.get_by_label("Why")).to_have_value("")


async def test_errors_stand_beside_their_inputs(page, bot, begin):
    await begin(modal(ask("who", {"type": "plain_text_input"}, hint=plain("A name")), WHY))
    errors = {"response_action": "errors", "errors": {"why": "Say more.", "who": "Nobody has this name."}}
    bot.answers.append(lambda: web.json_response(errors))
    await page.get_by_label("Who").fill("x")
    await page.get_by_label("Why").fill("y")
    await page.get_by_role("button", name="Go").click()
    alerts = page.locator("#modal").get_by_role("alert")
    await expect(alerts).to_have_text(["Nobody has this name.", "Say more."])
    await expect(page.get_by_label("Who")).to_have_accessible_description("Nobody has this name. A name")
    await expect(page.get_by_label("Why")).to_have_accessible_description("Say more.")
    await expect(page.get_by_label("Who")).to_be_focused()
    await page.keyboard.type("z")
    await expect(alerts).to_have_text(["Say more."])
    await expect(page.get_by_label("Who")).to_have_accessible_description("A name")
    bot.answers.append(lambda: web.json_response({"response_action": "errors", "errors": {"nothing": "x"}}))
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator(".toast.bad")).to_contain_text("errors name no input block (nothing)")


async def test_update_push_and_clear(page, bot, begin):
    await begin(modal(NAME))
    bot.answers += [
        lambda: web.json_response({"response_action": "update", "view": modal(NAME, shown("updated"))}),
        lambda: web.json_response({"response_action": "push", "view": modal(WHY, title=plain("Pushed"))}),
        lambda: web.json_response({"response_action": "push", "view": modal(WHY, title=plain("Again"))}),
        lambda: web.json_response({"response_action": "clear"}),
    ]
    await page.get_by_label("Who").fill("db-3")
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator("#modal")).to_contain_text("updated")
    await expect(page.get_by_label("Who")).to_have_value("db-3")
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator("#modal-title")).to_have_text("Pushed")
    await expect(page.get_by_label("Why")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Who")).to_have_value("db-3")
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator("#modal-title")).to_have_text("Again")
    await page.get_by_label("Why").fill("done")
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator("#modal")).to_be_hidden()


async def test_what_is_emptied_is_empty(page, bot, begin):
    start = {"initial_option": option("day"), "options": [option("hour"), option("day")], "type": "static_select"}
    words = {"type": "plain_text_input", "initial_value": "before"}
    await begin(modal(ask("long", start, optional=True), ask("words", words, optional=True)))
    await page.get_by_label("Long").select_option("")
    await page.get_by_label("Words").fill("")
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator("#modal")).to_be_hidden()
    values = bot.payloads[-1]["view"]["state"]["values"]
    assert values["long"]["value"]["selected_option"] is None
    assert values["words"]["value"]["value"] is None


async def test_elements_outside_of_inputs_are_read_too(page, bot, begin):
    select = {"type": "static_select", "action_id": "level", "placeholder": plain("Level"), "options": [option("high")]}
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": [option("red"), option("blue")]}
    button = {"type": "button", "action_id": "try", "text": plain("Try it")}
    await begin(modal({"type": "actions", "block_id": "acts", "elements": [select, boxes, button]}))
    await page.get_by_label("Level").select_option("high")
    await page.get_by_label("Blue").check()
    await bot.told(2)
    await page.get_by_role("button", name="Try it").click()
    values = (await bot.told(3))[-1]["view"]["state"]["values"]["acts"]
    assert values["level"]["selected_option"]["value"] == "high"
    assert [one["value"] for one in values["boxes"]["selected_options"]] == ["blue"]
