"""The client of Alertmanager against a server that answers well, badly, slowly, hugely or not at all; its settings."""

import asyncio
import base64
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st

from bot.clients import alertmanager
from bot.clients.alertmanager import Alertmanager, MatcherRow, Rejected, Unreachable, rfc3339, to_rows, to_text, unix_ms
from bot.setting_values import BadSetting
from bot.settings import read
from rules.matching import Matcher, Op, parse
from rules.silence import Silence
from tests.conftest import serve
from tests.system.processes import free_port

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HOUR, FOREVER = 3_600_000, 60
MIB, HUGE = 1024 * 1024, alertmanager.ANSWER_MAX
CALLS = ["alerts", "silences", "create", "expire", "status"]
WANTED = Silence(matchers='alertname="DiskFull"', by="Ada", reason="new disks", since=0, until=HOUR, token="t0k3n")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NASTY = ['say "hi"', "back\\slash", "two\nlines", "a,b", "{}", "ünï 💥", "\\n", '\\"', "", " ", "a+b&c=%41;#",
         "\x00\r\x85"]  # fmt: skip


@dataclass
class Server:
    """What was asked, what is answered, and the client that asks."""

    client: Alertmanager
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)


@asynccontextmanager
async def serving(
    handler: Handler, *, headers: Mapping[str, str] | None = None, prefix: str = "", timeout_s: float = 5.0
) -> AsyncIterator[Server]:
    """A server on which every address is answered by `handler`."""
    server: Server

    async def handle(request: web.Request) -> web.StreamResponse:
        server.asked.append(request)
        server.bodies.append(await request.read())
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handle)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        seen: list[tuple[str, str]] = []
        client = Alertmanager(http, url + prefix, headers or {}, lambda *told: seen.append(told), timeout_s=timeout_s)
        server = Server(client, seen=seen)
        yield server


def saying(status: int, body: Any = b"", **headers: str) -> Handler:
    """Answers always the same."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, body=data, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return handler


async def call(client: Alertmanager, name: str) -> object:
    match name:
        case "alerts":
            return await client.alerts(parse('alertname="DiskFull"'))
        case "silences":
            return await client.silences()
        case "create":
            return await client.create(WANTED)
        case "status":
            return await client.running()
    return await client.expire("an-id")  # type: ignore[func-returns-value]


ALERT = {
    "labels": {"alertname": "DiskFull", "ünï": "x"},
    "startsAt": "2026-11-21T08:00:00.1239Z",
    "status": {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": None},
    "receivers": [{"name": "sereno"}, {"name": "mail"}],
}


def silence_row(comment: str = "by hand", state: str = "active", **more: Any) -> dict[str, Any]:
    matchers = [{"name": "a", "value": "b", "isRegex": False}]
    times = {"startsAt": "2026-11-21T08:00:00Z", "endsAt": "2026-11-21T10:00:00.000+01:00"}
    row = {"id": "an-id", "status": {"state": state}, "matchers": matchers, "createdBy": "Ada", "comment": comment}
    return row | times | more


# --- what is read ---


async def test_an_alert_is_read() -> None:
    async with serving(saying(200, [ALERT])) as server:
        [known] = await server.client.alerts()
    assert known.labels == ALERT["labels"]
    assert (known.silenced_by, known.inhibited_by, known.receivers) == (("s1",), (), ("sereno", "mail"))
    assert rfc3339(known.since) == "2026-11-21T08:00:00.123Z"
    assert server.seen == [("alerts", "ok")]
    assert dict(server.asked[0].query) == dict.fromkeys(["active", "silenced", "inhibited", "unprocessed"], "true")


@given(value=TEXT, op=st.sampled_from([Op.EQUAL, Op.NOT_EQUAL]))
def test_a_filter_arrives_as_it_was_meant(value: str, op: Op) -> None:
    async def scene() -> None:
        wanted = Matcher("alertname", op, value)
        async with serving(saying(200, [])) as server:
            await server.client.alerts([wanted])
        sent = server.asked[0].query.getall("filter", [])
        assert [one for text in sent for one in parse(text)] in ([wanted], [])
        assert sent or not value.isprintable()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("text", "found"),
    [('"ünï"="x"', 1), ('"ünï"="y"', 0), ('"k8s.io/x"=~".+"', 0), ('"a b"!="c", alertname="x"', 1)],
)
async def test_what_an_older_one_cannot_read_is_not_asked_but_filtered(text: str, found: int) -> None:
    async with serving(saying(200, [ALERT])) as server:
        assert len(await server.client.alerts(parse(text))) == found
    assert server.asked[0].query.getall("filter", []) == (['alertname="x"'] if "alertname" in text else [])


async def test_silences_that_are_over_are_left_out() -> None:
    rows = [silence_row(state="expired"), silence_row(state="pending", id="p"), silence_row(comment="x [sereno tok]")]
    async with serving(saying(200, rows)) as server:
        pending, active = await server.client.silences()
    assert (pending.id, pending.token, pending.reason) == ("p", "", "by hand")
    assert (active.token, active.reason, active.by, active.matchers) == ("tok", "x", "Ada", 'a="b"')
    assert active.until - active.since == HOUR


async def test_a_silence_with_a_pattern_that_we_cannot_compile_is_listed() -> None:
    row = silence_row(matchers=[{"name": "a", "value": "(", "isRegex": True, "isEqual": False}])
    async with serving(saying(200, [row])) as server:
        [silence] = await server.client.silences()
    assert silence.matchers == 'a!~"("'


async def test_the_start_is_read() -> None:
    async with serving(saying(200, {"uptime": "1970-01-01T00:00:01.002000999+00:00", "config": {}})) as server:
        assert (await server.client.running()).since == 1002


# --- what is written ---


async def test_a_silence_is_sent_whole() -> None:
    async with serving(saying(200, {"silenceID": "new"}), prefix="/pre/fix/") as server:
        assert await server.client.create(WANTED) == "new"
    assert server.client.url.endswith("/pre/fix")
    assert (server.asked[0].method, server.asked[0].path) == ("POST", "/pre/fix/api/v2/silences")
    assert json.loads(server.bodies[0]) == {
        "matchers": [{"name": "alertname", "value": "DiskFull", "isRegex": False, "isEqual": True}],
        "startsAt": "1970-01-01T00:00:00.000Z",
        "endsAt": "1970-01-01T01:00:00.000Z",
        "createdBy": "Ada",
        "comment": "new disks [sereno t0k3n]",
    }


@pytest.mark.parametrize(
    ("matchers", "until", "token"),
    [("", HOUR, ""), ("a", HOUR, ""), ('a=~"("', HOUR, ""), ('a="\ud800"', HOUR, ""), ('a="b"', 10**15, ""),
     ('a="b"', 10**40, ""), ('a="b"', HOUR, "a b"), ('a="b"', HOUR, "a]")],
)  # fmt: skip
async def test_what_cannot_be_a_silence_is_rejected_without_asking(matchers: str, until: int, token: str) -> None:
    async with serving(saying(200, {"silenceID": "new"})) as server:
        with pytest.raises(Rejected):
            await server.client.create(Silence(matchers=matchers, by="", reason="", since=0, until=until, token=token))
    assert (server.asked, server.seen) == ([], [("create", "rejected")])


@pytest.mark.parametrize(
    ("reason", "token", "comment"),
    [
        ("new disks", "abc", "new disks [sereno abc]"),
        ("", "abc", "[sereno abc]"),
        ("new disks", "", "new disks"),
        ("a\nb\t\x1b[1m c\ud800", "", "a b [1m c"),
        ("mine [sereno fake]", "", "mine (sereno fake]"),
        ("x" * 5000, "abc", "x" * 999 + "… [sereno abc]"),
    ],
)
async def test_the_comment_is_one_line_with_our_token_and_no_other(reason: str, token: str, comment: str) -> None:
    assert alertmanager.comment_of(Silence(matchers="", by="", reason=reason, since=0, until=1, token=token)) == comment
    async with serving(saying(200, [silence_row(comment)])) as server:
        [silence] = await server.client.silences()
    assert silence.token == token


@pytest.mark.parametrize("comment", ["[sereno ]", "[sereno a b]", "[sereno a] more", "[sereno a]]", "sereno a]", ""])
async def test_what_only_looks_like_a_token_is_none(comment: str) -> None:
    async with serving(saying(200, [silence_row(comment)])) as server:
        [silence] = await server.client.silences()
    assert (silence.token, silence.reason) == ("", comment)


@pytest.mark.parametrize(
    ("status", "body", "listed", "fine"),
    [
        (200, b"", False, True),
        (404, b"", False, True),
        (404, b"404 page not found", True, False),
        (500, b'"silence an-id already expired"', False, True),
        (422, b'{"code":601,"message":"silenceID in path must be of type uuid"}', False, True),
    ],
)
async def test_ending_what_has_ended_is_fine(status: int, body: bytes, listed: bool, fine: bool) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "DELETE":
            return web.Response(status=status, body=body)
        return web.json_response([silence_row(state="active" if listed else "expired")])

    async with serving(handler) as server:
        with nullcontext() if fine else pytest.raises(Rejected, match="still there"):
            await server.client.expire("an-id")
    assert server.asked[0].path == "/api/v2/silence/an-id"


@pytest.mark.parametrize("silence_id", ["", "..", "a/b", "a?b", "ü"])
async def test_what_is_no_id_is_not_asked_for(silence_id: str) -> None:
    async with serving(saying(200)) as server:
        with pytest.raises(Rejected, match="not the id"):
            await server.client.expire(silence_id)
    assert server.asked == []


# --- what goes wrong ---


@pytest.mark.parametrize("name", CALLS)
async def test_nobody_there(name: str) -> None:
    seen: list[tuple[str, str]] = []
    async with aiohttp.ClientSession() as http:
        client = Alertmanager(http, f"http://127.0.0.1:{free_port()}", {}, lambda *told: seen.append(told))
        with pytest.raises(Unreachable, match="not connected: "):
            await call(client, name)
    with pytest.raises(Unreachable, match="closed"):
        await call(client, name)
    assert seen == [(name, "not connected"), (name, "closed")]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("begun", [False, True])
async def test_too_slow(name: str, begun: bool) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        if begun:
            await answer.prepare(request)
            await answer.write(b"[")
        await asyncio.sleep(FOREVER)
        return answer

    async with serving(handler, timeout_s=0.1) as server:
        with pytest.raises(Unreachable, match=r"timeout: no answer within 0\.1 s"):
            await call(server.client, name)
    assert server.seen == [(name, "timeout")]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b'"out of order"', "http_500: out of order"),
        (503, b"<h1>Service\n unavailable</h1>", "http_503: HTTP 503 <h1>Service unavailable</h1>"),
        (429, b"", "http_429: HTTP 429"),
        (302, b"", "http_302: a redirect"),
    ],
)
async def test_no_usable_answer(name: str, status: int, body: bytes, words: str) -> None:
    async with serving(saying(status, body, Location="http://127.0.0.1:9/")) as server:
        with pytest.raises(Unreachable) as raised:
            await call(server.client, name)
    assert str(raised.value).startswith(words)
    assert (len(server.asked), server.seen) == (1, [(name, f"http_{status}")])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, b'"bad matcher format: x"\n', "bad matcher format: x"),
        (400, b'{"code":602,"message":"comment in body\\nis required"}', "comment in body is required"),
        (401, b"Unauthorized\n", "HTTP 401 Unauthorized"),
        (403, b"", "HTTP 403"),
        (400, b"[" * 100_000, "HTTP 400 " + "[" * (alertmanager.WORD_MAX - 10) + "…"),
        (400, b"\xff\x00", "HTTP 400 \ufffd"),
    ],
)
async def test_no_is_said_in_alertmanagers_words(name: str, status: int, body: bytes, words: str) -> None:
    async with serving(saying(status, body)) as server:
        with pytest.raises(Rejected) as raised:
            await call(server.client, name)
    assert str(raised.value) == words
    assert server.seen == [(name, "rejected")]


@pytest.mark.parametrize("name", [name for name in CALLS if name != "expire"])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"null", b'"yes"', b"[{}]", b"{}", b'{"silenceID": ""}', b'{"uptime": "yesterday"}', b"\xff",
     b"[" * 100_000, b'{"uptime": 5, "silenceID": 5}', b'{"uptime": "2026-99-99T00:00:00Z"}'],
)  # fmt: skip
async def test_garbage(name: str, body: bytes) -> None:
    async with serving(saying(200, body)) as server:
        with pytest.raises(Unreachable, match=r"^unreadable: ") as raised:
            await call(server.client, name)
    assert "\n" not in str(raised.value)
    assert server.seen == [(name, "unreadable")]


async def test_half_an_answer_and_a_broken_one() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        await (answer := web.StreamResponse(headers={"Content-Length": "100"})).prepare(request)
        await answer.write(b"[")
        assert request.transport
        request.transport.close()
        return answer

    for handler in (half, saying(200, b"no gzip", Content_Encoding="gzip"), saying(200, b"", Content_Encoding="br")):
        async with serving(handler) as server:
            with pytest.raises(Unreachable):
                await server.client.alerts()


@pytest.mark.parametrize("packed", [False, True])
async def test_a_huge_answer_is_not_read_to_its_end(packed: bool) -> None:
    sent = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        if packed:
            return web.Response(body=gzip.compress(b" " * (HUGE + 1)), headers={"Content-Encoding": "gzip"})
        answer = web.StreamResponse()
        await answer.prepare(request)
        while sent < 10 * HUGE:
            await answer.write(b" " * MIB)
            sent += MIB
        return answer

    async with serving(handler) as server:
        with pytest.raises(Unreachable, match="too large: more than 32 MiB"):
            await server.client.silences()
    assert sent < 2 * HUGE


async def test_being_cancelled_is_no_failure() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        task.cancel()
        await asyncio.sleep(FOREVER)
        return web.Response()

    async with serving(handler) as server:
        task = asyncio.create_task(server.client.silences())
        with pytest.raises(asyncio.CancelledError):
            await task
    assert server.seen == []


# --- credentials ---


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({}, None),
        ({"ALERTMANAGER_TOKEN": "s3cret"}, "Bearer s3cret"),
        ({"ALERTMANAGER_USER": "ada", "ALERTMANAGER_PASSWORD": "pä:ss"}, basic("ada:pä:ss")),
        ({"userinfo": "ada:p%40s%2Fs@"}, basic("ada:p@s/s")),
        ({"userinfo": "ada@"}, basic("ada:")),
    ],
)  # fmt: skip
async def test_the_credentials_go_with_each_call_and_nowhere_else(environ: dict[str, str], word: str | None) -> None:
    elsewhere: list[web.Request] = []

    async def take(request: web.Request) -> web.Response:
        elsewhere.append(request)
        return web.Response()

    async with serving(take) as other, serving(saying(307, Location=other.client.url)) as server:
        url = server.client.url.replace("//", "//" + environ.get("userinfo", ""))
        found = read({**environ, "ALERTMANAGER_URL": f"{url}/"}).alertmanager
        assert found is not None
        assert found.url == server.client.url
        async with aiohttp.ClientSession() as http:
            client = Alertmanager(http, found.url, found.headers, lambda *told: None)
            for name in CALLS:
                with pytest.raises(Unreachable):
                    await call(client, name)
    assert [request.headers.get("Authorization") for request in server.asked] == [word] * len(CALLS)
    assert elsewhere == []


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"ALERTMANAGER_TOKEN": "s3cret", "ALERTMANAGER_USER": "a", "ALERTMANAGER_PASSWORD": "s3cret"}, "only one"),
        ({"ALERTMANAGER_TOKEN": "s3cret", "ALERTMANAGER_URL": "http://a:s3cret@am"}, "only one"),
        ({"ALERTMANAGER_TOKEN": "Bearer s3cret"}, "bare token"),
        ({"ALERTMANAGER_TOKEN": "s3cret\nX-Evil: 1"}, "bare token"),
        ({"ALERTMANAGER_USER": "a"}, "ALERTMANAGER_PASSWORD: missing"),
        ({"ALERTMANAGER_PASSWORD": "s3cret"}, "ALERTMANAGER_USER: missing"),
        ({"ALERTMANAGER_USER": "a:b", "ALERTMANAGER_PASSWORD": "s3cret"}, "colon"),
        ({"ALERTMANAGER_USER": "a", "ALERTMANAGER_URL": "http://b:s3cret@am"}, "one of the two"),
        *(({"ALERTMANAGER_URL": url}, "not an address") for url in (
            "am:9093", "ftp://a:s3cret@am", "http://", "http://am:port", "http://am/?s3cret", "http://am/\ns3cret",
            "http://a:s3cret#@am", "http://[am",
        )),
        ({"ALERTMANAGER_URL": "http://a:12/s3cret@am"}, "wrong place"),
        ({"ALERTMANAGER_URL": "http://a:s3@cret@am"}, "wrong place"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_no_secret_told(environ: dict[str, str], words: str) -> None:
    with pytest.raises(BadSetting, match=words) as raised:
        read({"ALERTMANAGER_URL": "http://am", **environ})
    assert str(raised.value).startswith("ALERTMANAGER_")
    assert "s3" not in str(raised.value)


def test_settings_show_no_secret_and_may_be_files(tmp_path: Path) -> None:
    for name, value in {"url": "https://ada:s3cret@am.example.org:9093/pre/\n", "app": "xapp-s3cret\n"}.items():
        (tmp_path / name).write_text(value)
    settings = read({"ALERTMANAGER_URL_FILE": str(tmp_path / "url"), "SLACK_APP_TOKEN_FILE": str(tmp_path / "app")})
    assert settings.alertmanager is not None
    assert settings.alertmanager.url == "https://am.example.org:9093/pre"
    assert settings.slack_app_token.get_secret_value() == "xapp-s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump_json()} {settings.alertmanager!r}"
    assert base64.b64encode(b"ada:s3cret").decode() not in repr(settings.alertmanager)
    assert read({"ALERTMANAGER_TOKEN": "without an address"}).alertmanager is None


# --- there and back ---

NAMES = TEXT.filter(bool)
PATTERNS = st.sampled_from(["a|b", r"\d+\.", ".*", '"'])
MATCHERS = (st.builds(Matcher, NAMES, st.sampled_from([Op.EQUAL, Op.NOT_EQUAL]), TEXT)
            | st.builds(Matcher, NAMES, st.sampled_from([Op.MATCH, Op.NOT_MATCH]), PATTERNS))  # fmt: skip


@given(st.lists(MATCHERS, min_size=1, max_size=4))
@example([Matcher("a", Op.EQUAL, value) for value in NASTY])
@example([Matcher(name, Op.NOT_EQUAL, "x") for name in NASTY if name])
def test_matchers_go_there_and_back(matchers: list[Matcher]) -> None:
    rows = to_rows(", ".join(str(one) for one in matchers))
    back = to_text(MatcherRow.model_validate_json(json.dumps(row)) for row in rows)
    assert list(parse(back)) == matchers
    assert to_rows(back) == rows


@given(st.integers(min_value=unix_ms("0001-01-01T00:00:00Z"), max_value=unix_ms("9999-12-31T23:59:59.999Z")))
@example(-1)
def test_times_go_there_and_back(ms: int) -> None:
    assert unix_ms(rfc3339(ms)) == ms


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.5Z", 500),
        ("1970-01-01T00:00:00.000999999Z", 0),
        ("1970-01-01T00:00:00.123999999Z", 123),
        ("1970-01-01T01:00:00.001+01:00", 1),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("1970-01-01t00:00:00z", 0),
    ],
)
def test_a_time_is_read_exactly(text: str, ms: int) -> None:
    assert unix_ms(text) == ms


@pytest.mark.parametrize("text", ["", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "5",
                                  "1970-01-01T00:00:00.Z", "1970-01-01T00:00:61Z", "١٩٧٠-01-01T00:00:00Z"])  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unix_ms(text)
