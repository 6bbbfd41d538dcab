"""What the environment says: read once at start, each secret also as NAME_FILE; a wrong one is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from bot import file_words
from bot.setting_values import authorization, bad, basic, bearer, certificates, login, sender, shown, split, unguarded
from rules.text import Text

HOOK = "SERENO_HOOK_SECRET__"
SMTP_PORT, SMTPS_PORT = 587, 465  # submission, RFC 6409; with TLS from the start, RFC 8314
_FILE = "_FILE"


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
        "", pattern=r"^((redis|rediss|unix)://.+)?$", description="redis://..., rediss://..., unix://..."
    )
    sereno_policy: str = Field("", description="the policy file; the default policy when empty")
    sereno_public_url: str = Field("", pattern=r"^(https?://.+)?$", description="http(s)://host[:port][/prefix]")
    sereno_log: Literal["console", "json"] = "console"
    sereno_log_level: Literal["debug", "info", "warning", "error"] = "info"
    slack_bot_token: SecretStr = Field(SecretStr(""), description="xoxb-...; the playground when empty")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="for what Slack sends over HTTP")
    slack_app_token: SecretStr = Field(SecretStr(""), description="xapp-...; Socket Mode when set")
    slack_api_url: str = Field(
        "https://slack.com/api/", pattern=r"^https?://.+", description="http(s)://host[:port][/prefix]"
    )
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
        token = bearer("GITHUB_TOKEN", self.github_token.get_secret_value())
        return Address(url=_open("GITHUB_API_URL", self.github_api_url), headers=authorization(token))

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
        parts = split("SMTP_URL", text, _hint("SMTP_URL"), ("smtp", "smtps"))
        if parts.path not in ("", "/"):
            raise bad("SMTP_URL", Text.of("a server for mail has no path; end it after host and port"))
        user, password = login(parts)
        tls = parts.scheme == "smtps"
        return SmtpAddress(
            host=parts.hostname or "", port=parts.port or (SMTPS_PORT if tls else SMTP_PORT), tls=tls,
            user=user, password=password, sender=sender(self.smtp_from), ca=certificates(self.smtp_ca),
        )  # fmt: skip

    def _guarded(self, name: str, url: SecretStr, token: SecretStr, user: str, password: SecretStr) -> Address | None:
        text = url.get_secret_value()
        if not text:
            return None
        parts = split(f"{name}_URL", text, _hint(f"{name}_URL"))
        by_user = basic(name, parts, user, password.get_secret_value())
        by_token = bearer(f"{name}_TOKEN", token.get_secret_value())
        if by_token and by_user:
            raise bad(f"{name}_TOKEN", Text.of("there is a user and password too; only one of them can be sent"))
        return Address(url=shown(parts), headers=authorization(by_token or by_user))


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
        raise bad(str(first["loc"][0]).upper(), _misfit(first)) from error
    # a wrong one is said at start, not at the first silence or reading
    _ = settings.alertmanager, settings.prometheus, settings.github, settings.registries, settings.smtp
    return settings


def _misfit(first: ErrorDetails) -> Text:
    """What pydantic finds, without the value: it may hold a password."""
    if known := first.get("ctx", {}).get("expected"):
        return Text.of("write one of {known}", known=str(known).replace(" or ", ", "))
    return Text.of("not an address ({hint})", hint=_hint(str(first["loc"][0])))


def _open(name: str, text: str) -> str:
    return unguarded(name, text, _hint(name))


def _hint(name: str) -> str:
    return Settings.model_fields[name.lower()].description or ""


def _value(environ: Mapping[str, str], name: str) -> str:
    if not name.endswith(_FILE) or not _is_ours(name.removesuffix(_FILE)):
        return environ[name]
    try:
        return Path(environ[name]).read_text(encoding="utf-8").strip()
    except OSError as error:
        why = Text.of(
            "cannot read {file}: {why}; mount the file or unset it", file=environ[name], why=file_words.why(error)
        )
        raise bad(name, why) from error


def _is_ours(name: str) -> bool:
    return name.startswith(HOOK) or name.lower() in Settings.model_fields
