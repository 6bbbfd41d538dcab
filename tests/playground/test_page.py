"""The page in a real browser: cards, threads, buttons, commands, modals, keyboard, hostile text."""

import asyncio
import json

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from bot.playground.people import ANA, BRUNO, DANA

pytestmark = pytest.mark.asyncio(loop_scope="module")

CARD = [
    {"type": "header", "text": {"type": "plain_text", "text": ":red_circle: P1 · Disk almost full"}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*3 alerts* on `db-3`, <https://example.com/run|runbook>"},
        "fields": [{"type": "mrkdwn", "text": "*On call*\n<!subteam^S0000ONCALL>"}],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "ack",
                "value": "k1",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Acknowledge"},
            }
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "since <!date^1700000000^{date_num} {time}|then>"}]},
]
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Silence"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
HOSTILE = [
    "<script>window.broken = 1</script>",
    "<img src=x onerror=window.broken=1>",
    "<javascript:window.broken=1|press me>",
    "<data:text/html,<script>1</script>|data>",
    "*_~`<https://example.com|*bold _in_ label*>`~_*",
    "&lt;!channel&gt; &amp;lt;b&amp;gt;",
    "<!unknown^thing|<b>x</b>> <@UNOBODY> <#CNOWHERE>",
    "*" + "<a>" * 400,
    "\u202eevil\u202c \x00 \ud7ff",
]


@pytest_asyncio.fixture(loop_scope="module")
async def bot(make_bot):
    """The double on the module's loop, where the browser's requests are answered."""
    async with make_bot() as double:
        yield double


async def test_a_card_is_drawn_and_its_thread_opens(page, served, ws):
    card = ws.post("alerts", text="P1", blocks=CARD)
    ws.post("alerts", user=BRUNO, text="looking", thread_ts=card.ts)
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.locator("h3.block-header")).to_contain_text("P1 · Disk almost full")
    await expect(page.locator(".dot-red")).to_have_attribute("aria-label", "red circle")
    await expect(page.get_by_role("link", name="runbook")).to_have_attribute("href", "https://example.com/run")
    await expect(page.locator(".mention.loud")).to_have_text("@on-call")
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.locator("#thread")).to_contain_text("looking")
    ws.post("alerts", text="worse", thread_ts=card.ts, broadcast=True)
    await expect(page.locator("#thread")).to_contain_text("Also sent to the channel")
    await expect(page.locator("#list")).to_contain_text("replied to a thread")
    await expect(page.locator("#spoken")).to_contain_text("Sereno in #alerts: worse")
    assert f"thread={card.ts}" in page.url
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()


async def test_a_button_reaches_the_bot_signed_and_keeps_the_focus(page, served, ws, bot):
    card = ws.post("alerts", text="P1", blocks=CARD)
    await page.goto(f"{served}/playground/?channel=alerts")
    button = page.get_by_role("button", name="Acknowledge")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_be_enabled()
    assert bot.payloads[0]["actions"][0]["value"] == "k1"
    await button.focus()
    ws.edit("alerts", card.ts, text="P1", blocks=CARD)
    await expect(page.locator(".edited")).to_be_visible()
    await expect(button).to_be_focused()
    bot.answers.append(lambda: web.Response(status=500))
    await button.click()
    await expect(page.locator(".toast.bad")).to_contain_text("Acknowledge: It answered 500.")


async def test_typing_a_command_a_message_and_acting_as_another(page, served, ws, bot):
    bot.answers.append(lambda: web.json_response({"text": "What I can do"}))
    await page.goto(f"{served}/playground/?channel=alerts")
    await page.get_by_label("Act as").select_option(label="Bruno Costa")
    await page.locator("#box").fill("/release-status help me")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list")).to_contain_text("Only visible to you")
    assert (bot.forms[0]["command"], bot.forms[0]["text"]) == ("/release-status", "help me")
    assert bot.forms[0]["user_id"] == BRUNO
    await page.locator("#box").fill("hello <b> @here")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mention.loud")).to_have_text("@here")
    assert ws.messages("alerts")[-1].text == "hello &lt;b&gt; <!here>"
    await page.get_by_label("Act as").select_option(label="Ana Ruiz")
    await expect(page.locator("#list")).not_to_contain_text("Only visible to you")


async def test_a_modal_is_filled_in_corrected_and_sent(page, served, ws, bot):
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.locator("#link-state")).to_have_text("Live")
    ws.modals.open(ws.modals.trigger(ANA), MODAL)
    await expect(page.get_by_label("Reason")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#modal")).to_contain_text("Please complete this required field.")
    errors = {"response_action": "errors", "errors": {"why": "Say more."}}
    bot.answers.append(lambda: web.json_response(errors))
    await page.get_by_label("Reason").fill("work")
    await page.keyboard.press("Enter")
    await expect(page.locator("#modal")).to_contain_text("Say more.")
    await page.get_by_label("Reason").fill("planned work")
    await page.get_by_role("button", name="Go").click()
    await expect(page.locator("#modal")).to_be_hidden()
    values = bot.payloads[-1]["view"]["state"]["values"]
    assert values["why"]["text"]["value"] == "planned work"
    ws.modals.open(ws.modals.trigger(ANA), MODAL)
    await expect(page.locator("#modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#modal")).to_be_hidden()


async def test_the_keyboard_moves_among_channels(page, served, ws):
    ws.post("monitoring", text="<@U000000ANA> look")
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.locator(".count.ping")).to_have_text("@ 1")
    await page.locator("#channels [aria-current]").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#title")).to_have_text("monitoring")
    await expect(page.locator(".count.ping")).to_have_count(0)
    await page.go_back()
    await expect(page.locator("#title")).to_have_text("alerts")
    await expect(page.locator("#list")).to_contain_text("All is quiet here")


async def test_hostile_text_is_inert(page, served, ws):
    for text in HOSTILE:
        ws.post("alerts", text=text)
        ws.post("alerts", text="x", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}])
        ws.post("alerts", text="x", attachments=[{"title": text, "title_link": "javascript:1", "color": "red;x"}])
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.locator("article.message")).to_have_count(3 * len(HOSTILE))
    assert await page.evaluate("window.broken") is None
    assert await page.locator("#list :is(script, img, iframe, b:not(.by b))").count() == 0
    links = await page.locator("#list a:not(.at)").evaluate_all("all => all.map((one) => one.href)")
    assert links == []
    await expect(page.locator("#list")).to_contain_text("<script>window.broken = 1</script>")
    await expect(page.locator("#list .mention.loud")).to_have_count(0)


async def test_a_sample_is_sent_and_its_status_shown(page, served, bot):
    await page.goto(f"{served}/playground/?channel=alerts")
    await page.locator("#open-samples").click()
    await expect(page.locator("#samples h3")).to_have_text(["Alertmanager", "GitHub"])
    await page.get_by_role("button", name="firing: disk").click()
    toasts = page.locator(".toast")
    await expect(toasts).to_have_text("Alertmanager firing disk: taken, a new card (opened)")
    assert json.loads(bot.hooks[0][2]) == {"hello": "world"}
    bot.hook_why = "tallied"
    await page.get_by_role("button", name="release: published").click()
    await expect(toasts.last).to_have_text("GitHub release published: taken, counted only (tallied)")
    bot.hook_status, bot.hook_why = 401, "sign it"
    await page.get_by_role("button", name="release: published").click()
    await expect(page.locator(".toast.bad")).to_have_text("GitHub release published: not taken, sign it (401)")
    covers = (
        "one => document.elementFromPoint(one.x + one.width / 2, one.y + one.height / 2)?.closest('.toast') !== null"
    )
    for toast in await toasts.all():
        assert await page.evaluate(covers, await toast.bounding_box()), "the menu is not above it"
    below = await page.locator("#composer").bounding_box()
    last = await toasts.last.bounding_box()
    assert last["y"] + last["height"] < below["y"]


async def test_a_command_that_the_bot_does_not_know(page, served, bot):
    await page.goto(f"{served}/playground/?channel=alerts")
    bot.answers.append(lambda: web.Response(status=404))
    await page.locator("#box").fill("/nope")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast.bad")).to_have_text("Sereno does not know /nope.")


async def test_a_notice_goes_by_itself_but_not_while_somebody_points_at_it(page, served, bot):
    await page.clock.install()
    await page.goto(f"{served}/playground/?channel=alerts")
    bot.answers.append(lambda: web.Response(status=404))
    await page.locator("#box").fill("/nope")
    await page.keyboard.press("Enter")
    notice = page.locator(".toast.bad")
    await notice.hover()
    await page.clock.fast_forward(60_000)
    await expect(notice).to_have_text("Sereno does not know /nope.")
    await page.mouse.move(1, 1)
    await page.clock.fast_forward(10_000)
    await expect(notice).to_have_count(0)


async def test_nothing_is_lost_before_the_workspace_has_come(page, served, bot):
    come = asyncio.Event()

    async def late(route):
        await come.wait()
        await route.continue_()

    await page.route("**/ui/stream", late)
    await page.goto(f"{served}/playground/?channel=alerts")
    box = page.locator("#box")
    await expect(box).to_have_attribute("placeholder", "Connecting…")
    await expect(box).to_be_disabled()
    await expect(page.locator("#composer form")).to_have_attribute("aria-busy", "true")
    bot.answers.append(lambda: web.Response(status=404))
    filling = asyncio.create_task(box.fill("/nope"))
    await expect(page.locator("#composer").get_by_label("Send")).to_be_disabled()
    assert not filling.done()
    come.set()
    await filling
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast.bad")).to_have_text("Sereno does not know /nope.")
    assert (bot.forms[0]["user_id"], bot.forms[0]["channel_name"]) == (ANA, "alerts")
    await expect(page.locator("#composer form")).to_have_attribute("aria-busy", "false")


async def test_a_direct_message_is_there_for_one_person(page, served, ws, bot):
    direct = ws.direct(ANA)
    ws.post(direct.id, text="your turn begins")
    await page.goto(f"{served}/playground/?channel=alerts")
    entry = page.locator("#channels").get_by_role("button", name="Sereno")
    await expect(entry.locator(".count.ping")).to_have_text("@ 1")
    await page.get_by_label("Act as").select_option(label="Bruno Costa")
    await expect(entry).to_have_count(0)
    await page.get_by_label("Act as").select_option(label="Ana Ruiz")
    ws.post(direct.id, text="it is still your turn")
    await expect(entry).to_have_accessible_name("Sereno, 2 unread, 2 for you")
    await entry.click()
    await expect(page.locator("#list")).to_contain_text("your turn begins")
    await expect(page.locator("#title")).to_have_text("Sereno")
    await expect(entry.locator(".count")).to_have_count(0)
    bot.answers.append(lambda: web.json_response({"text": "nobody else sees this"}))
    await page.locator("#box").fill("/sereno help")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list article").last).to_contain_text("Only visible to you")
    assert bot.forms[0]["channel_name"] == "directmessage"
    ws.post(ws.direct(BRUNO).id, text="for Bruno")
    ws.post("general", text="for all")
    await expect(page.get_by_role("button", name="general, 1 unread")).to_be_visible()
    await expect(entry).to_have_count(1)


async def test_mentions_have_names_and_stand_out_for_whom_they_concern(page, served, ws):
    ws.share("alerts", DANA)
    ws.post("alerts", text=f"<!subteam^S0000ONCALL> and <@{BRUNO}> and <@{DANA}>")
    await page.goto(f"{served}/playground/?channel=alerts")
    names = ["@on-call", "@Bruno Costa", "@Dana Okafor"]
    concerned = {"Ana Ruiz": names[:1], "Bruno Costa": names[:2], "Chloe Martin": []}
    for person, loud in concerned.items():
        await page.get_by_label("Act as").select_option(label=person)
        await expect(page.locator("#list .mention")).to_have_text(names)
        await expect(page.locator("#list .mention.loud")).to_have_text(loud)
        await expect(page.locator("#list .pinged")).to_have_count(1 if loud else 0)
    assert "Dana Okafor" not in await page.get_by_label("Act as").locator("option").all_text_contents()


async def test_my_own_message_and_what_only_i_see_come_into_view(page, served, ws, bot):
    for number in range(60):
        ws.post("alerts", text=f"line {number}")
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.get_by_text("line 59")).to_be_in_viewport()
    await _up(page)
    ws.post("alerts", user=BRUNO, text="from another")
    news = page.get_by_role("button", name="New messages below")
    await expect(news).to_be_visible()
    await expect(page.get_by_text("from another", exact=True).first).not_to_be_in_viewport()
    await expect(page.locator(".count")).to_have_count(0)
    await news.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#list").get_by_text("from another")).to_be_in_viewport()
    await expect(news).to_be_hidden()
    await expect(page.locator("#scroll")).to_be_focused()
    await _up(page)
    await page.locator("#box").fill("my own")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list").get_by_text("my own")).to_be_in_viewport()
    await _up(page)
    bot.answers.append(lambda: web.json_response({"text": "for you alone"}))
    await page.locator("#box").fill("/sereno list")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list").get_by_text("for you alone")).to_be_in_viewport()
    await expect(news).to_be_hidden()


async def _up(page: Page) -> None:
    await page.locator("#scroll").evaluate("one => one.scrollTop = 0")
    await expect(page.locator("#list").get_by_text("line 0", exact=True)).to_be_in_viewport()


async def test_on_a_phone(page, served, ws):
    ws.post("alerts", text="P1", blocks=CARD)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.get_by_role("button", name="Acknowledge")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.mouse.move(5, 400)
    await expect(page.locator(".tools")).to_have_css("opacity", "0")
    await page.locator("#list article").focus()
    await expect(page.locator(".tools")).to_have_css("opacity", "1")
    await page.locator("#open-side").click()
    await page.get_by_role("button", name="general").click()
    await expect(page.locator("#title")).to_have_text("general")
    await expect(page.locator("#side")).not_to_be_in_viewport()
