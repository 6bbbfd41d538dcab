"""GitHub as a digest asks it: one project, in pages, with ETags and limits, and it can be told to fail."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.clients.asking import rfc3339, unix_ms
from tests.conftest import TurningClock, serve

HANGS = 0
LIMITED = 403
Row = dict[str, Any]
Rows = list[Row]


@dataclass
class Project:
    """`entries`: issues and pull requests; `size`: rows of a page, at most.

    `fails`: part of a path -> the status to answer instead, HANGS for none at all, LIMITED for "no more for an hour".
    """

    clock: TurningClock
    name: str = "acme/sdk"
    url: str = ""
    stars: int = 1234
    forks: int = 56
    labels: list[str] = field(default_factory=lambda: ["bug", "enhancement", "feature", "feature request", "docs"])
    entries: Rows = field(default_factory=list)
    comments: Rows = field(default_factory=list)
    runs: Rows = field(default_factory=list)
    size: int = 100
    left: int | None = None
    fails: dict[str, int] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def environ(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.url}

    @property
    def paths(self) -> list[str]:
        return [request.path_qs.removeprefix(f"/repos/{self.name}") for request in self.asked]

    def opened(
        self, at: int, author: str | None = "marta", *labels: str, closed: int | None = None, up: int = 0,
        merged: int | None = None, pull: bool = False, kind: str = "User", title: str = "", outside: bool = True,
    ) -> int:  # fmt: skip
        """Somebody opens an issue, or a pull request; its number."""
        number = len(self.entries) + 1
        end = closed or merged
        row = {
            "number": number, "title": title or f"Number {number}", "state": "closed" if end else "open",
            "html_url": f"https://github.com/{self.name}/issues/{number}", "comments": 0,
            "user": {"login": author, "type": kind} if author else None,
            "labels": [{"id": 1, "name": label} for label in labels],
            "author_association": "NONE" if outside else "MEMBER",
            "reactions": {"total_count": up + 1, "+1": up, "-1": 1},
            "created_at": rfc3339(at), "updated_at": rfc3339(end or at), "closed_at": rfc3339(end) if end else None,
        }  # fmt: skip
        if pull or merged:
            row["pull_request"] = {
                "url": f"{self.url}/pulls/{number}",
                "merged_at": rfc3339(merged) if merged else None,
            }
        self.entries.append(row)
        return number

    def said(self, number: int, at: int, author: str | None, kind: str = "User") -> None:
        """Somebody comments."""
        self.comments.append({
            "id": len(self.comments), "issue_url": f"{self.url}/repos/{self.name}/issues/{number}",
            "user": {"login": author, "type": kind} if author else None,
            "created_at": rfc3339(at), "updated_at": rfc3339(at),
        })  # fmt: skip

    def ran(self, at: int, conclusion: str | None = "success", workflow: str = "CI") -> None:
        """A workflow ran."""
        number = len(self.runs) + 1
        self.runs.append({
            "id": number, "name": workflow, "path": ".github/workflows/ci.yml", "head_sha": f"{number:040x}",
            "conclusion": conclusion, "run_attempt": 1, "created_at": rfc3339(at),
        })  # fmt: skip

    # --- what it answers ---

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        status = next((status for part, status in self.fails.items() if part in request.path_qs), None)
        if status == HANGS:
            await self.hanging.wait()
        made = self._refused(status) if status else self._found(request)
        if self.left is not None:
            made.headers["X-RateLimit-Remaining"] = str(self.left)
        self.statuses.append(made.status)
        return made

    def _refused(self, status: int) -> web.Response:
        if status != LIMITED:
            return web.json_response({"message": "Not Found" if status == 404 else "no"}, status=status)
        headers = {"X-RateLimit-Remaining": "0", "Retry-After": "3600"}
        return web.json_response({"message": "API rate limit exceeded"}, status=LIMITED, headers=headers)

    def _found(self, request: web.Request) -> web.Response:
        answers: dict[str, Callable[[Mapping[str, str]], Rows]] = {
            "/labels": lambda _: [{"name": name} for name in self.labels],
            "/issues": self._entries,
            "/issues/comments": self._comments,
            "/actions/runs": self._runs,
        }
        within = request.path.removeprefix(f"/repos/{self.name}")
        if not within:
            row = {"full_name": self.name, "stargazers_count": self.stars, "forks_count": self.forks}
            return _tagged(request, row, {})
        if within not in answers or within == request.path:
            return self._refused(404)
        rows = answers[within](request.query)
        page, size = int(request.query.get("page", "1")), min(int(request.query.get("per_page", "30")), self.size)
        part = rows[(page - 1) * size : page * size]
        link = f'<{request.url.update_query(page=page + 1)}>; rel="next"' if page * size < len(rows) else ""
        body = {"total_count": len(rows), "workflow_runs": part} if within.endswith("runs") else part
        return _tagged(request, body, {"Link": link} if link else {})

    def _entries(self, query: Mapping[str, str]) -> Rows:
        labels = set(query["labels"].split(",")) if "labels" in query else set[str]()
        state, creator = query.get("state", "open"), query.get("creator")
        found = [
            row for row in self.entries
            if state in ("all", row["state"]) and labels <= {label["name"] for label in row["labels"]}
            and (creator is None or creator == (row["user"] or {}).get("login"))
            and unix_ms(row["updated_at"]) >= unix_ms(query.get("since", "1970-01-01T00:00:00Z"))
        ]  # fmt: skip
        return sorted(found, key=lambda row: str(row["created_at"]), reverse=query.get("direction", "desc") == "desc")

    def _comments(self, query: Mapping[str, str]) -> Rows:
        found = [row for row in self.comments if unix_ms(row["updated_at"]) >= unix_ms(query["since"])]
        return sorted(found, key=lambda row: str(row["created_at"]))

    def _runs(self, query: Mapping[str, str]) -> Rows:
        begin, _, end = query["created"].removeprefix(">=").partition("..")
        first, last = unix_ms(begin), unix_ms(end or "9999-01-01T00:00:00Z")
        return [row for row in self.runs if first <= unix_ms(row["created_at"]) <= last]


def _tagged(request: web.Request, body: object, headers: dict[str, str]) -> web.Response:
    text = json.dumps(body)
    headers |= {"ETag": f'W/"{hashlib.sha256(text.encode()).hexdigest()}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers={"ETag": headers["ETag"]})
    return web.Response(text=text, headers=headers, content_type="application/json")


@asynccontextmanager
async def project(clock: TurningClock, **more: Any) -> AsyncIterator[Project]:
    """The double, served."""
    one = Project(clock, **more)
    app = web.Application()
    app.router.add_get("/{rest:.*}", one.answer)
    async with serve(app) as url:
        one.url = url
        try:
            yield one
        finally:
            one.hanging.set()
