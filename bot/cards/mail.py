"""Draws a mail: the same words as plain text and as HTML, a picture inside of it, and the headers that address it.

Nothing in it leads outside: no remote image, no script, no link. Values are inert; our own `*words*` and code in
backticks are emphasis, as in Slack.
"""

import copy
import hashlib
import html
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from string import Template

from bot.cards.plain import plain
from bot.cards.tongue import spoken
from rules.policy_fields import is_address
from rules.summary import Part
from rules.text import Text

SUBJECT_MAX, KEY_MAX, VALUE_MAX, COLUMNS = 150, 300, 1000, 76
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_OWN_NAME = re.compile(r"[0-9A-Za-z_-]{1,32}")

# The default would encode a long Message-ID as a word of a sentence, and no mail program would find the thread.
_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("in-reply-to", MessageIDHeader)  # type: ignore[arg-type]  # it is mixed with the base class
_HEADERS.map_to_type("references", MessageIDHeader)  # type: ignore[arg-type]  # as above
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)

# While a text is drawn, letters of the private use area stand for those of a value that mean something in HTML or in
# our emphasis; so the words around them can be escaped and read for emphasis afterwards.
_MEANS = {letter: chr(0xF8F0 + number) for number, letter in enumerate("&<>\"'*`")}
_HIDE = str.maketrans({**dict.fromkeys(_MEANS.values(), "\ufffd"), **_MEANS})
_REVEAL = str.maketrans({hidden: html.escape(letter) for letter, hidden in _MEANS.items()})
_BLOCK = re.compile(r"```([^`]+)```")
_STRONG, _CODE = re.compile(r"\*([^*\n]*)\*"), re.compile(r"`([^`\n]*)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in the mail, and what it shows for those who do not see it."""

    png: bytes
    alt: Text


def letter(
    *, subject: Text, lead: Sequence[Text], parts: Sequence[Part], foot: Text, picture: Image | None = None
) -> EmailMessage:
    """A mail in the language in force, which `addressed` makes ready to go; `lead` are its first paragraphs."""
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _header(plain(subject, flat), SUBJECT_MAX)
    message.set_content(_text(lead, parts, foot, picture))
    message.add_alternative(_page(subject, lead, parts, foot, picture), subtype="html")
    if picture:
        _, page = message.iter_parts()
        cid, file = f"<{_cid(picture)}>", "chart.png"
        page.add_related(picture.png, "image", "png", cid=cid, disposition="inline", filename=file)
    return message


def addressed(
    message: EmailMessage, *, sender: str, to: Sequence[str], message_id: str, date_ms: int,
    reply_to: str = "", key: str = "",
) -> EmailMessage:  # fmt: skip
    """A copy of a mail with the headers of its way. `sender`: `Name <address>`; `date_ms`: unix milliseconds.

    `reply_to`: the Message-ID of the mail that it follows in a thread; `key`: the record's, for people's own filters.
    What is no address, see `is_address`, is left out: the client refuses it as well, and says so.
    """
    ready = copy.deepcopy(message)
    name, address = parseaddr(sender)
    ready["From"] = _mailbox(address, name)
    ready["To"] = tuple(_mailbox(one) for one in to if is_address(one))
    ready["Date"] = datetime.fromtimestamp(date_ms / 1000, UTC)
    ready["Message-ID"] = message_id
    if reply_to:
        ready["In-Reply-To"] = reply_to
        ready["References"] = reply_to
    ready["Auto-Submitted"] = "auto-generated"  # RFC 3834: no autoresponder answers this
    if key:
        ready["X-Sereno-Key"] = _header(flat(key), KEY_MAX)
    return ready


def message_id(record_id: str, name: str, sender: str) -> str:
    """`<name.record@host of the sender>`: the same for the same letter, so that a copy can be told for what it is."""
    host = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{_id_part(name)}.{_id_part(record_id)}@{host}>"


def flat(value: str) -> str:
    """A value from outside in one line, without what steers a screen."""
    line = _CONTROL.sub("", " ".join(value.split()))
    return line if len(line) <= VALUE_MAX else line[: VALUE_MAX - 1] + "…"


def _header(line: str, size: int) -> str:
    """One line as the value of a header. The email package decodes what looks encoded, even line ends: nothing may."""
    cut = " ".join(line.split())
    cut = cut if len(cut) <= size else cut[: size - 1] + "…"
    return cut.replace("=?", "= ?")


def _mailbox(address: str, name: str = "") -> Address:
    user, _, host = address.rpartition("@")
    return Address(display_name=name, username=user, domain=host)


def _id_part(text: str) -> str:
    return text if _OWN_NAME.fullmatch(text) else hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def _cid(picture: Image) -> str:
    return f"{hashlib.sha256(picture.png).hexdigest()[:32]}@sereno"


# --- as plain text ---


def _text(lead: Sequence[Text], parts: Sequence[Part], foot: Text, picture: Image | None) -> str:
    blocks = [_wrapped(plain(text, flat)) for text in lead]
    if picture:
        blocks.append(_wrapped(f"[{plain(picture.alt, flat)}]"))
    for part in parts:
        heading = plain(part.heading, flat)
        lines = [_wrapped(plain(text, flat), "- ") for text in part.lines]
        blocks.append("\n".join([_wrapped(heading), "-" * min(len(heading), COLUMNS), *lines]))
    return "\n\n".join([*blocks, f"-- \n{_wrapped(plain(foot, flat))}"]) + "\n"


def _wrapped(drawn: str, mark: str = "") -> str:
    """Lines of a width that can be read; what follows the first one stands below its words, not below `mark`."""
    fill = textwrap.TextWrapper(COLUMNS, break_long_words=False, break_on_hyphens=False)
    fill.initial_indent, fill.subsequent_indent = mark, " " * len(mark)
    wrapped = []
    for line in drawn.splitlines():
        wrapped.append(fill.fill(line))
        fill.initial_indent = fill.subsequent_indent
    return "\n".join(wrapped)


# --- as HTML ---

# The colours of the style attributes are for mail programs that drop <style>; these show a light page.
_PAGE = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>$subject</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  body, .page { background: #17191e !important; color: #e8eaed !important; }
  .quiet { color: #a9afb8 !important; }
  .edge { border-color: #3b4049 !important; }
  code { background: #262a31 !important; }
}
</style>
</head>
<body style="margin:0;padding:0;background:#ffffff;color:#1d1f24;-webkit-text-size-adjust:100%">
<div class="page" role="article" lang="$language" style="box-sizing:border-box;max-width:640px;margin:0 auto;\
padding:24px 20px;background:#ffffff;color:#1d1f24;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,\
sans-serif;overflow-wrap:anywhere;word-break:break-word">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">$subject</h1>
$content
<p class="quiet edge" style="margin:28px 0 0;padding:12px 0 0;border-top:1px solid #d9dce1;font-size:14px;\
color:#5b616b">$foot</p>
</div>
</body>
</html>
""")
_PARAGRAPH = Template('<p style="margin:0 0 12px">$words</p>')
_PICTURE = Template(
    '<p style="margin:16px 0"><img src="cid:$cid" alt="$alt" width="600" '
    'style="display:block;width:100%;max-width:600px;height:auto;border:0;border-radius:6px"></p>'
)
_HEADING = Template('<h2 style="margin:24px 0 8px;font-size:17px;line-height:1.35">$words</h2>')
_LIST = Template('<ul style="margin:0;padding:0 0 0 20px">\n$items\n</ul>')
_ITEM = Template('<li style="margin:0 0 6px">$words</li>')
_CODE_STYLE = "padding:1px 4px;border-radius:4px;background:#eef0f3;font-size:15px"


def _page(subject: Text, lead: Sequence[Text], parts: Sequence[Part], foot: Text, picture: Image | None) -> str:
    return _PAGE.substitute(
        language=html.escape(spoken().code), subject=_words(subject), foot=_emphasised(foot),
        content="\n".join(_content(lead, parts, picture)),
    )  # fmt: skip


def _content(lead: Sequence[Text], parts: Sequence[Part], picture: Image | None) -> Iterator[str]:
    yield from (_PARAGRAPH.substitute(words=_emphasised(text)) for text in lead)
    if picture:
        yield _PICTURE.substitute(cid=_cid(picture), alt=_words(picture.alt))
    for part in parts:
        yield _HEADING.substitute(words=_emphasised(part.heading))
        if part.lines:
            yield _LIST.substitute(items=_items(part.lines))


def _items(lines: Iterable[Text]) -> str:
    return "\n".join(_ITEM.substitute(words=_emphasised(text)) for text in lines)


def _words(text: Text) -> str:
    """In one line and without emphasis, as a title or an attribute."""
    return html.escape(" ".join(plain(text, flat).split()))


def _emphasised(text: Text) -> str:
    """With our emphasis, each of our lines a line."""
    escaped = html.escape(plain(text, lambda value: flat(value).translate(_HIDE)))
    escaped = _BLOCK.sub(rf'<code style="{_CODE_STYLE};display:block;white-space:pre-wrap">\1</code>', escaped)
    marked = _CODE.sub(rf'<code style="{_CODE_STYLE}">\1</code>', _STRONG.sub(r"<strong>\1</strong>", escaped))
    return marked.translate(_REVEAL).replace("\n", "<br>\n")
