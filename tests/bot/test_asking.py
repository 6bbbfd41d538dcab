"""What all clients share: ETags, waiting, errors in the server's own words, paths, times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.clients import asking
from bot.clients.answers import Answer
from bot.clients.asking import Asking, Rejected, Unreachable, good, is_limited, refuse, segment, wait_s
from tests.conftest import serve

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DATE = "Sat, 21 Nov 2026 05:00:00 GMT"
NOW_S = 1_795_237_200
FOREVER = 60
ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass
class Server:
    api: Asking
    asked: list[web.Request] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def get(self, path: str = "/x", query: asking.Query = ()) -> Any:
        return await self.api.ask("get", path, good(ANYTHING), query=query)


@asynccontextmanager
async def serving(handler: Handler, **options: Any) -> AsyncIterator[Server]:
    """A server on which every address is answered by `handler`."""
    server: Server

    async def handle(request: web.Request) -> web.StreamResponse:
        server.asked.append(request)
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handle)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        seen: list[tuple[str, str]] = []
        api = Asking(http, url, {"Authorization": "Bearer s3cret"}, lambda *told: seen.append(told), moved="go there",
                     **options)  # fmt: skip
        server = Server(api, seen=seen)
        yield server


def answer(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status=status, headers={k.replace("_", "-").lower(): v for k, v in headers.items()}, body=body)


# --- ETags ---


class Shelf:
    """Bodies by path, each with the ETag of its text; tells 304 as a good server does."""

    def __init__(self, **bodies: str) -> None:
        self.bodies, self.sent = bodies, 0

    async def __call__(self, request: web.Request) -> web.Response:
        body = self.bodies[request.path.strip("/")]
        headers = {"ETag": f'W/"{body}"', "X-Count": str(self.sent)}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        self.sent += 1
        return web.json_response(body, headers=headers)


async def test_what_has_not_changed_is_not_sent_again() -> None:
    shelf = Shelf(x="one")
    async with serving(shelf, remember=1000) as server:
        assert [await server.get() for _ in range(3)] == ["one"] * 3
        assert shelf.sent == 1
        shelf.bodies["x"] = "two"
        assert [await server.get() for _ in range(2)] == ["two"] * 2
        assert shelf.sent == 2
        assert await server.get(query=[("a", "b")]) == "two"
        assert shelf.sent == 3
    assert {result for _, result in server.seen} == {"ok"}


async def test_a_304_brings_its_own_headers() -> None:
    shelf = Shelf(x="one")
    async with serving(shelf, remember=1000) as server:
        counts = [await server.api.ask("get", "/x", lambda told: told.headers["x-count"]) for _ in range(2)]
    assert counts == ["0", "1"]


@pytest.mark.parametrize(("size", "sent"), [(0, 6), (15, 4), (1000, 3)])
async def test_the_memory_is_bounded_and_the_longest_unused_goes_first(size: int, sent: int) -> None:
    shelf = Shelf(a="aaaa", b="bbbb", c="cccc")  # six bytes each, with the quotes
    async with serving(shelf, remember=size) as server:
        for path in ("/a", "/b", "/a", "/c", "/a", "/b"):
            assert await server.get(path) == path[1] * 4
    assert shelf.sent == sent


async def test_only_what_is_asked_for_is_remembered() -> None:
    shelf = Shelf(x="one")
    async with serving(shelf, remember=1000) as server:
        for _ in range(2):
            assert await server.api.ask("post", "/x", good(ANYTHING), method="POST") == "one"
    assert shelf.sent == 2


# --- no, and not now ---


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {}, 0),
        (429, {"Retry_After": "7"}, 7),
        (503, {"Retry_After": " 7 "}, 7),
        (429, {"Retry_After": "9" * 5000}, asking.WAIT_MAX_S),
        (429, {"Retry_After": "soon"}, 0),
        (429, {"Retry_After": "-5"}, 0),
        (429, {"Retry_After": "١٢"}, 0),
        (429, {"Retry_After": "Sat, 21 Nov 2026 05:00:30 GMT", "Date": DATE}, 30),
        (429, {"Retry_After": "Sat, 21 Nov 2026 04:00:30 GMT", "Date": DATE}, 0),
        (429, {"Retry_After": "Sat, 21 Nov 2026 05:00:30 GMT"}, 0),
        (403, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(NOW_S + 90), "Date": DATE}, 90),
        (403, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "9" * 5000, "Date": DATE}, asking.WAIT_MAX_S),
        (403, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "x", "Date": DATE}, 0),
        (403, {"X_RateLimit_Remaining": "0"}, 0),
        (403, {"X_RateLimit_Remaining": "12", "X_RateLimit_Reset": str(NOW_S + 90), "Retry_After": "60"}, 60),
        (408, {}, 0),
        (425, {}, 0),
    ],
)  # fmt: skip
def test_not_now(status: int, headers: dict[str, str], wait: int) -> None:
    told = answer(status, b'{"message": "slow\\ndown"}', **headers)
    with pytest.raises(Unreachable, match=f"^http_{status}: slow down$") as raised:
        refuse(told)
    assert (raised.value.retry_after, raised.value.word) == (wait, f"http_{status}")


def test_a_403_is_a_rate_limit_when_its_words_say_so() -> None:
    said = (
        b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes.", "documentation_url": "x"}'
    )
    assert is_limited(answer(403, said))
    assert wait_s(answer(403, said)) == 0
    assert not is_limited(
        answer(403, b'{"message": "Resource not accessible by integration"}', X_RateLimit_Remaining="9")
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'"plain"', "plain"),
        (b'{"status":"error","errorType":"bad_data","error":"1:5: parse error"}', "1:5: parse error"),
        (b'{"message":"Not Found","documentation_url":"https://docs.example.org"}', "Not Found"),
        (b'{"errors":[{"detail":"crate `x` does not exist"}]}', "crate `x` does not exist"),
        (b'{"error":"Not found"}', "Not found"),
        (b'{"errors":["no"]}', "no"),
        (b'{"errors":[]}', "HTTP 404"),
        (b'{"errors":[[]], "message": null}', "HTTP 404"),
        (b"[1]", "HTTP 404"),
        (b"<h1>Not\n here</h1>", "HTTP 404 <h1>Not here</h1>"),
        (b'"' + b"x" * 5000 + b'"', "x" * 299 + "…"),
    ],
)  # fmt: skip
def test_no_is_said_in_the_servers_own_word(body: bytes, words: str) -> None:
    with pytest.raises(Rejected) as raised:
        refuse(answer(404, body))
    assert str(raised.value) == words


BODIES = st.binary(max_size=60) | st.sampled_from([b"[" * 10_000, b'{"message": 5}', b"NaN"])
VALUES = st.text(max_size=30) | st.sampled_from(["0", DATE, "Mon, 01 Jan 0001 00:00:00 +2359"])
NAMES = st.sampled_from(["retry-after", "date", "x-ratelimit-remaining", "x-ratelimit-reset"])


@given(st.integers(100, 599), BODIES, st.dictionaries(NAMES, VALUES))
def test_whatever_comes_is_read_or_one_of_the_two_errors(status: int, body: bytes, headers: dict[str, str]) -> None:
    words = ""
    try:
        good(ANYTHING)(Answer(status=status, headers=headers, body=body))
    except (Unreachable, Rejected) as error:
        words = str(error)
    assert "\n" not in words
    assert len(words) < 400


async def test_a_server_that_hangs_or_says_nothing_of_use() -> None:
    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(FOREVER)
        return web.Response()

    async with serving(hang, timeout_s=0.1) as server:
        with pytest.raises(Unreachable, match=r"^timeout: no answer within 0\.1 s$"):
            await server.get()
    async with serving(lambda request: asyncio.sleep(0, web.Response(body=b"<html>"))) as other:
        with pytest.raises(Unreachable, match=r"^unreadable: "):
            await other.get()
    assert (server.seen, other.seen) == ([("get", "timeout")], [("get", "unreadable")])


async def test_a_redirect_is_followed_only_without_credentials() -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.path == "/there":
            return web.json_response("here")
        return web.Response(status=301, headers={"Location": "/round" if request.path == "/round" else "/there"})

    async with serving(handler) as server:
        with pytest.raises(Unreachable, match=r"^http_301: a redirect; go there$") as raised:
            await server.get()
    assert "s3cret" not in f"{raised.value!r} {server.api!r} {vars(raised.value)}"
    async with serving(handler, follow=True) as open_one:
        assert await open_one.get() == "here"
        with pytest.raises(Unreachable, match=r"^broken: TooManyRedirects$"):
            await open_one.get("/round")


# --- paths, lines and times ---


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=15).filter(lambda x: x.strip(".")))
def test_a_name_arrives_as_one_part_of_the_path(name: str) -> None:
    async def scene() -> None:
        async with serving(lambda request: asyncio.sleep(0, web.json_response(1))) as server:
            await server.get(f"/a/{segment(name)}/b")
        [request] = server.asked
        assert request.raw_path.count("/") == 3
        assert request.url.parts == ("/", "a", name, "b")

    asyncio.run(scene())


@pytest.mark.parametrize("name", ["", ".", "..", "a\nb", "\ud800", "x" * 301])
def test_what_cannot_be_a_part_of_a_path_is_not_asked_for(name: str) -> None:
    with pytest.raises(Rejected, match="is not a name"):
        segment(name)


@pytest.mark.parametrize(
    ("text", "ms"),
    [(DATE, NOW_S * 1000), (DATE[:-4], NOW_S * 1000), ("", 0), ("now", 0), ("Sat, 99 Nov 2026 05:00:00 GMT", 0)],
)  # fmt: skip
def test_an_http_date(text: str, ms: int) -> None:
    assert asking.date_ms(text) == ms
