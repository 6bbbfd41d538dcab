"""What the environment says: read once at start, each secret also as NAME_FILE; a wrong one is named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

HOOK = "SERENO_HOOK_SECRET__"
_FILE = "_FILE"


class BadSetting(ValueError):
    """A setting cannot be used; the message names it and says what to write."""


class Settings(BaseModel):
    """Each field is the environment variable of that name, in capitals."""

    model_config = ConfigDict(frozen=True)

    sereno_redis_url: str = Field(
        "", pattern=r"^((redis|rediss|unix)://.+)?$", description="redis://, rediss:// or unix://"
    )
    sereno_policy: str = Field("", description="the policy file; the default policy when empty")
    sereno_public_url: str = Field("", pattern=r"^(https?://.+)?$", description="where people reach this bot")
    sereno_log: Literal["console", "json"] = "console"
    sereno_log_level: Literal["debug", "info", "warning", "error"] = "info"
    slack_bot_token: SecretStr = Field(SecretStr(""), description="xoxb-...; the playground when empty")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="for what Slack sends over HTTP")
    slack_api_url: str = Field("https://slack.com/api/", pattern=r"^https?://.+")
    hook_secrets: dict[str, SecretStr] = {}

    def secrets_of(self, source: str) -> list[str]:
        """The secrets that a source may use: two while they are rotated, none when it is closed."""
        found = self.hook_secrets.get(source)
        return [part.strip() for part in found.get_secret_value().split(",") if part.strip()] if found else []


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
        return Settings.model_validate({**values, "hook_secrets": hooks})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = str(first["loc"][0])
        hint = Settings.model_fields[name].description or ""
        raise BadSetting(f"{name.upper()}: {first['msg']}" + (f" ({hint})" if hint else "")) from error


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
