"""Holds the policy in force; a new one is taken only when it is valid, and what changed is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.cards.tongue import SPANISH
from bot.clock import Clock
from rules import policy_file
from rules.masking import masked
from rules.policy import Policy
from rules.text import Text

DEFAULT = Path(policy_file.__file__).parent / "policies" / "default.yaml"
DEFAULT_IN = {SPANISH: DEFAULT.with_name("default.es.yaml")}  # the same one, with the words of another language


class PolicyBox:
    """The policy of one file. Raises BadPolicy or OSError at start when there is none that can be used."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path, self._clock = path, clock
        self.current = self._read()
        self.since = clock.now()
        self.listeners: list[Callable[[], None]] = []

    def __call__(self) -> Policy:
        """The policy in force."""
        return self.current

    def reload(self) -> list[str]:
        """Read the file anew; says what changed. Raises BadPolicy or OSError, and keeps the old one then."""
        fresh = self._read()
        changes = differences(_plain(self.current), _plain(fresh))
        self.current, self.since = fresh, self._clock.now()
        for changed in self.listeners:
            changed()
        return changes

    def _read(self) -> Policy:
        return load(self.path)


def load(path: Path) -> Policy:
    """The policy of a file. Raises BadPolicy, OSError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise policy_file.BadPolicy([policy_file.Fault(str(path), 1, "", not_utf8(error))]) from error
    return policy_file.load(text, str(path))


def not_utf8(error: UnicodeDecodeError) -> Text:
    """What is wrong with a file that is no text."""
    return Text.of("not UTF-8 text: {why} at byte {at}", why=error.reason, at=error.start)


def differences(old: Any, new: Any, where: str = "") -> list[str]:
    """What differs between two plain trees, one line each: `routes[2].severity: P1 -> P0`."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = [*old, *(name for name in new if name not in old)]
        prefix = f"{where}." if where else ""
        return [line for name in names for line in differences(old.get(name), new.get(name), f"{prefix}{name}")]
    if isinstance(old, list) and isinstance(new, list) and any(isinstance(item, dict) for item in [*old, *new]):
        return [
            line
            for index in range(max(len(old), len(new)))
            for line in differences(_at(old, index), _at(new, index), f"{where}[{index}]")
        ]
    return [] if old == new else [f"{where}: {_short(old)} -> {_short(new)}"]


def _plain(policy: Policy) -> Any:
    return policy.model_dump(mode="json", by_alias=True)


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name", "{...}"))
    return "nothing" if value is None else masked(str(value))
