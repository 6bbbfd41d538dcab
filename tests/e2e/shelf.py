"""GitHub as a postmortem is brought to it: issues, branches, files and pull requests; it can be made to fail."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.clients.asking import rfc3339, unix_ms
from bot.clock import Clock
from tests.conftest import serve

HANGS = 0
TOKEN = "ghs-1"
AUTHORITY = ("POST", "PATCH", "PUT")
Row = dict[str, Any]


@dataclass
class GitHub:
    """`faults`: (method, part of a path) -> statuses of the next such calls; HANGS: done, and never answered.

    A negative status: done, and answered so all the same.
    """

    clock: Clock
    url: str = ""
    faults: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    pulls: list[Row] = field(default_factory=list)
    branches: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"main": {}})
    commits: list[tuple[str, str]] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def environ(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": TOKEN}

    def file(self, branch: str) -> str:
        """The only file of a branch."""
        [body] = self.branches[branch].values()
        return body.decode()

    async def answer(self, request: web.Request) -> web.Response:
        within = request.path.removeprefix("/repos/acme/ops")
        self.asked.append((request.method, within))
        waiting = next((left for (how, part), left in self.faults.items() if how == request.method and part in within
                        and left), [])  # fmt: skip
        status = waiting.pop(0) if waiting else None
        if request.method in AUTHORITY and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _no(401, "Requires authentication")
        if status is not None and status > 0:
            words = {403: "Resource not accessible by personal access token", 410: "Issues are disabled for this repo"}
            return _no(status, words.get(status, "no"))
        done = await self._done(request, within)
        if status == HANGS:
            await self.hanging.wait()
        return done if status is None else _no(-status, "no")

    async def _done(self, request: web.Request, within: str) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        match request.method, within.split("/")[1:]:
            case "GET", []:
                return web.json_response({"full_name": "acme/ops", "default_branch": "main"})
            case "GET", ["issues"]:
                return web.json_response(self._listed(request.query["since"]))
            case "POST", ["issues"]:
                return web.json_response(self._opened(body, self.issues, "issues"), status=201)
            case "PATCH", ["issues", number]:
                row = next(one for one in self.issues if str(one["number"]) == number)
                row |= body
                return web.json_response(row)
            case "GET", ["git", "ref", "heads", *branch]:
                return self._ref("/".join(branch))
            case "POST", ["git", "refs"]:
                return self._branched(body["ref"].removeprefix("refs/heads/"))
            case _, ["contents", *path]:
                return self._kept(request, "/".join(path), body)
            case "GET", ["pulls"]:
                rows = [one for one in self.pulls if f"acme:{one['head']}" == request.query["head"]]
                return web.json_response(rows[::-1])
            case "POST", ["pulls"]:
                return self._pulled(body)
        return _no(404, "Not Found")

    def _listed(self, since: str) -> list[Row]:
        return [one for one in reversed(self.issues) if unix_ms(one["updated_at"]) >= unix_ms(since)]

    def _opened(self, body: Row, rows: list[Row], kind: str) -> Row:
        assert len(body["title"]) <= 256
        assert len(body["body"]) <= 65_536
        number = len(self.issues) + len(self.pulls) + 1
        row = {**body, "number": number, "state": "open", "updated_at": rfc3339(self.clock.now()),
               "html_url": f"https://github.com/acme/ops/{kind}/{number}"}  # fmt: skip
        rows.append(row)
        return row

    def _ref(self, branch: str) -> web.Response:
        if branch not in self.branches:
            return _no(404, "Not Found")
        return web.json_response({"ref": f"refs/heads/{branch}", "object": {"sha": "a" * 40, "type": "commit"}})

    def _branched(self, branch: str) -> web.Response:
        if branch in self.branches:
            return _no(422, "Reference already exists")
        self.branches[branch] = dict(self.branches["main"])
        return web.json_response({"ref": f"refs/heads/{branch}", "object": {"sha": "a" * 40}}, status=201)

    def _kept(self, request: web.Request, path: str, body: Row) -> web.Response:
        files = self.branches[body.get("branch") or request.query["ref"]]
        there = _sha(files[path]) if path in files else ""
        if request.method == "GET":
            return web.json_response({"sha": there, "path": path}) if there else _no(404, "Not Found")
        if body.get("sha", "") != there:
            return _no(409 if body.get("sha") else 422, "does not match")
        files[path] = base64.b64decode(body["content"])
        self.commits.append((body["branch"], path))
        return web.json_response({"content": {"sha": _sha(files[path])}}, status=200 if there else 201)

    def _pulled(self, body: Row) -> web.Response:
        if any(one["head"] == body["head"] and one["state"] == "open" for one in self.pulls):
            return _no(422, "Validation Failed")
        return web.json_response(self._opened(body, self.pulls, "pull"), status=201)


def _sha(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def _no(status: int, message: str) -> web.Response:
    return web.json_response({"message": message, "status": str(status)}, status=status)


@asynccontextmanager
async def github(clock: Clock) -> AsyncIterator[GitHub]:
    one = GitHub(clock)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", one.answer)
    async with serve(app) as url:
        one.url = url
        try:
            yield one
        finally:
            one.hanging.set()
