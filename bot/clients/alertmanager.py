"""Asks one Alertmanager, over its API v2, what fires and what is silenced; makes and ends silences; never retries.

The API: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import aiohttp
import yaml
from pydantic import AliasPath, BaseModel, Field, TypeAdapter

from bot.clients.answers import Answer
from bot.clients.asking import (
    ANSWER_MAX,
    TIMEOUT_S,
    WORD_MAX,
    Asking,
    Moment,
    Observe,
    Rejected,
    Unreachable,
    good,
    one_line,
    refuse,
    rfc3339,
    unix_ms,
)
from rules.matching import Matcher, Op, matches_all, parse
from rules.silence import Silence
from rules.text import Text

__all__ = ["ANSWER_MAX", "WORD_MAX", "Alertmanager", "Rejected", "Unreachable", "rfc3339", "unix_ms"]
REASON_MAX, BY_MAX = 1000, 100
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")  # what every Alertmanager reads in a filter; UTF-8 only newer ones
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_KINDS = {Op.EQUAL: (False, True), Op.NOT_EQUAL: (False, False), Op.MATCH: (True, True), Op.NOT_MATCH: (True, False)}
_OPS = {kind: op for op, kind in _KINDS.items()}
_MARK = "[sereno "
GROUP_INTERVAL = 300_000  # Alertmanager's default (https://prometheus.io/docs/alerting/latest/configuration/#route)
_UNITS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_LENGTHS = re.compile(r"(\d+)(ms|[ywdhms])")
_LENGTH = re.compile(r"(?:\d+(?:ms|[ywdhms]))+")
_BASE = "/api/v2"
_ALL = [(kind, "true") for kind in ("active", "silenced", "inhibited", "unprocessed")]
_MOVED = Text.of("write the address where it ends into ALERTMANAGER_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An alert as Alertmanager has it now. `since`: unix milliseconds; `silenced_by`: ids of silences."""

    labels: Mapping[str, str]
    since: int
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    receivers: tuple[str, ...]


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
    original: str = Field("", validation_alias=AliasPath("config", "original"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """`since`: when it was started, in unix milliseconds. `flush`: how long it may keep an end to itself, in ms."""

    since: int
    flush: int


_ALERTS, _SILENCES = TypeAdapter(list[_AlertRow]), TypeAdapter(list[_SilenceRow])
_MADE, _STATUS = TypeAdapter(_Made), TypeAdapter(_Status)


class Alertmanager:
    """One Alertmanager. Each method raises Unreachable or Rejected, nothing else, after at most `timeout_s`.

    `url` has no credentials and may be shown; `headers` go with each call; `observe(call, result)` is told of each,
    for metrics: "ok", "rejected", or the short word of an Unreachable.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str],
        observe: Observe, *, timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        self._api = Asking(session, url, headers, observe, moved=_MOVED, timeout_s=timeout_s)
        self.url, self._observe = self._api.url, observe

    async def alerts(self, matchers: Sequence[Matcher] = ()) -> list[Known]:
        """All that has not ended and satisfies the matchers, also what is silenced, inhibited or not routed yet."""
        ours = [one for one in matchers if not _can_be_asked(one)]
        query = _ALL + [("filter", str(one)) for one in matchers if one not in ours]
        rows = await self._api.ask("alerts", f"{_BASE}/alerts", good(_ALERTS), query=query)
        return [_known(row) for row in rows if matches_all(ours, row.labels)]

    async def silences(self) -> list[Silence]:
        """Those that are active or pending. Matchers made elsewhere may be such as `rules.matching` refuses."""
        rows = await self._api.ask("silences", f"{_BASE}/silences", good(_SILENCES))
        return [_silence(row) for row in rows if row.state in ("active", "pending")]

    async def create(self, silence: Silence) -> str:
        """Make a new one; its id. A `since` in the past becomes Alertmanager's now."""
        try:
            wanted = {
                "matchers": to_rows(silence.matchers),
                "startsAt": rfc3339(silence.since),
                "endsAt": rfc3339(silence.until),
                "createdBy": one_line(silence.by, BY_MAX) or "sereno",
                "comment": comment_of(silence),
            }
        except (ValueError, OverflowError) as error:
            self._observe("create", "rejected")
            raise Rejected(Text.of("{why}", why=one_line(str(error), WORD_MAX))) from error
        made = await self._api.ask("create", f"{_BASE}/silences", good(_MADE), method="POST", json=wanted)
        return made.id

    async def expire(self, silence_id: str) -> None:
        """End one. Fine too when it has ended already or is not there."""
        if not _ID.fullmatch(silence_id):
            self._observe("expire", "rejected")
            raise Rejected(Text.of("{id} is not the id of a silence", id=repr(one_line(silence_id, 40))))
        if await self._api.ask("expire", f"{_BASE}/silence/{silence_id}", _has_ended, method="DELETE"):
            return
        # Each version says it in other words, and a wrong address says 404 too: the list tells
        if any(one.id == silence_id for one in await self.silences()):
            raise Rejected(Text.of("silence {id} is still there", id=silence_id))

    async def running(self) -> Running:
        """Since when it runs, and how long it may keep an end to itself."""
        status = await self._api.ask("status", f"{_BASE}/status", good(_STATUS))
        return Running(since=status.uptime, flush=_flush(status.original))


def _flush(config: str) -> int:
    """The longest `group_interval` that is in force in a configuration: routes inherit it."""
    try:
        root = yaml.safe_load(config)
    except yaml.YAMLError:
        return GROUP_INTERVAL
    return _longest(root.get("route") if isinstance(root, dict) else None, GROUP_INTERVAL)


def _longest(route: object, inherited: int) -> int:
    if not isinstance(route, dict):
        return inherited
    found = _LENGTH.fullmatch(str(route.get("group_interval", "")))
    own = sum(int(n) * _UNITS[unit] for n, unit in _LENGTHS.findall(found[0])) if found else inherited
    below = route.get("routes")
    return max([own, *(_longest(one, own) for one in below)]) if isinstance(below, list) else own


def _has_ended(answer: Answer) -> bool:
    """Whether a silence was ended; False when there was, so it seems, nothing to end."""
    over = b"already expired" in answer.body or b"not found" in answer.body
    if answer.status in (404, 422) or (answer.status == 500 and over):
        return False
    refuse(answer)
    return True


def comment_of(silence: Silence) -> str:
    """The reason, and our token at the end; the reason cannot pass itself off as one. Raises ValueError."""
    reason = one_line(silence.reason.replace(_MARK, "(sereno "), REASON_MAX)
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
