"""What is sent to GitHub for a rollback, and what of its answers means that nothing was started; texts and labels."""

from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clients.asking import Rejected, Unreachable
from bot.clients.documents import Documents
from bot.clients.github_dispatch import Refused, dispatch, is_elsewhere, never_arrived
from bot.clients.github_rest import GitHubRest
from bot.clients.prometheus import Prometheus
from rules.rollback import Call
from tests.conftest import TurningClock, serve

EVENT = Call(repository="acme/sdk", event="roll-back", inputs={"to": "v1"})


@dataclass
class Server:
    """Answers every call with one status and body, and remembers it."""

    status: int = 204
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        told = await request.json() if request.content_type == "application/json" else None
        self.asked.append((request.method, request.path, told))
        if self.status == 204:
            return web.Response(status=204)
        return web.json_response(self.body, status=self.status, headers=self.headers)


async def called(server: Server, call: Call = EVENT) -> None:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.answer)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        await dispatch(GitHubRest(http, url, {}, lambda *_: None, TurningClock()), call)


async def test_an_event_and_a_workflow() -> None:
    server = Server()
    await called(server)
    await called(server, Call(repository="acme/sdk", workflow="back.yml", ref="main", inputs={"to": "v1"}))
    assert server.asked == [
        ("POST", "/repos/acme/sdk/dispatches", {"event_type": "roll-back", "client_payload": {"to": "v1"}}),
        ("POST", "/repos/acme/sdk/actions/workflows/back.yml/dispatches", {"ref": "main", "inputs": {"to": "v1"}}),
    ]


@pytest.mark.parametrize("status", [401, 403, 404, 422])
async def test_a_no_has_its_status(status: int) -> None:
    with pytest.raises(Refused, match="so it is") as refused:
        await called(Server(status, {"message": "so it is"}))
    assert refused.value.status == status


@pytest.mark.parametrize("call", [Call(repository="a/../b", event="x"), Call(repository="a/b", workflow="..", ref="x")])
async def test_what_cannot_be_asked_is_not(call: Call) -> None:
    server = Server()
    with pytest.raises(Refused):
        await called(server, call)
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "headers", "arrived"),
    [(500, {}, True), (502, {}, True), (408, {}, True), (429, {}, False), (403, {"Retry-After": "9"}, False)],
)
async def test_only_what_surely_did_nothing_may_be_tried_again(
    status: int, headers: dict[str, str], arrived: bool
) -> None:
    with pytest.raises(Unreachable) as unreachable:
        await called(Server(status, {"message": "no"}, headers))
    assert never_arrived(unreachable.value.word) is not arrived


async def test_where_nobody_listens_nothing_arrives_and_elsewhere_is_elsewhere() -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(Unreachable) as unreachable:
            await dispatch(GitHubRest(http, "http://127.0.0.1:9", {}, lambda *_: None, TurningClock()), EVENT)
    assert never_arrived(unreachable.value.word)
    with pytest.raises(Unreachable) as moved:
        await called(Server(307, {}, {"Location": "/x"}))
    assert is_elsewhere(moved.value.word)
    assert not never_arrived(moved.value.word)


async def read_text(body: object, path: str) -> str:
    app = web.Application()
    app.router.add_get("/v", Server(200, body).answer)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        return await Documents(http, lambda *_: None).text(f"{url}/v", path)


async def test_the_text_in_a_document() -> None:
    assert await read_text({"a": {"b": " v1.1\n0 "}}, "a.b") == "v1.1 0"
    assert await read_text({"a": 2}, "a") == "2"
    assert await read_text({}, "a") == ""
    for wrong in ([], {"b": 1}, True):
        with pytest.raises(Rejected, match="which is not a text"):
            await read_text({"a": wrong}, "a")
    with pytest.raises(Rejected, match="not a JMESPath"):
        await read_text({}, "][")


async def labels(data: object) -> tuple[str, ...]:
    app = web.Application()
    app.router.add_post("/api/v1/query", Server(200, {"status": "success", "data": data}).answer)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        return await Prometheus(http, url, {}, lambda *_: None).labels("build_info", "version")


async def test_the_values_of_a_label() -> None:
    rows = [{"metric": {"version": one} if one else {}, "value": [1, "1"]} for one in ("v2", "v1", "v2", "")]
    assert await labels({"resultType": "vector", "result": rows}) == ("v1", "v2")
    assert await labels({"resultType": "vector", "result": []}) == ()
    with pytest.raises(Rejected, match="gives no series at a moment"):
        await labels({"resultType": "scalar", "result": [1, "1"]})
