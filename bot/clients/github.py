"""Asks GitHub, over its REST API, for workflow runs, issues and releases, and stops when GitHub asks for a rest.

The API: https://docs.github.com/en/rest. Limits: 60 calls an hour without a token, 5,000 with one; what has not changed
(304) is free with a token: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from importlib.metadata import version as version_of
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from pydantic import AliasPath, BaseModel, Field, TypeAdapter

from bot.clients.asking import (
    TIMEOUT_S,
    WORD_MAX,
    Answer,
    Asking,
    Moment,
    Observe,
    Query,
    Read,
    Rejected,
    T,
    Unreachable,
    good,
    is_limited,
    one_line,
    rfc3339,
    segment,
    unless_missing,
    wait_s,
)
from bot.clock import Clock

__all__ = ["GitHub", "Issue", "Rejected", "Release", "Run", "Unreachable"]
WHOLE_S = 20.0
PAGES_MAX, PAGE = 10, 100
REST_S = 60  # "wait for at least one minute", when GitHub does not say how long
REMEMBER = 32 * 1024 * 1024  # a page of a hundred runs is about a megabyte
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_MOVED = "write the new name of the repository, or the address where it ends into GITHUB_API_URL"
_REPO = re.compile(r"(?!\.{1,2}/)[A-Za-z0-9._-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next\b')


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a workflow, as its last attempt left it. `conclusion`: "" until it has ended; `at`: unix ms."""

    id: int
    workflow: str
    attempt: int
    conclusion: str
    sha: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue, never a pull request. Times in unix milliseconds; `first_response_at`: None, too, when not asked."""

    number: int
    title: str
    labels: tuple[str, ...]
    opened_at: int
    closed_at: int | None
    first_response_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The release of a tag. `assets`: the names of its files; `at`: when it was published, in unix milliseconds."""

    present: bool
    assets: tuple[str, ...] = ()
    prerelease: bool = False
    draft: bool = False
    at: int | None = None


class _Run(BaseModel):
    id: int
    name: str | None = None
    path: str = ""
    attempt: int = Field(1, alias="run_attempt")
    conclusion: str | None = None
    sha: str = Field(alias="head_sha")
    at: Moment = Field(alias="created_at")


class _Runs(BaseModel):
    rows: list[_Run] = Field(alias="workflow_runs")


class _Label(BaseModel):
    name: str | None = None


class _Issue(BaseModel):
    number: int
    title: str
    author: str = Field("", validation_alias=AliasPath("user", "login"))
    labels: list[_Label | str] = []
    opened: Moment = Field(alias="created_at")
    closed: Moment | None = Field(None, alias="closed_at")
    pull_request: object = None


class _Comment(BaseModel):
    author: str = Field("", validation_alias=AliasPath("user", "login"))
    kind: str = Field("", validation_alias=AliasPath("user", "type"))
    at: Moment = Field(alias="created_at")


class _Asset(BaseModel):
    name: str


class _Release(BaseModel):
    assets: list[_Asset] = []
    prerelease: bool
    draft: bool
    at: Moment | None = Field(None, alias="published_at")


class _Repository(BaseModel):
    full_name: str


_RUNS, _RELEASE, _REPOSITORY = TypeAdapter(_Runs), TypeAdapter(_Release), TypeAdapter(_Repository)
_ISSUE, _ISSUES, _COMMENTS = TypeAdapter(_Issue), TypeAdapter(list[_Issue]), TypeAdapter(list[_Comment])


class GitHub:
    """GitHub's REST API. Each method raises Unreachable or Rejected, nothing else, after at most `whole_s`.

    `url` has no credentials and may be shown; `headers` go with each call; `observe(call, result)` is told of each
    call, for metrics: "ok", "rejected", "rate limited", or the short word of another Unreachable.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], observe: Observe, clock: Clock, *,
        timeout_s: float = TIMEOUT_S, whole_s: float = WHOLE_S,
    ) -> None:  # fmt: skip
        ours = {**HEADERS, "User-Agent": f"sereno/{version_of('sereno')}", **headers}
        self._api = Asking(session, url, ours, observe, moved=_MOVED, remember=REMEMBER, timeout_s=timeout_s)
        self.url, self._clock, self._whole_s = self._api.url, clock, whole_s
        self._rests_until = float("-inf")  # by the monotonic clock, in seconds

    async def runs(self, repo: str, *, branch: str, since: int, workflow: str | None = None) -> list[Run]:
        """Runs begun since then (unix ms), newest first, at most 1,000: GitHub tells no more of a search.

        `branch`: "" for all; `workflow`: its file name or number, else the name that it is shown by.
        """
        by_file = workflow is not None and (workflow.isdecimal() or workflow.endswith((".yml", ".yaml")))
        within = f"/workflows/{segment(workflow)}" if workflow and by_file else ""
        query = [("created", f">={_time(since)}"), ("exclude_pull_requests", "true")]
        query += [("branch", branch)] if branch else []
        pages = self._pages("runs", f"{_repo(repo)}/actions{within}/runs", query, good(_RUNS))
        rows = [_run(row) for page in await self._in_time("runs", _all(pages)) for row in page.rows]
        return rows if not workflow or by_file else [row for row in rows if row.workflow == workflow]

    async def issues(
        self, repo: str, *, labels: Sequence[str], since: int, state: str = "all", responses: int = 0
    ) -> list[Issue]:
        """Issues with all of the labels that changed since then (unix ms), newest first.

        At most 1,000 are looked at, pull requests among them. `state`: open, closed or all; `responses`: for how many
        of the newest `first_response` is asked too.
        """
        query = [("state", state), ("since", _time(since)), ("sort", "created"), ("direction", "desc")]
        query += [("labels", ",".join(labels))] if labels else []

        async def work() -> list[Issue]:
            pages = await _all(self._pages("issues", f"{_repo(repo)}/issues", query, good(_ISSUES)))
            found = [_issue(row) for page in pages for row in page if row.pull_request is None]
            asked = [
                replace(one, first_response_at=await self._response(repo, one.number)) for one in found[:responses]
            ]
            return asked + found[responses:]

        return await self._in_time("issues", work())

    async def first_response(self, repo: str, number: int) -> int | None:
        """When somebody but the author, and no bot, first commented on an issue, in unix ms; None: nobody yet."""
        return await self._in_time("comments", self._response(repo, number))

    async def release(self, repo: str, tag: str) -> Release:
        """The release of a tag, unless it is still a draft; Rejected when the repository itself is not found."""

        async def work() -> Release:
            path = f"{_repo(repo)}/releases/tags/{segment(tag)}"
            row = await self._find("release", path, good(_RELEASE))
            if row is not None:
                names = tuple(one_line(one.name, WORD_MAX) for one in row.assets)
                return Release(present=True, assets=names, prerelease=row.prerelease, draft=row.draft, at=row.at)
            if await self._find("release", _repo(repo), good(_REPOSITORY)) is None:
                raise Rejected(f"no repository {repo}, or none that GITHUB_TOKEN may see")
            return Release(present=False)

        return await self._in_time("release", work())

    async def _response(self, repo: str, number: int) -> int | None:
        path = f"{_repo(repo)}/issues/{number:d}"
        author = (await self._ask("comments", path, good(_ISSUE))).author
        async with aclosing(self._pages("comments", f"{path}/comments", [], good(_COMMENTS))) as pages:
            async for page in pages:  # oldest first
                for one in page:
                    if one.author != author and one.kind != "Bot":
                        return one.at
        return None

    async def _pages(self, call: str, path: str, query: Query, read: Read[T]) -> AsyncGenerator[T]:
        """Page after page. Of the next page's address only the query is used: the token is for nobody else."""
        asked: Query = [*query, ("per_page", str(PAGE))]
        for _ in range(PAGES_MAX):
            more: list[str] = []
            yield await self._ask(call, path, _noting(more, read), asked)
            if not more:
                return
            told = parse_qsl(urlsplit(more[0]).query)
            asked = [pair for pair in asked if pair[0] not in dict(told)] + told

    async def _find(self, call: str, path: str, read: Read[T]) -> T | None:
        return await self._ask(call, path, unless_missing(read))

    async def _ask(self, call: str, path: str, read: Read[T], query: Query = ()) -> T:
        left = self._rests_until - self._clock.monotonic()
        if left > 0:
            self._api.observe(call, "rate limited")
            until = rfc3339(self._clock.now() + int(left * 1000))[:19]
            raise Unreachable(f"rate limited until {until}Z", retry_after=int(left) + 1, word="rate limited")

        def heed(answer: Answer) -> T:
            rest = wait_s(answer) or (REST_S if is_limited(answer) else 0)
            self._rests_until = max(self._rests_until, self._clock.monotonic() + rest)
            return read(answer)

        return await self._api.ask(call, path, heed, query=query)

    async def _in_time(self, call: str, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._whole_s):
                return await work
        except TimeoutError as error:
            self._api.observe(call, "timeout")
            raise Unreachable(f"timeout: not all within {self._whole_s:g} s") from error


async def _all(pages: AsyncGenerator[T]) -> list[T]:
    return [page async for page in pages]


def _noting(more: list[str], read: Read[T]) -> Read[T]:
    """The same, and the address of the next page, if there is one, goes into `more`."""

    def noting(answer: Answer) -> T:
        more.extend(_NEXT.findall(answer.headers.get("link", ""))[:1])
        return read(answer)

    return noting


def _repo(repo: str) -> str:
    if not _REPO.fullmatch(repo):
        raise Rejected(f"{one_line(repo, 80)!r} is not a repository; write it as owner/name")
    return f"/repos/{repo}"


def _time(ms: int) -> str:
    try:
        return f"{rfc3339(ms)[:19]}Z"
    except OverflowError as error:
        raise Rejected("a time outside of the years 1 to 9999 cannot be asked for") from error


def _run(row: _Run) -> Run:
    name = one_line(row.name or row.path.rpartition("/")[2], WORD_MAX)
    return Run(id=row.id, workflow=name, attempt=row.attempt, conclusion=row.conclusion or "", sha=row.sha, at=row.at)


def _issue(row: _Issue) -> Issue:
    names = (one if isinstance(one, str) else one.name or "" for one in row.labels)
    return Issue(
        number=row.number, title=one_line(row.title, WORD_MAX), labels=tuple(names),
        opened_at=row.opened, closed_at=row.closed,
    )  # fmt: skip
