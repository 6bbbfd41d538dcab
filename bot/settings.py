"""What the environment says: read once at start, each secret also as NAME_FILE; a wrong one is named."""

import base64
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address as Mailbox
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from rules.policy_fields import is_address

HOOK = "SERENO_HOOK_SECRET__"
SMTP_PORT, SMTPS_PORT = 587, 465  # submission, RFC 6409; with TLS from the start, RFC 8314
_FILE = "_FILE"
_SENDER = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>")
_WEB = ("http", "https")


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an HTTP API is, and what opens it. `url`: may be shown, has no credentials and no slash at its end."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAddress:
    """The server that takes our mail, and who sends it: `sender` is an address, or `Name <address>`.

    `tls`: from the start; otherwise by STARTTLS, which must be there when there is a `user`, and is used where it is.
    `ca`: PEM certificates that are trusted instead of the system's, "" for those.
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str = field(repr=False)
    sender: str
    ca: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Without user and password: may be shown."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.tls else 'smtp'}://{host}:{self.port}"


class Settings(BaseModel):
    """Each field is the environment variable of that name, in capitals."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    sereno_redis_url: str = Field(
        "", pattern=r"^((redis|rediss|unix)://.+)?$", description="redis://, rediss:// or unix://"
    )
    sereno_policy: str = Field("", description="the policy file; the default policy when empty")
    sereno_public_url: str = Field("", pattern=r"^(https?://.+)?$", description="where people reach this bot")
    sereno_log: Literal["console", "json"] = "console"
    sereno_log_level: Literal["debug", "info", "warning", "error"] = "info"
    slack_bot_token: SecretStr = Field(SecretStr(""), description="xoxb-...; the playground when empty")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="for what Slack sends over HTTP")
    slack_app_token: SecretStr = Field(SecretStr(""), description="xapp-...; Socket Mode when set")
    slack_api_url: str = Field("https://slack.com/api/", pattern=r"^https?://.+")
    alertmanager_url: SecretStr = Field(SecretStr(""), description="http(s)://[user:password@]host[:port][/prefix]")
    alertmanager_token: SecretStr = Field(SecretStr(""), description="sent to Alertmanager as a bearer token")
    alertmanager_user: str = Field("", description="with ALERTMANAGER_PASSWORD: basic authentication")
    alertmanager_password: SecretStr = SecretStr("")
    prometheus_url: SecretStr = Field(SecretStr(""), description="http(s)://[user:password@]host[:port][/prefix]")
    prometheus_token: SecretStr = Field(SecretStr(""), description="sent to Prometheus as a bearer token")
    prometheus_user: str = Field("", description="with PROMETHEUS_PASSWORD: basic authentication")
    prometheus_password: SecretStr = SecretStr("")
    github_api_url: str = Field("https://api.github.com", description="http(s)://host[:port][/prefix]")
    github_token: SecretStr = Field(SecretStr(""), description="sent to GitHub as a bearer token")
    pypi_url: str = Field("https://pypi.org", description="http(s)://host[:port][/prefix]")
    crates_url: str = Field("https://crates.io", description="http(s)://host[:port][/prefix]")
    npm_url: str = Field("https://registry.npmjs.org", description="http(s)://host[:port][/prefix]")
    smtp_url: SecretStr = Field(SecretStr(""), description="smtp(s)://[user:password@]host[:port]")
    smtp_from: str = Field("", description="who sends the mail: an address, or Name <address>")
    smtp_ca: str = Field("", description="PEM certificates; mostly as SMTP_CA_FILE, the path of a file with them")
    hook_secrets: dict[str, SecretStr] = {}

    def secrets_of(self, source: str) -> list[str]:
        """The secrets that a source may use: two while they are rotated, none when it is closed."""
        found = self.hook_secrets.get(source)
        return [part.strip() for part in found.get_secret_value().split(",") if part.strip()] if found else []

    @property
    def alertmanager(self) -> Address | None:
        """Alertmanager's API, None when there is none. Raises BadSetting, which `read` has made sure of."""
        return self._guarded("ALERTMANAGER", self.alertmanager_url, self.alertmanager_token, self.alertmanager_user,
                             self.alertmanager_password)  # fmt: skip

    @property
    def prometheus(self) -> Address | None:
        """Prometheus' API, likewise."""
        return self._guarded("PROMETHEUS", self.prometheus_url, self.prometheus_token, self.prometheus_user,
                             self.prometheus_password)  # fmt: skip

    @property
    def github(self) -> Address:
        """GitHub's REST API; without a token it tells less and is asked less often."""
        bearer = _bearer("GITHUB_TOKEN", self.github_token.get_secret_value())
        return Address(url=_open("GITHUB_API_URL", self.github_api_url), headers=_authorization(bearer))

    @property
    def registries(self) -> dict[str, str]:
        """The addresses of the package registries, by the names that they have in plans."""
        return {
            "pypi": _open("PYPI_URL", self.pypi_url),
            "crates": _open("CRATES_URL", self.crates_url),
            "npm": _open("NPM_URL", self.npm_url),
        }

    @property
    def smtp(self) -> SmtpAddress | None:
        """The server for mail, None when there is none; likewise."""
        text = self.smtp_url.get_secret_value()
        if not text:
            return None
        parts = _split("SMTP_URL", text, ("smtp", "smtps"))
        if parts.path not in ("", "/"):
            raise BadSetting("SMTP_URL: a server for mail has no path; end it after host and port")
        user, password = _login(parts)
        tls = parts.scheme == "smtps"
        return SmtpAddress(
            host=parts.hostname or "", port=parts.port or (SMTPS_PORT if tls else SMTP_PORT), tls=tls,
            user=user, password=password, sender=_sender(self.smtp_from), ca=_certificates(self.smtp_ca),
        )  # fmt: skip

    def _guarded(self, name: str, url: SecretStr, token: SecretStr, user: str, password: SecretStr) -> Address | None:
        text = url.get_secret_value()
        if not text:
            return None
        parts = _split(f"{name}_URL", text)
        basic = _basic(name, parts, user, password.get_secret_value())
        bearer = _bearer(f"{name}_TOKEN", token.get_secret_value())
        if bearer and basic:
            raise BadSetting(f"{name}_TOKEN: there is a user and password too; only one of them can be sent")
        return Address(url=_shown(parts), headers=_authorization(bearer or basic))


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. Raises BadSetting."""
    values: dict[str, object] = {}
    hooks: dict[str, str] = {}
    for name in environ:
        value = _value(environ, name)
        plain = name.removesuffix(_FILE)
        if plain.startswith(HOOK):
            hooks[plain.removeprefix(HOOK).lower()] = value
        elif plain.lower() in Settings.model_fields and value:
            values[plain.lower()] = value
    try:
        settings = Settings.model_validate({**values, "hook_secrets": hooks})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = str(first["loc"][0])
        hint = Settings.model_fields[name].description or ""
        raise BadSetting(f"{name.upper()}: {first['msg']}" + (f" ({hint})" if hint else "")) from error
    # a wrong one is said at start, not at the first silence or reading
    _ = settings.alertmanager, settings.prometheus, settings.github, settings.registries, settings.smtp
    return settings


def _split(name: str, text: str, schemes: tuple[str, ...] = _WEB) -> SplitResult:
    """The parts of an address. Raises BadSetting, whose words never repeat it: it may hold a password."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not (text.isascii() and text.isprintable()) or any(letter in text for letter in ' ?#\\"<>'):
        hint = Settings.model_fields[name.lower()].description
        raise BadSetting(f"{name}: not an address ({hint}; in user and password write %40 for @, %2F for / and so on)")
    if "@" in parts.path or parts.netloc.count("@") > 1:
        raise BadSetting(f"{name}: an @ in the wrong place; in user and password write %40 for @ and %2F for /")
    return parts


def _shown(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def _open(name: str, text: str) -> str:
    """An address without credentials. Raises BadSetting."""
    parts = _split(name, text)
    if "@" in parts.netloc:
        raise BadSetting(f"{name}: a user and password cannot be sent there; write the address without them")
    return _shown(parts)


def _authorization(word: str) -> dict[str, str]:
    return {"Authorization": word} if word else {}


def _bearer(name: str, token: str) -> str:
    """The header for a token; "" without. Raises BadSetting."""
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise BadSetting(f"{name}: write the bare token, without spaces, line ends or the word Bearer")
    return f"Bearer {token}" if token else ""


def _basic(name: str, parts: SplitResult, user: str, password: str) -> str:
    """The header of basic authentication, from the address or the two settings; "" without. Raises BadSetting."""
    inside = "@" in parts.netloc
    if inside and (user or password):
        raise BadSetting(f"{name}_USER: {name}_URL has a user too; write it in one of the two places")
    if bool(user) != bool(password):
        missing = f"{name}_PASSWORD" if user else f"{name}_USER"
        raise BadSetting(f"{missing}: missing; set {name}_USER and {name}_PASSWORD, or neither")
    if inside:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if ":" in user:
        raise BadSetting(f"{name}_USER: a user of basic authentication has no colon")
    pair = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return f"Basic {base64.b64encode(pair).decode()}" if inside or user else ""


def _login(parts: SplitResult) -> tuple[str, str]:
    """User and password for SMTP, both or neither. Raises BadSetting."""
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise BadSetting("SMTP_URL: user and password belong together; write user:password@ before the host")
    if not (user + password).isprintable():
        raise BadSetting("SMTP_URL: user and password have no control characters; look at what is written with %")
    return user, password


def _sender(text: str) -> str:
    """Who sends the mail, as it stands in `From`. Raises BadSetting."""
    if not text:
        raise BadSetting("SMTP_FROM: missing; with SMTP_URL write who sends, such as Sereno <sereno@example.org>")
    found = _SENDER.fullmatch(text)
    address = found["address"] if found else text
    name = found["name"].strip('"') if found else ""
    fits = is_address(address) and text.isprintable() and "=?" not in name
    if not fits:
        raise BadSetting("SMTP_FROM: not a sender; write an address, or Name <address>, the address in plain ASCII")
    user, _, domain = address.rpartition("@")
    return str(Mailbox(display_name=name, username=user, domain=domain))


def _certificates(text: str) -> str:
    """The same text, when it holds certificates. Raises BadSetting."""
    if text:
        try:
            ssl.create_default_context(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            what = "write PEM, -----BEGIN CERTIFICATE----- and so on, or set SMTP_CA_FILE to a file with it"
            raise BadSetting(f"SMTP_CA: no certificate can be read from it; {what}") from error
    return text


def _value(environ: Mapping[str, str], name: str) -> str:
    if not name.endswith(_FILE) or not _is_ours(name.removesuffix(_FILE)):
        return environ[name]
    try:
        return Path(environ[name]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(
            f"{name}: cannot read {environ[name]}: {error.strerror}; mount the file or unset it"
        ) from error


def _is_ours(name: str) -> bool:
    return name.startswith(HOOK) or name.lower() in Settings.model_fields
