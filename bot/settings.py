"""What the environment says: read once at start, each secret also as NAME_FILE; a wrong one is named."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

HOOK = "SERENO_HOOK_SECRET__"
_FILE = "_FILE"


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an HTTP API is, and what opens it. `url`: may be shown, has no credentials and no slash at its end."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


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
    _ = settings.alertmanager, settings.prometheus, settings.github, settings.registries
    return settings


def _split(name: str, text: str) -> SplitResult:
    """The parts of an address. Raises BadSetting, whose words never repeat it: it may hold a password."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
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
