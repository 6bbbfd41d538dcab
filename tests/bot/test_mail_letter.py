"""How a mail looks: in plain text, in a browser as narrow as a phone, by day and by night; and nobody breaks in."""

import base64
import functools
import re
import shutil
import zlib
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from struct import pack

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.async_api import Browser, Page, Request, async_playwright

from bot.cards import tongue
from bot.cards.mail import Image, addressed, flat, letter, message_id
from rules.summary import Part
from rules.text import Joined, Moment, Span, Text

T0 = 1_795_000_000_000  # 2026-11-18 11:06:40 UTC
SENDER, ANA, BRUNO = '"Sereno, el vigía" <sereno@example.org>', "ana@example.org", "bruno@example.org"
NAMES = ["Subject", "MIME-Version", "Content-Type", "From", "To", "Date", "Message-ID", "In-Reply-To", "References",
         "Auto-Submitted", "X-Sereno-Key"]  # fmt: skip
NASTY = ["<script>alert(1)</script>", '"><img src=//x.org/a onerror=1>', "&lt;b&gt; &amp;", "*bold* `code`",
         "a\r\nBcc: e@x", "=?utf-8?q?hi=0D=0ABcc:_eve@x.org?=", "ñ=?utf-8?b?DQpCY2M6IGVAeA==?=", "\ud800",
         "=" * 200 + "?utf-8?q?a=0A?=",
         "\u2028Bcc: e@x", "\x85X-Evil: 1", "\x00\x1b[31m", "\u202egnp.exe", "\uf8f0script\uf8f1", "]]><!--", "{alert}",
         "https://x.org/" + "long" * 400, "$content", "ñ" * 400, "💥" * 90, ""]  # fmt: skip
ANYTHING = st.text(max_size=120) | st.text("=?utf-8qb_0DA\r\n:<>&*`\"' ", max_size=60) | st.sampled_from(NASTY)


@functools.cache
def png(width: int = 1200, height: int = 400) -> bytes:
    """A grey picture."""
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    chunks = [(b"IHDR", pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def mail(value: str = "DiskFull", *, picture: bool = True) -> EmailMessage:
    """A mail that holds this value wherever one may stand, after its journey."""
    drawn = letter(
        subject=Text.of("P0 · {alert}", alert=value),
        lead=[
            Text.of("*{alert}* is firing on {host} since {at}.", alert=value, host="db-1", at=Moment(at=T0)),
            Text.of("Slack has not shown it for {span}.", span=Span(ms=65_000)),
        ],
        parts=[
            Part(heading=Text.of("What fires: {alert}", alert=value), lines=(
                Text.of("`{alert}`: {why}", alert=value, why=Text.of("is <95% & *worse*")),
                Text.of("{several}", several=Joined((Text.of("the first"), Text.of("then {alert}", alert=value)))),
            )),
            Part(heading=Text.of("Nothing else"), lines=()),
        ],
        foot=Text.of("Sent because {team} asked for it; `/sereno why K7F3Q2` says more.", team=value),
        picture=Image(png=png(), alt=Text.of("How {alert} went", alert=value)) if picture else None,
    )  # fmt: skip
    ready = addressed(
        drawn, sender=SENDER, to=[ANA, BRUNO], message_id=message_id("K7F3Q2", "over-1", SENDER), date_ms=T0,
        reply_to=message_id("K7F3Q2", "asks-1", SENDER), key=value or "key",
    )  # fmt: skip
    return message_from_bytes(ready.as_bytes(), policy=policy.default)


def words(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


class Tags(HTMLParser):
    """What a browser makes of a page: its tags with the names of their attributes, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.alt, self.data = "", ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.alt = dict(attrs).get("alt") or self.alt

    def handle_comment(self, data: str) -> None:
        self.tags.append(("a comment", (data,)))

    def handle_data(self, data: str) -> None:
        self.data += data


# --- what is in it ---


PLAIN = """\
*DiskFull* is firing on db-1 since 2026-11-18 11:06 UTC.

Slack has not shown it for 1 min 5 s.

[How DiskFull went]

What fires: DiskFull
--------------------
- `DiskFull`: is <95% & *worse*
- the first
  then DiskFull

Nothing else
------------

--\x20
Sent because DiskFull asked for it; `/sereno why K7F3Q2` says more.
"""


def test_the_plain_text() -> None:
    assert words(mail(), "plain") == PLAIN


def test_long_lines_are_folded_and_long_words_stay_whole() -> None:
    lines = words(mail("a" * 100 + " and more" * 15), "plain").splitlines()
    assert any("a" * 100 in line for line in lines)
    assert all(len(line) <= 76 for line in lines if "aaaa" not in line)


def test_the_headers() -> None:
    message = mail()
    assert message.keys() == NAMES
    assert message["Subject"] == "P0 · DiskFull"
    assert message["From"].addresses[0].display_name == "Sereno, el vigía"
    assert [one.addr_spec for one in message["To"].addresses] == [ANA, BRUNO]
    assert message["Date"] == "Wed, 18 Nov 2026 11:06:40 +0000"
    assert message["Message-ID"] == "<over-1.K7F3Q2@example.org>"
    assert message["In-Reply-To"] == message["References"] == "<asks-1.K7F3Q2@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_its_parts_and_their_order() -> None:
    message = mail()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    picture = list(message.walk())[-1]
    assert picture.get_content() == png()
    assert f"cid:{picture['Content-ID'].strip('<>')}" in words(message, "html")
    assert [part.get_content_type() for part in mail(picture=False).walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_our_emphasis_is_kept_and_a_value_has_none() -> None:
    page = words(mail("a*b*c `d`"), "html")
    assert "<strong>a&#x27;" not in page
    assert "<strong>a*b*c `d`</strong> is firing" in page
    assert "<strong>worse</strong>" in page
    assert "is &lt;95% &amp;" in page


def test_the_id_of_a_mail_is_its_own_and_always_the_same() -> None:
    ids = {
        message_id(record, name, SENDER)
        for record in ("A", "digest:2026-W47", "ñ\r\n", "x" * 99)
        for name in ("a", "b.c")
    }
    assert len(ids) == 8
    assert all(re.fullmatch(r"<[\w-]+\.[\w-]+@example\.org>", one, re.ASCII) for one in ids)
    assert message_id("digest:2026-W47", "weekly", SENDER) == message_id("digest:2026-W47", "weekly", SENDER)


def test_a_thread_is_found_again_however_long_the_id() -> None:
    first = message_id("K7F3Q2", "asks-1795000000000", f"sereno@{'mail.' * 30}example.org")
    ready = addressed(
        letter(subject=Text.of("S"), lead=[], parts=[], foot=Text.of("F")),
        sender="sereno@example.org", to=[ANA], message_id="<a@b>", date_ms=T0, reply_to=first,
    )  # fmt: skip
    lines = re.sub(rb"\r\n +", b" ", ready.as_bytes()).split(b"\r\n")
    assert {line.split(b":")[0]: line.split()[-1] for line in lines if first.encode() in line} == {
        b"In-Reply-To": first.encode(), b"References": first.encode(),
    }  # fmt: skip


def test_addressing_leaves_the_letter_as_it_was_and_what_is_no_address_out() -> None:
    drawn = letter(subject=Text.of("S"), lead=[], parts=[], foot=Text.of("F"))
    before = drawn.keys()
    ready = addressed(
        drawn, sender="a@b", to=["ñ@x", ANA, "x\r\nBcc: e@x", "a..b@x.org"], message_id="<a@b>", date_ms=T0
    )
    assert drawn.keys() == before
    assert ready["To"] == f"{ANA}, a..b@x.org"
    assert b"Bcc" not in ready.as_bytes()


def test_the_language_in_force_is_said() -> None:
    with tongue.speaking("es"):
        page = words(mail(), "html")
    assert page.count('lang="es"') == 2


# --- nobody breaks in ---


def stays_inside(value: str) -> None:
    """It becomes no header, no recipient and no markup, and is read as it is."""
    message, calm = mail(value), mail()
    assert message.keys() == NAMES
    assert [one.addr_spec for one in message["To"].addresses] == [ANA, BRUNO]
    page, usual = Tags(words(message, "html")), Tags(words(calm, "html"))
    assert page.tags == usual.tags
    shown = re.sub("[\uf8f0-\uf8f6]", "\ufffd", flat(value))
    wanted = f"then {shown}".split()  # found from its end: a value may itself begin with "then"
    assert page.data[: page.data.index("Nothing else")].split()[-len(wanted) :] == wanted
    assert page.alt == " ".join(f"How {flat(value)} went".split())
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", page.data + words(message, "plain")
    )


@settings(deadline=None, max_examples=60)
@given(ANYTHING)
@example("".join(NASTY))
@example("then")
def test_no_value_breaks_out_of_its_place(value: str) -> None:
    stays_inside(value)


@pytest.mark.parametrize("value", NASTY)
def test_what_is_known_to_be_nasty(value: str) -> None:
    stays_inside(value)
    assert len(mail(value)["Subject"]) <= 160


# --- in a browser ---


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium: apt install chromium")
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield one
        await one.close()


CONTRASTS = """() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = rgb => { const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number).map(channel);
                         return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = node => { const own = getComputedStyle(node).backgroundColor;
                           return own === 'rgba(0, 0, 0, 0)' ? ground(node.parentElement) : own; };
  return [...document.querySelectorAll('h1, h2, p, li, code, strong')].map(node => {
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
    return [node.tagName, (a + 0.05) / (b + 0.05)];
  });
}"""


async def opened(browser: Browser, scheme: str, width: int, html: str) -> tuple[Page, list[str]]:
    """The mail as a page, its picture in the place of the cid, and where it asks for more."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page, asked = await context.new_page(), list[str]()

    def told(request: Request) -> None:
        asked.append(request.url)

    page.on("request", told)
    inlined = re.sub(r"cid:[^\"]+", f"data:image/png;base64,{base64.b64encode(png()).decode()}", html)
    await page.set_content(inlined, wait_until="load")
    return page, asked


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_is_read_on_a_phone_and_on_a_desk(browser: Browser, scheme: str) -> None:
    html = words(mail("verylongword" * 15 + " <b>"), "html")
    for width in (360, 1280):
        page, asked = await opened(browser, scheme, width, html)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, "no scrolling to the side"
        assert all(url.startswith("data:") for url in asked), "nothing is fetched"
        picture = await page.get_by_role("img", name="How verylongword").bounding_box()
        assert picture is not None
        assert picture["width"] == min(600, width - 40)
        assert round(picture["width"] / picture["height"]) == 3
        assert min(ratio for _, ratio in await page.evaluate(CONTRASTS)) >= 4.5, "WCAG AA"
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
        assert await page.locator("h1, h2").evaluate_all("nodes => nodes.map(node => node.tagName)") == [
            "H1",
            "H2",
            "H2",
        ]
        assert await page.locator("html").get_attribute("lang") == "en"
        assert await page.locator("a, script, link, iframe, form").count() == 0
