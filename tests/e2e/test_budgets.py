"""Error budgets: SLOs over a real Prometheus with recorded series, or over incidents; what Slack shows of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.app import Bot
from bot.clients.asking import rfc3339
from bot.playground.message import Message
from bot.queues import Queues
from tests.alerts import alert, group, started
from tests.conftest import Stage, wait_until
from tests.e2e.releases import HOUR, every, whole, written
from tests.system.prometheuses import MISSING, Prometheus, prometheus

pytestmark = [pytest.mark.skipif(MISSING, reason="needs prometheus and promtool"), pytest.mark.timeout(180)]
BACK_H = 60  # the story begins this long ago: Prometheus knows nothing of the future
MINUTE = 1 / 60
QUERIES = """
    objective: 99
    window: 1d
    good: avg_over_time(good[$window])
    total: avg_over_time(total[$window])
    service: checkout
    burn:
      - {short: 5m, long: 1h, factor: 14.4, severity: P0}
      - {short: 2h, long: 1d, factor: 3, severity: P1}
    when_spent: Only fixes are released.
"""
HEAD = """
team: Shop
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel}
  P1: {label: [warning], channel: monitoring}
storm: {incidents: 50}
slos:
"""
CHECKOUT = f"{HEAD}  checkout:\n    words: Checkouts answered{QUERIES}"
TITLE = "Error budget: Checkouts answered"
CALLS = 8  # of one look at one SLO: good and total over four windows


def outage(hours: float) -> float:
    """The share that is bad: ten minutes of all, then two hours of a twentieth. One percent of a day is 14 minutes."""
    return 1.0 if 2 <= hours < 2.16 else 0.05 if 6 <= hours < 8 else 0.0


def always(hours: float) -> bool:
    return True


@asynccontextmanager
async def measured(
    stage: Stage, folder: Path, bad: Callable[[float], float] = outage, there: Callable[[float], bool] = always
) -> AsyncIterator[Prometheus]:
    """A Prometheus that knows the day before the story, and all of it; `there`: whether there is any traffic."""
    stage.clock.begin(hours_ago=BACK_H)
    begun = stage.clock.now() - 24 * HOUR
    total = [one for one in every(1, begun, 24 + BACK_H - 1, lambda hours: 100) if there((one[0] - begun) / HOUR - 24)]
    good = [(at, 100 * (1 - bad((at - begun) / HOUR - 24))) for at, _ in total]
    async with prometheus(folder / "prometheus", {"total": total, "good": good}) as one:
        yield one


def asked(bots: list[Bot], result: str = "ok") -> float:
    """How often Prometheus was asked, with this result, by all of them."""
    labels = {"source": "prometheus", "call": "value", "result": result}
    return sum(bot.metrics.registry.get_sample_value("sereno_source_calls_total", labels) or 0 for bot in bots)


async def looked(stage: Stage, result: str = "ok", calls: int = CALLS) -> None:
    """Wait until all has been looked at, and Slack shows what came of it.

    One look may have been on its way before; then comes the one that we wait for; when that is done the next begins.
    """
    for wanted in (calls, calls, 1):
        before = asked(stage.bots, result)
        stage.clock.turn(seconds=61)
        await wait_until(lambda: asked(stage.bots, result) >= before + wanted, what=f"Prometheus is asked: {result}")  # noqa: B023
    await stage.quiet()


def turned(stage: Stage, hours: float, begun: int) -> None:
    """Turn the clock to so many hours after the story began."""
    stage.clock.turn(hours=hours - (stage.clock.now() - begun) / HOUR)


async def at(stage: Stage, hours: float, begun: int) -> None:
    """The same, and all that there is to show is shown, though it be nothing."""
    turned(stage, hours, begun)
    await looked(stage)


async def history(stage: Stage) -> list[str]:
    """What is remembered of incidents."""
    async with Redis.from_url(stage.redis_url) as redis:
        return await Queues(redis).history(0)


def cards(stage: Stage, words: str = "Error budget") -> list[Message]:
    return [one for one in stage.slack.all_cards() if words in one.text]


def replies(stage: Stage) -> list[str]:
    return [one.text for one in stage.slack.replies(stage.slack.card("monitoring", TITLE))]


async def shows(stage: Stage, channel: str, words: str, title: str = TITLE) -> str:
    """The text of the one card, once it says so."""
    told = await wait_until(
        lambda: [text for one in stage.slack.cards(channel) if words in (text := whole(one)) and title in one.text],
        what=f"{title} in #{channel}: {words}",
    )
    assert len(told) == 1
    return str(told[0])


async def test_a_budget_that_burns_too_fast_and_one_that_is_spent(stage: Stage, tmp_path: Path) -> None:
    async with measured(stage, tmp_path) as metrics:
        begun = stage.clock.now()
        await stage.bot(written(tmp_path, CHECKOUT), PROMETHEUS_URL=metrics.url)
        await at(stage, 1, begun)
        assert cards(stage) == []
        assert await history(stage) == [], "a healthy SLO leaves no trace"

        turned(stage, 2.15, begun)
        fast = await shows(stage, "alerts", "P0")
        assert "% of the error budget is left" in fast
        assert [one.targets for one in stage.slack.ws.pings()] == [["channel"]]
        turned(stage, 2.5, begun)
        await shows(stage, "alerts", "Resolved")
        await stage.quiet()  # what is not told yet is not over

        turned(stage, 6.9, begun)
        near = await shows(stage, "monitoring", "% of the error budget is used")
        assert "Only fixes" not in near
        turned(stage, 8, begun)
        spent = await shows(stage, "monitoring", "the error budget is spent: 11")
        assert "Only fixes are released." in spent
        await wait_until(lambda: "more firing: budget spent" in str(replies(stage)), what="the thread says so too")
        told = len(stage.slack.replies(stage.slack.card("monitoring", TITLE)))
        await at(stage, 20, begun)
        assert (len(cards(stage)), len(stage.slack.replies(stage.slack.card("monitoring", TITLE)))) == (2, told)

        turned(stage, 26.5, begun)  # the outage is out of the window
        assert "Resolved" in await shows(stage, "monitoring", "Resolved")
    assert len(cards(stage)) == 2
    assert len(stage.slack.ws.pings()) == 1


async def test_no_traffic_says_nothing_and_closes_nothing(stage: Stage, tmp_path: Path) -> None:
    def there(hours: float) -> bool:
        return not (0.5 <= hours < 1.5 or 2.16 <= hours < 2.8)

    async with measured(stage, tmp_path, there=there) as metrics:
        begun = stage.clock.now()
        await stage.bot(written(tmp_path, CHECKOUT), PROMETHEUS_URL=metrics.url)
        await at(stage, 1.4, begun)
        assert cards(stage) == []
        turned(stage, 2.15, begun)
        await shows(stage, "alerts", "P0")
        for hours in (2.3, 2.6):
            await at(stage, hours, begun)
            assert "Resolved" not in await shows(stage, "alerts", "P0")
        assert len(cards(stage)) == 1
        turned(stage, 2.95, begun)
        await shows(stage, "alerts", "Resolved")


async def test_while_prometheus_is_away_what_is_open_stays_open(stage: Stage, tmp_path: Path) -> None:
    async with measured(stage, tmp_path) as metrics:
        begun = stage.clock.now()
        await stage.bot(written(tmp_path, CHECKOUT), PROMETHEUS_URL=metrics.url)
        turned(stage, 2.15, begun)
        opened = await shows(stage, "alerts", "P0")
        metrics.kill()
        stage.clock.turn(hours=0.5)
        await looked(stage, "not connected", 1)
        assert await shows(stage, "alerts", "P0") == opened
        await metrics.start()
        await looked(stage)
        await shows(stage, "alerts", "Resolved")
    assert len(cards(stage)) == 1


async def test_two_bots_open_each_incident_once_and_one_ends_what_the_other_began(stage: Stage, tmp_path: Path) -> None:
    names = ("checkout", "search", "login")
    policy = HEAD + "".join(f"  {name}:\n    words: All of {name}{QUERIES}" for name in names)
    async with measured(stage, tmp_path) as metrics:
        begun, path = stage.clock.now(), written(tmp_path, policy)
        first = await stage.bot(path, PROMETHEUS_URL=metrics.url)
        await stage.bot(path, PROMETHEUS_URL=metrics.url)
        turned(stage, 2.15, begun)
        for name in names:
            await shows(stage, "alerts", "P0", f"All of {name}")
        await stage.stop(first)
        stage.clock.turn(hours=0.5)
        for name in names:
            await shows(stage, "alerts", "Resolved", f"All of {name}")
    assert len(cards(stage)) == len(names)


ALERTS = f"""{HEAD}
  open-for-business:
    words: Nobody is kept from paying
    objective: 99.5
    alerts: service="checkout", severity="critical"
    service: checkout
    when_spent: Stability first.
    burn:
      - {{short: 5m, long: 1h, factor: 14.4, severity: P0}}
      - {{short: 2h, long: 1d, factor: 3, severity: P1}}
"""
PAYING = "Error budget: Nobody is kept from paying"


async def fires(stage: Stage, name: str, *, firing: bool = True, since_h: float = 0) -> None:
    """An alert of the service, as Alertmanager tells it now."""
    begun = rfc3339(stage.clock.now() - int(since_h * HOUR))
    one = started(alert(name, firing=firing, service="checkout"), begun)
    assert (
        await stage.send("alertmanager", group(one if firing else {**one, "endsAt": rfc3339(stage.clock.now())})) == 200
    )


async def test_an_slo_that_is_measured_by_incidents(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, ALERTS)
    await stage.bot(path)
    await fires(stage, "CheckoutDown")
    stage.clock.turn(minutes=10)
    await fires(stage, "CheckoutDown", firing=False, since_h=1 / 6)
    await stage.quiet()
    assert cards(stage, PAYING) == [], "what was before the first that was heard is not known to have been good"

    stage.clock.turn(hours=5)
    await fires(stage, "CheckoutDown")
    stage.clock.turn(minutes=10)
    await shows(stage, "alerts", "P0", PAYING)
    await fires(stage, "CheckoutDown", firing=False, since_h=1 / 6)
    stage.clock.turn(minutes=10)
    assert "error budget" in await shows(stage, "alerts", "Resolved", PAYING), "its own incident is not bad time"

    await stage.quiet()
    stage.clock.turn(hours=20)
    said = await shows(stage, "monitoring", "the error budget is spent", PAYING)
    assert "Stability first." in said
    assert len(cards(stage, PAYING)) == 2


async def test_what_the_policy_has_no_longer_is_over(stage: Stage, tmp_path: Path) -> None:
    async with measured(stage, tmp_path) as metrics:
        begun = stage.clock.now()
        path = written(tmp_path, CHECKOUT)
        bot = await stage.bot(path, PROMETHEUS_URL=metrics.url)
        turned(stage, 2.15, begun)
        await shows(stage, "alerts", "P0")
        path.write_text(CHECKOUT.partition("slos:")[0])
        bot.policy.reload()
        await shows(stage, "alerts", "Resolved")
