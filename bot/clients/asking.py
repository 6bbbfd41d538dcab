"""Asks an HTTP API for JSON, once, with bounds on time and size, and says no in two ways; shared by all clients."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, TypeVar
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp.http import HttpProcessingError
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from bot.clients.answers import Answer, Answers
from rules.masking import masked
from rules.text import Text
from rules.unfit import Said

TIMEOUT_S = 5.0
ANSWER_MAX = 32 * 1024 * 1024
WORD_MAX, SEGMENT_MAX = 300, 300
WAIT_MAX_S = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_AGAIN = (408, 425, 429)  # refused for now, most likely by a proxy: not the server's no
_ANYTHING: TypeAdapter[object] = TypeAdapter(object)
Query = Sequence[tuple[str, str]]
Observe = Callable[[str, str], None]
T = TypeVar("T")


class Unreachable(Said):
    """No usable answer: it may or may not have been done. `said`: a short word, and after a colon more of it.

    `retry_after`: how many seconds the server asks us to wait, 0 when it said nothing; `word`: the short word
    in English.
    """

    def __init__(self, said: Text, *, retry_after: int = 0, word: str = "") -> None:
        super().__init__(said)
        self.retry_after, self.word = retry_after, word or str(self).partition(":")[0]


class Rejected(Said):
    """The server said no, or would have; `said` is mostly its own word, in one line."""


Read = Callable[[Answer], T]


class Asking:
    """One HTTP API. `ask` raises Unreachable or Rejected, nothing else, after at most `timeout_s`.

    `url` has no credentials and may be shown; `headers` go with each call, so redirects are followed only when
    `follow` says that there are no credentials among them; else the error ends with `moved`, what to do about it.
    `observe(call, result)` is told of each call, for metrics: "ok", "rejected", or the short word of an Unreachable.
    `remember`: how many bytes of answers may be kept, to be asked for again by their ETag only; 0: none.
    `unread`: the body of a good answer is of no matter.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str], observe: Observe, *,
        moved: Text, follow: bool = False, remember: int = 0, timeout_s: float = TIMEOUT_S, unread: bool = False,
    ) -> None:  # fmt: skip
        self.url, self.timeout_s = url.rstrip("/"), timeout_s
        self._session, self._headers, self.observe = session, dict(headers), observe
        self._moved, self._follow, self._memory, self._unread = moved, follow, Answers(remember), unread

    async def ask(
        self, call: str, path: str, read: Read[T], *, method: str = "GET", query: Query = (),
        json: object = None, form: Mapping[str, str] | None = None,
    ) -> T:  # fmt: skip
        """What `read` makes of the answer. `path` is percent-encoded already, see `segment`; `query` is not."""
        try:
            value = read(await self._answer(method, path, query, json, form))
        except Unreachable as error:
            self.observe(call, error.word)
            raise
        except Rejected:
            self.observe(call, "rejected")
            raise
        self.observe(call, "ok")
        return value

    async def _answer(
        self, method: str, path: str, query: Query, json: object, form: Mapping[str, str] | None
    ) -> Answer:
        key = (path, tuple(query))
        known = self._memory.find(key) if method == "GET" else None
        answer = await self._send(method, path, query, known, json, form)
        if known and answer.status == 304:
            return replace(known, headers={**known.headers, **answer.headers})
        if 300 <= answer.status < 400:
            raise Unreachable(Text.of("http_{status}: a redirect; {todo}", status=answer.status, todo=self._moved))
        if method == "GET" and answer.status == 200:
            self._memory.keep(key, answer)
        return answer

    async def _send(
        self, method: str, path: str, query: Query, known: Answer | None, json: object, form: Mapping[str, str] | None
    ) -> Answer:
        """The status, and the whole body where it matters."""
        if self._session.closed:
            raise Unreachable(Text.of("closed: the session has ended"))
        headers = self._headers | ({"If-None-Match": known.headers["etag"]} if known else {})
        try:
            async with (
                asyncio.timeout(self.timeout_s),
                self._session.request(
                    method, f"{self.url}{path}", params=list(query), json=json, data=form, headers=headers,
                    allow_redirects=self._follow, max_redirects=3,
                ) as answer,
            ):  # fmt: skip
                told = {name.lower(): value for name, value in answer.headers.items()}
                body = b"" if self._unread and answer.ok else await _body(answer)
                return Answer(status=answer.status, headers=told, body=body)
        except aiohttp.ClientConnectorError as error:
            why = one_line(str(error.os_error), WORD_MAX)
            raise Unreachable(Text.of("not connected: {why}", why=why)) from error
        except TimeoutError as error:
            late = Text.of("timeout: no answer within {seconds} s", seconds=f"{self.timeout_s:g}")
            raise Unreachable(late) from error
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            raise Unreachable(Text.of("broken: {kind}", kind=type(error).__name__)) from error


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) > ANSWER_MAX:
            raise Unreachable(Text.of("too large: more than {size} MiB", size=ANSWER_MAX >> 20))
    return bytes(body)


# --- what comes of an answer ---


def good(shape: TypeAdapter[T]) -> Read[T]:
    """Reads what a call answers when all is well; raises for any other status."""

    def read(answer: Answer) -> T:
        refuse(answer)
        try:
            return shape.validate_json(answer.body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            why = one_line(f"{first['msg']} at {first['loc']}", WORD_MAX)
            raise Unreachable(Text.of("unreadable: {why}", why=why)) from error

    return read


def unless_missing(read: Read[T]) -> Read[T | None]:
    """The same, but a 404 is None."""
    return lambda answer: None if answer.status == 404 else read(answer)


def refuse(answer: Answer) -> None:
    """Raise for what is no success: Unreachable when it may be otherwise later, Rejected when it will not."""
    if 200 <= answer.status < 300:
        return
    word = _word(answer)
    if answer.status >= 500 or answer.status in _AGAIN or is_limited(answer):
        said = Text.of("http_{status}: {word}", status=answer.status, word=word)
        raise Unreachable(said, retry_after=wait_s(answer))
    raise Rejected(Text.of("{word}", word=word))


def is_limited(answer: Answer) -> bool:
    """Whether we asked too often: 429, or GitHub's 403 that says so in a header or in words.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    said = "retry-after" in answer.headers or _is_spent(answer)
    return answer.status == 429 or (answer.status == 403 and (said or "rate limit" in _word(answer).lower()))


def wait_s(answer: Answer) -> int:
    """How many seconds the server wants to be left alone, by its own clock; 0 when it does not say.

    `Retry-After` is seconds or a date (RFC 9110); `X-RateLimit-Reset` is unix seconds and counts when nothing remains.
    """
    told, now = answer.headers.get("retry-after", "").strip(), date_ms(answer.headers.get("date", ""))
    if told.isascii() and told.isdigit():
        return min(int(told[:9]), WAIT_MAX_S)
    end = date_ms(told)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if not end and _is_spent(answer) and reset.isascii() and reset.isdigit():
        end = int(reset[:12]) * 1000
    return max(0, min((end - now) // 1000, WAIT_MAX_S)) if end and now else 0


def _is_spent(answer: Answer) -> bool:
    return answer.headers.get("x-ratelimit-remaining", "").strip() == "0"


def _word(answer: Answer) -> str:
    """The server's own word for an error; what stands in between, a proxy, says it in its own way."""
    shown = f"HTTP {answer.status}"
    try:
        told = _ANYTHING.validate_json(answer.body)
    except ValidationError:
        return one_line(masked(f"{shown} {answer.body[: 4 * WORD_MAX].decode(errors='replace')}"), WORD_MAX)
    return one_line(masked(_said(told)), WORD_MAX) or shown


def _said(told: object) -> str:
    """Text, or what stands under the names that Alertmanager, Prometheus, GitHub and the registries use for it."""
    if isinstance(told, dict):
        first = next((told[name] for name in ("message", "error", "detail") if told.get(name)), None)
        errors = told.get("errors")
        told = first if first is not None or not isinstance(errors, list) or not errors else errors[0]
        told = told.get("detail") if isinstance(told, dict) else told
    return told if isinstance(told, str) else ""


# --- texts and times ---


def one_line(text: str, size: int) -> str:
    """Without control characters and line ends, at most `size` characters."""
    flat = " ".join(_CONTROL.sub(" ", text).split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"


def halves(url: str) -> tuple[str, str]:
    """The host of an address with its scheme, and what follows it. Raises Rejected."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        said = Text.of("{url} is not an address: {why}", url=one_line(masked(repr(url)), WORD_MAX), why=str(error))
        raise Rejected(said) from error
    host = f"{parts.scheme}://{parts.netloc}"
    return host, url.partition("#")[0][len(host) :]


def segment(text: str, *, safe: str = "") -> str:
    """One part of a path, percent-encoded. Raises Rejected for what cannot be one, or would mean another path."""
    if text not in ("", ".", "..") and len(text) <= SEGMENT_MAX and not _CONTROL.search(text):
        return quote(text, safe=safe)
    raise Rejected(Text.of("{name} cannot be asked for: it is not a name", name=repr(one_line(text, 40))))


def unix_ms(text: str) -> int:
    """RFC 3339, with any fraction, to unix milliseconds, rounded down. Raises ValueError."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(f"not a time of RFC 3339: {text[:40]!r}")
    return (datetime.fromisoformat(text.upper()) - EPOCH) // timedelta(milliseconds=1)


def rfc3339(ms: int) -> str:
    """Unix milliseconds to RFC 3339. Raises OverflowError outside of the years 1 to 9999."""
    return (EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_ms(text: str) -> int:
    """An HTTP date to unix milliseconds; 0 for what is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0
    return (found.replace(tzinfo=found.tzinfo or UTC) - EPOCH) // timedelta(milliseconds=1)


Moment = Annotated[int, BeforeValidator(lambda value: unix_ms(str(value)))]
