"""Asks GitHub for workflow runs, issues and releases, for the checks of a release and for the digest."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from pydantic import AliasPath, BaseModel, Field, TypeAdapter

from bot.clients.asking import WORD_MAX, Moment, Rejected, T, Unreachable, good, one_line, segment
from bot.clients.github_rest import PAGE, PAGES_MAX, GitHubRest, repo_path, time_of
from rules.text import Text

__all__ = ["PAGE", "PAGES_MAX", "RUNS_MAX", "GitHub", "Issue", "Rejected", "Release", "Run", "Unreachable"]
RUNS_MAX = PAGE * PAGES_MAX


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


class GitHub(GitHubRest):
    """What is asked of GitHub. Each call raises Unreachable or Rejected, nothing else, after at most `whole_s`."""

    async def runs(
        self, repo: str, *, branch: str, since: int, until: int | None = None, workflow: str | None = None
    ) -> list[Run]:
        """Runs begun since then, and before `until` (unix ms), newest first, at most `RUNS_MAX`: GitHub tells no more.

        `branch`: "" for all; `workflow`: its file name or number, else the name that it is shown by.
        """
        by_file = workflow is not None and (workflow.isdecimal() or workflow.endswith((".yml", ".yaml")))
        within = f"/workflows/{segment(workflow)}" if workflow and by_file else ""
        created = f">={time_of(since)}" if until is None else f"{time_of(since)}..{time_of(until)}"
        query = [("created", created), ("exclude_pull_requests", "true")]
        query += [("branch", branch)] if branch else []
        pages = self.pages("runs", f"{repo_path(repo)}/actions{within}/runs", query, good(_RUNS))
        rows = [_run(row) for page in await self.in_time("runs", _all(pages)) for row in page.rows]
        rows = rows if until is None else [row for row in rows if since <= row.at < until]
        return rows if not workflow or by_file else [row for row in rows if row.workflow == workflow]

    async def issues(
        self, repo: str, *, labels: Sequence[str], since: int, state: str = "all", responses: int = 0
    ) -> list[Issue]:
        """Issues with all of the labels that changed since then (unix ms), newest first.

        At most 1,000 are looked at, pull requests among them. `state`: open, closed or all; `responses`: for how many
        of the newest `first_response` is asked too.
        """
        query = [("state", state), ("since", time_of(since)), ("sort", "created"), ("direction", "desc")]
        query += [("labels", ",".join(labels))] if labels else []

        async def work() -> list[Issue]:
            pages = await _all(self.pages("issues", f"{repo_path(repo)}/issues", query, good(_ISSUES)))
            found = [_issue(row) for page in pages for row in page if row.pull_request is None]
            asked = [
                replace(one, first_response_at=await self._response(repo, one.number)) for one in found[:responses]
            ]
            return asked + found[responses:]

        return await self.in_time("issues", work())

    async def first_response(self, repo: str, number: int) -> int | None:
        """When somebody but the author, and no bot, first commented on an issue, in unix ms; None: nobody yet."""
        return await self.in_time("comments", self._response(repo, number))

    async def release(self, repo: str, tag: str) -> Release:
        """The release of a tag, unless it is still a draft; Rejected when the repository itself is not found."""

        async def work() -> Release:
            path = f"{repo_path(repo)}/releases/tags/{segment(tag)}"
            row = await self.find("release", path, good(_RELEASE))
            if row is not None:
                names = tuple(one_line(one.name, WORD_MAX) for one in row.assets)
                return Release(present=True, assets=names, prerelease=row.prerelease, draft=row.draft, at=row.at)
            if await self.find("release", repo_path(repo), good(_REPOSITORY)) is None:
                raise Rejected(
                    Text.of("no repository {repository}, or none that GITHUB_TOKEN may see", repository=repo)
                )
            return Release(present=False)

        return await self.in_time("release", work())

    async def _response(self, repo: str, number: int) -> int | None:
        path = f"{repo_path(repo)}/issues/{number:d}"
        author = (await self.ask("comments", path, good(_ISSUE))).author
        async with aclosing(self.pages("comments", f"{path}/comments", [], good(_COMMENTS))) as pages:
            async for page, _ in pages:  # oldest first
                for one in page:
                    if one.author != author and one.kind != "Bot":
                        return one.at
        return None


async def _all(pages: AsyncGenerator[tuple[T, bool]]) -> list[T]:
    return [page async for page, _ in pages]


def _run(row: _Run) -> Run:
    name = one_line(row.name or row.path.rpartition("/")[2], WORD_MAX)
    return Run(id=row.id, workflow=name, attempt=row.attempt, conclusion=row.conclusion or "", sha=row.sha, at=row.at)


def _issue(row: _Issue) -> Issue:
    names = (one if isinstance(one, str) else one.name or "" for one in row.labels)
    return Issue(
        number=row.number, title=one_line(row.title, WORD_MAX), labels=tuple(names),
        opened_at=row.opened, closed_at=row.closed,
    )  # fmt: skip
