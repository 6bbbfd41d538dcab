"""What is asked of the sources of a release again, and when; and what is said when one of them does not answer."""

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from bot.sources.asked import NotSet
from bot.store import Unavailable
from rules.slo import Budget
from rules.text import Text
from tests.bot.test_registries_client import SDIST, WHEEL, pypi
from tests.bot.test_sources import (
    AFTER,
    BEFORE,
    LABELLED,
    MIN,
    NOW,
    PYPI,
    RUNS,
    T0,
    WATCH,
    World,
    known,
    plan,
    runs,
    world,
)

PROMETHEUS, REGISTRY, GITHUB = "prometheus: x", "registry: pypi/aris", "github: pass-rate"
PAGES: dict[str, Any] = {PYPI: pypi(SDIST, WHEEL), RUNS: runs("success"), "/x.json": {"n": 5}}
RELEASE = "/repos/acme/sdk/releases/tags/v1.1.0"
APIS = {"prometheus": "/api/v1/query", "registry": PYPI, "github": RUNS, "json": "/x.json"}
NO = {"message": "not for you"}


def checked(source: str, one: World) -> str:
    """A check of this source."""
    return {
        "prometheus": PROMETHEUS,
        "registry": REGISTRY,
        "github": GITHUB,
        "json": f'json: "{one.url}/x.json", path: n',
    }[source]


def answer(status: int, **headers: str) -> web.Response:
    return web.json_response(
        NO, status=status, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


# --- what is not asked again ---


@pytest.mark.parametrize(("source", "minutes"), [("prometheus", 1), ("registry", 10), ("github", 10), ("json", 15)])
async def test_a_source_is_asked_again_after_its_period(source: str, minutes: int) -> None:
    async with world(pages=PAGES, values=known({"x": 5})) as one:
        check = checked(source, one)
        first = await one.read(check)
        assert first.value is not None
        one.clock.turn(minutes=minutes, seconds=-6)
        assert await one.read(check) == first
        assert len(one.asked) == 1
        one.clock.turn(seconds=1)
        again = await one.read(check)
    assert again == replace(first, at=one.clock.now()), "a round that begins a little early reads all the same"
    assert len(one.asked) == 2


async def test_the_plan_may_say_how_often() -> None:
    async with world(pages=PAGES, values=known({"x": 5})) as one:
        for check, minutes in [(f"{PROMETHEUS}, every: 1h", 60), (f"{GITHUB}, every: 3m", 3)]:
            one.asked.clear()
            await one.read(check)
            one.clock.turn(minutes=minutes - 1)
            await one.read(check)
            assert len(one.asked) == 1
            one.clock.turn(minutes=1)
            await one.read(check)
            assert len(one.asked) == 2


async def test_anew_asks_again_but_not_for_what_was_read_a_moment_ago() -> None:
    async with world(pages=PAGES) as one:
        first = await one.read(REGISTRY)
        one.clock.turn(seconds=60)
        assert await one.read(REGISTRY, anew=True) == first
        one.clock.turn(seconds=1)
        assert (await one.read(REGISTRY, anew=True)).at == one.clock.now()
    assert len(one.asked) == 2


async def test_another_check_baseline_or_watch_is_another_question() -> None:
    async with world(values=known({"x": 5, "y": 6, 'f{v="v1.1.1"}': 1, 'f{v="v1.1.0"}': 2})) as one:
        assert (await one.read(PROMETHEUS)).value == 5
        assert (await one.read("prometheus: y")).value == 6
        assert (await one.read(f"{LABELLED}, every: 1h")).baseline is None
        assert (await one.read(f"{LABELLED}, every: 1h", of=AFTER)).baseline == 2
        asked = len(one.asked)
        assert (await one.read(f"{LABELLED}, every: 1h", of=AFTER)).baseline == 2
        assert len(one.asked) == asked
        await one.read(f"{LABELLED}, every: 1h", of=replace(AFTER, key="watch:sdk:v1.1.2", release="v1.1.2"))
        assert len(one.asked) > asked


async def test_what_is_forgotten_is_asked_again() -> None:
    async with world(pages=PAGES) as one:
        await one.read(REGISTRY)
        one.sources.forget({WATCH.key, "watch:sdk:v1.1.2"})
        await one.read(REGISTRY)
        assert len(one.asked) == 1
        one.sources.forget({"watch:sdk:v1.1.2"})
        await one.read(REGISTRY)
    assert len(one.asked) == 2


async def test_what_people_enter_and_tick_is_not_asked_for() -> None:
    async with world(pages=PAGES) as one:
        found = await one.sources.read(WATCH, plan("enter: the survey", "tick: try it", REGISTRY), (), anew=True)
    assert list(found) == ["check2"]


# --- what goes wrong ---


@pytest.mark.parametrize("source", APIS)
@pytest.mark.parametrize(
    ("page", "trouble", "after_s"),
    [
        (answer(403), "not for you", 120),
        (answer(401), "not for you", 120),
        (answer(502), "no answer: http_502: not for you", 120),
        (web.Response(text="<html>"), "no answer: unreadable: ", 120),
        ("hang", "no answer: timeout: no answer within 1 s", 120),
        (answer(429, Retry_After="900"), "no answer: http_429: not for you", 905),
    ],
)  # fmt: skip
async def test_a_source_that_fails_is_left_alone_for_a_while(
    source: str, page: Any, trouble: str, after_s: int
) -> None:
    async with world(pages={APIS[source]: page}, values=known({"x": 5}), timeout_s=1 if page == "hang" else 20) as one:
        check = checked(source, one)
        failed = await one.read(check)
        assert (failed.value, failed.at) == (None, NOW)
        assert failed.trouble.startswith(trouble)
        one.pages = dict(PAGES)
        after_s = min(after_s, 60) if source == "prometheus" and after_s == 120 else after_s
        one.clock.turn(seconds=after_s - 6)
        assert await one.read(check) == failed
        assert len(one.asked) == 1
        one.clock.turn(seconds=1)
        again = await one.read(check)
    assert (again.value is not None, again.trouble) == (True, "")


async def test_a_source_that_wants_rest_is_not_asked_anew_either() -> None:
    async with world(pages={"/x.json": answer(429, Retry_After="900")}) as one:
        check = checked("json", one)
        failed = await one.read(check)
        one.pages = dict(PAGES)
        for _ in range(3):
            one.clock.turn(minutes=4)
            assert await one.read(check, anew=True) == failed
        assert len(one.asked) == 1
        one.clock.turn(minutes=3)
        assert (await one.read(check)).value == 5


async def test_what_is_missing_is_said_in_the_sources_words() -> None:
    async with world() as one:
        assert (await one.read(checked("json", one))).trouble == "Not Found"
        assert (await one.read(GITHUB)).trouble == "Not Found"
        assert (await one.read(REGISTRY)).trouble == "no package 'aris' in pypi; look at its spelling"


async def test_what_is_not_set_says_which_setting_is_missing() -> None:
    async with world(with_prometheus=False) as one:
        assert (await one.read(PROMETHEUS)).trouble == "PROMETHEUS_URL is not set"
        nowhere = plan(GITHUB).model_copy(update={"repository": ""})
        trouble = "write the `repository` of releases.sdk into the policy"
        assert (await one.read(plan_=nowhere)).trouble == trouble
        one.pages = dict(PAGES)
        assert (await one.read(GITHUB)).value == 100, "at once when the policy names it"
    assert one.asked == [RUNS]


@pytest.mark.parametrize("error", [NotSet(Text.of("PROMETHEUS_URL is not set")), Unavailable("Redis: away")])
async def test_a_budget_that_cannot_be_told(error: Exception) -> None:
    def budget(name: str) -> Budget:
        raise error

    async with world(budget=budget) as one:
        failed = await one.read("slo: up")
        assert (failed.value, failed.trouble) == (None, str(error))
        one.budget = lambda name: Budget(objective=99, window=MIN, spent=0.5)
        assert await one.read("slo: up") == failed
        one.clock.turn(minutes=1)
        assert (await one.read("slo: up")).value == 50


async def test_one_that_fails_costs_the_others_nothing() -> None:
    async with world(pages={**PAGES, PYPI: "hang"}, values=known({"x": 5}), timeout_s=3) as one:
        checks = plan(*[PROMETHEUS, REGISTRY, GITHUB] * 5)
        found = await one.sources.read(WATCH, checks, (), anew=False)
    assert [reading.value for reading in found.values()] == [5, None, 100] * 5


# --- when the baseline was released ---


async def test_when_the_baseline_was_released_github_tells() -> None:
    page = {"draft": False, "prerelease": False, "published_at": "2026-11-19T09:20:00Z"}
    watch = replace(AFTER, baseline_at=0)
    async with world(pages={RELEASE: page}) as one:
        assert await one.sources.baseline_at(watch, plan(REGISTRY)) == BEFORE
        for known_one in (AFTER, WATCH):
            assert await one.sources.baseline_at(known_one, plan(REGISTRY)) == 0
        nowhere = plan(REGISTRY).model_copy(update={"repository": ""})
        assert await one.sources.baseline_at(watch, nowhere) == 0
    assert one.asked == [RELEASE]


@pytest.mark.parametrize("page", [None, answer(502), {"draft": False, "prerelease": False, "published_at": None}])
async def test_what_github_does_not_know_is_not_asked_for_each_minute(page: Any) -> None:
    watch = replace(AFTER, baseline_at=0)
    async with world(pages={RELEASE: page} if page else {}) as one:
        assert await one.sources.baseline_at(watch, plan(REGISTRY)) == 0
        asked = len(one.asked)
        for _ in range(3):
            one.clock.turn(minutes=15)
            assert await one.sources.baseline_at(watch, plan(REGISTRY)) == 0
        assert len(one.asked) == asked
        one.pages = {RELEASE: {"draft": False, "prerelease": False, "published_at": "2026-11-21T09:20:00Z"}}
        one.clock.turn(minutes=15)
        assert await one.sources.baseline_at(watch, plan(REGISTRY)) == T0
        one.sources.forget(set())
        assert await one.sources.baseline_at(watch, plan(REGISTRY)) == T0
