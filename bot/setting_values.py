"""What a setting may hold: addresses, tokens, users, senders, certificates; a wrong one is named, never repeated."""

import base64
import re
import ssl
from email.headerregistry import Address as Mailbox
from urllib.parse import SplitResult, unquote, urlsplit

from rules.policy_fields import is_address
from rules.text import Text
from rules.unfit import Said

WEB = ("http", "https")
_SENDER = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>")


class BadSetting(Said):
    """A setting cannot be used; `said` names it and what to write."""


def bad(name: str, why: Text) -> BadSetting:
    """What is wrong with the setting of this name."""
    return BadSetting(Text.of("{name}: {why}", name=name, why=why))


def split(name: str, text: str, hint: str, schemes: tuple[str, ...] = WEB) -> SplitResult:
    """The parts of an address. Raises BadSetting, whose words never repeat it: it may hold a password."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not (text.isascii() and text.isprintable()) or any(letter in text for letter in ' ?#\\"<>'):
        what = Text.of("not an address ({hint}; in user and password write %40 for @, %2F for / and so on)", hint=hint)
        raise bad(name, what)
    if "@" in parts.path or parts.netloc.count("@") > 1:
        raise bad(name, Text.of("an @ in the wrong place; in user and password write %40 for @ and %2F for /"))
    return parts


def shown(parts: SplitResult) -> str:
    """An address without what opens it, and without a slash at its end."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def unguarded(name: str, text: str, hint: str) -> str:
    """An address without credentials. Raises BadSetting."""
    parts = split(name, text, hint)
    if "@" in parts.netloc:
        raise bad(name, Text.of("a user and password cannot be sent there; write the address without them"))
    return shown(parts)


def authorization(word: str) -> dict[str, str]:
    """The headers with it; none without."""
    return {"Authorization": word} if word else {}


def bearer(name: str, token: str) -> str:
    """The header for a token; "" without. Raises BadSetting."""
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise bad(name, Text.of("write the bare token, without spaces, line ends or the word Bearer"))
    return f"Bearer {token}" if token else ""


def basic(name: str, parts: SplitResult, user: str, password: str) -> str:
    """The header of basic authentication, from the address or the two settings; "" without. Raises BadSetting."""
    inside = "@" in parts.netloc
    if inside and (user or password):
        raise bad(f"{name}_USER", Text.of("{url} has a user too; write it in one of the two places", url=f"{name}_URL"))
    if bool(user) != bool(password):
        both = Text.of(
            "missing; set {user} and {password}, or neither", user=f"{name}_USER", password=f"{name}_PASSWORD"
        )
        raise bad(f"{name}_PASSWORD" if user else f"{name}_USER", both)
    if inside:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if ":" in user:
        raise bad(f"{name}_USER", Text.of("a user of basic authentication has no colon"))
    pair = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return f"Basic {base64.b64encode(pair).decode()}" if inside or user else ""


def login(parts: SplitResult) -> tuple[str, str]:
    """User and password for SMTP, both or neither. Raises BadSetting."""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise bad("SMTP_URL", Text.of("user and password belong together; write user:password@ before the host"))
    if not (user + password).isprintable():
        raise bad("SMTP_URL", Text.of("user and password have no control characters; look at what is written with %"))
    return user, password


def sender(text: str) -> str:
    """Who sends the mail, as it stands in `From`. Raises BadSetting."""
    if not text:
        raise bad("SMTP_FROM", Text.of("missing; with SMTP_URL write who sends, such as Sereno <sereno@example.org>"))
    found = _SENDER.fullmatch(text)
    address = found["address"] if found else text
    name = found["name"].strip('"') if found else ""
    fits = is_address(address) and text.isprintable() and "=?" not in name
    if not fits:
        raise bad("SMTP_FROM", Text.of("not a sender; write an address, or Name <address>, the address in plain ASCII"))
    user, _, domain = address.rpartition("@")
    return str(Mailbox(display_name=name, username=user, domain=domain))


def certificates(text: str) -> str:
    """The same text, when it holds certificates. Raises BadSetting."""
    if text:
        try:
            ssl.create_default_context(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            what = Text.of(
                "no certificate can be read from it; write PEM, -----BEGIN CERTIFICATE----- and so on, "
                "or set SMTP_CA_FILE to a file with it"
            )
            raise bad("SMTP_CA", what) from error
    return text
