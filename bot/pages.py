"""The pages for people: what this is, and how it does."""

from html import escape
from typing import Final

from aiohttp import web

from bot.cards.plain import plain
from bot.cards.tongue import ENGLISH, SPANISH, speaking, spoken
from bot.ops import Ops
from bot.policy_box import PolicyBox
from rules import languages
from rules.text import Span, Text

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}
STYLE: Final = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:42rem;margin:3rem auto;padding:0 1rem}
h1{font-weight:600}a{color:LinkText}dt{font-weight:600;margin-top:.75rem}dd{margin:0}code{font-family:ui-monospace,monospace}
"""
OTHER: Final = {ENGLISH: (SPANISH, "Español"), SPANISH: (ENGLISH, "English")}  # the other language, in its own words
WHAT: Final = Text.of(
    "The night watchman of your releases: alerts from Alertmanager and GitHub come in, each is shown once, "
    "in the right place, with one card and one thread."
)
PLAYGROUND: Final = Text.of("Open the playground, a small Slack in this tab; no account is needed.")
WORKSPACE: Final = Text.of("It talks to your Slack workspace; look for its cards there.")
SEND, HOW = Text.of("Send it alerts"), Text.of("How it does")
STATUS, READY, METRICS = Text.of("status"), Text.of("ready?"), Text.of("metrics")
TITLE, BACK = Text.of("Sereno: status"), Text.of("Back")
WELL, UNWELL = Text.of("All is well."), Text.of("Not all is well:")
SLACK, QUEUE, POLICY = Text.of("Slack"), Text.of("Queue"), Text.of("Policy")
PLAYED: Final = Text.of("played by the playground")
SLACK_WORDS: Final = {"ok": Text.of("ok"), "not asked yet": Text.of("not asked yet")}
IDLE: Final = Text.of("Nothing waits for Slack.")


class Pages:
    """`/` and `/status`, plain HTML that a screen reader can read; in the team's language, or as `?lang=` asks."""

    def __init__(self, policy: PolicyBox, ops: Ops, *, is_playground: bool) -> None:
        self._policy, self._ops, self._is_playground = policy, ops, is_playground

    async def index(self, request: web.Request) -> web.Response:
        """What this is, and where to go."""
        asked = _asked(request)
        with speaking(asked or languages.of_team(self._policy()).language):
            return _page("Sereno", self._index(asked))

    async def status(self, request: web.Request) -> web.Response:
        """How it does now, in words."""
        asked, troubles = _asked(request), await self._ops.troubles()
        with speaking(asked or languages.of_team(self._policy()).language):
            return _page(_say(TITLE), self._status(asked, troubles))

    def _index(self, asked: str) -> str:
        slack = _link("/playground/", PLAYGROUND, asked) if self._is_playground else _say(WORKSPACE)
        return f"""<p>{_say(WHAT)}</p><p>{slack}</p>
            <dl><dt>{_say(SEND)}</dt>
            <dd><code>POST /hooks/alertmanager</code></dd><dd><code>POST /hooks/github</code></dd>
            <dt>{_say(HOW)}</dt><dd>{_link("/status", STATUS, asked)}, <a href="/-/ready">{_say(READY)}</a>,
            <a href="/metrics">{_say(METRICS)}</a></dd></dl>"""

    def _status(self, asked: str, troubles: list[str]) -> str:
        items = "".join(f'<li lang="{ENGLISH}">{escape(trouble)}</li>' for trouble in troubles)
        policy, routes = self._policy(), len(self._policy().routes)
        return f"""<p>{_say(UNWELL if troubles else WELL)}</p><ul>{items}</ul>
            <dl><dt>{_say(SLACK)}</dt><dd>{self._slack(asked)}</dd><dt>{_say(QUEUE)}</dt><dd>{self._queue()}</dd>
            <dt>{_say(POLICY)}</dt><dd>{escape(policy.team)}, <code>{escape(self._policy.path.name)}</code>,
            {_say(Text.counted("{count} route", "{count} routes", count=routes))}</dd></dl>
            <p>{_link("/", BACK, asked)}</p>"""

    def _slack(self, asked: str) -> str:
        word = self._ops.slack_word
        known = SLACK_WORDS.get(word)
        if self._is_playground and known:
            return _link("/playground/", PLAYED, asked)
        return _say(known) if known else escape(word)

    def _queue(self) -> str:
        waiting, span = self._ops.waiting, Span(ms=int(self._ops.age * 1000))
        if not waiting:
            return _say(IDLE)
        return _say(Text.counted(
            "{count} record waits for Slack, for {span} by now.",
            "{count} records wait for Slack, the oldest for {span}.", count=waiting, span=span,
        ))  # fmt: skip


def add(app: web.Application, policy: PolicyBox, ops: Ops, *, is_playground: bool) -> None:
    """Mount the pages."""
    pages = Pages(policy, ops, is_playground=is_playground)
    app.router.add_get("/", pages.index)
    app.router.add_get("/status", pages.status)


def _asked(request: web.Request) -> str:
    """The language that the address asks for; "" when it asks for none that we speak."""
    wanted = request.query.get("lang", "")
    return wanted if wanted in OTHER else ""


def _say(text: Text) -> str:
    return escape(plain(text))


def _link(path: str, words: Text, asked: str) -> str:
    """A link to a page of ours, which then speaks the language that was asked for too."""
    return f'<a href="{path}{f"?lang={asked}" if asked else ""}">{_say(words)}</a>'


def _page(title: str, body: str) -> web.Response:
    code = spoken().code
    other, name = OTHER[code]
    html = f"""<!doctype html><html lang="{code}"><meta charset="utf-8"><title>{title}</title>
    <meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style>
    <main><h1>{title}</h1>{body}</main>
    <footer><a href="?lang={other}" lang="{other}" hreflang="{other}">{name}</a></footer></html>"""
    return web.Response(text=html, content_type="text/html", headers=HEADERS)
