"""Fault injection: what goes wrong, in which method, how often."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Protocol


class Chance(Protocol):
    """The one method of `random.Random` that is used."""

    def random(self) -> float:
        """A number in [0, 1)."""
        ...


class Kind(StrEnum):
    """What happens to a call that a fault hits."""

    ratelimited = "ratelimited"
    server_error = "server_error"
    server_error_after = "server_error_after"
    delay = "delay"
    drop_before = "drop_before"
    drop_after = "drop_after"
    error = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`method` may hold * (chat.*); `times` None is for ever; `channel` is an id or a name as the caller gave it."""

    method: str
    kind: Kind | str
    times: int | None = None
    channel: str | None = None
    probability: float = 1.0
    retry_after: int = 2
    seconds: float = 1.0
    error: str = "fatal_error"

    def __post_init__(self) -> None:
        Kind(self.kind)

    def concerns(self, method: str, channels: frozenset[str]) -> bool:
        """Whether a call of `method` that names one of `channels` is in reach."""
        named = self.channel is None or self.channel.lstrip("#") in channels
        return named and fnmatchcase(method, self.method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One fault that struck."""

    method: str
    kind: Kind
    channels: frozenset[str]


class _Always:
    def random(self) -> float:
        return 0.0


class Faults:
    """The faults that wait to strike, oldest first, and those that struck (`hits`)."""

    def __init__(self, chance: Chance | None = None) -> None:
        self.hits: list[Hit] = []
        self._chance: Chance = chance or _Always()
        self._waiting: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Arms a fault."""
        self._waiting.append((fault, fault.times))

    def clear(self) -> None:
        """Disarms every fault; `hits` stays."""
        self._waiting.clear()

    @property
    def armed(self) -> list[Fault]:
        """The faults that can still strike."""
        return [fault for fault, _ in self._waiting]

    def strike(self, method: str, channels: frozenset[str]) -> list[Fault]:
        """The faults for this call: any delays, then at most one that ends it."""
        struck: list[Fault] = []
        for index, (fault, left) in enumerate(self._waiting):
            if left == 0 or not fault.concerns(method, channels):
                continue
            if fault.probability < 1.0 and self._chance.random() >= fault.probability:
                continue
            self._waiting[index] = (fault, None if left is None else left - 1)
            struck.append(fault)
            self.hits.append(Hit(method=method, kind=Kind(fault.kind), channels=channels))
            if fault.kind != Kind.delay:
                break
        self._waiting = [(fault, left) for fault, left in self._waiting if left != 0]
        return struck
