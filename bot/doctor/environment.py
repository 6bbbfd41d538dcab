"""The settings: which are set, whether the tokens look like what they should be, and which hooks have a secret."""

from collections.abc import Iterator
from difflib import get_close_matches

from bot.doctor.case import Case
from bot.doctor.finding import Finding, ok, warning, wrong
from bot.settings import HOOK, Settings
from handlers import registry
from rules.text import Text

PREFIXES = ("SERENO_", "SLACK_", "ALERTMANAGER_", "PROMETHEUS_", "GITHUB_API_", "SMTP_")
KINDS = {
    "xoxb-": Text.of("a bot token"),
    "xapp-": Text.of("an app-level token"),
    "xoxp-": Text.of("a user token"),
    "xoxe": Text.of("a token that ends after 12 hours, of an app with token rotation"),
}
BOT_ADVICE = Text.of("copy the Bot User OAuth Token, xoxb-..., from OAuth & Permissions of your app")
APP_ADVICE = Text.of("copy an app-level token, xapp-..., from Basic Information of your app, App-Level Tokens")
SECRET_ADVICE = Text.of(
    "copy the Signing Secret from Basic Information of your app, or use Socket Mode with SLACK_APP_TOKEN"
)
KNOWN = [name.upper() for name in Settings.model_fields if name != "hook_secrets"]


async def settings(case: Case) -> list[Finding]:
    """Names only, never a value of a secret."""
    names = sorted(name for name in case.given if _plain(name) in KNOWN or name.startswith(HOOK))
    listed = ok(
        "settings",
        Text.of("set: {names}", names=", ".join(names)) if names else Text.of("none is set; all have a default"),
    )
    return [listed, *_misspelt(case.given), *_slack(case.settings)]


async def hooks(case: Case) -> list[Finding]:
    """Whether one without a secret is open depends on where `sereno run` listens, which is not known here."""
    sources = list(registry.sources())
    held = {name: len(case.settings.secrets_of(name)) for name in sources}
    found = [_hook(name, count) for name, count in held.items()]
    if not any(held.values()) and case.web:
        names = ", ".join(f"{HOOK}{name.upper()}" for name in sources)
        bare = Text.of("none has a secret: all are closed unless `sereno run` listens on loopback only")
        found = [warning("hooks", bare, Text.of("set {names}, and the same at the sender", names=names))]
    strange = sorted(set(case.settings.hook_secrets) - set(sources))
    known = Text.of("the sources are {names}", names=", ".join(sources))
    return found + [
        warning(
            f"hook {name}", Text.of("{setting} is set, and there is no such source", setting=HOOK + name.upper()), known
        )
        for name in strange
    ]


def _hook(name: str, count: int) -> Finding:
    if count:
        several = Text.of("has {count} secrets, as while one is changed", count=count)
        return ok(f"hook {name}", Text.of("has a secret") if count == 1 else several)
    found = Text.of("no secret: closed (404) unless `sereno run` listens on loopback only")
    return ok(f"hook {name}", found, Text.of("set {setting} to open it", setting=HOOK + name.upper()))


def _plain(name: str) -> str:
    return name.removesuffix("_FILE")


def _misspelt(given: frozenset[str]) -> Iterator[Finding]:
    for name in sorted(given):
        if not name.startswith(PREFIXES) or name.startswith(HOOK) or _plain(name) in KNOWN:
            continue
        close = get_close_matches(_plain(name), KNOWN, n=1, cutoff=0.8)
        if close or name.startswith("SERENO_"):
            todo = Text.of("unset it; README.md lists the settings")
            if close:
                todo = Text.of("did you mean {name}?", name=close[0])
            yield warning("settings", Text.of("{name} is set, and there is no such setting", name=name), todo)


def _slack(settings: Settings) -> Iterator[Finding]:
    bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    secret = settings.slack_signing_secret.get_secret_value()
    if not bot and not app:
        yield ok(
            "SLACK_BOT_TOKEN",
            Text.of("not set: the playground is used"),
            Text.of('for your own Slack see README.md, "Connect"'),
        )
        return
    yield _token("SLACK_BOT_TOKEN", bot, "xoxb-", BOT_ADVICE)
    if app:
        yield _token("SLACK_APP_TOKEN", app, "xapp-", APP_ADVICE)
        yield ok("SLACK_SIGNING_SECRET", Text.of("not needed: Socket Mode is used"))
    elif not secret:
        found = Text.of(
            "not set: each button and slash command is refused, for nobody can tell whether it is Slack that asks"
        )
        yield wrong("SLACK_SIGNING_SECRET", found, SECRET_ADVICE)
    elif _is_torn(secret) or secret.startswith(("xoxb-", "xapp-")):
        yield wrong("SLACK_SIGNING_SECRET", Text.of("does not look like a signing secret"), SECRET_ADVICE)
    else:
        yield ok("SLACK_SIGNING_SECRET", Text.of("is set"))


def _token(name: str, token: str, prefix: str, todo: Text) -> Finding:
    if not token:
        return wrong(name, Text.of("not set: the playground is used, whatever else of Slack is set"), todo)
    if _is_torn(token):
        return wrong(name, Text.of("has a space, a line end or another letter that no token has"), todo)
    if token.startswith(prefix):
        return ok(name, Text.of("is {kind}", kind=KINDS[prefix]))
    kind = next((kind for start, kind in KINDS.items() if token.startswith(start)), Text.of("something else"))
    return wrong(name, Text.of("is {kind}, not {wanted}", kind=kind, wanted=KINDS[prefix]), todo)


def _is_torn(text: str) -> bool:
    return not (text.isascii() and text.isprintable()) or " " in text
