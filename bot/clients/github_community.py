"""Asks GitHub what a digest says of a project: stars, labels, issues with pull requests, answers, and who is new."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from pydantic import AliasChoices, AliasPath, BaseModel, Field, TypeAdapter

from bot.clients.asking import WORD_MAX, Moment, Rejected, good, one_line
from bot.clients.github_rest import GitHubRest, Listed, repo_path, time_of
from rules.community import Comment, Entry
from rules.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many have starred the project, and forked it, until now; None when GitHub does not say."""

    stars: int | None
    forks: int | None


class _Repository(BaseModel):
    stars: int | None = Field(None, alias="stargazers_count")
    forks: int | None = Field(None, alias="forks_count")


class _Label(BaseModel):
    name: str


class _Pull(BaseModel):
    merged: Moment | None = Field(None, alias="merged_at")


class _Author(BaseModel):
    login: str
    type: str = ""


class _Entry(BaseModel):
    number: int
    title: str
    url: str = Field("", alias="html_url")
    author: _Author | None = Field(None, alias="user")
    association: str = Field("", alias="author_association")
    labels: list[_Label | str] = []
    votes: int = Field(
        0, validation_alias=AliasChoices(AliasPath("reactions", "+1"), AliasPath("reactions", "total_count"))
    )
    opened: Moment = Field(alias="created_at")
    closed: Moment | None = Field(None, alias="closed_at")
    pull: _Pull | None = Field(None, alias="pull_request")


class _Comment(BaseModel):
    issue: str = Field(alias="issue_url")
    author: _Author | None = Field(None, alias="user")
    at: Moment = Field(alias="created_at")


_REPOSITORY, _LABELS = TypeAdapter(_Repository), TypeAdapter(list[_Label])
_ENTRIES, _COMMENTS = TypeAdapter(list[_Entry]), TypeAdapter(list[_Comment])


class Project:
    """One repository, `owner/name`, of GitHub. Each call raises Unreachable or Rejected, nothing else."""

    def __init__(self, github: GitHubRest, repository: str) -> None:
        self.repository, self._github = repository, github

    async def totals(self) -> Totals:
        """Stars and forks: one call."""
        row = await self._github.find("totals", repo_path(self.repository), good(_REPOSITORY))
        if row is None:
            raise Rejected(
                Text.of("no repository {repository}, or none that GITHUB_TOKEN may see", repository=self.repository)
            )
        return Totals(stars=row.stars, forks=row.forks)

    async def labels(self) -> Listed[str]:
        """The names of its labels as they are written: one call for each 100."""
        found = await self._github.listed("labels", f"{repo_path(self.repository)}/labels", [], _LABELS)
        return Listed(rows=tuple(row.name for row in found.rows), whole=found.whole)

    async def open(self, label: str) -> Listed[Entry]:
        """What is open and has the label, newest first. GitHub tells capitals from small letters."""
        return await self._entries([("state", "open"), ("labels", label)])

    async def changed(self, since: int) -> Listed[Entry]:
        """What was opened, closed, merged, or changed otherwise since then (unix ms), newest first."""
        return await self._entries([("state", "all"), ("since", time_of(since))])

    async def comments(self, since: int) -> Listed[Comment]:
        """What was said in issues and pull requests since then (unix ms), oldest first."""
        query = [("since", time_of(since)), ("sort", "created"), ("direction", "asc")]
        path = f"{repo_path(self.repository)}/issues/comments"
        found = await self._github.listed("comments", path, query, _COMMENTS)
        return Listed(rows=tuple(_comment(row) for row in found.rows), whole=found.whole)

    async def began_before(self, login: str, before: int, did: Callable[[Entry], bool]) -> bool:
        """Whether something that this person opened before then (unix ms) is what `did` is looking for.

        One call for each 100 things they opened, oldest first; who has opened more than `PAGES_MAX` pages is not new.
        """
        query = [("creator", login), ("state", "all"), ("sort", "created"), ("direction", "asc")]
        path = f"{repo_path(self.repository)}/issues"

        async def work() -> bool:
            async with aclosing(self._github.pages("people", path, query, good(_ENTRIES))) as pages:
                async for page, more in pages:
                    early = [_entry(row) for row in page if row.opened < before]
                    if any(did(one) for one in early):
                        return True
                    if len(early) < len(page) or not more:
                        return False
            return True

        return await self._github.in_time("people", work())

    async def _entries(self, query: list[tuple[str, str]]) -> Listed[Entry]:
        asked = [*query, ("sort", "created"), ("direction", "desc")]
        found = await self._github.listed("issues", f"{repo_path(self.repository)}/issues", asked, _ENTRIES)
        return Listed(rows=tuple(_entry(row) for row in found.rows), whole=found.whole)


def _entry(row: _Entry) -> Entry:
    person = row.author if row.author and row.author.type != "Bot" else None
    return Entry(
        number=row.number,
        title=one_line(row.title, WORD_MAX),
        url=one_line(row.url, WORD_MAX),
        author=row.author.login if row.author else "",
        by_person=person is not None,
        outside=row.association not in ("OWNER", "MEMBER", "COLLABORATOR"),
        labels=tuple(one if isinstance(one, str) else one.name for one in row.labels),
        votes=row.votes,
        opened_at=row.opened,
        closed_at=row.closed,
        is_pull=row.pull is not None,
        merged_at=row.pull.merged if row.pull else None,
    )


def _comment(row: _Comment) -> Comment:
    number = row.issue.rpartition("/")[2]
    return Comment(
        issue=int(number) if number.isascii() and number.isdigit() else 0,
        author=row.author.login if row.author else "",
        by_bot=bool(row.author and row.author.type == "Bot"),
        at=row.at,
    )
