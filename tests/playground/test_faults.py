"""Each kind of fault, as a client sees it and as the workspace is left."""

import aiohttp
import pytest

from bot.playground.faults import Fault, Faults, Kind


@pytest.fixture
def post(playground, session, ws):
    async def call(channel="alerts"):
        url = f"{playground}/playground/api/chat.postMessage"
        headers = {"Authorization": f"Bearer {ws.token}"}
        async with session.post(url, json={"channel": channel, "text": "x"}, headers=headers) as answer:
            return answer.status, await answer.text(), answer.headers

    return call


def posted(ws) -> int:
    return len(ws.messages("alerts"))


async def test_ratelimited_so_many_times(post, faults, ws):
    faults.add(Fault(method="chat.postMessage", kind="ratelimited", times=2, retry_after=7))
    for _ in range(2):
        status, body, headers = await post()
        assert (status, headers["Retry-After"]) == (429, "7")
        assert '"error": "ratelimited"' in body
    assert (await post())[0] == 200
    assert posted(ws) == 1
    assert [hit.kind for hit in faults.hits] == [Kind.ratelimited] * 2
    assert [call.done for call in ws.calls] == [False, False, True]


@pytest.mark.parametrize(("kind", "left"), [("server_error", 0), ("server_error_after", 1)])
async def test_server_errors(post, faults, ws, kind, left):
    faults.add(Fault(method="chat.*", kind=kind, times=1))
    assert (await post())[0] == 500
    assert posted(ws) == left
    assert ws.calls[-1].done is bool(left)


@pytest.mark.parametrize(("kind", "left"), [("drop_before", 0), ("drop_after", 1)])
async def test_dropped_connections(post, faults, ws, kind, left):
    faults.add(Fault(method="chat.postMessage", kind=kind, times=1))
    with pytest.raises(aiohttp.ClientError):
        await post()
    assert posted(ws) == left
    assert (ws.calls[-1].fault, ws.calls[-1].result) == (kind, None)


async def test_error_word_and_channel(post, faults, ws):
    faults.add(Fault(method="chat.postMessage", kind="error", error="is_archived", channel="alerts"))
    assert '"is_archived"' in (await post())[1]
    assert '"is_archived"' in (await post(ws.channel("alerts").id))[1]
    assert '"ok": true' in (await post("general"))[1]
    faults.clear()
    assert '"ok": true' in (await post())[1]


async def test_a_delay_comes_before_the_work_and_combines(post, faults, ws):
    faults.add(Fault(method="*", kind="delay", seconds=0.01, times=1))
    faults.add(Fault(method="*", kind="server_error", times=1))
    assert (await post())[0] == 500
    assert [hit.kind for hit in faults.hits] == [Kind.delay, Kind.server_error]


def test_probability_draws_from_the_injected_chance():
    class Draws:
        def __init__(self) -> None:
            self.numbers = [0.9, 0.1]

        def random(self) -> float:
            return self.numbers.pop(0)

    faults = Faults(chance=Draws())
    faults.add(Fault(method="*", kind="server_error", probability=0.5))
    assert faults.strike("chat.update", frozenset()) == []
    assert len(faults.strike("chat.update", frozenset())) == 1


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="explode"):
        Fault(method="*", kind="explode")


async def test_faults_over_http(playground, session, post):
    url = f"{playground}/playground/ui/faults"
    async with session.post(url, json={"method": "chat.postMessage", "kind": "server_error", "times": 3}) as answer:
        assert (await answer.json())["faults"][0]["times"] == 3
    assert (await post())[0] == 500
    async with session.post(url, json={"kind": "nonsense"}) as answer:
        assert answer.status == 400
    async with session.delete(url) as answer:
        assert (await answer.json())["faults"] == []
    assert (await post())[0] == 200
