"""The whole life of an incident in the playground, by mouse and keyboard, with a picture of each scene."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright, expect

from bot.app import Bot, Options
from bot.policy_box import DEFAULT
from bot.settings import read
from tests.alerts import alert, group, started
from tests.conftest import TurningClock

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
KEPT = os.environ.get("SERENO_PICTURES", "")  # a folder, for whoever wants to look at them


@asynccontextmanager
async def at_the_page(data: Path, clock: TurningClock) -> AsyncIterator[tuple[Bot, Page]]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium: apt install chromium")
    bot = Bot(read({}), Options(policy=DEFAULT, port=0, data=data), clock)
    await bot.start()
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = await browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(15_000)
            expect.set_options(timeout=15_000)
            await page.goto(f"{bot.url}/playground/?channel=alerts")
            await expect(page.locator("#link-state")).to_have_text("Live")
            yield bot, page
            await browser.close()
    finally:
        await bot.stop()


class Scenes:
    """A picture of each, numbered."""

    def __init__(self, page: Page, folder: Path) -> None:
        self._page, self._folder, self._count = page, folder, 0

    async def take(self, name: str) -> None:
        self._count += 1
        picture = await self._page.screenshot(path=self._folder / f"room-{self._count}-{name}.png")
        assert len(picture) > 10_000, "an empty page"


async def types(page: Page, words: str) -> None:
    await page.locator("#box").fill(words)
    await page.keyboard.press("Enter")


async def declares(bot: Bot, page: Page, scenes: Scenes) -> None:
    """An alert comes; somebody presses its button, fills in the form, and sees the room."""
    messages, form = page.locator("#list"), page.get_by_role("dialog")
    now = datetime.fromtimestamp(bot.clock.now() / 1000, UTC).isoformat()
    one = started(alert(alertname="CheckoutDown", service="checkout", severity="critical"), now)
    async with aiohttp.ClientSession() as http, http.post(f"{bot.url}/hooks/alertmanager", json=group(one)) as answer:
        assert answer.status == 200
    await messages.get_by_role("button", name="War-room…").click()
    await form.get_by_label("What is wrong").fill("Customers cannot pay")
    await scenes.take("declared")
    await form.get_by_role("button", name="Open").click()
    await page.locator("#channels").get_by_role("button", name="customers-cannot-pay").click()
    await expect(page.locator("#topic")).to_contain_text("P0 · investigating · no commander yet")
    await expect(messages).to_contain_text("What to do first:")
    await expect(page.get_by_role("button", name="1 pinned")).to_be_visible()
    await scenes.take("room")


async def works(page: Page, scenes: Scenes) -> None:
    """Somebody commands, tells, writes down, sets how far it is, and freezes."""
    messages, form = page.locator("#list"), page.get_by_role("dialog")
    await page.get_by_label("Act as").select_option(label="Bruno Costa")
    await messages.get_by_role("button", name="I command").click()
    await expect(page.locator("#topic")).to_contain_text("commander bruno")
    await messages.get_by_role("button", name="Update…").click()
    await form.get_by_label("How it goes").fill("We roll back 1.4.2.")
    await scenes.take("update")
    await form.get_by_role("button", name="Tell").click()
    await expect(messages).to_contain_text("📣 We roll back 1.4.2. (bruno)")
    await messages.get_by_role("button", name="Write down…").click()
    await form.get_by_label("What").select_option(label="the impact: what customers see")
    await form.get_by_label("Words").fill("one payment in three fails")
    await form.get_by_role("button", name="Write down").click()
    await expect(messages).to_contain_text("Impact: one payment in three fails")
    await messages.get_by_role("button", name="Write down…").click()
    await form.get_by_label("What").select_option(label="the impact: what customers see")
    await expect(form).to_contain_text("So far it says: “one payment in three fails”")
    await scenes.take("so-far")
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    await types(page, "/war-room status monitoring")
    await expect(page.locator("#topic")).to_contain_text("P0 · monitoring · commander bruno")
    await types(page, "/war-room freeze staging until we know")
    await expect(messages).to_contain_text("staging is frozen until")
    await scenes.take("at-work")


async def closes(page: Page, scenes: Scenes) -> None:
    """The form knows what was written down, and asks for the rest."""
    messages, form = page.locator("#list"), page.get_by_role("dialog")
    await messages.get_by_role("button", name="Close…").click()
    await expect(form.get_by_label("Impact: what customers saw")).to_have_value("one payment in three fails")
    await form.get_by_label("Cause: why it happened").fill("1.4.2 had no pool of connections")
    await form.get_by_label("Fix: what ended it").fill("back to 1.4.1")
    await scenes.take("closing")
    await form.get_by_role("button", name="Close", exact=True).last.click()
    await expect(messages).to_contain_text(re.compile("closed after 20 min.*, while 1 alert went on"))
    await expect(page.locator("#topic")).to_contain_text("P0 · closed · commander bruno")
    await expect(messages).to_contain_text("bruno closed this room after 20 min")
    await scenes.take("closed")


async def reviews(page: Page, scenes: Scenes) -> None:
    """The draft of the postmortem is a file in the room."""
    messages = page.locator("#list")
    await messages.get_by_role("button", name="Postmortem", exact=True).click()
    await expect(messages).to_contain_text("Draft 1 of the postmortem")
    await scenes.take("postmortem")


async def test_an_incident_from_the_first_minute_to_its_postmortem(tmp_path: Path, clock: TurningClock) -> None:
    folder = Path(KEPT) if KEPT else tmp_path
    folder.mkdir(exist_ok=True)
    async with at_the_page(tmp_path / "data", clock) as (bot, page):
        scenes, messages = Scenes(page, folder), page.locator("#list")
        await declares(bot, page, scenes)
        await works(page, scenes)
        clock.turn(minutes=20)
        await closes(page, scenes)
        await reviews(page, scenes)
        await page.locator("#channels").get_by_role("button", name="alerts").click()
        await expect(messages).to_contain_text("war-room, closed")
        await scenes.take("alert")
        await page.locator("#channels").get_by_role("button", name="monitoring").click()
        await expect(messages).to_contain_text("🟢 staging is open again")
    assert len(list(folder.glob("room-*.png"))) >= 8
