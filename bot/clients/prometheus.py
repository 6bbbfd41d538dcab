"""Asks one Prometheus, over its HTTP API v1, what an expression is worth now, then, or over a while; never retries.

The API: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Annotated, Literal

import aiohttp
from pydantic import AliasPath, BaseModel, BeforeValidator, Field, TypeAdapter

from bot.clients.answers import Answer
from bot.clients.asking import TIMEOUT_S, WORD_MAX, Asking, Observe, Rejected, Unreachable, date_ms, good, one_line
from rules.text import Text

__all__ = ["Prometheus", "Rejected", "Sample", "Unreachable"]
POINTS_MAX = 11_000  # what Prometheus answers at most for one series
WARNINGS_MAX, STEP_MAX_S = 5, 1e9
_MOVED = Text.of("write the address where it ends into PROMETHEUS_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What an expression was worth. `value`: None when there is none, or none that is a finite number.

    `series`: 0 when nothing was found, which tells "no data" from a value that is NaN; `at`: unix milliseconds of the
    evaluation (of the answer, to the second, when nothing was found and no time was asked for; 0 when not told);
    `warnings`: Prometheus' own, such as that only a part of the data could be read.
    """

    value: float | None
    series: int
    at: int
    warnings: tuple[str, ...] = ()


Points = tuple[tuple[int, float | None], ...]
_Stamp = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
_Number = Annotated[float, BeforeValidator(lambda value: float(str(value)))]
_Point = tuple[_Stamp, _Number]


class _Row(BaseModel):
    metric: dict[str, str] = {}
    value: _Point | None = None  # none when it is a histogram
    values: list[_Point] = []


class _Scalar(BaseModel):
    type: Literal["scalar"] = Field(alias="resultType")
    result: _Point


class _Rows(BaseModel):
    type: Literal["vector", "matrix"] = Field(alias="resultType")
    result: list[_Row]


class _Text(BaseModel):
    type: Literal["string"] = Field(alias="resultType")


class _Told(BaseModel):
    status: Literal["success"]
    data: Annotated[_Scalar | _Rows | _Text, Field(discriminator="type")]
    warnings: list[str] | None = None


class _Build(BaseModel):
    version: str = Field(validation_alias=AliasPath("data", "version"), min_length=1)


_TOLD, _BUILD = TypeAdapter(_Told), TypeAdapter(_Build)


class Prometheus:
    """One Prometheus. Each method raises Unreachable or Rejected, nothing else, after at most `timeout_s`.

    `url` has no credentials and may be shown; `headers` go with each call; `observe(call, result)` is told of each,
    for metrics: "ok", "rejected", or the short word of an Unreachable.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str],
        observe: Observe, *, timeout_s: float = TIMEOUT_S,
    ) -> None:  # fmt: skip
        self._api = Asking(session, url, headers, observe, moved=_MOVED, timeout_s=timeout_s)
        self.url = self._api.url

    async def value(self, expr: str, at: int | None = None) -> Sample:
        """What PromQL is worth at a time (unix milliseconds), or now: a scalar, or a vector of at most one series."""
        form = {"time": _seconds(at)} if at is not None else {}

        def read(answer: Answer) -> Sample:
            return _sample(good(_TOLD)(answer), expr, at if at is not None else date_ms(answer.headers.get("date", "")))

        return await self._api.ask("value", "/api/v1/query", read, method="POST", form=self._form(expr, form))

    async def labels(self, expr: str, name: str) -> tuple[str, ...]:
        """The values that a label has now in the series of PromQL, each once, in order; () without any."""

        def read(answer: Answer) -> tuple[str, ...]:
            told = good(_TOLD)(answer)
            if not isinstance(told.data, _Rows) or told.data.type != "vector":
                raise Rejected(
                    Text.of(
                        "{query} gives no series at a moment; it needs some with the label {label}",
                        query=one_line(expr, 80), label=name,
                    )
                )  # fmt: skip
            found = {one_line(row.metric.get(name, ""), WORD_MAX) for row in told.data.result}
            return tuple(sorted(found - {""}))

        return await self._api.ask("labels", "/api/v1/query", read, method="POST", form=self._form(expr, {}))

    async def range(self, expr: str, start: int, end: int, step_s: float) -> Points:
        """One series from `start` to `end` (unix milliseconds, both inside) as (unix milliseconds, value) pairs.

        A pair for each step, with None where there is no finite number; () when there is no series at all. The step
        is made wider when there were more than 11,000 pairs otherwise, which Prometheus refuses.
        """
        if end < start or not 0 < step_s <= STEP_MAX_S:
            self._api.observe("range", "rejected")
            raise Rejected(Text.of("a range needs an end that is not before its start, and a step above 0"))
        step = max(ceil(step_s * 1000), ceil((end - start) / (POINTS_MAX - 1)))
        form = {"start": _seconds(start), "end": _seconds(end), "step": _seconds(step)}

        def read(answer: Answer) -> Points:
            return _points(good(_TOLD)(answer), expr, start, end, step)

        return await self._api.ask("range", "/api/v1/query_range", read, method="POST", form=self._form(expr, form))

    async def version(self) -> str:
        """Which Prometheus it is, as in "2.42.0"."""
        return one_line((await self._api.ask("version", "/api/v1/status/buildinfo", good(_BUILD))).version, WORD_MAX)

    def _form(self, expr: str, more: Mapping[str, str]) -> dict[str, str]:
        """As a form, because an address is too short for some expressions; and no work for who does not wait."""
        text = expr.encode("utf-8", "replace").decode()
        return {"query": text, "timeout": f"{self._api.timeout_s:g}", **more}


def _sample(told: _Told, expr: str, at: int) -> Sample:
    warnings = tuple(one_line(text, WORD_MAX) for text in (told.warnings or [])[:WARNINGS_MAX])
    point = told.data.result if isinstance(told.data, _Scalar) else _point(told.data, expr)
    if point is None:
        return Sample(value=None, series=0, at=at, warnings=warnings)
    return Sample(value=_finite(point[1]), series=1, at=round(point[0] * 1000), warnings=warnings)


def _point(data: _Rows | _Text, expr: str) -> _Point | None:
    """That of the one series, None without any. Raises Rejected with what to write instead."""
    if isinstance(data, _Text):
        raise Rejected(Text.of("{query} is a text, not a number", query=one_line(expr, 80)))
    if data.type == "matrix":
        raise Rejected(
            Text.of(
                "{query} is a range of values; take one of them, as in rate(...) or max_over_time",
                query=one_line(expr, 80),
            )
        )
    row = _only(data.result, expr)
    if row and row.value is None:
        raise Rejected(
            Text.of("a histogram where a number is needed; use histogram_quantile(...) or histogram_count(...)")
        )
    return row.value if row else None


def _points(told: _Told, expr: str, start: int, end: int, step: int) -> Points:
    if not isinstance(told.data, _Rows) or told.data.type != "matrix":
        raise Unreachable(Text.of("unreadable: not a range of values"))
    row = _only(told.data.result, expr)
    if row is None:
        return ()
    found = {round(moment * 1000): _finite(number) for moment, number in row.values}
    return tuple((at, found.get(at)) for at in range(start, end + 1, step))


def _only(rows: list[_Row], expr: str) -> _Row | None:
    if len(rows) > 1:
        raise Rejected(
            Text.of(
                "{number} series where one is needed; aggregate them, as in sum({query})",
                number=len(rows), query=one_line(expr, 80),
            )
        )  # fmt: skip
    return rows[0] if rows else None


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}"
