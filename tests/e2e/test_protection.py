"""GitHub holds a deployment and asks: it hears what holds, once it can be reached, and nobody else gets the token."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.playground.people import ANA
from rules.deployment import Deployment
from tests.conftest import PAYLOADS, Stage, serve, wait_until
from tests.e2e.hands import hears, working

REPOSITORY = "Codertocat/Hello-World"
HANGS = 0


@dataclass
class GitHub:
    """What waits for an answer. `statuses`: those of the next answers, HANGS for none; then 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    async def review(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization", ""), await request.json()))
        status = self.statuses.pop(0) if self.statuses else 204
        if status == HANGS:
            await self.hanging.wait()
        return web.Response(status=204) if status == 204 else web.json_response({"message": "no"}, status=status)

    @property
    def environ(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": "ghs-1"}

    def question(self, environment: str, run: int = 1, url: str = "") -> dict[str, Any]:
        body = json.loads((PAYLOADS / "github" / "deployment_protection_rule__requested.json").read_text())
        callback = f"{url or self.url}/repos/{REPOSITORY}/actions/runs/{run}/deployment_protection_rule"
        return {**body, "environment": environment, "deployment_callback_url": callback}


@asynccontextmanager
async def github() -> AsyncIterator[GitHub]:
    one = GitHub()
    app = web.Application()
    app.router.add_post("/repos/{owner}/{name}/actions/runs/{run}/deployment_protection_rule", one.review)
    async with serve(app) as url:
        one.url = url
        try:
            yield one
        finally:
            one.hanging.set()


async def ask(stage: Stage, body: dict[str, Any], delivery: str = "d-1") -> str:
    headers = {"X_GitHub_Event": "deployment_protection_rule", "X_GitHub_Delivery": delivery}
    status, told = await stage.answer("github", body, **headers)
    assert status == 200
    return told["why"]


async def remembered(stage: Stage, environment: str, run: int = 1) -> Deployment:
    key = f"github:deployment_protection_rule:{REPOSITORY}:{environment}:{run}"

    async def answered() -> Deployment | None:
        record = await stage.bots[0].desk.find(key)
        assert isinstance(record, Deployment)
        return record if record.answer else None

    found: Deployment = await wait_until(answered)
    return found


async def test_what_is_open_may_go_on(stage: Stage) -> None:
    async with github() as hub:
        await stage.bot(**hub.environ)
        assert await ask(stage, hub.question("Production")) == "deployment_asked"
        assert await ask(stage, hub.question("Production")) == "duplicate"
        assert (await remembered(stage, "Production")).answer == "approved"
        said = {"environment_name": "Production", "state": "approved", "comment": "production is not frozen."}
        assert hub.asked == [(f"/repos/{REPOSITORY}/actions/runs/1/deployment_protection_rule", "Bearer ghs-1", said)]
        await ask(stage, hub.question("preview", 2), "d-2")
        await remembered(stage, "preview", 2)
        assert hub.asked[-1][2] == {
            "environment_name": "preview", "state": "approved",
            "comment": "No scope of the policy has the environment preview, so nothing keeps it.",
        }  # fmt: skip
        await stage.quiet()
        assert stage.slack.all_cards() == []


async def test_what_is_frozen_may_not_and_the_thread_says_so(stage: Stage) -> None:
    async with github() as hub:
        bot, actor = await working(stage, "http", **hub.environ)
        await actor.command("/war-room", "freeze staging moving *the* @octo/db [base](https://x.y) for 2h", user=ANA)
        await hears(stage, ANA, "is frozen until")
        await ask(stage, hub.question("staging"))
        assert (await remembered(stage, "staging")).answer == "rejected"
        said = hub.asked[0][2]
        assert said["state"] == "rejected"
        assert said["comment"].startswith("staging is frozen by ana until 20")
        assert said["comment"].endswith(" UTC: moving \\*the\\* @\u2060octo/db \\[base\\](https:\u2060//x.y)")
        await stage.quiet()
        [card] = stage.slack.all_cards()
        replies = [reply.text for reply in stage.slack.replies(card)]
        assert replies == [f"GitHub asked to deploy {REPOSITORY} to staging. I said no."]
        assert "sereno_signals_total{" in bot.metrics.page().decode()
        assert 'reason="deployment_rejected"' in bot.metrics.page().decode()
        assert 'call="review",result="ok",source="github"' in bot.metrics.page().decode()


async def test_github_that_is_away_is_asked_again_and_told_what_holds_then(stage: Stage) -> None:
    async with github() as hub:
        hub.statuses = [503]
        _, actor = await working(stage, "http", **hub.environ)
        await ask(stage, hub.question("staging"))
        await wait_until(lambda: hub.asked)
        await actor.command("/war-room", "freeze staging a move", user=ANA)
        await hears(stage, ANA, "is frozen until")
        stage.clock.turn(seconds=6)
        assert (await remembered(stage, "staging")).answer == "rejected"
        assert [said["state"] for _, _, said in hub.asked] == ["approved", "rejected"]


async def test_a_bot_that_dies_before_the_answer_is_followed_by_another(stage: Stage) -> None:
    async with github() as hub:
        hub.statuses = [HANGS]
        bot = await stage.bot(**hub.environ)
        await ask(stage, hub.question("staging"))
        await wait_until(lambda: hub.asked)
        await stage.stop(bot)
        await stage.bot(**hub.environ)
        assert (await remembered(stage, "staging")).answer == "approved"
        assert len(hub.asked) == 2


async def test_a_no_of_githubs_is_written_down_and_not_asked_again(stage: Stage) -> None:
    async with github() as hub:
        hub.statuses = [422]
        await stage.bot(**hub.environ)
        await ask(stage, hub.question("staging"))
        found = await remembered(stage, "staging")
        assert (found.answer, found.why) == ("refused", "no")
        stage.clock.turn(minutes=10)
        await ask(stage, hub.question("staging"), "d-2")
        assert (await remembered(stage, "staging")).id
        await wait_until(lambda: len(hub.asked) == 2, what="a question that comes anew is answered anew")


async def test_the_token_is_for_githubs_api_only(stage: Stage) -> None:
    async with github() as hub, github() as thief:
        await stage.bot(**hub.environ)
        for number, url in enumerate((thief.url, f"{hub.url}@{thief.url.removeprefix('http://')}", f"{hub.url}/x"), 1):
            await ask(stage, hub.question("staging", number, url), f"d-{number}")
            found = await remembered(stage, "staging", number)
            assert (found.answer, "is not an address of GITHUB_API_URL" in found.why) == ("refused", True)
        assert hub.asked == thief.asked == []
