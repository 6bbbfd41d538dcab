"""What a source, a command, a button and a form declare, and what they may ask of the bot."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rules.decision import Decision, Record
from rules.incident import Incident
from rules.matching import Matcher
from rules.policy import Policy
from rules.report import Report
from rules.rollback import Rollback
from rules.room import Room
from rules.signal import Actor, Signal
from rules.text import Text
from rules.unfit import Said, Unfit
from rules.watch import Watch

MIB = 1024 * 1024


class Unparseable(Unfit):
    """The body is not what this source sends: answered 400, with this message in English, for machines read it."""


class Unsupported(Unfit):
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


class NoAnswer(Said):
    """Something that the bot asked on somebody's behalf does not answer; `said` is what and why."""


class Heard(Protocol):
    """How often a record's signal came again, and when it last did (unix milliseconds)."""

    @property
    def repeats(self) -> int: ...

    @property
    def at(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """What fires in Alertmanager: the label sets that were asked for, and how many there are of all."""

    matching: tuple[Mapping[str, str], ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How Sereno itself is. Times in unix milliseconds, 0: never; `troubles`: what keeps it from its work."""

    waiting: int
    waiting_for_s: float
    slack: str
    alertmanager: str
    mail: str
    heard: Mapping[str, int]
    closed: tuple[str, ...]
    unresolved: Mapping[str, str]
    policy_file: str
    policy_since: int
    troubles: tuple[str, ...]


class Desk(Protocol):
    """What a command, a button or a form may ask of the bot; bot/desk.py fulfils it."""

    async def submit(self, signal: Signal) -> Decision: ...

    async def find(self, key: str) -> Record | None: ...

    async def open_records(self) -> list[Record]: ...

    async def open_watches(self) -> list[Watch]:
        """The releases that are watched, or wait for their decision."""
        ...

    async def room(self, channel: str) -> Room | None:
        """The war-room whose channel has this id of Slack, open or closed; None when it is none."""
        ...

    async def rooms(self) -> list[Room]:
        """The latest war-rooms, the latest first."""
        ...

    async def incidents(self, since: int) -> list[Incident]:
        """Those that were open at some time from `since` (unix milliseconds) on, the latest first."""
        ...

    async def called(self, slack_id: str) -> str:
        """What people call somebody, by Slack's id."""
        ...

    async def watches(self) -> list[Watch]:
        """The releases that are or were watched, the latest first."""
        ...

    async def rollbacks(self) -> list[Rollback]:
        """The rollbacks that go on, or wait for a second person."""
        ...

    async def digest(self, name: str) -> Report:
        """A digest of the policy as it would be written now; KeyError when there is none of this name."""
        ...

    async def digest_told(self, name: str) -> int:
        """Up to when a digest has been told; since when one is known that is new; 0: not yet. Unix milliseconds."""
        ...

    async def heard(self, key: str) -> Heard: ...

    async def firing(self, matchers: tuple[Matcher, ...]) -> Firing:
        """Raises NoAnswer."""
        ...

    async def health(self) -> Health: ...

    def named(self, slack_id: str) -> str:
        """The policy's word for an id of Slack: "@ana", "#alerts", "@on-call"; "" when it has none."""
        ...

    def person(self, name: str) -> str:
        """Slack's id of somebody whom the policy names, with or without "@"; "" for nobody."""
        ...

    def knows(self, name: str) -> bool:
        """Whether Slack would notify somebody by this name of the policy."""
        ...

    def silences(self) -> bool:
        """Whether there is an Alertmanager to silence."""
        ...

    def policy(self) -> Policy: ...

    def now(self) -> int: ...


Reply = list[Text]  # lines that only the asker sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the things that a field offers."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in: a line or more of text, one of some `choices`, or, with `many`, any of them.

    `watched`: whoever changes it sees what comes of it at once. `value`: what stands there; of `many`, with commas.
    `person`: somebody of the workspace; the value is Slack's id.
    """

    name: str
    label: Text
    value: str = ""
    choices: tuple[Choice, ...] = ()
    many: bool = False
    lines: int = 1
    optional: bool = False
    watched: bool = False
    person: bool = False
    hint: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a person is asked to fill in. `name`: its file in handlers/forms; `about`: the key of the record.

    `below`: what comes of it as it stands.
    """

    name: str
    about: str
    title: Text
    send: Text
    fields: tuple[Field, ...]
    below: Reply = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A watched release, drawn as its card; or as its plan, its summary, its chart."""

    watch: Watch
    details: bool = False
    summary: bool = False
    chart: bool = False


Values = Mapping[str, str]  # what is filled in, by the field's name
Faults = Mapping[str, Text]  # what is wrong, by the field's name; nothing was done
Handled = Reply | Form | Card | Report


@dataclass(frozen=True, slots=True, kw_only=True)
class FormHandler:
    """A form. `changed` gives it anew for what stands in it; `sent` does what it is for, or says what is wrong.

    A form that `sent` gives back stays open in place of the one that was sent.
    """

    changed: Callable[[str, Values, Actor, Desk], Awaitable[Form]]
    sent: Callable[[str, Values, Actor, Desk], Awaitable[Reply | Faults | Form]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button of a card; the file name is its action_id, `value` is the record's key."""

    press: Callable[[str, Actor, Desk], Awaitable[Handled]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """Something to do with a message; the file name is its callback_id. `ask` gets the words of the message."""

    name: Text
    about: Text
    ask: Callable[[str, Actor, Desk], Awaitable[Handled]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A sub-command; the file name is its word. `run` gets the words after it.

    `usage`: with what is to be filled in, in capitals (handlers/helping.py knows these in every language). `example`:
    words that somebody might really type, a Text when some of them belong to a language. Both begin with its word,
    unless it is the `otherwise` of its slash command.
    """

    usage: str
    help: Text
    run: Callable[[list[str], Actor, Desk], Awaitable[Handled]]
    example: Text | str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slash:
    """A slash command of Slack: its sub-commands; the folder's name is its name, `release_status` is /release-status.

    `otherwise`: the sub-command that takes words that are none of them, and no words at all; help, when empty.
    `quoted`: it takes only what begins with a quote, so that a slip of the keys does nothing. `about`: its description
    in the manifest.
    """

    name: str
    about: Text
    commands: Mapping[str, Command]
    otherwise: str = ""
    quoted: bool = False
