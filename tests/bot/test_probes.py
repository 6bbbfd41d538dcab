"""Checks of an address over HTTP: 1 for 2xx, 0 for anything else, with the reason in words; like `probe_success`."""

import asyncio
import ssl
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.clients.probes import Probe, Probes
from rules.reading import Reading
from tests.bot.test_sources import NOW, WATCH, world
from tests.conftest import serve
from tests.mailbox import certificate
from tests.system.processes import free_port


@pytest.mark.parametrize(
    ("page", "success", "said", "word"),
    [
        (web.Response(), True, "HTTP 200", "ok"),
        (web.Response(status=204), True, "HTTP 204", "ok"),
        (web.Response(text="<html>is fine, and no JSON"), True, "HTTP 200", "ok"),
        (
            web.Response(status=302, headers={"Location": "/other"}),
            False,
            "http_302: a redirect; write the",
            "http_302",
        ),
        (web.Response(status=401), False, "HTTP 401", "http_401"),
        (web.Response(status=404, text="404: Not\nFound"), False, "HTTP 404: 404: Not Found", "http_404"),
        (web.Response(status=503, text="{'db': 'down'}"), False, "HTTP 503: {'db': 'down'}", "http_503"),
        (web.Response(status=503, body=b"\xff\x00" * 9999), False, "HTTP 503: ", "http_503"),
        ("hang", False, "timeout: no answer within 1 s", "timeout"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_what_an_answer_comes_to(page: web.Response | str, success: bool, said: str, word: str) -> None:
    seen: list[tuple[str, str]] = []
    async with world(pages={"/health": page, "/other": {}}) as one, aiohttp.ClientSession() as http:
        probes = Probes(http, lambda *told: seen.append(told), timeout_s=1 if page == "hang" else 20)
        found = await probes.ask(f"{one.url}/health")
    assert (found.success, found.said[: len(said)]) == (success, said)
    assert len(found.said) < 400
    assert seen == [("probe", word)]
    assert one.asked == ["/health"], "asked once, and led nowhere else"


async def test_who_is_not_there() -> None:
    """Down, unknown or cut off: from here they look the same."""
    async with aiohttp.ClientSession() as http:
        probes = Probes(http, lambda *told: None)
        for address in (f"http://127.0.0.1:{free_port()}/health", "http://[x/", "http://a:b/"):
            found = await probes.ask(address)
            assert not found.success
            assert found.said


async def test_what_comes_after_a_good_status_is_of_no_matter() -> None:
    """A stream that never ends, and a body that nobody can decode."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": "gzip"} if "gzip" in request.path else {})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await asyncio.Event().wait()
        return response

    app = web.Application()
    app.router.add_get("/{any}", endless)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        probes = Probes(http, lambda *told: None)
        for path in ("stream", "gzip"):
            assert await probes.ask(f"{url}/{path}") == Probe(success=True, said="HTTP 200")


async def test_a_connection_that_breaks() -> None:
    async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Len")
        writer.close()

    server = await asyncio.start_server(broken, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as http:
        found = await Probes(http, lambda *told: None).ask(f"http://127.0.0.1:{port}/")
    assert (found.success, found.said) == (False, "broken: ServerDisconnectedError")


async def test_https_with_a_certificate_that_nobody_vouches_for_is_no_success() -> None:
    async def fine(_request: web.Request) -> web.Response:
        return web.Response()

    context, authority = certificate()
    app = web.Application()
    app.router.add_get("/health", fine)
    async with serve(app, tls=context) as url:
        address = f"{url}/health"
        async with aiohttp.ClientSession() as http:
            found = await Probes(http, lambda *told: None).ask(address)
        assert not found.success
        assert "certificate" in found.said
        trusting = aiohttp.TCPConnector(ssl=ssl.create_default_context(cadata=authority))
        async with aiohttp.ClientSession(connector=trusting) as http:
            assert await Probes(http, lambda *told: None).ask(address) == Probe(success=True, said="HTTP 200")


async def test_a_check_reads_1_or_0_each_minute_or_as_the_plan_says() -> None:
    async with world(pages={"/v1.1.1/health": {"ok": True}}) as one:
        check = f'http: "{one.url}/$version/health"'
        host = one.url.removeprefix("http://")
        assert await one.read(check) == Reading(at=NOW, source=host, value=1, note="HTTP 200")
        one.pages = {"/v1.1.1/health": web.Response(status=503)}
        one.clock.turn(seconds=54)
        assert (await one.read(check)).value == 1
        one.clock.turn(seconds=1)
        found = await one.read(check)
        assert (found.value, found.note, found.trouble, found.at) == (0, "HTTP 503", "", NOW + 55_000)
        assert len(one.asked) == 2
        one.clock.turn(minutes=4)
        await one.read(f"{check}, every: 5m")
        one.clock.turn(minutes=4)
        await one.read(f"{check}, every: 5m")
    assert len(one.asked) == 3


async def test_nobody_there_is_a_finding_and_no_lack_of_data() -> None:
    async with world() as one:
        found = await one.read(f'http: "http://127.0.0.1:{free_port()}/health"')
        assert (found.value, found.trouble) == (0, "")
        assert found.note.startswith("not connected: ")
        await one.read(f'http: "{one.url}/of/$version"', of=replace(WATCH, release="v1+1/x"))
    assert one.asked == ["/of/v1+1/x"], "its name is no path of its own"
