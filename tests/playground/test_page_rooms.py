"""What the page shows of rooms that a bot makes: topic, pins, bookmarks, locks, reactions, and a message's menus."""

from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.playground.people import ANA, BOT_USER, BRUNO

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def bot(make_bot):
    """The double on the module's loop, where the browser's requests are answered."""
    async with make_bot() as double:
        yield double


async def acting(page, person: str) -> None:
    await page.get_by_label("Act as").select_option(label=person)


async def test_a_room_comes_with_its_topic_and_bookmarks_and_can_be_joined(page, served, ws):
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.locator("#link-state")).to_have_text("Live")
    await expect(page.locator("#shelf")).to_be_hidden()
    room = ws.make_channel("inc-7-db", creator=BOT_USER, members=[BOT_USER])
    await page.locator("#channels").get_by_role("button", name="inc-7-db").click()
    links = [
        {"title": "Board &amp; graphs", "link": "https://example.com/board", "emoji": ":bar_chart:"},
        {"title": "Call", "link": "https://example.com/call", "emoji": None},
        {"title": "No link", "link": "javascript:1", "emoji": None},
    ]
    ws.set_channel(replace(room, topic="P0: db &lt;1&gt; is down", bookmarks=links))
    await expect(page.locator("#topic")).to_have_text("P0: db <1> is down")
    shelf = page.get_by_role("list", name="Pins and bookmarks")
    await expect(shelf.get_by_role("link")).to_have_text(["📊Board & graphs", "Call"])
    await expect(shelf.get_by_role("link").first).to_have_attribute("href", "https://example.com/board")
    await shelf.get_by_role("button", name="Join the channel").click()
    await expect(shelf.get_by_role("button")).to_have_count(0)
    assert ws.channel("inc-7-db").members == [BOT_USER, ANA]
    await page.locator("#box").fill("I am")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list")).to_contain_text("I am")


async def test_rooms_whose_names_begin_alike_are_told_apart_in_the_sidebar(page, served, ws):
    names = [f"inc-20261121-secret-thing-{end}" for end in ("payments", "checkout")]
    for name in names:
        ws.make_channel(name, creator=BOT_USER, members=[BOT_USER, ANA])
    await page.goto(f"{served}/playground/?channel=alerts")
    for name in names:
        entry = page.locator("#channels").get_by_role("button", name=name)
        await expect(entry).to_have_text(name)
        await expect(entry).to_have_attribute("title", name)
        start, end = (entry.locator(f".name span:nth-child({at})") for at in (1, 2))
        assert await start.evaluate("one => one.scrollWidth > one.clientWidth"), "it is too long, and cut here"
        side = await page.locator("#channels").bounding_box()
        box = await end.bounding_box()
        assert box["x"] + box["width"] <= side["x"] + side["width"], "its end is seen"
        assert (await end.text_content()) == name[-9:]


async def test_pins_are_listed_and_lead_to_their_messages(page, served, ws):
    first = ws.post("alerts", text="the *first* :fire:")
    for number in range(50):
        ws.post("alerts", text=f"line {number}")
    last = ws.post("alerts", user=BRUNO, text="rolled back")
    await page.goto(f"{served}/playground/?channel=alerts")
    ws.pin("alerts", first.ts)
    ws.pin("alerts", last.ts, BRUNO)
    await expect(page.locator("#list .note", has_text="Pinned")).to_have_count(2)
    await page.get_by_role("button", name="2 pinned").click()
    pins = page.locator("#pins").get_by_role("link")
    await expect(pins).to_have_text(["Bruno Costarolled back", "Serenothe first 🔥"])
    await pins.last.click()
    await expect(page.locator("#pins")).to_be_hidden()
    await expect(page.locator("#list article").first).to_be_in_viewport()
    ws.unpin("alerts", first.ts)
    ws.unpin("alerts", last.ts)
    await expect(page.locator("#shelf")).to_be_hidden()


async def test_a_private_room_is_there_for_its_members(page, served, ws):
    room = ws.make_channel("inc-8", creator=BOT_USER, members=[BOT_USER, BRUNO], private=True)
    ws.post(room.id, text="between us")
    await page.goto(f"{served}/playground/?channel=inc-8")
    await expect(page.locator("#title")).to_have_text("alerts")
    entry = page.locator("#channels").get_by_role("button", name="inc-8")
    await expect(entry).to_have_count(0)
    ws.post(room.id, text="a secret")
    ws.post("alerts", text="for all")
    await expect(page.locator("#spoken")).to_contain_text("for all")
    await expect(page.locator("#spoken")).not_to_contain_text("a secret")
    await acting(page, "Bruno Costa")
    await expect(page.get_by_role("heading", name="inc-8, private")).to_be_visible()
    await expect(page.locator("#list")).to_contain_text("between us")
    await expect(entry).to_have_accessible_name("inc-8, private")
    await expect(entry.locator("use")).to_have_attribute("href", "#i-lock")
    await acting(page, "Ana Ruiz")
    await expect(page.locator("#list")).not_to_contain_text("between us")
    await page.locator("#channels").get_by_role("button", name="general").click()
    ws.set_channel(replace(ws.channel("inc-8"), members=[BOT_USER, BRUNO, ANA]))
    await expect(entry).to_have_accessible_name("inc-8, private, 2 unread")


async def test_an_archived_room_is_folded_away(page, served, ws):
    ws.ensure_channel("inc-6")
    await page.goto(f"{served}/playground/?channel=alerts")
    entry = page.locator("#channels").get_by_role("button", name="inc-6")
    await expect(entry).to_have_accessible_name("inc-6")
    ws.archive("inc-6")
    await expect(entry).to_be_hidden()
    await page.locator("#channels [aria-current]").focus()
    await page.keyboard.press("End")
    await expect(page.locator("#channels").get_by_role("button", name="general")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(entry).to_have_accessible_name("inc-6, archived")
    ws.post("general", text="news")
    await expect(page.get_by_role("button", name="general, 1 unread")).to_be_visible()
    await expect(entry).to_be_visible()
    await expect(page.locator("#channels summary")).to_be_focused()
    await entry.click()
    await expect(page.locator("#topic")).to_have_text("Archived: nothing can be posted here.")
    await expect(page.get_by_role("heading", name="inc-6, archived")).to_be_visible()


async def test_a_reaction_is_chosen_with_the_keyboard_and_taken_back(page, served, ws, bot):
    ws.events.subscribed.update({"reaction_added", "reaction_removed"})
    message = ws.post("alerts", text="we rolled back")
    await page.goto(f"{served}/playground/?channel=alerts")
    await page.get_by_role("button", name="Add reaction").focus()
    await page.keyboard.press("Enter")
    menu = page.get_by_role("menu", name="Add reaction")
    await expect(menu.get_by_role("menuitem", name=":pushpin:")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(menu.get_by_role("menuitem", name=":eyes:")).to_be_focused()
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await expect(menu).to_be_hidden()
    mark = page.get_by_role("button", name="1 reaction :pushpin:")
    await expect(mark).to_have_attribute("aria-pressed", "true")
    await expect(mark).to_have_attribute("title", "Ana Ruiz")
    await expect(page.get_by_role("button", name="Add reaction")).to_be_focused()
    event = (await bot.told(1))[0]["event"]
    assert (event["type"], event["reaction"], event["user"]) == ("reaction_added", "pushpin", ANA)
    ws.react("alerts", message.ts, "pushpin", BRUNO)
    await acting(page, "Bruno Costa")
    await page.get_by_role("button", name="2 reactions :pushpin:").click()
    await expect(mark).to_have_attribute("aria-pressed", "false")
    assert (await bot.told(2))[1]["event"]["type"] == "reaction_removed"
    await mark.click()
    await expect(page.get_by_role("button", name="2 reactions :pushpin:")).to_be_visible()


async def test_the_menu_of_a_message_pins_it_and_has_the_apps_shortcut(page, served, ws, bot):
    ws.shortcuts["to_postmortem"] = "Add to the postmortem"
    message = ws.post("alerts", user=BRUNO, text="we rolled back")
    await page.goto(f"{served}/playground/?channel=alerts")
    article = page.locator("#list article")
    more = article.get_by_role("button", name="More actions")
    await article.hover()
    await more.click()
    menu = page.get_by_role("menu", name="More actions")
    await expect(menu.get_by_role("menuitem")).to_have_text(["Pin to channel", "Add to the postmortem"])
    assert await menu.evaluate("one => one.getBoundingClientRect().right <= innerWidth")
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(more).to_be_focused()
    await more.click()
    await menu.get_by_role("menuitem", name="Pin to channel").click()
    await expect(page.get_by_role("button", name="1 pinned")).to_be_visible()
    assert ws.message("alerts", message.ts).pinned_by == ANA
    await more.click()
    await expect(menu.get_by_role("menuitem").first).to_have_text("Unpin from channel")
    await menu.get_by_role("menuitem", name="Add to the postmortem").click()
    payload = (await bot.told(1))[0]
    assert (payload["type"], payload["callback_id"], payload["message_ts"]) == (
        "message_action", "to_postmortem", message.ts,
    )  # fmt: skip
    ws.post("alerts", text="only for Ana", visible_to=ANA)
    await expect(article).to_have_count(2)
    await expect(more).to_have_count(1)


async def test_the_head_of_a_room_fits_on_a_phone(page, served, ws):
    room = ws.ensure_channel("inc-7")
    links = [{"title": f"A rather long title {number}", "link": "https://example.com"} for number in range(8)]
    ws.set_channel(replace(room, topic="x" * 250, bookmarks=links))
    ws.pin("inc-7", ws.post("inc-7", text="x").ts)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(f"{served}/playground/?channel=inc-7")
    await expect(page.get_by_role("button", name="1 pinned")).to_be_visible()
    await expect(page.get_by_role("link", name="A rather long title 7")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.locator("#list article").focus()
    await page.get_by_role("button", name="More actions").click()
    assert await page.locator("#menu").evaluate("one => one.getBoundingClientRect().right <= innerWidth")
