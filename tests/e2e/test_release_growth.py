"""A release watched by how much grows in a day, and by services that answer over HTTP; what people read of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.playground.actor import Actor
from bot.playground.people import ANA
from tests.conftest import Stage, serve, wait_until
from tests.e2e.releases import asks, card, says, shows, whole, written

HEAD = """
channels: {{monitoring: "#monitoring", fallback: "#general"}}
severities: {{P0: {{label: [critical], channel: monitoring}}, P1: {{label: [error], channel: monitoring}}}}
rights: {{watch: everyone, decide: everyone}}
releases:
  caro:
    words: caro
    match: event="release"
    channel: monitoring
"""
POLICY = (
    HEAD
    + """    window: 72h
    checks:
      stars: {{words: Stars, json: "{url}/stars", path: n, target: ">= +50 in 24h"}}
      forks: {{words: Forks, json: "{url}/forks", path: n, yellow: "< +5 in 24h"}}
      shop: {{words: Health of the shop, unit: yes/no, http: "{url}/health", target: "== 1", red: "== 0"}}
    checkpoints:
      - {{name: T+0, at: 0h}}
      - {{name: T+24, at: 24h, gate: {{passed: It grows.}}, checks: [stars, shop]}}
    yellow: {{severity: P1}}
    red: {{severity: P0}}
    criteria: {{should: ["stars >= +90 in 48h"]}}
"""
)


@dataclass
class Outside:
    """A project that grows, and a shop that is up or not."""

    stars: int = 1000
    health: int = 200
    url: str = ""

    async def stars_of(self, _request: web.Request) -> web.Response:
        return web.json_response({"n": self.stars})

    async def forks_of(self, _request: web.Request) -> web.Response:
        return web.json_response({"n": self.stars // 100})

    async def shop(self, _request: web.Request) -> web.Response:
        return web.Response(status=self.health)


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    one = Outside()
    app = web.Application()
    app.router.add_get("/stars", one.stars_of)
    app.router.add_get("/forks", one.forks_of)
    app.router.add_get("/health", one.shop)
    async with serve(app) as url:
        one.url = url
        yield one


async def published(stage: Stage) -> None:
    release = {"tag_name": "v1.1.1", "prerelease": False, "draft": False}
    body = {"action": "published", "release": release, "repository": {"full_name": "acme/caro"}}
    assert await stage.send("github", body, X_GitHub_Event="release", X_GitHub_Delivery="r-1") == 200


async def test_what_grows_in_a_day_and_who_answers(stage: Stage, tmp_path: Path) -> None:
    async with outside() as world:
        bot = await stage.bot(written(tmp_path, POLICY.format(url=world.url)))
        hands = Actor(stage.slack.ws, bot.url, stage.http)
        await published(stage)
        first = await says(stage, "*T+0* of v1.1.1")
        assert (
            "⬜ Stars: 1000, and nothing to compare it with (wanted at +50 or more in 1 d: not enough data, no value "
            "of 1 d before; 127.0.0.1" in first
        )
        assert "⬜ Forks: 10, and nothing to compare it with (yellow below +5 in 1 d: not enough data" in first
        assert f"🟢 Health of the shop: yes (red when no; HTTP 200; {world.url.removeprefix('http://')}" in first

        world.stars = 1037
        stage.clock.turn(hours=24)
        second = await says(stage, "*T+24* of v1.1.1")
        assert "❌ T+24: FAIL" in second
        assert "🟣 Stars: 1037, short of its target (+37 of +50 in 1 d; 127.0.0.1" in second
        await says(stage, "Beyond its threshold. 🟡 Forks: 10 (yellow below +5 in 1 d: +0; 127.0.0.1")
        assert "P1" in stage.slack.card("monitoring", "v1.1.1: Forks").text
        told = await asks(stage, hands, ANA, "v1.1.1", "T+24 h of 72")
        assert "🟣 Stars: 1037, short of its target (+37 of +50 in 1 d" in told

        world.stars, world.health = 1600, 503
        stage.clock.turn(hours=1)
        await says(stage, "🟢 Forks: 16 (yellow below +5 in 1 d: +6")
        await says(stage, "Beyond its threshold. 🔴 Health of the shop: no (red when no; HTTP 503; 127.0.0.1")
        world.health = 200
        stage.clock.turn(hours=1)
        await says(stage, "✅ T+24: PASS")
        await shows(stage, "🟢 Stars: 1600 (+600 of +50 in 1 d")
        health = await asks(
            stage, hands, ANA, "summary v1.1.1", "should: ⬜ Stars, at +90 or more in 2 d: not enough data"
        )
        assert "🟢 Stars: 1600 (+600 of +50 in 1 d" in health
        world.stars = 1610
        stage.clock.turn(hours=22)
        await shows(stage, "🟢 Stars: 1610 (+573 of +50 in 1 d")
        await asks(stage, hands, ANA, "summary v1.1.1", "✅ Stars, at +90 or more in 2 d: fulfilled (1610, +610)")


NOT_YET = (
    HEAD
    + """    window: 7d
    checks:
      stars: {{words: Stars, json: "{url}/stars", path: n, target: ">= +50 in 7d"}}
      forks: {{words: Forks, json: "{url}/forks", path: n, target: "rising in 7d"}}
      shop: {{words: Health of the shop, http: "{url}/health", target: "== 1", red: "== 0 for 2m"}}
    checkpoints: [{{name: T+0, at: 0h}}]
    yellow: {{severity: P1}}
    red: {{severity: P0}}
"""
)


async def test_what_nobody_can_tell_and_what_is_short_is_good_nowhere(stage: Stage, tmp_path: Path) -> None:
    async with outside() as world:
        world.health = 503
        bot = await stage.bot(written(tmp_path, NOT_YET.format(url=world.url)))
        hands = Actor(stage.slack.ws, bot.url, stage.http)
        await published(stage)
        await says(stage, "*T+0* of v1.1.1")
        shown = await shows(stage, "not enough data (1 short of its target, 2 not enough data)")
        assert "⬜ Stars: 1000, and nothing to compare it with (wanted" in shown
        assert "⬜ Forks: 10, and nothing to compare it with (wanted" in shown
        assert "🟣 Health of the shop: 0, short of its target (red at 0 for 2 min; wanted at 1" in shown
        assert "🟢" not in shown
        await hands.command("/sereno", "why v1.1.1", "monitoring", ANA)
        [why] = await wait_until(lambda: [one for one in _heard(stage) if "Watched since" in one])
        assert "⬜ v1.1.1" in why
        assert "⬜ Stars: 1000" in why
        assert "🟣 Health of the shop: 0" in why
        assert "are good" not in why
        chart = await asks(stage, hands, ANA, "chart v1.1.1", "There is no chart")
        assert "the plan marks no check with `chart: true`, so I take Health of the shop; of Health of the" in chart
        details = await asks(stage, hands, ANA, "plan v1.1.1", "*Checkpoints*")
        assert "P0" not in details, "there is nothing to be done in the plan"
        listed = await asks(stage, hands, ANA, "list", "v1.1.1")
        assert "⬜" in listed


async def test_a_card_knows_the_incident_of_its_check_with_the_edit_that_turns_it(stage: Stage, tmp_path: Path) -> None:
    async with outside() as world:
        await stage.bot(written(tmp_path, POLICY.format(url=world.url)))
        await published(stage)
        await says(stage, "🟢 Health of the shop: yes")
        await stage.quiet()
        before = _edits(stage)
        world.health = 503
        stage.clock.turn(seconds=61)
        await says(stage, "Beyond its threshold. 🔴 Health of the shop: no")
        assert "incidents open (1)" in await shows(stage, "🔴 *v1.1.1")
        await stage.quiet()
        assert _edits(stage) - before == 1
        world.health = 200
        stage.clock.turn(seconds=61)
        await says(stage, "Back in bounds after")
        await shows(stage, "no open incident")


def _heard(stage: Stage) -> list[str]:
    return [whole(one) for one in stage.slack.ws.ephemerals]


def _edits(stage: Stage) -> int:
    """How often the card of the release was edited."""
    ts = card(stage).ts
    return sum(call.method == "chat.update" and call.args.get("ts") == ts for call in stage.slack.ws.calls)
