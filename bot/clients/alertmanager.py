"""Asks one Alertmanager, over its API v2, what fires and what is silenced; makes and ends silences; never retries.

The API: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import aiohttp
from aiohttp.http import HttpProcessingError
from pydantic import AliasPath, BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from rules.matching import Matcher, Op, matches_all, parse
from rules.silence import Silence

TIMEOUT_S = 5.0
ANSWER_MAX = 32 * 1024 * 1024
WORD_MAX, REASON_MAX, BY_MAX = 300, 1000, 100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")  # what every Alertmanager reads in a filter; UTF-8 only newer ones
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_KINDS = {Op.EQUAL: (False, True), Op.NOT_EQUAL: (False, False), Op.MATCH: (True, True), Op.NOT_MATCH: (True, False)}
_OPS = {kind: op for op, kind in _KINDS.items()}
_MARK = "[sereno "
_ALL = [(kind, "true") for kind in ("active", "silenced", "inhibited", "unprocessed")]
_AGAIN = (408, 425, 429)  # refused for now, most likely by a proxy: not Alertmanager's no
Query = Sequence[tuple[str, str]]
T = TypeVar("T")


class Unreachable(Exception):
    """No usable answer: it may or may not have been done. The message: a short word, and after a colon more of it."""


class Rejected(Exception):
    """Alertmanager said no; the message is its own word, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An alert as Alertmanager has it now. `since`: unix milliseconds; `silenced_by`: ids of silences."""

    labels: Mapping[str, str]
    since: int
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    receivers: tuple[str, ...]


def unix_ms(text: str) -> int:
    """RFC 3339, with any fraction, to unix milliseconds, rounded down. Raises ValueError."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(f"not a time of RFC 3339: {text[:40]!r}")
    return (datetime.fromisoformat(text.upper()) - EPOCH) // timedelta(milliseconds=1)


def rfc3339(ms: int) -> str:
    """Unix milliseconds to RFC 3339. Raises OverflowError outside of the years 1 to 9999."""
    return (EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Moment = Annotated[int, BeforeValidator(lambda value: unix_ms(str(value)))]


class MatcherRow(BaseModel):
    """A matcher in Alertmanager's JSON; without `isEqual`, which came with 0.22, it asks for equality."""

    name: str
    value: str
    is_regex: bool = Field(alias="isRegex")
    is_equal: bool = Field(True, alias="isEqual")


def to_rows(matchers: str) -> list[dict[str, object]]:
    """Matchers as text to Alertmanager's JSON. Raises BadMatcher, or ValueError for what is no Unicode."""
    return [
        {"name": one.name, "value": one.value, "isRegex": _KINDS[one.op][0], "isEqual": _KINDS[one.op][1]}
        for one in parse(matchers)
    ]


def to_text(rows: Iterable[MatcherRow]) -> str:
    """Alertmanager's JSON to matchers as text; a pattern is not compiled, so this cannot fail."""
    return ", ".join(str(Matcher(row.name, _OPS[row.is_regex, row.is_equal], row.value)) for row in rows)


class _SilenceRow(BaseModel):
    id: str
    state: str = Field(validation_alias=AliasPath("status", "state"))
    matchers: list[MatcherRow]
    starts: Moment = Field(alias="startsAt")
    ends: Moment = Field(alias="endsAt")
    by: str = Field("", alias="createdBy")
    comment: str = ""


class _AlertRow(BaseModel):
    labels: dict[str, str]
    starts: Moment = Field(alias="startsAt")
    silenced: list[str] | None = Field(validation_alias=AliasPath("status", "silencedBy"))
    inhibited: list[str] | None = Field(validation_alias=AliasPath("status", "inhibitedBy"))
    receivers: list[dict[str, object]] | None = None


class _Made(BaseModel):
    id: str = Field(alias="silenceID", min_length=1)


class _Status(BaseModel):
    uptime: Moment


_ALERTS, _SILENCES = TypeAdapter(list[_AlertRow]), TypeAdapter(list[_SilenceRow])
_MADE, _STATUS = TypeAdapter(_Made), TypeAdapter(_Status)
_WORD: TypeAdapter[str | dict[str, object]] = TypeAdapter(str | dict[str, object])


class Alertmanager:
    """One Alertmanager. Each method raises Unreachable or Rejected, nothing else, after at most `timeout_s`.

    `url` has no credentials and may be shown; `headers` go with each call; `observe(call, result)` is told of each,
    for metrics: "ok", "rejected", or the short word of an Unreachable.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str],
        observe: Callable[[str, str], None], *, timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        self.url = url.rstrip("/")
        self._session, self._headers, self._observe, self._timeout_s = session, dict(headers), observe, timeout_s

    async def alerts(self, matchers: Sequence[Matcher] = ()) -> list[Known]:
        """All that has not ended and satisfies the matchers, also what is silenced, inhibited or not routed yet."""
        ours = [one for one in matchers if not _can_be_asked(one)]
        query = _ALL + [("filter", str(one)) for one in matchers if one not in ours]
        rows = await self._do("alerts", "GET", "/alerts", _good(_ALERTS), query=query)
        return [_known(row) for row in rows if matches_all(ours, row.labels)]

    async def silences(self) -> list[Silence]:
        """Those that are active or pending. Matchers made elsewhere may be such as `rules.matching` refuses."""
        rows = await self._do("silences", "GET", "/silences", _good(_SILENCES))
        return [_silence(row) for row in rows if row.state in ("active", "pending")]

    async def create(self, silence: Silence) -> str:
        """Make a new one; its id. A `since` in the past becomes Alertmanager's now."""
        try:
            wanted = {
                "matchers": to_rows(silence.matchers),
                "startsAt": rfc3339(silence.since),
                "endsAt": rfc3339(silence.until),
                "createdBy": _one_line(silence.by, BY_MAX) or "sereno",
                "comment": comment_of(silence),
            }
        except (ValueError, OverflowError) as error:
            self._observe("create", "rejected")
            raise Rejected(_one_line(str(error), WORD_MAX)) from error
        return (await self._do("create", "POST", "/silences", _good(_MADE), body=wanted)).id

    async def expire(self, silence_id: str) -> None:
        """End one. Fine too when it has ended already or is not there."""
        if not _ID.fullmatch(silence_id):
            self._observe("expire", "rejected")
            raise Rejected(f"{_one_line(silence_id, 40)!r} is not the id of a silence")
        if await self._do("expire", "DELETE", f"/silence/{silence_id}", _has_ended):
            return
        # Each version says it in other words, and a wrong address says 404 too: the list tells
        if any(one.id == silence_id for one in await self.silences()):
            raise Rejected(f"silence {silence_id} is still there")

    async def running_since(self) -> int:
        """When it was started, in unix milliseconds."""
        return (await self._do("status", "GET", "/status", _good(_STATUS))).uptime

    async def _do(
        self, call: str, method: str, path: str, read: Callable[[int, bytes], T], query: Query = (), body: object = None
    ) -> T:
        try:
            value = read(*await self._send(method, path, query, body))
        except (Unreachable, Rejected) as error:
            self._observe(call, "rejected" if isinstance(error, Rejected) else str(error).partition(":")[0])
            raise
        self._observe(call, "ok")
        return value

    async def _send(self, method: str, path: str, query: Query, body: object) -> tuple[int, bytes]:
        """The status and the whole body. A redirect is not followed: the credentials are for nobody else."""
        if self._session.closed:
            raise Unreachable("closed: the session has ended")
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._session.request(
                    method, f"{self.url}/api/v2{path}", params=list(query), json=body,
                    headers=self._headers, allow_redirects=False,
                ) as answer,
            ):  # fmt: skip
                return answer.status, await _body(answer)
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"not connected: {_one_line(str(error.os_error), WORD_MAX)}") from error
        except TimeoutError as error:
            raise Unreachable(f"timeout: no answer within {self._timeout_s:g} s") from error
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            raise Unreachable(f"broken: {type(error).__name__}") from error


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) > ANSWER_MAX:
            raise Unreachable(f"too large: more than {ANSWER_MAX >> 20} MiB")
    return bytes(body)


def _good(shape: TypeAdapter[T]) -> Callable[[int, bytes], T]:
    """Reads what a call answers when all is well; raises for any other status."""

    def read(status: int, body: bytes) -> T:
        _refuse(status, body)
        try:
            return shape.validate_json(body)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise Unreachable(f"unreadable: {first['msg']} at {first['loc']}"[:WORD_MAX]) from error

    return read


def _has_ended(status: int, body: bytes) -> bool:
    """Whether a silence was ended; False when there was, so it seems, nothing to end."""
    if status in (404, 422) or (status == 500 and (b"already expired" in body or b"not found" in body)):
        return False
    _refuse(status, body)
    return True


def _refuse(status: int, body: bytes) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Unreachable(f"http_{status}: a redirect; write the address where it ends into ALERTMANAGER_URL")
    if status >= 500 or status in _AGAIN:
        raise Unreachable(f"http_{status}: {_word(status, body)}")
    raise Rejected(_word(status, body))


def _word(status: int, body: bytes) -> str:
    """Alertmanager's own word for an error; what stands in between, a proxy, says it in its own way."""
    try:
        told = _WORD.validate_json(body)
    except ValidationError:
        return _one_line(f"HTTP {status} {body[: 4 * WORD_MAX].decode(errors='replace')}", WORD_MAX)
    return _one_line(told if isinstance(told, str) else str(told.get("message", "")), WORD_MAX) or f"HTTP {status}"


def comment_of(silence: Silence) -> str:
    """The reason, and our token at the end; the reason cannot pass itself off as one. Raises ValueError."""
    reason = _one_line(silence.reason.replace(_MARK, "(sereno "), REASON_MAX)
    comment = f"{reason} {_MARK}{silence.token}]".strip() if silence.token else reason
    if _told(comment)[1] != silence.token:
        raise ValueError(f"{silence.token!r} cannot be found again in a comment; a token has no spaces and brackets")
    return comment


def _told(comment: str) -> tuple[str, str]:
    """The reason and the token that a comment is made of."""
    reason, mark, token = comment.rstrip().rpartition(_MARK)
    if mark and token.endswith("]") and token[:-1] and not (set(token[:-1]) & set(" []\n")):
        return reason.rstrip(), token[:-1]
    return comment, ""


def _silence(row: _SilenceRow) -> Silence:
    reason, token = _told(row.comment)
    return Silence(
        matchers=to_text(row.matchers), by=row.by, reason=reason, since=row.starts, until=row.ends,
        id=row.id, token=token,
    )  # fmt: skip


def _known(row: _AlertRow) -> Known:
    receivers = tuple(str(one.get("name", "")) for one in row.receivers or ())
    silenced, inhibited = tuple(row.silenced or ()), tuple(row.inhibited or ())
    return Known(labels=row.labels, since=row.starts, silenced_by=silenced, inhibited_by=inhibited, receivers=receivers)


def _can_be_asked(one: Matcher) -> bool:
    """Whether every Alertmanager can read this matcher; what it cannot we filter ourselves."""
    return bool(_NAME.fullmatch(one.name)) and not _CONTROL.search(one.value)


def _one_line(text: str, size: int) -> str:
    flat = " ".join(_CONTROL.sub(" ", text).split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"
