"""How GitHub's REST API is asked: page after page, all within a time, and not while it wants to be left alone.

The API: https://docs.github.com/en/rest. Limits: 60 calls an hour without a token, 5,000 with one; what has not changed
(304) is free with a token: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as version_of
from typing import Generic
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from pydantic import TypeAdapter

from bot.clients.answers import Answer
from bot.clients.asking import (
    TIMEOUT_S,
    Asking,
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
    unless_missing,
    wait_s,
)
from bot.clock import Clock
from rules.masking import masked
from rules.text import Text

WHOLE_S = 20.0
PAGES_MAX, PAGE = 10, 100
REST_S = 60  # "wait for at least one minute", when GitHub does not say how long
REMEMBER = 32 * 1024 * 1024  # a page of a hundred runs is about a megabyte
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_MOVED = Text.of("write the new name of the repository, or the address where it ends into GITHUB_API_URL")
_REPO = re.compile(r"(?!\.{1,2}/)[A-Za-z0-9._-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next\b')


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[T]):
    """A list of GitHub, as far as it was read. `whole`: False when there is more than `PAGES_MAX` pages of it."""

    rows: tuple[T, ...]
    whole: bool


class GitHubRest:
    """GitHub's REST API. Each method raises Unreachable or Rejected, nothing else.

    `url` has no credentials and may be shown; `headers` go with each call; `observe(call, result)` is told of each
    call, for metrics: "ok", "rejected", "rate limited", or the short word of another Unreachable. `left`: how many
    calls are left until GitHub's limit starts anew, by its last answer; None when that did not say.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], observe: Observe, clock: Clock, *,
        timeout_s: float = TIMEOUT_S, whole_s: float = WHOLE_S,
    ) -> None:  # fmt: skip
        ours = {**HEADERS, "User-Agent": f"sereno/{version_of('sereno')}", **headers}
        self._api = Asking(session, url, ours, observe, moved=_MOVED, remember=REMEMBER, timeout_s=timeout_s)
        self.url, self._clock, self._whole_s = self._api.url, clock, whole_s
        self.left: int | None = None
        self._rests_until = float("-inf")  # by the monotonic clock, in seconds

    async def listed(self, call: str, path: str, query: Query, shape: TypeAdapter[list[T]]) -> Listed[T]:
        """The rows of all pages, at most `PAGES_MAX`, after at most `whole_s`."""

        async def work() -> Listed[T]:
            pages = [page async for page in self.pages(call, path, query, good(shape))]
            return Listed(rows=tuple(row for rows, _ in pages for row in rows), whole=not pages[-1][1])

        return await self.in_time(call, work())

    async def pages(self, call: str, path: str, query: Query, read: Read[T]) -> AsyncGenerator[tuple[T, bool]]:
        """Page after page, each with whether there is another, at most `PAGES_MAX`.

        Of the next page's address only the query is used: the token is for nobody else.
        """
        asked: Query = [*query, ("per_page", str(PAGE))]
        for _ in range(PAGES_MAX):
            more: list[str] = []
            page = await self.ask(call, path, _noting(more, read), asked)
            yield page, bool(more)
            if not more:
                return
            told = parse_qsl(urlsplit(more[0]).query)
            asked = [pair for pair in asked if pair[0] not in dict(told)] + told

    async def find(self, call: str, path: str, read: Read[T]) -> T | None:
        """What is there, None when it is not found."""
        return await self.ask(call, path, unless_missing(read))

    async def ask(
        self, call: str, path: str, read: Read[T], query: Query = (), *, method: str = "GET", json: object = None
    ) -> T:
        """What one call answers; it is not made while GitHub wants to be left alone: Unreachable says until when."""
        left = self._rests_until - self._clock.monotonic()
        if left > 0:
            self._api.observe(call, "rate limited")
            until = rfc3339(self._clock.now() + int(left * 1000))[:19]
            said = Text.of("rate limited until {at}", at=f"{until}Z")
            raise Unreachable(said, retry_after=int(left) + 1, word="rate limited")

        def heed(answer: Answer) -> T:
            rest = wait_s(answer) or (REST_S if is_limited(answer) else 0)
            self._rests_until = max(self._rests_until, self._clock.monotonic() + rest)
            remaining = answer.headers.get("x-ratelimit-remaining", "").strip()
            self.left = int(remaining[:9]) if remaining.isascii() and remaining.isdigit() else None
            return read(answer)

        return await self._api.ask(call, path, heed, method=method, query=query, json=json)

    async def in_time(self, call: str, work: Awaitable[T]) -> T:
        """What the work gives, unless it takes longer than `whole_s`."""
        try:
            async with asyncio.timeout(self._whole_s):
                return await work
        except TimeoutError as error:
            self._api.observe(call, "timeout")
            late = Text.of("timeout: not all within {seconds} s", seconds=f"{self._whole_s:g}")
            raise Unreachable(late) from error


def repo_path(repo: str) -> str:
    """The path of `owner/name`. Raises Rejected for what is no repository."""
    if not _REPO.fullmatch(repo):
        raise Rejected(
            Text.of(
                "{repository} is not a repository; write it as owner/name", repository=repr(one_line(masked(repo), 80))
            )
        )
    return f"/repos/{repo}"


def time_of(ms: int) -> str:
    """Unix milliseconds as GitHub writes a time: in whole seconds, rounded down. Raises Rejected."""
    try:
        return f"{rfc3339(ms)[:19]}Z"
    except OverflowError as error:
        raise Rejected(Text.of("a time outside of the years 1 to 9999 cannot be asked for")) from error


def _noting(more: list[str], read: Read[T]) -> Read[T]:
    """The same, and the address of the next page, if there is one, goes into `more`."""

    def noting(answer: Answer) -> T:
        more.extend(_NEXT.findall(answer.headers.get("link", ""))[:1])
        return read(answer)

    return noting
