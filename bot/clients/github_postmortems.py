"""Brings a postmortem to GitHub: as an issue, or as a file in a branch with its pull request; never a second one.

https://docs.github.com/en/rest/issues/issues, /rest/repos/contents, /rest/git/refs, /rest/pulls/pulls
"""

import base64
import hashlib
from dataclasses import dataclass

from pydantic import AliasPath, BaseModel, Field, TypeAdapter

from bot.clients.answers import Answer
from bot.clients.asking import Read, Rejected, T, Unreachable, good, refuse, segment, unless_missing
from bot.clients.github_rest import GitHubRest, repo_path, time_of
from rules.text import Text

CALL = "postmortem"
GONE = (301, 404, 410)  # moved to another repository, not there or not for us, deleted
TAKEN = 422  # "Reference already exists", "A pull request already exists"


class Refused(Rejected):
    """GitHub said no. `status`: of HTTP, 0 when it was not even asked."""

    def __init__(self, said: Text, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


class Lost(Exception):
    """The issue is there no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is. `text`: the body of an issue as GitHub has it."""

    number: int
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What a pull request brings: a file at `path` in `branch`; `title` and `text` are the request's own."""

    branch: str
    path: str
    body: bytes
    title: str
    text: str


class _Issue(BaseModel):
    number: int
    html_url: str
    body: str | None = None
    state: str = ""


class _Repository(BaseModel):
    default_branch: str


class _Ref(BaseModel):
    sha: str = Field(validation_alias=AliasPath("object", "sha"))


class _Blob(BaseModel):
    sha: str


_ISSUE, _ISSUES = TypeAdapter(_Issue), TypeAdapter(list[_Issue])
_REPOSITORY, _REF = TypeAdapter(_Repository), TypeAdapter(_Ref)
_ANY_REF, _ANY_BLOB = unless_missing(good(_REF)), unless_missing(good(TypeAdapter(_Blob)))


async def find(api: GitHubRest, repository: str, mark: str, since: int) -> Place | None:
    """The issue whose body begins with the mark, of those that changed since then (unix ms).

    Raises Unreachable or Refused, as all of these.
    """
    query = [("state", "all"), ("sort", "created"), ("direction", "desc"), ("since", time_of(since))]
    found = await api.listed(CALL, f"{_base(repository)}/issues", query, _ISSUES)
    return next((_place(one) for one in found.rows if (one.body or "").startswith(mark)), None)


async def create(api: GitHubRest, repository: str, title: str, text: str, labels: tuple[str, ...]) -> Place:
    """A new issue, whenever it is asked for one."""
    body = {"title": title, "body": text, "labels": list(labels)}
    return _place(await _ask(api, f"{_base(repository)}/issues", good(_ISSUE), "POST", body))


async def update(api: GitHubRest, repository: str, number: int, title: str, text: str) -> Place:
    """The same issue with other words. Raises Lost, too."""
    try:
        path = f"{_base(repository)}/issues/{number}"
        return _place(await _ask(api, path, good(_ISSUE), "PATCH", {"title": title, "body": text}))
    except Refused as error:
        if error.status in GONE:
            raise Lost from error
        raise
    except Unreachable as error:
        if error.word == "http_301":
            raise Lost from error
        raise


async def pull(api: GitHubRest, repository: str, file: File) -> Place:
    """The file in its branch, and the pull request of that branch; what is there already stays."""
    return await api.in_time(CALL, _pull(api, repository, file))


async def _pull(api: GitHubRest, repository: str, file: File) -> Place:
    base = _base(repository)
    main = (await _ask(api, base, good(_REPOSITORY))).default_branch
    await _branch(api, base, main, file.branch)
    await _commit(api, base, file)
    owner = repository.partition("/")[0]
    query = [("head", f"{owner}:{file.branch}"), ("state", "all"), ("sort", "created"), ("direction", "desc")]
    known = (await api.listed(CALL, f"{base}/pulls", query, _ISSUES)).rows
    if there := next((one for one in known if one.state == "open"), None):
        return _place(there)
    body = {"title": file.title, "head": file.branch, "base": main, "body": file.text}
    try:
        return _place(await _ask(api, f"{base}/pulls", good(_ISSUE), "POST", body))
    except Refused as error:
        if error.status != TAKEN:
            raise
        if known:  # it was merged, and nothing has changed since
            return _place(known[0])
        raise


async def _branch(api: GitHubRest, base: str, main: str, branch: str) -> None:
    """It begins where the main branch is; one that is there stays."""
    if await _ask(api, f"{base}/git/ref/heads/{segment(branch, safe='/')}", _ANY_REF):
        return
    head = await _ask(api, f"{base}/git/ref/heads/{segment(main, safe='/')}", good(_REF))
    try:
        await _ask(api, f"{base}/git/refs", _taken, "POST", {"ref": f"refs/heads/{branch}", "sha": head.sha})
    except Refused as error:
        if error.status != TAKEN:
            raise


async def _commit(api: GitHubRest, base: str, file: File) -> None:
    """The file as it is now; the same twice is one commit."""
    path = f"{base}/contents/{segment(file.path, safe='/')}"
    query = (("ref", file.branch),)
    known = await api.ask(CALL, path, _heard(_ANY_BLOB), query)
    own = hashlib.sha1(b"blob %d\0" % len(file.body) + file.body, usedforsecurity=False).hexdigest()
    if known and known.sha == own:
        return
    body = {
        "message": file.title, "branch": file.branch, "content": base64.b64encode(file.body).decode(),
        **({"sha": known.sha} if known else {}),
    }  # fmt: skip
    await _ask(api, path, _put, "PUT", body)


def _put(answer: Answer) -> None:
    if answer.status == 409:
        raise Unreachable(Text.of("conflict: somebody changed the branch at the same time"))
    refuse(answer)


def _taken(answer: Answer) -> None:
    refuse(answer)


async def _ask(api: GitHubRest, path: str, read: Read[T], method: str = "GET", json: object = None) -> T:
    return await api.ask(CALL, path, _heard(read), method=method, json=json)


def _heard(read: Read[T]) -> Read[T]:
    """The same; a no has its status."""

    def hear(answer: Answer) -> T:
        try:
            return read(answer)
        except Rejected as error:
            raise Refused(error.said, answer.status) from error

    return hear


def _base(repository: str) -> str:
    try:
        return repo_path(repository)
    except Rejected as error:
        raise Refused(error.said) from error


def _place(one: _Issue) -> Place:
    return Place(number=one.number, url=one.html_url, text=one.body or "")
