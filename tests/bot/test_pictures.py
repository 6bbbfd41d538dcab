"""A picture on its way: drawn once for each name, bounded, and whatever a drawing raises stays with it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.chart import sketch
from bot.charts import Chart, NoCharts
from bot.clients.slack import Slack
from bot.pictures import SETTLES_S, Pictures
from rules.policy_file import load
from rules.reading import Point
from rules.text import Text
from rules.watch import Watch
from tests.conftest import SlackDouble, TurningClock

HOUR = 3_600_000
T0 = 1_795_000_000_000
POLICY = load(
    """
channels: {fallback: "#general"}
severities: {P0: {}, P1: {}}
releases:
  sdk:
    words: Python SDK
    checkpoints: [{name: T+0, at: 0h}]
    yellow: {severity: P1}
    red: {severity: P0}
    checks: {crashes: {words: Crashes, prometheus: x, yellow: "> 1"}}
""",
    "test.yaml",
)
WATCH = Watch(
    key="watch:sdk:v2", id="K7F3Q2", plan="sdk", release="v2", title="Python SDK", place="#general",
    opened_at=T0, began_at=T0, ends_at=T0 + 72 * HOUR,
    points={"crashes": tuple(Point(at=T0 + hour * HOUR, value=0.5, baseline=None) for hour in (1, 2))},
)  # fmt: skip
NOW = T0 + 3 * HOUR
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 200
Make = Callable[[Callable[[Chart], bytes]], Pictures]


class Drawn(BaseException):
    """What a library that is not written in Python may raise."""


@pytest.fixture
async def make(slack: SlackDouble, clock: TurningClock) -> AsyncIterator[Make]:
    made: list[Pictures] = []
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(token=slack.ws.token, base_url=slack.url, session=session, retry_handlers=[])

        def one(draw: Callable[[Chart], bytes]) -> Pictures:
            made.append(Pictures(Slack(web, lambda method, result: None), clock, draw))
            return made[-1]

        yield one
        for pictures in made:
            await pictures.stop()


async def test_a_name_has_one_picture(make: Make, slack: SlackDouble) -> None:
    pictures = make(lambda chart: PNG)
    both = await asyncio.gather(*(pictures.drawn("a", lambda: sketch(WATCH, POLICY, NOW)) for _ in range(2)))
    [file] = slack.ws.files.all()
    assert [(block or {})["slack_file"] for block in both] == [{"id": file.id}] * 2
    assert await pictures.drawn("b", lambda: sketch(WATCH, POLICY, NOW)) != both[0]


async def test_nobody_waits_while_it_is_drawn(make: Make) -> None:
    go = threading.Event()

    def slow(chart: Chart) -> bytes:
        go.wait(10)
        return PNG

    pictures = make(slow)
    assert not pictures.is_ready("a", lambda: sketch(WATCH, POLICY, NOW))
    assert pictures.block("a") is None
    go.set()
    assert await pictures.drawn("a", lambda: sketch(WATCH, POLICY, NOW))
    assert pictures.is_ready("a", lambda: sketch(WATCH, POLICY, NOW))


@pytest.mark.parametrize("error", [ValueError("a bad number"), NoCharts(Text.of("no library")), Drawn("a panic")])
async def test_what_a_drawing_raises_is_not_raised_to_who_asks(
    make: Make, slack: SlackDouble, error: BaseException
) -> None:
    def broken(chart: Chart) -> bytes:
        raise error

    pictures = make(broken)
    assert await pictures.drawn("a", lambda: sketch(WATCH, POLICY, NOW)) is None
    assert pictures.is_ready("a", lambda: sketch(WATCH, POLICY, NOW)), "it is not tried for ever"
    assert pictures.block("a") is None
    assert slack.ws.files.all() == []


async def test_there_is_nothing_to_draw(make: Make) -> None:
    pictures = make(lambda chart: PNG)
    assert await pictures.drawn("no plan", lambda: None) is None
    assert await pictures.drawn("no points", lambda: sketch(replace(WATCH, points={}), POLICY, NOW)) is None
    assert pictures.block("never asked") is None
    assert pictures.missing("no points").template == "too little has been measured yet"


async def test_a_picture_that_waited_is_shown_but_one_that_is_refused_not_for_ever(
    make: Make, clock: TurningClock
) -> None:
    pictures = make(lambda chart: PNG)
    await pictures.drawn("a", lambda: sketch(WATCH, POLICY, NOW))
    clock.turn(hours=1)
    assert pictures.block("a"), "Slack may have told us to wait"
    pictures.refused("a")
    clock.turn(seconds=SETTLES_S / 2)
    pictures.refused("a")
    assert pictures.block("a")
    clock.turn(seconds=SETTLES_S / 2)
    assert pictures.block("a") is None
    pictures.refused("never asked")


async def test_what_is_drawn_ends_with_the_bot(make: Make) -> None:
    go = threading.Event()

    def slow(chart: Chart) -> bytes:
        go.wait(10)
        return PNG

    pictures = make(slow)
    left, _ = await asyncio.gather(pictures.drawn("a", lambda: sketch(WATCH, POLICY, NOW)), pictures.stop())
    go.set()
    assert left is None
    assert await pictures.drawn("b", lambda: sketch(WATCH, POLICY, NOW)) is None
