"""Where the checks of a release are read: each source by itself, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.cards.plain import plain
from bot.clients.asking import rfc3339
from bot.clients.documents import Documents
from bot.clients.github import GitHub, Run
from bot.clients.probes import Probes
from bot.clients.prometheus import Prometheus
from bot.clients.registries import Registries, Registry
from bot.sources.sources import Clients, Sources
from rules.incident import Incident, State
from rules.plan import Plan
from rules.policy_file import load
from rules.reading import Reading
from rules.slo import Budget
from rules.text import Text
from rules.watch import Watch
from tests.bot.test_github_client import comment, issue_row, run_row
from tests.bot.test_registries_client import EGG, SDIST, TAKEN, WHEEL, crate, npm, pypi
from tests.conftest import TurningClock, serve

MIN, HOUR, FOREVER = 60_000, 3_600_000, 60
NOW = 1_795_260_000_000  # 2026-11-21 11:20 UTC
T0, BEFORE = NOW - 2 * HOUR, NOW - 50 * HOUR
RUNS, ISSUES = "/repos/acme/sdk/actions/runs", "/repos/acme/sdk/issues"
PYPI, CRATE, NPM = "/pypi/aris/1.1.1/json", "/api/v1/crates/aris/1.1.1", "/aris/1.1.1"
HEAD = """
channels: {fallback: "#general"}
severities: {P0: {label: [critical]}, P1: {label: [warning]}}
slos: {up: {words: It answers, objective: 99, alerts: a=b}}
releases:
  sdk:
    words: Python SDK
    repository: acme/sdk
    checkpoints: [{name: T+0, at: 0h}]
    yellow: {severity: P1}
    red: {severity: P0}
    incidents: team="sdk"
    checks:
"""
WATCH = Watch(
    key="watch:sdk:v1.1.1", id="K7F3Q2", plan="sdk", release="v1.1.1", title="Python SDK", place="#general",
    opened_at=T0, began_at=T0, ends_at=T0 + 72 * HOUR,
)  # fmt: skip
AFTER = replace(WATCH, baseline="v1.1.0", baseline_at=BEFORE)


def plan(*checks: str) -> Plan:
    lines = [f"      check{index or ''}: {{words: It, {check}}}" for index, check in enumerate(checks)]
    return load(HEAD + "\n".join(lines) + "\n", "test.yaml").releases["sdk"]


class Stopped(TurningClock):
    """It stands still but for what the test turns it by."""

    def now(self) -> int:
        return NOW + self.turned

    def monotonic(self) -> float:
        return 1000 + self.turned / 1000


@dataclass
class World:
    """All sources behind one address. `pages`: by path; `values`: what Prometheus has for an expression, by its time.

    A page is JSON, a web.Response that is sent as it is, or "hang" for none at all.
    """

    clock: Stopped
    sources: Sources = field(init=False)
    url: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    values: Callable[[str, int], Any] = lambda expr, at: []
    budget: Callable[[str], Budget] = lambda name: Budget(objective=99, window=HOUR, spent=None)
    asked: list[str] = field(default_factory=list)
    told: list[Run] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path == "/api/v1/query" and request.path not in self.pages:
            form = await request.post()
            expr, at = str(form["query"]), round(float(str(form["time"])) * 1000)
            self.asked[-1] = expr
            return _answered(self.values(expr, at), at)
        page = self.pages.get(request.path)
        if page == "hang":
            await asyncio.sleep(FOREVER)
        if isinstance(page, web.Response):
            return web.Response(status=page.status, body=page.body, headers=page.headers)
        return web.json_response(
            {"message": "Not Found"} if page is None else page, status=404 if page is None else 200
        )

    async def runs(self, repository: str, *, branch: str, since: int) -> list[Run]:
        """What webhooks told."""
        return [run for run in self.told if run.at >= since]

    async def budget_of(self, name: str) -> Budget:
        return self.budget(name)

    async def read(self, *checks: str, of: Watch = WATCH, remembered: Sequence[Incident] = (), anew: bool = False,
                   plan_: Plan | None = None) -> Reading:  # fmt: skip
        """The reading of the first of these checks, its trouble in words."""
        found = (await self.sources.read(of, plan_ or plan(*checks), remembered, anew=anew))["check"]
        return replace(found, trouble=plain(found.trouble)) if isinstance(found.trouble, Text) else found


def _answered(value: Any, at: int) -> web.Response:
    if isinstance(value, web.Response):
        return value
    warnings = ["half of it is missing"] if value == "warned" else []
    value = 7 if value == "warned" else value
    rows = value if isinstance(value, list) else [{"metric": {}, "value": [at / 1000, str(value)]}]
    told = {"status": "success", "data": {"resultType": "vector", "result": rows}, "warnings": warnings}
    return web.json_response(told)


@asynccontextmanager
async def world(*, timeout_s: float = 5.0, with_prometheus: bool = True, **more: Any) -> AsyncIterator[World]:
    one = World(Stopped(), **more)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", one.handle)

    def told(call: str, result: str) -> None:
        return None

    async with serve(app) as url, aiohttp.ClientSession() as http:
        clients = Clients(
            prometheus=Prometheus(http, url, {}, told, timeout_s=timeout_s) if with_prometheus else None,
            github=GitHub(http, url, {}, told, one.clock, timeout_s=timeout_s),
            heard=one,
            registries=Registries(http, dict.fromkeys(Registry, url), told, one.clock, timeout_s=timeout_s),
            documents=Documents(http, told, timeout_s=timeout_s),
            probes=Probes(http, told, timeout_s=timeout_s),
            budget=one.budget_of,
        )  # fmt: skip
        one.sources = Sources(clients, one.clock)
        one.url = url
        yield one


def known(values: dict[str, Any]) -> Callable[[str, int], Any]:
    return lambda expr, at: values.get(expr, [])


# --- Prometheus ---


async def test_prometheus_tells_the_value_and_how_many_cases_it_is_about() -> None:
    values = {'f{v="v1.1.1",n="1.1.1"}[1d]': 2.5, "count(v1.1.1)": 400}
    async with world(values=known(values)) as one:
        found = await one.read(
            """prometheus: 'f{v="$version",n="$number"}[$window]', sample: count($version), baseline: 1.5"""
        )
    assert found == Reading(at=NOW, source="Prometheus", value=2.5, sample=400, baseline=1.5)
    assert len(one.asked) == 2, "a known number needs no question"


@pytest.mark.parametrize(
    ("value", "trouble"),
    [([], "Prometheus found no series for it"), ("NaN", "Prometheus has no number for it now"),
     ("+Inf", "Prometheus has no number for it now")],
)  # fmt: skip
async def test_no_number_is_said_as_such(value: Any, trouble: str) -> None:
    async with world(values=known({"x": value})) as one:
        found = await one.read("prometheus: x, sample: y")
    assert found == Reading(at=NOW, source="Prometheus", trouble=trouble)


async def test_warnings_are_a_note() -> None:
    async with world(values=known({"x": "warned"})) as one:
        found = await one.read("prometheus: x")
    assert (found.value, found.note, found.trouble) == (7, "half of it is missing", "")


LABELLED = """prometheus: 'f{v="$version"}'"""


@pytest.mark.parametrize(
    ("check", "watch", "at"),
    [
        (LABELLED, AFTER, BEFORE + 2 * HOUR),
        (LABELLED, replace(AFTER, baseline_at=0), NOW),
        (LABELLED, replace(AFTER, baseline_at=NOW - HOUR), NOW),
        (LABELLED, WATCH, None),
        ("prometheus: f", AFTER, BEFORE + 2 * HOUR),
        ("prometheus: f", replace(AFTER, baseline_at=0), None),
        ("prometheus: f", replace(AFTER, baseline_at=NOW - HOUR), None),
        ("prometheus: f", replace(AFTER, baseline_at=T0 - HOUR), None),
        ("prometheus: f, baseline_prometheus: g($number)", AFTER, BEFORE + 2 * HOUR),
        ("prometheus: f, baseline_prometheus: g", AFTER, BEFORE + 2 * HOUR),
        ("prometheus: f, baseline_prometheus: g", WATCH, None),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_the_baseline_is_the_release_before_at_its_own_time(check: str, watch: Watch, at: int | None) -> None:
    """The clock stands two hours after T+0; 99 is what must never be taken for the baseline."""

    def values(expr: str, asked_at: int) -> Any:
        is_own = expr in ("f", 'f{v="v1.1.1"}') and asked_at == NOW
        return 5 if is_own else 3 if asked_at == at and expr in ('f{v="v1.1.0"}', "f", "g(1.1.0)", "g") else 99

    async with world(values=values) as one:
        found = await one.read(check, of=watch)
    assert (found.value, found.baseline) == (5, 3 if at else None)


async def test_a_baseline_that_cannot_be_read_does_not_cost_the_value() -> None:
    async with world(values=lambda expr, at: 5 if at == NOW else web.Response(status=502)) as one:
        found = await one.read("prometheus: f", of=AFTER)
    assert (found.value, found.baseline, found.trouble) == (5, None, "")


# --- the registries ---


@pytest.mark.parametrize(
    ("check", "pages", "value", "note"),
    [
        ("registry: pypi/aris", {PYPI: pypi(SDIST, WHEEL)}, 1, "sdist, wheel"),
        ("registry: pypi/aris", {"/pypi/aris/json": pypi(SDIST)}, 0, ""),
        ("registry: pypi/aris", {PYPI: pypi(TAKEN)}, 0, "broken wheels"),
        ("registry: pypi/aris, value: yanked", {PYPI: pypi(TAKEN)}, 1, "broken wheels"),
        ("registry: pypi/aris, value: yanked", {PYPI: pypi(SDIST)}, 0, "sdist"),
        ("registry: pypi/aris, value: wheel", {PYPI: pypi(SDIST, WHEEL)}, 1, "sdist, wheel"),
        ("registry: pypi/aris, value: wheel", {PYPI: pypi(SDIST)}, 0, "sdist"),
        ("registry: pypi/aris, value: sdist", {PYPI: pypi(WHEEL)}, 0, "wheel"),
        ("registry: pypi/aris, value: files", {PYPI: pypi(SDIST, WHEEL, EGG)}, 3, "bdist_egg, sdist, wheel"),
        ("registry: crates/aris, value: downloads", {CRATE: crate()}, 1234, "crate"),
        ("registry: npm/aris", {NPM: npm()}, 1, "tarball"),
        ("registry: npm/aris, value: yanked", {NPM: npm(deprecated="use 2")}, 1, "use 2"),
    ],
)
async def test_a_registry_tells(check: str, pages: dict[str, Any], value: float, note: str) -> None:
    async with world(pages=pages) as one:
        found = await one.read(check)
    title = {"pypi": "PyPI", "crates": "crates.io", "npm": "npm"}[check[10:].split("/", maxsplit=1)[0]]
    assert found == Reading(at=NOW, source=title, value=value, note=note)


async def test_a_registry_that_does_not_count_says_so_and_a_wrong_name_too() -> None:
    async with world(pages={PYPI: pypi(SDIST)}) as one:
        found = await one.read("registry: pypi/aris, value: downloads")
        assert (found.value, found.trouble) == (None, "PyPI does not tell it")
        found = await one.read("registry: pypi/ariss, value: downloads")
        assert (found.value, found.trouble) == (None, "no package 'ariss' in pypi; look at its spelling")


# --- GitHub ---


def runs(*conclusions: str | None, **more: Any) -> dict[str, Any]:
    return {"workflow_runs": [run_row(number, conclusion=one, **more) for number, one in enumerate(conclusions)]}


@pytest.mark.parametrize(
    ("conclusions", "value", "sample"),
    [
        (["success"] * 3 + ["failure"], 75, 4),
        (["success", "timed_out", "startup_failure", "cancelled", "skipped", None], 100 / 3, 3),
        (["cancelled", None], None, 0),
        ([], None, 0),
    ],
)
async def test_the_pass_rate(conclusions: list[str | None], value: float | None, sample: float) -> None:
    async with world(pages={RUNS: runs(*conclusions)}) as one:
        found = await one.read("github: pass-rate")
    assert (found.source, found.sample, found.trouble) == ("GitHub", sample, "" if sample else NONE)
    assert found.value == (None if value is None else pytest.approx(value))


NONE = "GitHub has none to tell it from"
A, B = {"head_sha": "a" * 40}, {"head_sha": "b" * 40}


@pytest.mark.parametrize(
    ("rows", "value", "note"),
    [
        ([run_row(1, **A), run_row(2, conclusion="failure", **A)], 1, "CI at aaaaaaa"),
        ([run_row(1, **A), run_row(2, conclusion="failure", **B)], 0, ""),
        ([run_row(1, **A), run_row(2, name="Nightly", conclusion="failure", **A)], 0, ""),
        ([run_row(1, run_attempt=2, **A), run_row(2, **B)], 1, "CI at aaaaaaa"),
        ([run_row(1, run_attempt=2, conclusion="failure", **A)], 0, ""),
        ([run_row(1, **A), run_row(2, conclusion="cancelled", **A)], 0, ""),
        ([run_row(1, conclusion="cancelled", **A)], None, ""),
        ([], None, ""),
    ],
)
async def test_runs_that_changed_their_mind(rows: list[Any], value: float | None, note: str) -> None:
    async with world(pages={RUNS: {"workflow_runs": rows}}) as one:
        found = await one.read("github: flaky")
    assert (found.value, found.note, found.trouble) == (value, note, "" if value is not None else NONE)


def attempt(number: int, conclusion: str, sha: str = "a" * 40, workflow: str = "CI") -> Run:
    """As a webhook told of it."""
    return Run(id=0, workflow=workflow, attempt=number, conclusion=conclusion, sha=sha, at=NOW - HOUR)


RUNS_PATH = "/repos/acme/sdk/actions/runs"
MIND = [attempt(1, "failure"), attempt(2, "success")]


@pytest.mark.parametrize(
    ("rows", "told", "value", "sample"),
    [
        ([run_row(1)], MIND, 1, 1),  # GitHub has forgotten the first attempt
        ([run_row(1)], [attempt(1, "failure"), attempt(2, "failure")], 0, 1),
        ([run_row(1)], [], 0, 1),
        ([], MIND, 1, 2),
    ],
)
async def test_flaky_runs_from_both_sides(rows: list[Any], told: list[Run], value: float, sample: float) -> None:
    async with world(told=told) as one:
        one.pages = {RUNS_PATH: {"total_count": len(rows), "workflow_runs": rows}}
        found = await one.read("github: flaky")
    assert (found.value, found.sample) == (value, sample)


async def test_the_same_change_of_mind_is_counted_once() -> None:
    row = run_row(1, head_sha="a" * 40, run_attempt=2)
    async with world(told=MIND) as one:
        one.pages = {RUNS_PATH: {"total_count": 1, "workflow_runs": [row]}}
        assert (await one.read("github: flaky")).value == 1


async def test_while_github_is_away_webhooks_can_only_tell_what_is_bad() -> None:
    async with world(told=MIND) as one:
        one.pages = {RUNS_PATH: web.Response(status=502)}
        assert (await one.read("github: flaky")).value == 1
    async with world(told=MIND[1:2]) as one:
        one.pages = {RUNS_PATH: web.Response(status=502)}
        assert (await one.read("github: flaky")).value == 1, "it was tried again, and good then"
    async with world(told=[attempt(1, "success")]) as one:
        one.pages = {RUNS_PATH: web.Response(status=502)}
        found = await one.read("github: flaky")
    assert found.value is None, "it may not be all"
    assert found.trouble.startswith("no answer: http_502")


async def test_webhooks_of_another_workflow_do_not_count() -> None:
    told = [attempt(1, "failure", workflow="nightly"), attempt(2, "success", workflow="nightly")]
    async with world(told=told) as one:
        one.pages = {"/repos/acme/sdk/actions/workflows/ci.yml/runs": {"total_count": 1, "workflow_runs": [run_row(1)]}}
        assert (await one.read("github: flaky, workflow: ci.yml")).value == 0
        one.told = MIND
        assert (await one.read("github: flaky, workflow: ci.yml, branch: main", anew=True)).value is not None


def issue(number: int, opened_h: float, closed_h: float | None = None) -> dict[str, Any]:
    """Opened and closed so many hours ago."""
    closed = None if closed_h is None else rfc3339(NOW - int(closed_h * HOUR))
    return issue_row(number, created_at=rfc3339(NOW - int(opened_h * HOUR)), closed_at=closed)


FOUR = [issue(4, 1), issue(3, 2, 1), issue(2, 10, 4), issue(1, 100, 30)]


@pytest.mark.parametrize(
    ("check", "rows", "value", "sample", "note"),
    [
        ("issues", FOUR, 3, None, "#4, #3, #2"),
        ("issues", FOUR[3:], 0, None, ""),
        ("open-issues", FOUR[:1], 1, None, "#4"),
        ("open-issues", [], 0, None, ""),
        ("resolution", FOUR, 3.5, 2, ""),
        ("resolution", FOUR[3:], None, 0, ""),
        ("first-response", FOUR, 1.5, 2, ""),
        ("first-response", FOUR[:1], None, 0, ""),
    ],
)
async def test_issues(check: str, rows: list[Any], value: float | None, sample: float | None, note: str) -> None:
    """In the last 24 hours; times in hours; somebody answered #3 after an hour, #2 after two, #4 never."""
    pages: dict[str, Any] = {ISSUES: rows} | {f"{ISSUES}/{row['number']}": row for row in FOUR}
    answers = {1: 99.5, 2: 8.0, 3: 1.0}
    for number in range(1, 5):
        at = {"created_at": rfc3339(NOW - int(answers[number] * HOUR))} if number in answers else None
        pages[f"{ISSUES}/{number}/comments"] = [comment("ada", 1) | at] if at else [comment("marta", 1)]
    async with world(pages=pages) as one:
        found = await one.read(f"github: {check}, labels: [P0]")
    assert (found.value, found.sample, found.note) == (value, sample, note)
    assert found.trouble == ("" if value is not None else NONE)


async def test_a_file_of_the_release() -> None:
    path = "/repos/acme/sdk/releases/tags/v1.1.1"
    page = {"draft": False, "prerelease": False, "assets": [{"name": "sdk.whl"}, {"name": "sdk.tar.gz"}]}
    async with world(pages={path: page, "/repos/acme/sdk": {"full_name": "acme/sdk"}}) as one:
        found = await one.read("github: asset, asset: .whl")
        assert (found.value, found.note) == (1, "sdk.whl")
        assert (await one.read("github: asset, asset: .deb")).value == 0
        del one.pages[path]
        assert (await one.read("github: asset, asset: .rpm")).value == 0


# --- any JSON ---


@pytest.mark.parametrize(
    ("path", "value", "trouble"),
    [
        ("stars", 12, ""), ("rows", 2, ""), ("text", 98.5, ""), ("yes", 1, ""),
        ("gone", None, "nothing stands at gone"), ("no.such", None, "nothing stands at no.such"),
        ("name", None, "'name' leads to 'aris', which is not a number"),
        ("'rows[", None, "\"'rows[\" is not a JMESPath for this document: "),
    ],
)  # fmt: skip
async def test_a_document(path: str, value: float | None, trouble: str) -> None:
    page = {"stars": 12, "rows": [1, 2], "text": "98.5", "yes": True, "gone": None, "name": "aris"}
    async with world(pages={"/of/v1+1/x": page}) as one:
        check = f'json: "{one.url}/of/$version/x?w=$window", path: "{path}"'
        found = await one.read(check, of=replace(WATCH, release="v1+1"))
    assert (found.value, found.trouble.startswith(trouble)) == (value, True)
    assert found.source == ("127.0.0.1" if value is not None or trouble.startswith("nothing") else "json")


# --- what Sereno knows itself ---


def incident(opened_h: float, resolved_h: float = 0, *, team: str = "sdk", source: str = "alertmanager") -> Incident:
    """Opened, and resolved when that is given, so many hours ago."""
    at, ended = NOW - int(opened_h * HOUR), NOW - int(resolved_h * HOUR) if resolved_h else 0
    return Incident(
        key=f"{team}{opened_h}{source}", id="X", source=source, title="x", labels={"team": team}, severity="P1",
        peak="P1", place="#general", opened_at=at, resolved_at=ended, state=State.RESOLVED if ended else State.OPEN,
    )  # fmt: skip


REMEMBERED = [incident(1), incident(30), incident(1.75, 1.25), incident(1.5, 0.5), incident(40, 30),
              incident(1, team="shop"), incident(1, source="release-watch")]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "remembered", "value"),
    [
        ("incidents: opened", REMEMBERED, 3),
        ("incidents: opened, within: 2d", REMEMBERED, 3),
        ("incidents: opened, within: 2d, before_too: true", REMEMBERED, 5),
        ("incidents: open", REMEMBERED, 2),
        ("""incidents: open, match: 'team="shop"'""", REMEMBERED, 1),
        ("incidents: mttr", REMEMBERED, 45),
        ("incidents: mttr", [incident(1)], None),
        ("incidents: opened", [], 0),
    ],
)
async def test_what_is_counted_of_incidents(check: str, remembered: list[Incident], value: float | None) -> None:
    """Two were resolved since the release, after 30 and 60 minutes: mttr is in minutes."""
    async with world() as one:
        found = await one.read(check, remembered=remembered)
        assert (found.source, found.value) == ("Sereno", value)
        assert found.trouble == ("" if value is not None else "none was resolved in this time")
        again = await one.read(check, remembered=[])
    assert again.value in (0, None), "our own memory is asked each time"


@pytest.mark.parametrize(("spent", "value"), [(0.25, 75), (1.5, -50), (0, 100), (None, None)])
async def test_what_is_left_of_an_error_budget(spent: float | None, value: float | None) -> None:
    async with world(budget=lambda name: Budget(objective=99, window=HOUR, spent=spent)) as one:
        found = await one.read("slo: up")
    trouble = "" if value is not None else "there was nothing to tell it from, such as no traffic"
    assert found == Reading(at=NOW, source="error budget", value=value, trouble=trouble)


async def test_a_spent_budget_says_what_holds_then() -> None:
    stops = Budget(objective=99, window=HOUR, spent=1.2, when_spent="Stability first.")
    async with world(budget=lambda name: stops) as one:
        assert (await one.read("slo: up")).note == "Stability first."
    async with world(budget=lambda name: replace(stops, spent=0.5)) as one:
        assert (await one.read("slo: up")).note == ""
