"""A picture to Slack in three steps, over real HTTP: nothing shows it yet, and each failure has its answer."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.face import Face
from bot.charts import Chart, alt, png
from bot.clients.slack import Answer, Refused, Retry, Sent, Slack, Why
from bot.clients.slack_files import Uploaded
from bot.playground.faults import Fault
from tests.conftest import SlackDouble, TurningClock

CHART = Chart(title="payments-api 4.12.0", subtitle="", start=0, end=3_600_000, now=0, panels=())
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 2000


class Observed:
    """What a client told its metrics."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def __call__(self, method: str, result: str) -> None:
        self.calls.append((method, result))


@pytest.fixture
def observed() -> Observed:
    return Observed()


@pytest.fixture
async def client(slack: SlackDouble, observed: Observed) -> AsyncIterator[Slack]:
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(token=slack.ws.token, base_url=slack.url, session=session, retry_handlers=[])
        yield Slack(web, observed)


def _methods(slack: SlackDouble) -> list[str]:
    return [call.method for call in slack.ws.calls]


async def _show(client: Slack, file: str, words: str = "A chart.") -> Answer:
    block = {"type": "image", "slack_file": {"id": file}, "alt_text": words}
    return await client.post("#alerts", Face(text="chart", blocks=[block]), "K7F3Q2/chart/0")


async def test_a_picture_is_uploaded_and_then_shown(client: Slack, slack: SlackDouble, observed: Observed) -> None:
    picture = png(CHART)
    answer = await client.upload("payments-api.png", picture, alt(CHART))
    assert isinstance(answer, Uploaded)
    [file] = slack.ws.files.all()
    assert (file.id, file.body, file.name, file.title) == (answer.file, picture, "payments-api.png", "payments-api.png")
    assert file.alt == alt(CHART)
    assert slack.all_cards() == []
    steps = ["files.getUploadURLExternal", "files.put", "files.completeUploadExternal"]
    assert observed.calls == [(step, "ok") for step in steps]
    assert isinstance(await _show(client, answer.file, alt(CHART)), Sent)
    [card] = slack.cards("alerts")
    assert card.blocks[0]["slack_file"] == {"id": answer.file}


async def test_it_is_uploaded_without_a_channel_and_the_bytes_without_the_token(
    client: Slack, slack: SlackDouble
) -> None:
    await client.upload("chart.png", PNG, "words")
    asked, completed = slack.ws.calls
    assert (asked.args["length"], asked.args["alt_txt"]) == (str(len(PNG)), "words")
    assert set(completed.args) == {"files"}


async def test_a_second_upload_is_harmless(client: Slack, slack: SlackDouble) -> None:
    first, second = await client.upload("chart.png", PNG, "x"), await client.upload("chart.png", PNG, "x")
    assert isinstance(first, Uploaded)
    assert isinstance(second, Uploaded)
    assert first.file != second.file
    assert slack.all_cards() == []


async def test_a_long_description_is_cut_to_what_slack_takes(client: Slack, slack: SlackDouble) -> None:
    assert isinstance(await client.upload("chart.png", PNG, "x" * 2000), Uploaded)
    assert len(slack.ws.files.all()[0].alt) == 1000
    assert isinstance(await client.upload("chart.png", PNG, ""), Uploaded)


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.put", "files.completeUploadExternal"])
@pytest.mark.parametrize("kind", ["server_error", "server_error_after", "drop_before", "drop_after"])
async def test_a_failure_may_be_tried_again_by_who_asked(
    client: Slack, slack: SlackDouble, observed: Observed, step: str, kind: str
) -> None:
    slack.faults.add(Fault(method=step, kind=kind, times=1))
    answer = await client.upload("chart.png", PNG, "words")
    assert isinstance(answer, Retry)
    assert not answer.limited
    assert len(slack.faults.hits) == 1, "the client does not try again by itself"
    assert [method for method, _ in observed.calls][-1] == step
    assert isinstance(await client.upload("chart.png", PNG, "words"), Uploaded)


@pytest.mark.parametrize("step", ["files.getUploadURLExternal", "files.put", "files.completeUploadExternal"])
async def test_a_limit_says_how_long(client: Slack, slack: SlackDouble, step: str) -> None:
    slack.faults.add(Fault(method=step, kind="ratelimited", times=1, retry_after=7))
    assert await client.upload("chart.png", PNG, "words") == Retry(7.0, "ratelimited", limited=True)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("file_uploads_disabled", Why.FILES), ("storage_limit_reached", Why.FILES), ("missing_scope", Why.RIGHTS),
        ("invalid_auth", Why.RIGHTS),
    ],
)  # fmt: skip
async def test_a_no_for_good(client: Slack, slack: SlackDouble, word: str, why: Why) -> None:
    slack.faults.add(Fault(method="files.getUploadURLExternal", kind="error", error=word))
    assert await client.upload("chart.png", PNG, "words") == Refused(why, word)
    assert _methods(slack) == ["files.getUploadURLExternal"]


async def test_without_the_scope(client: Slack, slack: SlackDouble) -> None:
    slack.ws.scopes.discard("files:write")
    assert await client.upload("chart.png", PNG, "words") == Refused(Why.RIGHTS, "missing_scope")


async def test_nothing_is_no_file(client: Slack) -> None:
    assert await client.upload("chart.png", b"", "words") == Refused(Why.FILES, "missing_argument")


async def test_slack_is_not_there(observed: Observed) -> None:
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(token="x", base_url="http://127.0.0.1:9/api/", session=session, retry_handlers=[])
        assert isinstance(await Slack(web, observed).upload("chart.png", PNG, "words"), Retry)


async def test_a_client_without_a_session_says_what_it_needs(slack: SlackDouble, observed: Observed) -> None:
    web = AsyncWebClient(token=slack.ws.token, base_url=slack.url, retry_handlers=[])
    with pytest.raises(RuntimeError, match=r"AsyncWebClient\(session=...\)"):
        await Slack(web, observed).upload("chart.png", PNG, "words")


async def test_a_file_that_slack_still_looks_at_has_a_refusal_of_its_own(
    client: Slack, slack: SlackDouble, clock: TurningClock
) -> None:
    slack.ws.files.settles = 5
    answer = await client.upload("chart.png", PNG, "words")
    assert isinstance(answer, Uploaded)
    assert await _show(client, answer.file) == Refused(Why.FILES, "invalid_slack_file")
    clock.turn(seconds=6)
    assert isinstance(await _show(client, answer.file), Sent)


async def test_a_file_that_is_not_there_is_not_shown(client: Slack) -> None:
    assert await _show(client, "F00000NOSUCH") == Refused(Why.FILES, "invalid_slack_file")


async def test_blocks_that_are_wrong_in_another_way_are_refused_as_before(client: Slack) -> None:
    answer = await client.post("#alerts", Face(text="x", blocks=[{"type": "banner"}]), "K7F3Q2/card/0")
    assert answer == Refused(Why.BLOCKS, "invalid_blocks")
