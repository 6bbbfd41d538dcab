"""A release through its 72 hours: a real Prometheus, GitHub and PyPI as doubles, and the clock turned."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.app import Bot
from bot.playground.actor import Actor
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.alerts import alert, group
from tests.conftest import Stage
from tests.e2e.outside import HANGS, Outside, outside
from tests.e2e.releases import HOUR, POLICY, asks, card, every, says, shows, thread, written
from tests.system.prometheuses import MISSING, prometheus

pytestmark = [pytest.mark.skipif(MISSING, reason="needs prometheus and promtool"), pytest.mark.timeout(180)]
BACK_H = 170  # the story begins this long ago: Prometheus knows nothing of the future


def failing(hours: float) -> float:
    """1 % is yellow: from 30 h to 34 h the new version is at 2 %."""
    return 2.0 if 30 <= hours < 34 else 0.4


@pytest.fixture
async def world(stage: Stage) -> AsyncIterator[Outside]:
    stage.clock.begin(hours_ago=BACK_H)
    async with outside(stage.clock) as one:
        yield one


@pytest.fixture
async def began(stage: Stage, world: Outside, tmp_path: Path) -> AsyncIterator[Callable[[], Bot]]:
    """A bot whose Prometheus knows v1.1.1 for 76 hours, and v1.1.0 for the 80 hours before."""
    at = stage.clock.now()
    series = {
        'failed{version="v1.1.1"}': every(4, at, 76, failing),
        'sessions{version="v1.1.1"}': every(4, at, 76, lambda hours: 10 if hours < 0.5 else 400),
        'failed{version="v1.1.0"}': every(4, at - 80 * HOUR, 156, lambda _: 0.3),
        "ready": every(4, at - 80 * HOUR, 156, lambda hours: 1.0 if hours < 80 else 1.1),
    }
    async with prometheus(tmp_path / "prometheus", series) as metrics:
        bot = await stage.bot(written(tmp_path), PROMETHEUS_URL=metrics.url, **world.environ)
        yield lambda: bot


async def hour(stage: Stage, hours: float) -> None:
    stage.clock.turn(hours=hours)


async def published(stage: Stage, tag: str = "v1.1.1", **more: object) -> int:
    release = {"tag_name": tag, "prerelease": False, "draft": False, "name": tag, "author": {"login": "ana-r"},
               "html_url": f"https://github.com/acme/sdk/releases/{tag}", **more}  # fmt: skip
    body = {"action": "published", "release": release, "repository": {"full_name": "acme/sdk"}}
    return await stage.send("github", body, X_GitHub_Event="release", X_GitHub_Delivery=f"d-{tag}")


async def test_a_release_through_its_72_hours(stage: Stage, began: Callable[[], Bot], world: Outside) -> None:
    hands = Actor(stage.slack.ws, began().url, stage.http)
    assert await published(stage) == 200
    first = await says(stage, "*T+0* of v1.1.1")
    assert "🟢 sdist and wheel are there: yes" in first
    assert "smoke test: to be ticked" in first
    assert "Sessions that fail to start" not in first, "T+0 has its own checks"
    assert "ANA" in first, "who has to look is named"
    assert "Artefacts of v1.1.1" in first
    await shows(stage, "but only 10 of the 50 cases that it takes")

    await asks(stage, hands, ANA, "tick smoke all green, https://ci.example.org/7", "smoke of v1.1.1 is ticked")
    await says(stage, "✅ smoke test: done, says Ana Ruiz. all green, https://ci.example.org/7")
    await asks(stage, hands, ANA, "set nps 42 --note survey", "nps of v1.1.1 is 42")

    await _day_two(stage)
    await _end(stage, hands)
    for name in ("T+0", "T+24", "T+48", "T+72"):
        assert len([one for one in thread(stage) if f"*{name}* of v1.1.1" in one]) == 1, name


async def _day_two(stage: Stage) -> None:
    """Up to T+48, with a breach on the way."""
    await hour(stage, 24.1)
    second = await says(stage, "*T+24* of v1.1.1")
    assert "🟢 Sessions that fail to start: 0.4%" in second
    assert "400 cases" in second
    assert "CI pass rate: 100%" in second

    await hour(stage, 7)
    await says(stage, "Beyond its threshold. 🟡 Sessions that fail to start: 2%")
    opened = stage.slack.card("monitoring", "v1.1.1: Sessions that fail to start")
    assert "P1" in opened.text
    await hour(stage, 4.2)
    await says(stage, "Back in bounds after")
    await stage.quiet()
    assert "Resolved" in stage.slack.card("monitoring", "v1.1.1: Sessions that fail to start").text

    await hour(stage, 13)
    third = await says(stage, "*T+48* of v1.1.1")
    assert "v1.1.1: Sessions that fail to start: over after" in third
    assert "new in this release" in third


async def _end(stage: Stage, hands: Actor) -> None:
    """T+72 and the decision."""
    await hour(stage, 24)
    fourth = await says(stage, "*T+72* of v1.1.1")
    assert "❔ Keep v1.1.1 as recommended, or patch?" in fourth
    await says(stage, "The window of v1.1.1 is over. Every must is fulfilled.")

    await asks(stage, hands, CHLOE, "decide v1.1.1 keep all is calm", "You have no right to decide here")
    await asks(stage, hands, ANA, "decide v1.1.1 keep all is calm", "v1.1.1: keep. It is recorded")
    decided = await shows(stage, "Decided: keep, by Ana Ruiz")
    assert "all is calm" in decided
    await says(stage, "*Health of v1.1.1 after its release*")
    await says(stage, "*Backlog for the next version, most important first*")
    wolf = await says(stage, "🐺 Sessions that fail to start went beyond 1× and came back by itself")
    assert "releases.sdk.checks.init-failures" in wolf
    await asks(stage, hands, ANA, "decide v1.1.1 patch no", "is not watched any more")


async def test_a_yank_is_red_and_blocks_a_keep_until_two_say_so(
    stage: Stage, began: Callable[[], Bot], world: Outside
) -> None:
    hands = Actor(stage.slack.ws, began().url, stage.http)
    await asks(stage, hands, ANA, "start v1.1.1 baseline v1.1.0", "v1.1.1 is watched by the plan sdk")
    await says(stage, "*T+0* of v1.1.1")
    world.yanked = True
    await hour(stage, 1)
    await says(stage, "Beyond its threshold. 🔴 taken back: yes")
    alarm = stage.slack.card("alerts", "v1.1.1: taken back")
    assert "<!channel>" in alarm.text
    assert "weigh going back to v1.1.0" in alarm.text
    await hour(stage, 72)
    await says(stage, "Against keeping it:")
    told = await asks(stage, hands, ANA, "decide keep we mean it", "v1.1.1 cannot be kept as it is")
    assert "❌ taken back" in told
    assert "smoke test: still to be ticked" in told
    await asks(stage, hands, ANA, "decide keep --despite the mirror is fine", "it takes a second person")
    await asks(stage, hands, ANA, "decide keep --despite again", "it takes a second person")
    await asks(stage, hands, BRUNO, "decide keep --despite agreed", "v1.1.1: keep. It is recorded")
    await says(stage, "Kept by Ana Ruiz and Bruno Costa despite:")


async def test_the_error_budget_is_on_the_card(stage: Stage, world: Outside, tmp_path: Path) -> None:
    good, total = "sum_over_time(good[$window])", "sum_over_time(all[$window])"
    slo = f"\nslos: {{answers: {{words: answered, objective: 99, window: 1d, good: '{good}', total: '{total}'}}}}\n"
    begun = stage.clock.now() - 30 * HOUR
    series = {"good": every(4, begun, 40, lambda _: 99.5), "all": every(4, begun, 40, lambda _: 100)}
    async with prometheus(tmp_path / "prometheus", series) as metrics:
        await stage.bot(written(tmp_path, POLICY + slo), PROMETHEUS_URL=metrics.url, **world.environ)
        await published(stage)
        await shows(stage, "error budget answers: 50% left")


async def test_late_after_a_stop_and_never_twice(
    stage: Stage, began: Callable[[], Bot], world: Outside, tmp_path: Path
) -> None:
    bot = began()
    environ = {"PROMETHEUS_URL": bot.settings.prometheus_url.get_secret_value(), **world.environ}
    await published(stage)
    await says(stage, "*T+0* of v1.1.1")
    await stage.stop(bot)
    await hour(stage, 29)
    two = [await stage.bot(written(tmp_path), **environ) for _ in range(2)]
    late = await says(stage, "*T+24* of v1.1.1, 5 h")
    assert "400 cases" in late, "it is taken with what is read now"
    await hour(stage, 20)
    await says(stage, "*T+48* of v1.1.1")
    assert len([one for one in thread(stage) if "*T+24* of" in one]) == 1
    assert len([one for one in thread(stage) if "*T+48* of" in one]) == 1
    assert two


async def test_sources_that_fail_are_said_and_never_taken_for_health(
    stage: Stage, began: Callable[[], Bot], world: Outside
) -> None:
    hands = Actor(stage.slack.ws, began().url, stage.http)
    world.fails = {"/pypi/": 502, "/repos/": 403}
    await published(stage)
    first = await says(stage, "*T+0* of v1.1.1")
    assert "⬜ sdist and wheel are there: not enough data: no answer: http_502" in first
    told = await asks(stage, hands, ANA, "v1.1.1", "T+0 h of 72")
    assert "⬜ CI pass rate: not enough data: no" in told
    assert "🟢 taken back" not in told
    for status in (404, 429):
        world.fails = {"/pypi/": status, "/repos/": status}
        await hour(stage, 1)
        await says(stage, "*T+0* of v1.1.1")
        await asks(stage, hands, ANA, "v1.1.1", "not enough data")
    world.fails = {"/pypi/": HANGS}
    await hour(stage, 1)
    await asks(stage, hands, ANA, "v1.1.1", "T+3 h of 72")
    world.fails = {}
    world.hanging.set()
    await hour(stage, 1)
    await shows(stage, "🟢 sdist and wheel are there: yes")


async def test_questions_that_have_no_answer(stage: Stage, began: Callable[[], Bot]) -> None:
    hands = Actor(stage.slack.ws, began().url, stage.http)
    nothing = await asks(stage, hands, ANA, "", "No release is watched now.")
    assert "start v1.1.1" in nothing
    assert "plans: sdk" in nothing
    await asks(stage, hands, ANA, "v9.9.9", "I know no release `v9.9.9`")
    long = await asks(stage, hands, ANA, "v" * 300, "I know no release")
    assert len(long) < 600
    await asks(stage, hands, ANA, "start " + "v" * 300, "is no version that I can watch")
    await asks(stage, hands, ANA, 'start v1"}) nothing', "is no version that I can watch")
    await asks(stage, hands, CHLOE, "start v1.1.1", "You have no right to start a watch")
    await asks(stage, hands, ANA, "start v1.1.1 sdkk", "The policy has no plan `sdkk`")
    assert (await published(stage, "nightly")) == 200, "no plan is for it"
    assert not stage.slack.cards("monitoring")


async def test_a_newer_release_supersedes_and_compares(stage: Stage, began: Callable[[], Bot], world: Outside) -> None:
    hands = Actor(stage.slack.ws, began().url, stage.http)
    await published(stage, "v1.1.0")
    await says(stage, "*T+0*", release="v1.1.0")
    await hour(stage, 2)
    await published(stage, "v1.1.1")
    await shows(stage, "superseded", release="v1.1.0")
    await shows(stage, "baseline v1.1.0")
    await hour(stage, 1)
    await shows(stage, "READY p95: 1.1 s (yellow 30% above the baseline; baseline 1.1 s")
    listed = await asks(stage, hands, ANA, "list", "v1.1.1 · Python SDK")
    assert "⏹️ v1.1.0 · Python SDK · superseded" in listed
    await published(stage, "v1.1.1")
    assert card(stage)


async def test_incidents_are_attributed(stage: Stage, began: Callable[[], Bot], world: Outside) -> None:
    before = alert("OldTrouble", "warning", team="sdk")
    await stage.send("alertmanager", group(before))
    await stage.quiet()
    await hour(stage, 1)
    await published(stage)
    await says(stage, "*T+0* of v1.1.1")
    await stage.send("alertmanager", group(alert("NewTrouble", "critical", team="sdk")))
    await stage.send("alertmanager", group(alert("Elsewhere", "critical", team="other")))
    await stage.send("alertmanager", group(alert("NewTrouble2", "critical", team="sdk")))
    await hour(stage, 24)
    told = await says(stage, "*T+24* of v1.1.1")
    assert "NewTrouble: open since" in told
    lines = {line.split(" ")[3].strip(":"): line for line in told.splitlines() if line.startswith("🔸")}
    assert "seen before" in lines["OldTrouble"]
    assert "new in this release" in lines["NewTrouble"]
    assert "cannot tell" in lines["Elsewhere"]
