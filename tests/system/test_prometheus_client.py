"""The client of Prometheus against a real one with recorded series."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.clients.prometheus import Prometheus, Rejected, Sample
from tests.system import prometheuses

pytestmark = pytest.mark.skipif(prometheuses.MISSING, reason="prometheus and promtool are not installed")
START = 1_763_700_000_000  # 2025-11-21, a whole minute
MINUTE, HOURS = 60_000, 73
NAN, INF = float("nan"), float("inf")
ERRORS = [(START + minute * MINUTE, 1.0 if minute < 60 else 3.5) for minute in range(HOURS * 60)]
HOLE = [(START + minute * MINUTE, float(minute)) for minute in range(120) if not 30 <= minute < 60]
SERIES = {
    'errors{version="v1.1.0"}': ERRORS,
    'errors{version="v1.1.1"}': [(at, value * 2) for at, value in ERRORS],
    "hole": HOLE,
    "odd": [(START, NAN), (START + MINUTE, INF), (START + 2 * MINUTE, 5.0)],
}


@asynccontextmanager
async def asking(folder: Path) -> AsyncIterator[Prometheus]:
    async with prometheuses.prometheus(folder, SERIES) as server, aiohttp.ClientSession() as http:
        yield Prometheus(http, server.url, {}, lambda *told: None, timeout_s=20)


async def test_it_answers_as_the_client_expects(tmp_path: Path) -> None:
    async with asking(tmp_path) as client:
        assert (await client.version()).count(".") == 2
        await _values(client)
        await _refusals(client)
        await _ranges(client)


async def _values(client: Prometheus) -> None:
    at = START + 2 * 60 * MINUTE + 123
    assert await client.value('errors{version="v1.1.1"}', at) == Sample(value=7.0, series=1, at=at)
    assert await client.value("sum(errors)", at) == Sample(value=10.5, series=1, at=at)
    assert await client.value('errors{version="v1.1.0"} offset 90m', at) == Sample(value=1.0, series=1, at=at)
    mean = await client.value('avg_over_time(errors{version="v1.1.0"}[1h])', START + 90 * MINUTE)
    assert mean.value == pytest.approx(2.25, abs=0.05)  # older ones count the sample at the left edge too
    assert await client.value("1 + 1", at) == Sample(value=2.0, series=1, at=at)
    assert await client.value("errors > 1000", at) == Sample(value=None, series=0, at=at)
    assert await client.value("no_such", at) == Sample(value=None, series=0, at=at)
    assert (await client.value("no_such")).at > START
    assert await client.value("odd", START) == Sample(value=None, series=1, at=START)
    assert (await client.value("odd", START + MINUTE)).value is None
    assert (await client.value("odd", START + 2 * MINUTE)).value == 5.0
    assert (await client.value("vector(1) / vector(0)", at)).value is None
    assert (await client.value(" + ".join(["vector(1)"] * 2000), at)).value == 2000.0


async def _refusals(client: Prometheus) -> None:
    for expr, words in [
        ("errors", r"2 series where one is needed; aggregate them, as in sum\(errors\)"),
        ("sum(errors", "parse error: unclosed left parenthesis"),
        ("", "no expression found in input"),
        ("\ud800", "parse error"),
        ("errors[5m]", "is a range of values"),
        ('"text"', "is a text"),
        ("errors + on(x) group_left errors", "many-to-many|duplicate series"),
    ]:
        with pytest.raises(Rejected, match=words):
            await client.value(expr, START + 60 * MINUTE)
    for start, end, step in [(START, START - 1, 60), (START, START, 0), (START, START, -1), (START, START, NAN)]:
        with pytest.raises(Rejected):
            await client.range("errors", start, end, step)
    with pytest.raises(Rejected, match="2 series"):
        await client.range("errors", START, START + MINUTE, 60)
    with pytest.raises(Rejected, match="invalid expression type"):
        await client.range("errors[5m]", START, START + MINUTE, 60)


async def _ranges(client: Prometheus) -> None:
    hour = 60 * MINUTE
    points = await client.range("sum(errors)", START, START + 2 * hour, 3600)
    assert points == ((START, 3.0), (START + hour, 10.5), (START + 2 * hour, 10.5))
    hole = await client.range("hole", START, START + 119 * MINUTE, 60)
    assert [at for at, _ in hole] == [START + minute * MINUTE for minute in range(120)]
    assert [value for _, value in hole[:31]] == [float(minute) for minute in range(30)] + [29.0]
    assert [value for _, value in hole[40:60]] == [None] * 20
    assert hole[-1][1] == 119.0
    assert await client.range("no_such", START, START + hour, 60) == ()
    assert await client.range("3", START, START, 60) == ((START, 3.0),)
    whole = await client.range("sum(errors)", START, START + 72 * hour, 1)
    assert 10_000 < len(whole) <= 11_000
    assert {value for _, value in whole} == {3.0, 10.5}
    odd_step = await client.range("sum(errors)", START + 7, START + hour, 33.3331)
    assert None not in {value for _, value in odd_step}
