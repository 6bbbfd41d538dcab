"""Alertmanager's matchers over labels: `= != =~ !~`, anchored, RE2.

The syntax is Alertmanager's (https://prometheus.io/docs/alerting/latest/configuration/#matcher): matchers separated by
commas, optionally in braces; values quoted or bare; names bare or, for UTF-8, quoted. A missing label is "".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import re2

from rules.masking import masked
from rules.text import Text
from rules.unfit import Unfit


class Op(StrEnum):
    """The four comparisons."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCH = "=~"
    NOT_MATCH = "!~"


class BadMatcher(Unfit):
    """The text is not a matcher; `said` is where and what was expected."""


class Pattern(Protocol):
    """The part of a compiled RE2 that we use."""

    def fullmatch(self, text: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison of one label."""

    name: str
    op: Op
    value: str
    pattern: Pattern | None = field(default=None, compare=False, repr=False)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether the label set satisfies this comparison; a missing label has the value ""."""
        return self.accepts(labels.get(self.name, ""))

    def accepts(self, value: str) -> bool:
        """Whether this value of the label satisfies the comparison."""
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode()  # RE2 takes no half of a surrogate pair
        match self.op:
            case Op.EQUAL:
                return value == self.value
            case Op.NOT_EQUAL:
                return value != self.value
            case Op.MATCH:
                return self.pattern is not None and self.pattern.fullmatch(value) is not None
            case Op.NOT_MATCH:
                return self.pattern is None or self.pattern.fullmatch(value) is None

    def __str__(self) -> str:
        name = self.name if _BARE.fullmatch(self.name) else _quote(self.name)
        return f"{name}{self.op}{_quote(self.value)}"


_QUOTED = r'"(?s:[^"\\]|\\.)*"'
_NAME, _VALUE = r"[^\s\pZ\pC\"'`!=~,{}]+", r"[^\s\pZ\pC\"'`,{}]*"
_BARE = re2.compile(_NAME)
_TOKEN = re2.compile(rf"\s*(?P<name>{_QUOTED}|{_NAME})\s*(?P<op>=~|!~|!=|=)\s*(?P<value>{_QUOTED}|{_VALUE})\s*")


def parse(text: str) -> tuple[Matcher, ...]:
    """Read `a="b", c=~"d|e"`, with or without braces. Raises BadMatcher."""
    body = text.strip()
    if body.startswith("{") != body.endswith("}"):
        raise BadMatcher(Text.of("braces do not pair in {text}", text=repr(text)))
    if body.startswith("{"):
        body = body[1:-1].strip()
    found: list[Matcher] = []
    at = 0
    while at < len(body):
        token = _TOKEN.match(body, at)
        if token is None:
            raise BadMatcher(
                Text.of(
                    'expected name="value" (or != =~ !~) at {here} in {text}', here=_here(body, at), text=repr(text)
                )
            )
        found.append(_matcher(_unquote(token["name"]), Op(token["op"]), _unquote(token["value"])))
        at = token.end()
        if at < len(body) and body[at] != ",":
            wanted = Text.of("a value in closed double quotes") if body[at] in "\"'`" else Text.of("a comma")
            raise BadMatcher(
                Text.of("expected {wanted} at {here} in {text}", wanted=wanted, here=_here(body, at), text=repr(text))
            )
        at += 1
    if not found:
        raise BadMatcher(Text.of('no matcher in it; write at least one, such as severity="critical"'))
    return tuple(found)


def matches_all(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether every matcher is satisfied."""
    return all(matcher.matches(labels) for matcher in matchers)


def covers(wide: Iterable[Matcher], narrow: Iterable[Matcher]) -> bool:
    """Whether whatever satisfies `narrow` surely satisfies `wide` too (sure for equalities; a regex covers itself)."""
    asked = list(narrow)
    return all(
        any(
            matcher == own or (own.op is Op.EQUAL and own.name == matcher.name and matcher.accepts(own.value))
            for own in asked
        )
        or (matcher.op is Op.MATCH and matcher.value == ".*")
        for matcher in wide
    )


def _matcher(name: str, op: Op, value: str) -> Matcher:
    if op in (Op.EQUAL, Op.NOT_EQUAL):
        return Matcher(name, op, value)
    try:
        return Matcher(name, op, value, re2.compile(value, _quiet()))
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise BadMatcher(Text.of("{value} is not an RE2 pattern: {why}", value=repr(value), why=reason)) from error


def _here(body: str, at: int) -> str:
    """What stands there; of what holds a password all of it, masked: a part of it may begin within the password."""
    shown = masked(body)
    return repr((body[at:] if shown == body else shown)[:30])


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    out: list[str] = []
    escaped = False
    for letter in text[1:-1]:
        if escaped:
            out.append({"n": "\n"}.get(letter, letter if letter in '"\\' else "\\" + letter))
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            out.append(letter)
    return "".join(out)
