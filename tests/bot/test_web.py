"""The webhooks' front door: every answer of the README's table, each counted, and none that a sender could misread."""

import asyncio
import hmac
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import web
from bot.app import Bot
from handlers.contract import MIB
from tests.alerts import alert, group
from tests.bot.private import full, private_stage, shared_stage
from tests.conftest import PAYLOADS, Stage, wait_until

SECRET, NEXT = "the-secret", "the-next-secret"
ISSUE = (PAYLOADS / "github" / "issues__labeled.json").read_bytes()


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


async def counted(stage: Stage, source: str, answer: str, bot: Bot | None = None) -> float:
    async with stage.http.get(f"{(bot or stage.bots[0]).url}/metrics") as page:
        wanted = f'sereno_hooks_total{{answer="{answer}",source="{source}"}} '
        lines = (await page.text()).splitlines()
    return sum(float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted))


async def raw(bot: Bot, *parts: bytes, wait: float = 10.0) -> bytes:
    """What the bot answers to exactly these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(4096), wait)
    finally:
        writer.close()
        await writer.wait_closed()


async def test_an_unknown_source_is_404(stage: Stage) -> None:
    await stage.bot()
    for name in ("nagios", "..%2fetc", "alertmanager2", "__init__", "%00", "é"):
        status, answer = await stage.answer(name, group(alert()))
        assert (status, answer["status"]) == (404, "unknown")
    assert await counted(stage, "unknown", "unknown") == 6
    async with stage.http.get(f"{stage.bots[0].url}/hooks/alertmanager") as response:
        assert response.status == 405


async def test_a_source_without_a_secret_is_closed_when_others_can_reach_it(stage: Stage) -> None:
    await stage.bot(host="0.0.0.0", SERENO_HOOK_SECRET__GITHUB=SECRET)
    assert await stage.send("alertmanager", group(alert())) == 404
    assert await stage.send("github", ISSUE, X_GitHub_Event="issues") == 401
    assert await stage.send("github", ISSUE, X_GitHub_Event="issues", X_Hub_Signature_256=signature(ISSUE)) == 200
    assert await stage.send("alertmanager", group(alert()), Authorization="Bearer ") == 404


@pytest.mark.parametrize("secrets", [f"{SECRET},{NEXT}", f" {SECRET} , {NEXT} ,"])
async def test_bearer(stage: Stage, secrets: str) -> None:
    await stage.bot(SERENO_HOOK_SECRET__ALERTMANAGER=secrets)
    body = group(alert())
    for given_ in (f"Bearer {SECRET}", f"bearer {NEXT}", f"Bearer  {NEXT} "):
        assert await stage.send("alertmanager", body, Authorization=given_) == 200, given_
    wrong = ("", "Bearer", "Bearer ", f"Basic {SECRET}", SECRET, f"Bearer {SECRET},{NEXT}", "Bearer x",
             f"Bearer {SECRET}x", "Bearer \xe9", "Bearer ,")  # fmt: skip
    for given_ in wrong:
        status, answer = await stage.answer("alertmanager", body, Authorization=given_)
        assert (status, answer["status"]) == (401, "unsigned"), given_
        assert "SERENO_HOOK_SECRET__ALERTMANAGER" in answer["why"]
        assert SECRET not in json.dumps(answer)
    assert await stage.send("alertmanager", body) == 401
    assert await counted(stage, "alertmanager", "unsigned") == len(wrong) + 1
    assert await counted(stage, "alertmanager", "accepted") == 3


async def test_githubs_signature(stage: Stage) -> None:
    await stage.bot(SERENO_HOOK_SECRET__GITHUB=f"{SECRET},{NEXT}")
    for secret in (SECRET, NEXT):
        good = signature(ISSUE, secret)
        assert await stage.send("github", ISSUE, X_GitHub_Event="issues", X_Hub_Signature_256=good) == 200
    old = "sha1=" + hmac.new(SECRET.encode(), ISSUE, "sha1").hexdigest()
    assert await stage.send("github", ISSUE, X_GitHub_Event="issues", X_Hub_Signature=old) == 401
    wrong = ("", "sha256=", signature(ISSUE + b" "), signature(ISSUE, "other"), signature(ISSUE).upper(), old,
             signature(ISSUE)[7:], "sha256=\xe9")  # fmt: skip
    for given_ in wrong:
        assert await stage.send("github", ISSUE, X_GitHub_Event="issues", X_Hub_Signature_256=given_) == 401, given_
    assert await stage.send("github", ISSUE, X_GitHub_Event="issues") == 401
    assert await counted(stage, "github", "unsigned") == len(wrong) + 2


async def test_too_large_whether_it_is_declared_or_streamed(stage: Stage) -> None:
    await stage.bot()
    many = group(*(alert(f"A{number}") for number in range(3)))
    padded = json.dumps(many).encode() + b" " * (8 * MIB)
    url = f"{stage.bots[0].url}/hooks/alertmanager"
    async with stage.http.post(url, data=io.BytesIO(padded)) as response:
        assert (response.status, (await response.json())["status"]) == (413, "too_large")

    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * MIB

    async with stage.http.post(url, data=streamed()) as response:
        assert response.status == 413
    assert await counted(stage, "alertmanager", "too_large") == 2
    assert await stage.send("alertmanager", many) == 200, "the next one is taken"


async def test_streamed_within_the_bound_is_taken(stage: Stage) -> None:
    await stage.bot()
    body = json.dumps(group(alert())).encode()

    async def streamed() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 7):
            yield body[at : at + 7]

    async with stage.http.post(f"{stage.bots[0].url}/hooks/alertmanager", data=streamed()) as response:
        assert response.status == 200


async def test_a_group_of_two_thousand_alerts_is_one_card(stage: Stage) -> None:
    await stage.bot()
    many = group(*(alert(instance=f"host-{number}") for number in range(2000)))
    assert len(json.dumps(many)) > MIB / 2
    assert await stage.send("alertmanager", many) == 200
    await stage.quiet()
    assert "2000 firing" in stage.slack.card("alerts", "HighErrorRate").text


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "GZIP"])
async def test_an_encoded_body_is_415(stage: Stage, encoding: str) -> None:
    bot = await stage.bot()
    head = f"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Encoding: {encoding}\r\nContent-Length: 3\r\n\r\n"
    answer = await raw(bot, head.encode() + b"abc")
    assert b"415" in answer.splitlines()[0], answer
    assert await counted(stage, "alertmanager", "encoded") == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "body"), (b"{}", "alerts"), (b"[]", "body"), (b"null", "body"), (b'{"alerts": []}', "alerts"),
        (b'{"alerts": 1}', "alerts"), (b"\xff\xfe", "body"), (b'{"alerts": [1]}', "alerts.0"),
        (b"[" * 100_000, "body"), (b'{"alerts": [{"labels": {"a": NaN}}]', "body"), (b'{"a":1', "body"),
    ],
)  # fmt: skip
async def test_what_is_no_group_is_400_and_says_where(stage: Stage, body: bytes, says: str) -> None:
    await stage.bot()
    status, answer = await stage.answer("alertmanager", body)
    assert (status, answer["status"]) == (400, "unparseable")
    assert says in answer["why"]
    assert await counted(stage, "alertmanager", "unparseable") == 1


async def test_known_and_ignored_and_unsupported_are_two_answers(stage: Stage) -> None:
    await stage.bot()
    ping = (PAYLOADS / "github" / "ping__repository.json").read_bytes()
    status, answer = await stage.answer("github", ping, X_GitHub_Event="ping")
    assert (status, answer["status"]) == (202, "ignored")
    status, answer = await stage.answer("github", b"{}", X_GitHub_Event="meta")
    assert (status, answer["status"]) == (202, "unsupported")
    status, answer = await stage.answer("github", b"{}")
    assert (status, answer["status"]) == (400, "unparseable")
    assert "X-GitHub-Event" in answer["why"]
    assert [await counted(stage, "github", word) for word in ("ignored", "unsupported", "unparseable")] == [1, 1, 1]


async def test_a_redelivery_is_a_duplicate(stage: Stage) -> None:
    await stage.bot()
    sent = {"X_GitHub_Event": "issues", "X_GitHub_Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}
    assert (await stage.answer("github", ISSUE, **sent))[1]["status"] == "accepted"
    status, answer = await stage.answer("github", ISSUE, **sent)
    assert (status, answer["status"]) == (200, "duplicate")
    assert await counted(stage, "github", "duplicate") == 1
    await stage.quiet()
    assert len(stage.slack.all_cards()) == 1


async def test_redis_away_is_503_and_heals_by_itself(tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, valkey):
        await stage.bot()
        assert await stage.send("alertmanager", group(alert("Before"))) == 200
        await stage.quiet()
        valkey.kill()
        url = f"{stage.bots[0].url}/hooks/alertmanager"
        async with stage.http.post(url, json=group(alert("During"))) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) > 0
            assert (await response.json())["status"] == "unavailable"
        assert await counted(stage, "alertmanager", "unavailable") == 1
        await valkey.start()
        await wait_until(lambda: _taken(stage, "During"), what="it heals")
        await stage.quiet()
        await wait_until(lambda: len(stage.slack.all_cards()) == 2, what="both cards")


async def _taken(stage: Stage, name: str) -> bool:
    return await stage.send("alertmanager", group(alert(name))) == 200


async def test_github_which_never_comes_back_is_waited_for(tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, valkey):
        await stage.bot()
        valkey.kill()
        sending = asyncio.ensure_future(stage.send("github", ISSUE, X_GitHub_Event="issues"))
        await wait_until(lambda: stage.bots[0].desk._busy, what="it has come in")
        await valkey.start()
        assert await sending == 200


async def test_redis_full_is_503_until_there_is_room(tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, valkey):
        await stage.bot()
        assert await stage.send("alertmanager", group(alert("Before"))) == 200
        await stage.quiet()
        await full(valkey, megabytes=1)
        status, answer = await stage.answer("alertmanager", group(alert("During")))
        assert (status, answer["status"]) == (503, "unavailable")
        assert not [card for card in stage.slack.all_cards() if "During" in card.text]
        await full(valkey, megabytes=0)
        await wait_until(lambda: _taken(stage, "During"), what="it heals")
        await wait_until(lambda: len(stage.slack.all_cards()) == 2, what="both cards")


async def test_a_slow_body_is_408_and_does_not_hold_up_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = await stage.bot()
    monkeypatch.setattr(web, "BODY_TIMEOUT_S", 0.5)
    head = b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    slow = [asyncio.ensure_future(raw(bot, head)) for _ in range(20)]
    assert await stage.send("alertmanager", group(alert())) == 200
    for answer in await asyncio.gather(*slow):
        assert b" 408 " in answer.splitlines()[0], answer
    assert await counted(stage, "alertmanager", "slow") == 20


async def test_a_sender_that_goes_away_in_the_middle_leaves_nothing_behind(stage: Stage) -> None:
    bot = await stage.bot()
    head = b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    for _ in range(5):
        _, writer = await asyncio.open_connection("127.0.0.1", bot.port)
        writer.write(head)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    assert await stage.send("alertmanager", group(alert())) == 200
    assert await counted(stage, "alertmanager", "accepted") == 1


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST /hooks/alertmanager HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(3000)) + b"\r\n",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST /hooks/" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nAuthorization: \xff\xfe\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /hooks/alertmanager HTTP/1.1\r\nHost: x\r\nX: \x00\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /hooks/github HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: \xff\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /hooks/github HTTP/1.1\r\nX-GitHub-Event: ping\r\nContent-Type: \xff;;=\r\nContent-Length: 2\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"NONSENSE\r\n\r\n",
    ],
    ids=lambda text: repr(text[:60]) if isinstance(text, bytes) else None,
)  # fmt: skip
async def test_odd_requests_are_never_the_bots_own_error(stage: Stage, request_: bytes) -> None:
    bot = await stage.bot()
    answer = await raw(bot, request_)
    assert b" 5" not in answer.splitlines()[0][:13] if answer else True, answer
    assert await stage.send("alertmanager", group(alert())) == 200


async def test_thousands_of_labels_and_odd_headers_are_taken(stage: Stage) -> None:
    await stage.bot()
    labels = {f"label_{number}": "v" * 50 for number in range(3000)}
    weird = {f"X-Weird-{number}": "~" * 50 for number in range(60)}
    assert await stage.send("alertmanager", group(alert(**labels)), **weird) == 200
    await stage.quiet()
    assert "more labels are not shown" in stage.slack.replies(stage.slack.card("alerts", "HighErrorRate"))[0].text


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["alerts", "labels", "status", "groupKey", "groupLabels", "receiver", "annotations", "truncatedAlerts", "startsAt"]
)
NEAR = st.fixed_dictionaries(
    {"alerts": st.lists(st.dictionaries(FIELDS, JSON, max_size=6), min_size=1, max_size=3)},
    optional={"groupKey": JSON, "groupLabels": JSON, "receiver": JSON, "truncatedAlerts": JSON, "status": JSON},
)
BODIES = st.one_of(
    st.binary(max_size=300), JSON.map(lambda value: json.dumps(value).encode()),
    NEAR.map(lambda value: json.dumps(value).encode()),
    NEAR.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")),
)  # fmt: skip
SOURCES = st.sampled_from([("alertmanager", {}), *(("github", {"X_GitHub_Event": e}) for e in ("issues", "release"))])


@pytest.mark.timeout(180)
def test_no_body_is_ever_the_bots_own_error(run_on_stage: Callable[..., None]) -> None:
    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BODIES, SOURCES)
    def attempt(body: bytes, source: tuple[str, dict[str, str]]) -> None:
        run_on_stage(_is_answered, source[0], body, source[1])

    attempt()


async def _is_answered(stage: Stage, source: str, body: bytes, headers: dict[str, str]) -> None:
    status, answer = await stage.answer(source, body, **headers)
    assert status in (200, 202, 400), (status, answer)
    assert answer["why"]


@pytest.fixture
def run_on_stage(valkey_url: str) -> Iterator[Callable[..., None]]:
    """Runs a coroutine on one stage whose bot stays up from example to example."""
    with shared_stage(valkey_url) as run:
        yield run
