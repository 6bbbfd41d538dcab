"""Against something that speaks Slack's API more tersely than the playground does."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import web

from tests.alerts import alert, group
from tests.conftest import Stage, serve


class Terse:
    """Answers only what the documentation promises; echoes no thread, lists no channels."""

    def __init__(self) -> None:
        self.posts: list[dict[str, object]] = []
        self.calls: Counter[str] = Counter()
        self._ts = count(1)

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        if method == "chat.postMessage":
            self.posts.append(body)
            ts = f"1800000000.{next(self._ts):06}"
            return web.json_response({"ok": True, "channel": "C1", "ts": ts, "message": {"text": "...", "ts": ts}})
        if method in ("auth.test", "chat.update", "conversations.replies"):
            return web.json_response({"ok": True, "channel": "C1", "ts": "1.0", "messages": []})
        return web.json_response({"ok": False, "error": "unknown_method"})


@asynccontextmanager
async def terse() -> AsyncIterator[tuple[Terse, str]]:
    double = Terse()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", double.call)
    async with serve(app) as url:
        yield double, f"{url}/api/"


async def test_one_card_and_one_thread_and_no_more(stage: Stage) -> None:
    async with terse() as (slack, url):
        bot = await stage.bot(SLACK_API_URL=url)
        await stage.send("alertmanager", group(alert(instance="a")))
        await stage.quiet()
        await stage.send("alertmanager", group(alert(instance="a"), alert(instance="b")))
        await stage.quiet()
        roots = [post for post in slack.posts if not post.get("thread_ts")]
        replies = [post for post in slack.posts if post.get("thread_ts")]
        assert [root["channel"] for root in roots] == ["#alerts"], "the name, where no id is to be had"
        assert len(replies) == 2
        assert slack.calls["chat.delete"] == 0
        await stage.stop(bot)
