"""The client of any JSON document: which number it takes out, what it asks for, and what it says when there is none."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.asking import Rejected, Unreachable
from bot.clients.documents import Documents
from tests.conftest import serve
from tests.system.processes import free_port

FOREVER = 60
PAGE = {
    "stars": 1234, "rate": 0.25, "shown": "98.5", "name": "aris", "ok": True, "gone": None, "tags": ["a", "b", "c"],
    "none": [], "deep": {"rows": [{"n": 3, "at": "x"}, {"n": 4, "at": "y"}]}, "huge": 10**400, "inf": 1e999,
}  # fmt: skip


@dataclass
class Server:
    """What is answered, what was asked, and the client that asks."""

    client: Documents
    url: str = ""
    answer: Any = None
    asked: list[web.Request] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if self.answer == "hang":
            await asyncio.sleep(FOREVER)
        if isinstance(self.answer, web.Response):
            told = self.answer
            return web.Response(status=told.status, body=told.body, headers=told.headers)
        return web.json_response(self.answer)

    async def number(self, path: str, address: str = "/stats.json") -> float | None:
        return await self.client.number(f"{self.url}{address}", path)


@asynccontextmanager
async def serving(answer: Any, *, timeout_s: float = 5.0) -> AsyncIterator[Server]:
    async with aiohttp.ClientSession() as http:
        seen: list[tuple[str, str]] = []
        server = Server(Documents(http, lambda *told: seen.append(told), timeout_s=timeout_s), answer=answer, seen=seen)
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", server.handle)
        async with serve(app) as url:
            server.url = url
            yield server


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("stars", 1234), ("rate", 0.25), ("shown", 98.5), ("ok", 1), ("stars > `2000`", 0), ("tags", 3), ("none", 0),
        ("deep.rows[?at=='y'].n | [0]", 4), ("sum(deep.rows[].n)", 7), ("length(name)", 4), ('"stars"', 1234),
        ("gone", None), ("no.such", None), ("deep.rows[9].n", None), ("none[0]", None),
    ],
)  # fmt: skip
async def test_a_number_is_found(path: str, value: float | None) -> None:
    async with serving(PAGE) as server:
        assert await server.number(path) == value
    assert server.seen == [("json", "ok")]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("name", "'name' leads to 'aris', which is not a number"),
        ("deep", "'deep' leads to .*, which is not a number"),
        ("huge", "is not a number"),
        ("'nan'", "is not a number"),
        ("tags[", r"'tags\[' is not a JMESPath for this document: Invalid"),
        ("", "is not a JMESPath for this document"),
        ("sum(tags)", "is not a JMESPath for this document: In function sum"),
        ("tags[::0]", "is not a JMESPath for this document: slice step"),
        ("name < `1`", "is not a JMESPath for this document: '<' not supported"),
        ("no_such_function(@)", "is not a JMESPath for this document: Unknown function"),
    ],
)
async def test_what_leads_to_no_number_is_refused(path: str, words: str) -> None:
    page = {name: value for name, value in PAGE.items() if name != "inf"}
    async with serving(page) as server:
        with pytest.raises(Rejected, match=words) as raised:
            await server.number(path)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) <= 300


@pytest.mark.parametrize("body", [json.dumps(PAGE["inf"]), "NaN", "-Infinity"])
async def test_what_is_not_finite_is_no_number(body: str) -> None:
    async with serving(web.Response(text=body)) as server:
        with pytest.raises((Rejected, Unreachable), match=r"not a number|unreadable"):
            await server.number("@")


@pytest.mark.parametrize(
    "address", ["", "/", "/stats/", "/a%2Fb/?q=x/", "/api?from=2026-11-21&of=%25&of=a+b", "/?url=http://x.example.org/"]
)
async def test_an_address_is_asked_for_as_it_stands(address: str) -> None:
    async with serving(5) as server:
        assert await server.number("@", f"{address}#part") == 5
    assert server.asked[0].raw_path == (address if address.startswith("/") else "/")
    assert server.asked[0].method == "GET"
    assert "Authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    ("answer", "words", "word"),
    [
        (web.Response(status=403, text='{"message": "members only"}'), "members only", "rejected"),
        (web.Response(status=404, text="<h1>Gone</h1>"), "HTTP 404 <h1>Gone</h1>", "rejected"),
        (web.Response(status=429, headers={"Retry-After": "9"}), "http_429: HTTP 429", "http_429"),
        (web.Response(status=502), "http_502: HTTP 502", "http_502"),
        (web.Response(text="<html>log in"), "unreadable: ", "unreadable"),
        (web.Response(text=""), "unreadable: ", "unreadable"),
        (web.Response(body=b"[" * 100_000), "unreadable: ", "unreadable"),
        (web.Response(status=301, headers={"Location": "/stats.json"}), "broken: TooManyRedirects", "broken"),
        ("hang", "timeout: no answer within 0.2 s", "timeout"),
    ],
)
async def test_what_goes_wrong(answer: Any, words: str, word: str) -> None:
    async with serving(answer, timeout_s=0.2 if answer == "hang" else 20) as server:
        with pytest.raises((Rejected, Unreachable)) as raised:
            await server.number("stars")
    assert str(raised.value).startswith(words)
    assert isinstance(raised.value, Rejected if word == "rejected" else Unreachable)
    assert getattr(raised.value, "retry_after", 0) == (9 if word == "http_429" else 0)
    assert server.seen == [("json", word)]


async def test_who_is_not_there_and_what_is_no_address() -> None:
    async with aiohttp.ClientSession() as http:
        client = Documents(http, lambda *told: None)
        with pytest.raises(Unreachable, match=r"^not connected: "):
            await client.number(f"http://127.0.0.1:{free_port()}/x", "a")
        for address in ("http://[x", "http://", "http://a:b/"):
            with pytest.raises((Rejected, Unreachable)):
                await client.number(address, "a")


async def test_it_may_have_moved() -> None:
    async with serving(7) as there, serving(None) as here:
        here.answer = web.Response(status=302, headers={"Location": f"{there.url}/other"})
        assert await here.number("@") == 7


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(["@", "a", "a.b", "[0]", "a[*].b", "length(@)", "sum(@)", "a > b", "@[::0]", "avg(@)", "max(@)",
                         "sort(@)", "keys(@)", "to_number(a)", "ceil(a)", "join('', @)", "merge(@, a)"])  # fmt: skip


@given(st.lists(st.tuples(JSON, PATHS | st.text(max_size=8)), min_size=1, max_size=10))
def test_any_document_and_path_is_a_number_nothing_or_one_of_the_two_errors(pairs: list[tuple[Any, str]]) -> None:
    async def scene() -> None:
        async with serving(None) as server:
            for document, path in pairs:
                server.answer = document if document != "hang" else None
                with suppress(Rejected, Unreachable):
                    value = await server.number(path)
                    assert value is None or isinstance(value, float)

    asyncio.run(scene())
