"""The pages for people: what this is, and how it does."""

from html import escape
from typing import Final

from aiohttp import web

from bot.ops import Ops
from bot.policy_box import PolicyBox

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}
STYLE: Final = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:42rem;margin:3rem auto;padding:0 1rem}
h1{font-weight:600}a{color:LinkText}dt{font-weight:600;margin-top:.75rem}dd{margin:0}code{font-family:ui-monospace,monospace}
"""


class Pages:
    """`/` and `/status`, plain HTML that a screen reader can read."""

    def __init__(self, policy: PolicyBox, ops: Ops, *, is_playground: bool) -> None:
        self._policy, self._ops, self._is_playground = policy, ops, is_playground

    async def index(self, _request: web.Request) -> web.Response:
        """What this is, and where to go."""
        slack = (
            '<a href="/playground/">Open the playground</a>, a small Slack in this tab; no account is needed.'
            if self._is_playground
            else "It talks to your Slack workspace; look for its cards there."
        )
        return _page(
            "Sereno",
            f"""<p>The night watchman of your releases: alerts from Alertmanager and GitHub come in, each is shown once,
            in the right place, with one card and one thread.</p><p>{slack}</p>
            <dl><dt>Send it alerts</dt><dd><code>POST /hooks/alertmanager</code> or <code>POST /hooks/github</code></dd>
            <dt>How it does</dt><dd><a href="/status">status</a>, <a href="/-/ready">ready?</a>,
            <a href="/metrics">metrics</a></dd></dl>""",
        )

    async def status(self, _request: web.Request) -> web.Response:
        """How it does now, in words."""
        troubles = await self._ops.troubles()
        state = "All is well." if not troubles else "Not all is well:"
        items = "".join(f"<li>{escape(trouble)}</li>" for trouble in troubles)
        policy = self._policy
        return _page(
            "Sereno: status",
            f"""<p>{state}</p><ul>{items}</ul><dl><dt>Slack</dt><dd>{self._slack()}</dd>
            <dt>Queue</dt><dd>{self._queue()}</dd><dt>Policy</dt><dd>{escape(policy.current.team)}, from
            <code>{escape(policy.path.name)}</code>, {_counted(len(policy.current.routes), "route")}</dd></dl>
            <p><a href="/">Back</a></p>""",
        )

    def _slack(self) -> str:
        if self._is_playground and self._ops.slack_word in ("ok", "not asked yet"):
            return 'played by <a href="/playground/">the playground</a>'
        return escape(self._ops.slack_word)

    def _queue(self) -> str:
        waiting = self._ops.waiting
        if not waiting:
            return "Nothing waits for Slack."
        wait = "waits" if waiting == 1 else "wait"
        return f"{_counted(waiting, 'record')} {wait} for Slack, the oldest for {self._ops.age:.0f} s."


def add(app: web.Application, policy: PolicyBox, ops: Ops, *, is_playground: bool) -> None:
    """Mount the pages."""
    pages = Pages(policy, ops, is_playground=is_playground)
    app.router.add_get("/", pages.index)
    app.router.add_get("/status", pages.status)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _page(title: str, body: str) -> web.Response:
    html = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
    <meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style>
    <main><h1>{title}</h1>{body}</main></html>"""
    return web.Response(text=html, content_type="text/html", headers=HEADERS)
