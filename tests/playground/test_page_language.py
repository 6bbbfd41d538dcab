"""The page in English and Spanish: no word is missing, and a reader who chose Spanish meets no English one."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from bot.playground.app import add_playground
from bot.playground.people import ANA, BOT_USER, BRUNO, DANA
from bot.playground.workspace import Workspace
from tests.conftest import serve

on_the_modules_loop = pytest.mark.asyncio(loop_scope="module")

STATIC = Path(__file__).parents[2] / "bot" / "playground" / "static"
CALL = re.compile(r"(?<![\w.#])say\((\"(?:[^\"\\]|\\.)*\")?")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//.*?$", re.DOTALL | re.MULTILINE)
LITERAL = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`")
SENTENCE = re.compile(r"[\"`][A-Z][a-z]+(?: |…)|\} [a-z]{2,}(?![\w-])")
FIELD = re.compile(r"\{(\w+)\}")
SCRIPTS = {
    path.name: COMMENT.sub("", path.read_text(encoding="utf-8"))
    for path in sorted(STATIC.glob("*.js"))
    if not path.name.startswith("words.")
}


def listed(name: str) -> dict[str, str | dict[str, str]]:
    """The words of a `words.*.js`, whose list is plain JSON."""
    return json.loads((STATIC / name).read_text(encoding="utf-8").partition(" = ")[2].rstrip().removesuffix(";"))


ENGLISH, SPANISH = listed("words.en.js"), listed("words.es.js")


class Marked(HTMLParser):
    """What index.html says, and what of it is not marked to be said in other languages too."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.unmarked: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if label := given.get("aria-label"):
            self._hear(label, is_marked="data-say-label" in given)
        self.unmarked += [value for name in ("title", "placeholder") if (value := given.get(name))]
        if tag not in ("meta", "link"):
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        while self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        is_named = any(tag in ("title", "h1", "noscript") for tag, _ in self._open)
        if (words := data.strip()) and not is_named and self._open:
            self._hear(words, is_marked="data-say" in self._open[-1][1])

    def _hear(self, words: str, *, is_marked: bool) -> None:
        if is_marked:
            self.said.add(words)
        else:
            self.unmarked.append(words)


def marked() -> Marked:
    page = Marked()
    page.feed((STATIC / "index.html").read_text(encoding="utf-8"))
    return page


def test_every_word_of_the_page_is_in_the_spanish_list_and_none_is_left_over() -> None:
    said = {json.loads(key) for script in SCRIPTS.values() for key in CALL.findall(script)}
    assert said | marked().said == set(SPANISH)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_says_its_words_and_does_not_write_them(name: str) -> None:
    script = SCRIPTS[name]
    assert "" not in CALL.findall(script), "say() wants the words themselves, or no list can be checked"
    if name != "language.js":  # a language is called by its own name
        literals = LITERAL.findall(CALL.sub("", script))
        assert [one for one in literals if SENTENCE.search(one)] == []


def test_all_that_stands_in_the_html_is_marked() -> None:
    assert marked().unmarked == []
    assert "Send a sample" in marked().said


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=["English", "Spanish"])
def test_a_translation_takes_the_same_values_and_counts_as_its_language_does(words: dict) -> None:
    for key, found in words.items():
        forms = {"other": found} if isinstance(found, str) else found
        assert set(forms) in ({"other"}, {"one", "other"}), key
        for form in forms.values():
            assert set(FIELD.findall(form)) == set(FIELD.findall(key)), key
            assert form.strip() == form != ""
        assert isinstance(found, str) or {"count"} <= set(FIELD.findall(key))
    assert set(ENGLISH) <= set(SPANISH)
    assert [key for key, spanish in SPANISH.items() if key == spanish] == ["APP"]


def english() -> Iterator[tuple[str, re.Pattern[str]]]:
    """How to recognise each English sentence that is another in Spanish."""
    for key, spanish in SPANISH.items():
        if key != spanish:
            words = r".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", key))
            yield key, re.compile(rf"(?<!\w){words}(?!\w)", re.DOTALL)


EVERYTHING = """() => {
  const all = [document.title];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: home } = texts.currentNode;
    if (!home.closest("noscript, #language")) all.push(data);
  }
  for (const one of document.querySelectorAll("body *:not(#language)")) {
    const told = ["aria-label", "aria-description", "title", "placeholder", "alt"];
    all.push(...told.map((name) => one.getAttribute(name) ?? ""));
  }
  return all.filter((one) => one.trim());
}"""


async def all_is_spanish(page: Page) -> list[str]:
    """What the page shows or tells a screen reader, hidden parts too; none of it may be English."""
    shown = await page.evaluate(EVERYTHING)
    found = [(key, text) for text in shown for key, pattern in english() if pattern.search(text)]
    assert found == []
    assert await page.evaluate("document.documentElement.lang") == "es"
    return shown


def words(text: str) -> dict:
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": words("Una hora"), "value": "1"}, {"text": words("Un día"), "value": "2"}]
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": ":red_circle: Disco casi lleno :fire:"}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "ack", "text": words("Asumir")},
            {"type": "static_select", "action_id": "mute", "options": OPTIONS},
            {"type": "overflow", "action_id": "rest", "options": OPTIONS},
            {"type": "datepicker", "action_id": "on"},
            {"type": "timepicker", "action_id": "at"},
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "<!date^1700000000^{date_long}|then>"}]},
    {"type": "file", "external_id": "x", "source": "remote"},
]
MODAL = {
    "type": "modal",
    "title": words("Silencio"),
    "submit": words("Silenciar"),
    "blocks": [
        {
            "type": "input", "block_id": "why", "label": words("Motivo"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input", "block_id": "who", "label": words("Equipo"), "optional": True, "dispatch_action": True,
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input", "block_id": "long", "label": words("Duración"),
            "element": {"type": "static_select", "action_id": "one", "options": OPTIONS},
        },
    ],
}  # fmt: skip


def fill(ws: Workspace) -> str:
    """One of everything that the page can draw; the ts of the card."""
    card = ws.post("alerts", text="P1", blocks=CARD)
    ws.post("alerts", user=BRUNO, text="lo miro", thread_ts=card.ts)
    ws.post("alerts", text="va a peor", thread_ts=card.ts, broadcast=True)
    ws.pin("alerts", card.ts)
    ws.react("alerts", card.ts, "eyes", BRUNO)
    ws.post("alerts", text="solo para Ana", visible_to=ANA)
    changed = ws.post("alerts", text="antes")
    ws.edit("alerts", changed.ts, text="ahora")
    gone = ws.post("alerts", text="sobra")
    ws.post("alerts", user=BRUNO, text="por qué", thread_ts=gone.ts)
    ws.delete("alerts", gone.ts)
    ws.post("monitoring", text=f"<@{ANA}> <@{DANA}> mira")
    ws.post(ws.direct(ANA).id, text="empieza tu turno")
    room = ws.make_channel("sala-1", creator=BRUNO, members=[BOT_USER])
    ws.make_channel("sala-2", creator=BRUNO, members=[BOT_USER, ANA], private=True)
    ws.set_channel(replace(room, topic="base de datos", bookmarks=[{"title": "Panel", "link": "https://example.com"}]))
    ws.ensure_channel("war-2023")
    ws.archive("war-2023")
    return card.ts


@pytest_asyncio.fixture(loop_scope="module")
async def bot(make_bot):
    """The double on the module's loop, where the browser's requests are answered."""
    async with make_bot() as double:
        yield double


async def choose(page: Page, name: str) -> None:
    """Comes to the switch with the Tab key, and presses it."""
    switch = page.get_by_role("button", name=name)
    await expect(switch).to_be_in_viewport(ratio=1)
    await page.locator("#title").focus()
    for _ in range(5):
        await page.keyboard.press("Tab")
        if await switch.evaluate("one => one === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("#language")).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@on_the_modules_loop
@pytest.mark.parametrize("width", [1280, 390])
async def test_spanish_is_chosen_and_stays_and_nothing_is_left_in_english(page, served, ws, bot, width):
    ts = fill(ws)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{served}/playground/?channel=alerts")
    await expect(page.locator("#link-state")).to_have_text("Live")
    await page.locator("#box").fill("a medias")
    await choose(page, "Cambiar a español")
    await expect(page.locator("#language")).to_have_accessible_name("Switch to English")
    changes = "Changes the language of the page; Sereno speaks the policy's language."
    await expect(page.locator("#language")).to_have_accessible_description(changes)
    await expect(page.locator("#box")).to_have_value("a medias")
    shown = await all_is_spanish(page)
    await page.reload()
    await expect(page.locator("#link-state")).to_have_text("Conectado")
    again = await all_is_spanish(page)
    assert set(again) - set(shown) == set(), "without a reload it is the same page"
    assert {"Canales", "2 respuestas", "Solo visible para ti", "círculo rojo", "Elige…", "fecha"} <= set(again)
    assert {"Martes, 14 de noviembre de 2023", "martes, 14 de noviembre de 2023"} <= set(again)
    assert any("1 sin leer, 1 para ti" in one for one in again)
    await page.goto(f"{served}/playground/?channel=alerts&thread={ts}")
    await expect(page.get_by_role("complementary", name="Hilo")).to_be_visible()
    await expect(page.get_by_label("Responder…")).to_be_visible()
    await all_is_spanish(page)
    rooms = (("sala-1", "Unirse al canal"), ("sala-2", "Todo en calma por aquí"), ("war-2023", "Archivado:"))
    for channel, said in (*rooms, ("general", "Todo en calma por aquí")):
        await page.goto(f"{served}/playground/?channel={channel}")
        await expect(page.locator("#main")).to_contain_text(said)
        await all_is_spanish(page)
    await choose(page, "Switch to English")
    await expect(page.locator("#list")).to_contain_text("All is quiet here")
    await expect(page.locator("#list")).to_contain_text("Sereno speaks the policy's language")
    changes = "Cambia el idioma de la página; Sereno habla el de la política."
    await expect(page.locator("#language")).to_have_accessible_description(changes)
    await expect(page.locator("html")).to_have_attribute("lang", "en")


@on_the_modules_loop
async def test_what_happens_is_told_in_spanish(page, served, ws, bot):
    fill(ws)
    await page.goto(f"{served}/playground/?channel=alerts&lang=es")
    bad = page.locator(".toast.bad")
    bot.answers.append(lambda: web.Response(status=500))
    await page.get_by_role("button", name="Asumir").first.click()
    await expect(bad).to_have_text("Asumir: respondió 500.")
    bot.answers.append(lambda: web.Response(status=404))
    await page.locator("#box").fill("/nope")
    await page.keyboard.press("Enter")
    await expect(bad.last).to_have_text("Sereno no conoce /nope.")
    ws.post("alerts", text="otra vez")
    await expect(page.locator("#spoken")).to_contain_text("Sereno en #alerts: otra vez")
    await page.locator("#open-samples").click()
    await page.get_by_role("button", name="firing: disk").click()
    await expect(page.locator(".toast").last).to_have_text("Alertmanager firing disk: aceptado, tarjeta nueva (opened)")
    bot.hook_status, bot.hook_why = 401, ""
    await page.get_by_role("button", name="release: published").click()
    await expect(bad.last).to_have_text("GitHub release published: no aceptado: unsigned (401)")
    await all_is_spanish(page)


@on_the_modules_loop
async def test_a_modal_speaks_spanish_too(page, served, ws, bot):
    await page.goto(f"{served}/playground/?channel=alerts&lang=es")
    await expect(page.locator("#link-state")).to_have_text("Conectado")
    ws.modals.open(ws.modals.trigger(ANA), MODAL)
    await page.get_by_role("button", name="Silenciar").click()
    alerts = page.locator("#modal").get_by_role("alert")
    await expect(alerts).to_have_text(["Este campo es obligatorio."] * 2)
    await expect(page.get_by_label("Equipo")).to_have_accessible_description("Pulsa Enter para aplicarlo.")
    await expect(page.get_by_role("button", name="Cancelar").last).to_be_visible()
    await all_is_spanish(page)
    await page.get_by_label("Motivo").fill("mantenimiento")
    await page.get_by_label("Duración").select_option("1")
    bot.answers.append(lambda: web.json_response({"response_action": "errors", "errors": {"nada": "x"}}))
    await page.get_by_role("button", name="Silenciar").click()
    await expect(page.locator(".toast.bad")).to_have_text(
        "Silencio: Slack rechazaría la respuesta del bot: sus errores no nombran ningún bloque input (nada)"
    )


@on_the_modules_loop
@pytest.mark.parametrize(
    ("team", "reads", "asked", "chosen", "language"),
    [
        ("", "en-US", "", "", "en"), ("", "es-MX", "", "", "es"), ("", "fr-FR", "", "", "en"),
        ("es", "en-US", "", "", "es"), ("en", "es-MX", "", "", "en"), ("es", "es-MX", "", "en", "en"),
        ("en", "en-US", "es-ES", "en", "es"), ("es", "en-US", "xx", "", "es"), ("", "es-MX", "", "no such", "es"),
    ],
)  # fmt: skip
async def test_the_address_comes_before_the_choice_and_that_before_the_team_and_the_browser(
    browser, team, reads, asked, chosen, language
):
    app = web.Application()
    add_playground(app, Workspace(clock=lambda: 1_700_000_000.0), bot_url=lambda: "http://127.0.0.1:9", language=team)
    async with serve(app) as url:
        context = await browser.new_context(locale=reads)
        page = await context.new_page()
        await page.add_init_script(f"localStorage.setItem('playground.language', {json.dumps(chosen)})")
        await page.goto(f"{url}/playground/?channel=alerts" + (f"&lang={asked}" if asked else ""))
        await expect(page.locator("html")).to_have_attribute("lang", language)
        await expect(page.locator("#open-samples")).to_have_text(
            {"en": "Send a sample", "es": "Enviar un ejemplo"}[language]
        )
        await context.close()


@on_the_modules_loop
async def test_the_address_keeps_its_language_until_another_is_chosen(page, served):
    await page.goto(f"{served}/playground/?channel=alerts&lang=es")
    await page.get_by_role("button", name="general").click()
    assert "lang=es" in page.url
    await page.reload()
    await expect(page.locator("#link-state")).to_have_text("Conectado")
    await choose(page, "Switch to English")
    assert "lang=" not in page.url
    await page.reload()
    await expect(page.locator("#link-state")).to_have_text("Live")
