"""The client of Prometheus against a server that answers well, badly, slowly or not at all; its settings."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiMapping

from bot.clients.prometheus import POINTS_MAX, Prometheus, Rejected, Sample, Unreachable
from bot.setting_values import BadSetting
from bot.settings import read
from tests.conftest import serve
from tests.system.processes import free_port

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DATE, NOW = "Sat, 21 Nov 2026 05:00:00 GMT", 1_795_237_200_000
FOREVER = 60
CALLS = ["value", "range", "version"]


@dataclass
class Server:
    """What was asked, what is answered, and the client that asks."""

    client: Prometheus
    asked: list[web.Request] = field(default_factory=list)
    forms: list[MultiMapping[Any]] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def serving(handler: Handler, *, timeout_s: float = 5.0) -> AsyncIterator[Server]:
    """A server on which every address is answered by `handler`."""
    server: Server

    async def handle(request: web.Request) -> web.StreamResponse:
        server.asked.append(request)
        server.forms.append(await request.post())
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handle)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        seen: list[tuple[str, str]] = []
        client = Prometheus(http, f"{url}/pre/", {}, lambda *told: seen.append(told), timeout_s=timeout_s)
        server = Server(client, seen=seen)
        yield server


def saying(body: Any, status: int = 200) -> Handler:
    """Answers always the same."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, body=data, headers={"Date": DATE})

    return handler


def told(kind: str, result: Any, **more: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": result}, **more}


async def call(client: Prometheus, name: str) -> object:
    match name:
        case "value":
            return await client.value("up", 1000)
        case "range":
            return await client.range("up", 0, 60_000, 60)
    return await client.version()


# --- what is asked and read ---


async def test_an_expression_is_asked_in_a_form() -> None:
    async with serving(saying(told("vector", []))) as server:
        await server.client.value('up{a="+&;%41ü"}', 1_123)
        await server.client.value("up")
        with pytest.raises(Unreachable, match="not a range"):
            await server.client.range("up", 0, 60_500, 30)
    assert [request.path for request in server.asked] == ["/pre/api/v1/query"] * 2 + ["/pre/api/v1/query_range"]
    assert {request.method for request in server.asked} == {"POST"}
    assert {request.query_string for request in server.asked} == {""}
    assert dict(server.forms[0]) == {"query": 'up{a="+&;%41ü"}', "time": "1.123", "timeout": "5"}
    assert dict(server.forms[1]) == {"query": "up", "timeout": "5"}
    assert dict(server.forms[2]) == {
        "query": "up", "start": "0.000", "end": "60.500", "step": "30.000", "timeout": "5",
    }  # fmt: skip
    assert [word for _, word in server.seen] == ["ok", "ok", "unreadable"]


@pytest.mark.parametrize(
    ("kind", "result", "sample"),
    [
        ("scalar", [1.5, "2"], Sample(value=2.0, series=1, at=1500)),
        ("scalar", [1.5, "-Inf"], Sample(value=None, series=1, at=1500)),
        ("vector", [{"metric": {"a": "b"}, "value": [1.5, "2e-3"]}], Sample(value=0.002, series=1, at=1500)),
        ("vector", [{"metric": {}, "value": [1.5, "NaN"]}], Sample(value=None, series=1, at=1500)),
        ("vector", [{"metric": {}, "value": [1.5, "+Inf"]}], Sample(value=None, series=1, at=1500)),
        ("vector", [], Sample(value=None, series=0, at=NOW)),
    ],
)
async def test_a_value_is_read(kind: str, result: Any, sample: Sample) -> None:
    async with serving(saying(told(kind, result))) as server:
        assert await server.client.value("x") == sample


async def test_warnings_are_kept_in_one_line_and_few() -> None:
    warnings = ["only a\npart was read", "x" * 1000, *["more"] * 20]
    async with serving(saying(told("scalar", [1, "2"], warnings=warnings, infos=["perhaps"]))) as server:
        sample = await server.client.value("x")
    assert sample.warnings == ("only a part was read", "x" * 299 + "…", "more", "more", "more")


HISTOGRAM = {"metric": {}, "histogram": [1.5, {"count": "5", "sum": "3", "buckets": []}]}
TWO = [{"metric": {"a": "1"}, "value": [1, "1"]}, {"metric": {"a": "2"}, "value": [1, "1"]}]


@pytest.mark.parametrize(
    ("kind", "result", "words"),
    [
        ("vector", TWO, r"2 series where one is needed; aggregate them, as in sum\(x y\)"),
        ("vector", [HISTOGRAM], "histogram_quantile"),
        ("matrix", [{"metric": {}, "values": [[1, "1"]]}], "is a range of values"),
        ("string", [1, "text"], "is a text"),
    ],
)
async def test_what_is_no_single_number_is_refused_with_advice(kind: str, result: Any, words: str) -> None:
    async with serving(saying(told(kind, result))) as server:
        with pytest.raises(Rejected, match=words):
            await server.client.value("x\ny")
    assert server.seen == [("value", "rejected")]


@given(st.integers(0, 10**8), st.integers(0, 10**10), st.floats(0.001, 10**6))
def test_a_range_never_has_more_points_than_prometheus_gives(start: int, span: int, step_s: float) -> None:
    async def scene() -> None:
        async with serving(saying(told("matrix", [{"metric": {}, "values": []}]))) as server:
            points = await server.client.range("x", start, start + span, step_s)
        step = float(str(server.forms[0]["step"]))
        assert span / 1000 / step <= POINTS_MAX
        assert len(points) == span // round(step * 1000) + 1 <= POINTS_MAX
        assert step >= step_s - 1e-9

    asyncio.run(scene())


async def test_a_range_has_none_where_there_is_no_number() -> None:
    values = [[0, "1"], [120.0, "NaN"], [180, "4"]]
    async with serving(saying(told("matrix", [{"metric": {}, "values": values}]))) as server:
        points = await server.client.range("x", 0, 239_000, 60)
    assert points == ((0, 1.0), (60_000, None), (120_000, None), (180_000, 4.0))


@pytest.mark.parametrize(
    ("end", "step_s"), [(-1, 60), (0, 0), (0, -1), (0, float("nan")), (0, float("inf")), (0, 1e308)]
)
async def test_what_is_no_range_is_not_asked_for(end: int, step_s: float) -> None:
    async with serving(saying(told("matrix", []))) as server:
        with pytest.raises(Rejected, match="a range needs"):
            await server.client.range("x", 0, end, step_s)
    assert (server.asked, server.seen) == ([], [("range", "rejected")])


async def test_the_version_is_read() -> None:
    async with serving(saying({"status": "success", "data": {"version": "2.42.0", "revision": "x"}})) as server:
        assert await server.client.version() == "2.42.0"
    assert (server.asked[0].method, server.asked[0].path) == ("GET", "/pre/api/v1/status/buildinfo")


# --- what goes wrong ---


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("status", "body", "words", "word"),
    [
        (400, b'{"status":"error","errorType":"bad_data","error":"parse error: x"}', "parse error: x", "rejected"),
        (422, b'{"status":"error","errorType":"execution","error":"many-to-many"}', "many-to-many", "rejected"),
        (401, b"Unauthorized", "HTTP 401 Unauthorized", "rejected"),
        (503, b'{"status":"error","errorType":"timeout","error":"timed out"}', "http_503: timed out", "http_503"),
        (502, b"<h1>Bad Gateway</h1>", "http_502: HTTP 502 <h1>Bad Gateway</h1>", "http_502"),
        (429, b"", "http_429: HTTP 429", "http_429"),
        (302, b"", "http_302: a redirect; write the address where it ends into PROMETHEUS_URL", "http_302"),
    ],
)
async def test_errors_are_told_in_prometheus_words(name: str, status: int, body: bytes, words: str, word: str) -> None:
    async with serving(saying(body, status)) as server:
        with pytest.raises(Rejected if word == "rejected" else Unreachable) as raised:
            await call(server.client, name)
    assert str(raised.value) == words
    assert server.seen == [(name, word)]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b"{}", b"[]", b'{"status":"success"}', b"\xff", b"[" * 100_000,
     json.dumps(told("new kind", [])).encode(), json.dumps(told("vector", [{"value": [1]}])).encode(),
     json.dumps(told("scalar", [1, "many"])).encode(), b'{"status":"error","data":{"resultType":"vector","result":[]}}',
     b'{"status":"success","data":{"resultType":"scalar","result":[NaN,"1"]}}',
     b'{"status":"success","data":{"resultType":"scalar","result":[1e300,"1"]}}'],
)  # fmt: skip
async def test_garbage(name: str, body: bytes) -> None:
    async with serving(saying(body)) as server:
        with pytest.raises(Unreachable, match=r"^unreadable: "):
            await call(server.client, name)
    assert server.seen == [(name, "unreadable")]


@pytest.mark.parametrize("name", CALLS)
async def test_too_slow_or_not_there(name: str) -> None:
    async def hang(request: web.Request) -> web.Response:
        await asyncio.sleep(FOREVER)
        return web.Response()

    async with serving(hang, timeout_s=0.1) as server:
        with pytest.raises(Unreachable, match=r"timeout: no answer within 0\.1 s"):
            await call(server.client, name)
    async with aiohttp.ClientSession() as http:
        with pytest.raises(Unreachable, match="not connected: "):
            await call(Prometheus(http, f"http://127.0.0.1:{free_port()}", {}, lambda *told: None), name)


# --- settings ---


def test_the_settings_are_those_of_alertmanager_by_another_name() -> None:
    found = read({"PROMETHEUS_URL": "https://ada:s3cret@prom.example.org/pre/", "ALERTMANAGER_TOKEN": "x"}).prometheus
    assert found is not None
    assert (found.url, list(found.headers)) == ("https://prom.example.org/pre", ["Authorization"])
    given = {"PROMETHEUS_URL": "http://prom", "PROMETHEUS_TOKEN": "s3cret"}
    settings = read(given)
    assert settings.prometheus is not None
    assert settings.prometheus.headers == {"Authorization": "Bearer s3cret"}
    assert "s3cret" not in f"{settings!r} {settings.prometheus!r}"
    assert read({}).prometheus is None


@pytest.mark.parametrize(
    "environ",
    [
        {"PROMETHEUS_TOKEN": "s3cret", "PROMETHEUS_USER": "a", "PROMETHEUS_PASSWORD": "s3cret"},
        {"PROMETHEUS_TOKEN": "Bearer s3cret"},
        {"PROMETHEUS_USER": "a"},
        {"PROMETHEUS_URL": "prom:9090"},
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_told(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"^PROMETHEUS_") as raised:
        read({"PROMETHEUS_URL": "http://prom", **environ})
    assert "s3" not in str(raised.value)
    assert "ALERTMANAGER" not in str(raised.value)
