"""What a source, a command and a button declare, and what they may ask of the bot."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rules.decision import Decision, Record
from rules.signal import Signal
from rules.text import Text

MIB = 1024 * 1024


class Unparseable(ValueError):
    """The body is not what this source sends: answered 400, with this message."""


class Unsupported(ValueError):
    """A well-formed event that this source does not handle: answered 202, counted, with this message."""


class Auth(StrEnum):
    """How a sender proves who it is; the secret is `SERENO_HOOK_SECRET__<SOURCE>`."""

    BEARER = "bearer"  # Authorization: Bearer <secret>
    GITHUB = "github"  # X-Hub-Signature-256: sha256=<HMAC of the raw body>


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One request as it came. `headers` have lower-case names; `body` is the raw bytes, already authenticated."""

    headers: Mapping[str, str]
    body: bytes


Parse = Callable[[Delivery], list[Signal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One webhook: `POST /hooks/<file name>`.

    `parse` returns the signals (an empty list: known and ignored, 202) or raises Unparseable or Unsupported only.
    `patience`: seconds to try the store again before 503, for senders that do not come back by themselves.
    """

    auth: Auth
    parse: Parse
    max_bytes: int = 8 * MIB
    patience: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts: Slack's id, and the name to show (a name never pings)."""

    id: str
    name: str


class Heard(Protocol):
    """How often a record's signal came again, and when it last did (unix milliseconds)."""

    @property
    def repeats(self) -> int: ...

    @property
    def at(self) -> int: ...


class Desk(Protocol):
    """What a command or a button may ask of the bot; bot/desk.py fulfils it."""

    async def submit(self, signal: Signal) -> Decision: ...

    async def find(self, key: str) -> Record | None: ...

    async def open_records(self) -> list[Record]: ...

    async def heard(self, key: str) -> Heard: ...


Reply = list[Text]  # lines that only the asker sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button of a card; the file name is its action_id, `value` is the record's key."""

    press: Callable[[str, Person, Desk], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A sub-command of /sereno; the file name is its word. `run` gets the words after it."""

    usage: str
    help: Text
    run: Callable[[list[str], Person, Desk], Awaitable[Reply]]
