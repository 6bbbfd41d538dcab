"""The settings: which are set, whether the tokens look like what they should be, and which hooks have a secret."""

from collections.abc import Iterator
from difflib import get_close_matches

from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.settings import HOOK, Settings
from handlers import registry

PREFIXES = ("SERENO_", "SLACK_", "ALERTMANAGER_", "PROMETHEUS_", "GITHUB_API_")
KINDS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe": "a token that ends after 12 hours, of an app with token rotation",
}
BOT_ADVICE = "copy the Bot User OAuth Token, xoxb-..., from OAuth & Permissions of your app"
APP_ADVICE = "copy an app-level token, xapp-..., from Basic Information of your app, App-Level Tokens"
SECRET_ADVICE = "copy the Signing Secret from Basic Information of your app, or use Socket Mode with SLACK_APP_TOKEN"  # noqa: S105 - no secret, advice
KNOWN = [name.upper() for name in Settings.model_fields if name != "hook_secrets"]


async def settings(case: Case) -> list[Finding]:
    """Names only, never a value of a secret."""
    names = sorted(name for name in case.given if _plain(name) in KNOWN or name.startswith(HOOK))
    listed = ok("settings", f"set: {', '.join(names)}" if names else "none is set; all have a default")
    return [listed, *_misspelt(case.given), *_slack(case.settings)]


async def hooks(case: Case) -> list[Finding]:
    """Whether one without a secret is open depends on where `sereno run` listens, which is not known here."""
    sources = list(registry.sources())
    held = {name: len(case.settings.secrets_of(name)) for name in sources}
    found = [_hook(name, count) for name, count in held.items()]
    if not any(held.values()) and case.web:
        names = ", ".join(f"{HOOK}{name.upper()}" for name in sources)
        found = [warning("hooks", "none has a secret: all are closed unless `sereno run` listens on loopback only",
                         f"set {names}, and the same at the sender")]  # fmt: skip
    strange = sorted(set(case.settings.hook_secrets) - set(sources))
    return found + [
        warning(f"hook {name}", f"{HOOK}{name.upper()} is set, and there is no such source",
                f"the sources are {', '.join(sources)}") for name in strange
    ]  # fmt: skip


def _hook(name: str, count: int) -> Finding:
    if count:
        return ok(f"hook {name}", "has a secret" if count == 1 else f"has {count} secrets, as while one is changed")
    found = "no secret: closed (404) unless `sereno run` listens on loopback only"
    return ok(f"hook {name}", found, f"set {HOOK}{name.upper()} to open it")


def _plain(name: str) -> str:
    return name.removesuffix("_FILE")


def _misspelt(given: frozenset[str]) -> Iterator[Finding]:
    for name in sorted(given):
        if not name.startswith(PREFIXES) or name.startswith(HOOK) or _plain(name) in KNOWN:
            continue
        close = get_close_matches(_plain(name), KNOWN, n=1, cutoff=0.8)
        if close or name.startswith("SERENO_"):
            todo = f"did you mean {close[0]}?" if close else "unset it; README.md lists the settings"
            yield warning("settings", f"{name} is set, and there is no such setting", todo)


def _slack(settings: Settings) -> Iterator[Finding]:
    bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    secret = settings.slack_signing_secret.get_secret_value()
    if not bot and not app:
        yield ok("SLACK_BOT_TOKEN", "not set: the playground is used", 'for your own Slack see README.md, "Connect"')
        return
    yield _token("SLACK_BOT_TOKEN", bot, "xoxb-", BOT_ADVICE)
    if app:
        yield _token("SLACK_APP_TOKEN", app, "xapp-", APP_ADVICE)
        yield ok("SLACK_SIGNING_SECRET", "not needed: Socket Mode is used")
    elif not secret:
        found = "not set: each button and slash command is refused, for nobody can tell whether it is Slack that asks"
        yield wrong("SLACK_SIGNING_SECRET", found, SECRET_ADVICE)
    elif _is_torn(secret) or secret.startswith(("xoxb-", "xapp-")):
        yield wrong("SLACK_SIGNING_SECRET", "does not look like a signing secret", SECRET_ADVICE)
    else:
        yield ok("SLACK_SIGNING_SECRET", "is set")


def _token(name: str, token: str, prefix: str, todo: str) -> Finding:
    if not token:
        return wrong(name, "not set: the playground is used, whatever else of Slack is set", todo)
    if _is_torn(token):
        return wrong(name, "has a space, a line end or another letter that no token has", todo)
    if token.startswith(prefix):
        return ok(name, f"is {KINDS[prefix]}")
    kind = next((kind for start, kind in KINDS.items() if token.startswith(start)), "something else")
    return wrong(name, f"is {kind}, not {KINDS[prefix]}", todo)


def _is_torn(text: str) -> bool:
    return not (text.isascii() and text.isprintable()) or " " in text
