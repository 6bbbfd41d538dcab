"""The client of GitHub against a double that speaks its protocol: pages, ETags, limits, errors; its settings."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clients.asking import unix_ms
from bot.clients.github import PAGE, PAGES_MAX, GitHub, Issue, Rejected, Release, Run, Unreachable
from bot.setting_values import BadSetting
from bot.settings import read
from tests.conftest import TurningClock, serve

NOW = 1_795_237_200_000  # 2026-11-21 05:00 UTC
HOUR = 3_600_000
API, REPO = "/api/v3", "/api/v3/repos/acme/sdk"
RUNS, ISSUES = f"{REPO}/actions/runs", f"{REPO}/issues"
CALLS = ["runs", "issues", "comments", "release"]


def run_row(number: int, **more: Any) -> dict[str, Any]:
    row = {
        "id": number, "name": "CI", "path": ".github/workflows/ci.yml", "head_branch": "main",
        "head_sha": f"{number:040x}", "run_number": number, "event": "push", "workflow_id": 7,
        "status": "completed", "conclusion": "success",
        "run_attempt": 1, "created_at": "2026-11-21T05:00:00Z", "run_started_at": "2026-11-21T05:00:00Z",
        "actor": {"login": "marta"},
    }  # fmt: skip
    return row | more


def issue_row(number: int, **more: Any) -> dict[str, Any]:
    labels = [{"id": 1, "name": "P0", "color": "f00"}, "plain"]
    row = {"number": number, "title": f"Issue\n{number}", "user": {"login": "marta", "type": "User"}, "labels": labels,
           "state": "open", "created_at": "2026-11-21T05:00:00Z", "updated_at": "2026-11-21T06:00:00Z",
           "closed_at": None}  # fmt: skip
    return row | more


def comment(login: str | None, minute: int, kind: str = "User") -> dict[str, Any]:
    user = {"login": login, "type": kind} if login else None
    return {"id": minute, "user": user, "created_at": f"2026-11-21T05:{minute:02}:00Z", "author_association": "NONE"}


@dataclass
class Double:
    """Its answers by path; a list, or the list under `workflow_runs`, goes out in pages with Link headers."""

    clock: TurningClock = field(default_factory=TurningClock)
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    refusing: Callable[[], web.Response] | None = None
    delay_s: float = 0.0
    link: str = "https://elsewhere.example.org/repositories/8514{path}?page={page}"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        await asyncio.sleep(self.delay_s)
        made = self.refusing() if self.refusing else self._found(request)
        made.headers.update(self.headers)
        self.statuses.append(made.status)
        return made

    def _found(self, request: web.Request) -> web.Response:
        page = self.pages.get(request.raw_path.partition("?")[0])
        if page is None:
            body = {"message": "Not Found", "documentation_url": "https://docs.example.org", "status": "404"}
            return web.json_response(body, status=404)
        number, size = int(request.query.get("page", "1")), int(request.query.get("per_page", "30"))
        rows = page.get("workflow_runs") if isinstance(page, dict) else page
        headers = {}
        if isinstance(rows, list):
            part = rows[(number - 1) * size : number * size]
            page = part if isinstance(page, list) else page | {"workflow_runs": part}
            address = self.link.format(path=request.path, page=number + 1)
            headers = (
                {"Link": f'<{address}>; rel="next", <{address}9>; rel="last"'} if number * size < len(rows) else {}
            )
        body = json.dumps(page)
        headers["ETag"] = f'W/"{hashlib.sha256(body.encode()).hexdigest()}"'
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers={"ETag": headers["ETag"]})
        return web.Response(text=body, headers=headers, content_type="application/json")


@asynccontextmanager
async def github(pages: dict[str, Any] | None = None, **options: Any) -> AsyncIterator[tuple[GitHub, Double]]:
    double = Double(pages=pages or {})
    app = web.Application()
    app.router.add_get("/{rest:.*}", double.answer)
    async with serve(app) as url, aiohttp.ClientSession() as http:
        settings = read({"GITHUB_API_URL": f"{url}{API}/", "GITHUB_TOKEN": "s3cret"})
        address = settings.github
        client = GitHub(http, address.url, address.headers, lambda *told: double.seen.append(told), double.clock,
                        **options)  # fmt: skip
        yield client, double


async def call(client: GitHub, name: str) -> object:
    match name:
        case "runs":
            return await client.runs("acme/sdk", branch="main", since=NOW)
        case "issues":
            return await client.issues("acme/sdk", labels=["P0"], since=NOW)
        case "comments":
            return await client.first_response("acme/sdk", 7)
    return await client.release("acme/sdk", "v1.1.1")


# --- what is asked and read ---


async def test_runs_are_asked_for_and_read() -> None:
    rows = [
        run_row(3, conclusion=None, status="in_progress"),
        run_row(2, run_attempt=2, conclusion="failure", name=None),
    ]
    async with github({RUNS: {"total_count": 2, "workflow_runs": rows}}) as (client, double):
        last, before = await client.runs("acme/sdk", branch="release/1.1", since=NOW - 123)
    assert last == Run(id=3, workflow="CI", attempt=1, conclusion="", sha=f"{3:040x}", at=NOW)
    assert (before.attempt, before.conclusion, before.workflow) == (2, "failure", "ci.yml")
    assert dict(double.asked[0].query) == {
        "branch": "release/1.1", "created": ">=2026-11-21T04:59:59Z", "exclude_pull_requests": "true",
        "per_page": "100",
    }  # fmt: skip
    sent = double.asked[0].headers
    assert (sent["Authorization"], sent["Accept"]) == ("Bearer s3cret", "application/vnd.github+json")
    assert sent["User-Agent"].startswith("sereno/")
    assert sent["X-GitHub-Api-Version"]
    assert "s3cret" not in repr(client)


async def test_a_workflow_is_named_by_file_number_or_by_what_is_shown() -> None:
    pages = {f"{REPO}/actions/workflows/{name}/runs": {"workflow_runs": [run_row(1)]} for name in ("ci.yml", "7")}
    shown = [run_row(1), run_row(2, name="Nightly")]
    async with github(pages | {RUNS: {"workflow_runs": shown}}) as (client, double):
        for workflow, ids in [("ci.yml", [1]), ("7", [1]), ("Nightly", [2]), ("No such", []), (None, [1, 2])]:
            found = await client.runs("acme/sdk", branch="", since=0, workflow=workflow)
            assert [one.id for one in found] == ids
    assert "branch" not in double.asked[0].query


@pytest.mark.parametrize(("count", "asked"), [(0, 1), (100, 1), (101, 2), (1000, 10), (1500, 10)])
async def test_pages_are_read_up_to_the_tenth_and_never_elsewhere(count: int, asked: int) -> None:
    rows = [run_row(number) for number in range(count)]
    async with github({RUNS: {"workflow_runs": rows}}) as (client, double):
        found = await client.runs("acme/sdk", branch="main", since=0)
    assert [one.id for one in found] == list(range(min(count, PAGES_MAX * PAGE)))
    assert len(double.asked) == asked
    assert {request.path for request in double.asked} == {RUNS}
    assert {request.query["branch"] for request in double.asked} == {"main"}


async def test_issues_are_read_and_pull_requests_are_not() -> None:
    rows = [
        issue_row(9, pull_request={"url": "x"}),
        issue_row(8),
        issue_row(7, closed_at="2026-11-21T06:00:00Z", user=None),
    ]
    async with github({ISSUES: rows}) as (client, double):
        first, second = await client.issues("acme/sdk", labels=["P0", "bug"], since=NOW, state="closed")
    assert first == Issue(number=8, title="Issue 8", labels=("P0", "plain"), opened_at=NOW, closed_at=None)
    assert second.closed_at == NOW + HOUR
    assert dict(double.asked[0].query) == {
        "state": "closed", "labels": "P0,bug", "since": "2026-11-21T05:00:00Z", "sort": "created", "direction": "desc",
        "per_page": "100",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("comments", "at"),
    [
        ([], None),
        ([comment("marta", 1), comment("stale", 2, "Bot")], None),
        ([comment("marta", 1), comment("triage[bot]", 2, "Bot"), comment("ada", 3), comment("bo", 4)], NOW + 180_000),
        ([comment(None, 5)], NOW + 300_000),
        ([*[comment("marta", 1)] * 150, comment("ada", 3)], NOW + 180_000),
    ],
)
async def test_the_first_response_is_neither_the_authors_nor_a_bots(comments: list[Any], at: int | None) -> None:
    pages = {f"{ISSUES}/7": issue_row(7), f"{ISSUES}/7/comments": comments, ISSUES: [issue_row(8), issue_row(7)]}
    async with github(pages | {f"{ISSUES}/8": issue_row(8), f"{ISSUES}/8/comments": []}) as (client, _):
        assert await client.first_response("acme/sdk", 7) == at
        for count, expected in [(0, [None, None]), (1, [None, None]), (2, [None, at]), (9, [None, at])]:
            found = await client.issues("acme/sdk", labels=[], since=NOW, responses=count)
            assert [one.first_response_at for one in found] == expected


async def test_a_release_is_read() -> None:
    row = {"tag_name": "v1", "draft": False, "prerelease": True, "published_at": "2026-11-21T05:00:00Z",
           "assets": [{"name": "sdk.tar.gz", "state": "uploaded"}, {"name": "sdk.whl"}]}  # fmt: skip
    async with github({f"{REPO}/releases/tags/sdk%2Fv1%3F": row}) as (client, _):
        assert await client.release("acme/sdk", "sdk/v1?") == Release(
            present=True, assets=("sdk.tar.gz", "sdk.whl"), prerelease=True, draft=False, at=NOW
        )


async def test_a_release_that_is_missing_is_no_error_but_a_repository_is() -> None:
    async with github({REPO: {"id": 1, "full_name": "acme/sdk"}}) as (client, _):
        assert await client.release("acme/sdk", "v1") == Release(present=False)
        with pytest.raises(Rejected, match="no repository acme/other, or none that GITHUB_TOKEN may see"):
            await client.release("acme/other", "v1")


@pytest.mark.parametrize("repo", ["", "acme", "acme/", "acme/a/b", "acme/..", "../acme", "acme/a?b", "acme/ä", "a/b\n"])
async def test_what_is_no_repository_is_not_asked_for(repo: str) -> None:
    async with github() as (client, double):
        for work in (client.release(repo, "v1"), client.runs(repo, branch="", since=0), client.first_response(repo, 1),
                     client.issues(repo, labels=[], since=0), client.runs("a/b", branch="", since=10**18)):  # fmt: skip
            with pytest.raises(Rejected):
                await work
    assert double.asked == []


# --- ETags and limits ---


async def test_what_has_not_changed_costs_nothing_page_after_page() -> None:
    async with github({RUNS: {"workflow_runs": [run_row(number) for number in range(150)]}}) as (client, double):
        first = await client.runs("acme/sdk", branch="main", since=0)
        assert await client.runs("acme/sdk", branch="main", since=0) == first
        assert double.statuses == [200, 200, 304, 304]
        double.pages[RUNS] = {"workflow_runs": [run_row(1)]}
        assert len(await client.runs("acme/sdk", branch="main", since=0)) == 1


def limited(status: int, **headers: str) -> Callable[[], web.Response]:
    body = {"message": "API rate limit exceeded for 203.0.113.7.", "documentation_url": "https://docs.example.org"}
    return lambda: web.json_response(body, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("status", "headers", "told", "rest_s"),
    [
        (403, {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": str(NOW // 1000 + 900)}, 900, 900),
        (403, {"Retry_After": "30"}, 30, 30),
        (429, {"Retry_After": "30"}, 30, 30),
        (403, {}, 0, 60),
        (429, {}, 0, 60),
    ],
)
async def test_when_the_limit_is_reached_nothing_is_asked_until_it_ends(
    status: int, headers: dict[str, str], told: int, rest_s: int
) -> None:
    async with github({RUNS: {"workflow_runs": []}}) as (client, double):
        double.refusing = limited(status, Date="Sat, 21 Nov 2026 05:00:00 GMT", **headers)
        with pytest.raises(Unreachable, match=f"^http_{status}: API rate limit exceeded") as raised:
            await call(client, "runs")
        assert raised.value.retry_after == told
        for name in CALLS:
            with pytest.raises(Unreachable, match=r"^rate limited until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$") as raised:
                await call(client, name)
        assert rest_s - 5 < raised.value.retry_after <= rest_s
        assert abs(unix_ms(str(raised.value).split()[-1]) - double.clock.now() - rest_s * 1000) < 5000
        assert len(double.asked) == 1
        double.refusing = None
        double.clock.turn(seconds=rest_s)
        assert await call(client, "runs") == []
    assert double.seen == [("runs", f"http_{status}"), *((name, "rate limited") for name in CALLS), ("runs", "ok")]


async def test_the_last_call_of_the_hour_is_used_and_then_it_waits() -> None:
    async with github({RUNS: {"workflow_runs": [run_row(1)]}}) as (client, double):
        double.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW // 1000 + 60),
                          "Date": "Sat, 21 Nov 2026 05:00:00 GMT"}  # fmt: skip
        assert len(await client.runs("acme/sdk", branch="", since=0)) == 1
        with pytest.raises(Unreachable, match="rate limited until"):
            await call(client, "issues")
        double.headers = {"X-RateLimit-Remaining": "4999", "X-RateLimit-Reset": "1"}
        double.clock.turn(seconds=61)
        for _ in range(2):
            assert len(await client.runs("acme/sdk", branch="", since=0)) == 1


async def test_a_403_that_is_no_limit_stops_nothing() -> None:
    async with github() as (client, double):
        double.refusing = lambda: web.json_response({"message": "Resource not accessible by integration"}, status=403)
        for name in CALLS:
            with pytest.raises(Rejected, match=r"^Resource not accessible by integration$"):
                await call(client, name)
    assert len(double.asked) == len(CALLS)


# --- what goes wrong ---


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("status", "body", "words", "kind"),
    [
        (401, b'{"message":"Bad credentials"}', "Bad credentials", Rejected),
        (404, b'{"message":"Not Found"}', "", Rejected),
        (502, b"<html>Unicorn", "http_502: HTTP 502 <html>Unicorn", Unreachable),
        (301, b"", "http_301: a redirect; write the new name of the repository", Unreachable),
        (200, b"<html>", "unreadable: ", Unreachable),
        (200, b'{"workflow_runs": [{"id": 1}]}', "unreadable: ", Unreachable),
        (200, b'[{"number": "x"}]', "unreadable: ", Unreachable),
    ],
)
async def test_errors(name: str, status: int, body: bytes, words: str, kind: type[Exception]) -> None:
    async with github() as (client, double):
        double.refusing = lambda: web.Response(status=status, body=body, headers={"Location": "https://x.example.org/"})
        with pytest.raises(kind) as raised:
            await call(client, name)
    assert str(raised.value).startswith(words)
    assert "s3cret" not in f"{raised.value!r}"


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize(
    ("options", "words"),
    [({"timeout_s": 0.05}, "no answer within 0.05 s"), ({"whole_s": 0.2}, "not all within 0.2 s")],
)
async def test_a_server_that_hangs_and_one_that_is_slow_for_each_page(
    name: str, options: dict[str, float], words: str
) -> None:
    pages = {
        RUNS: {"workflow_runs": [run_row(1)] * 1000}, ISSUES: [issue_row(1)] * 1000, f"{ISSUES}/7": issue_row(7),
        f"{ISSUES}/7/comments": [comment("marta", 1)] * 1000, REPO: {"full_name": "acme/sdk"},
    }  # fmt: skip
    async with github(pages, **options) as (client, double):
        double.delay_s = 0.15
        with pytest.raises(Unreachable, match=f"^timeout: {words}$"):
            await call(client, name)
    assert double.seen[-1] == (name, "timeout")


def test_the_settings() -> None:
    assert (read({}).github.url, read({}).github.headers) == ("https://api.github.com", {})
    settings = read({"GITHUB_TOKEN": "s3cret", "GITHUB_API_URL": "https://ghe.example.org/api/v3/"})
    assert settings.github.url == "https://ghe.example.org/api/v3"
    assert settings.github.headers == {"Authorization": "Bearer s3cret"}
    assert "s3cret" not in f"{settings!r} {settings.github!r}"
    for environ in (
        {"GITHUB_TOKEN": "Bearer s3cret"},
        {"GITHUB_API_URL": "api"},
        {"GITHUB_API_URL": "https://a:s3cret@h"},
    ):
        with pytest.raises(BadSetting, match=r"^GITHUB_") as raised:
            read(environ)
        assert "s3cret" not in str(raised.value)
