"""What all security alerts share: when one fires, in which order its reports go, and how bad it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.github.moments import ordered
from handlers.github.shapes import Millis, Part

# GitHub's words, those of code scanning rules among them, and ours. A word that is not here: the policy's default.
SEVERITIES = {
    "critical": "critical",
    "high": "error",
    "error": "error",
    "moderate": "warning",
    "medium": "warning",
    "warning": "warning",
    "low": "info",
    "note": "info",
    "none": "info",
}
CLOSED = frozenset({"fixed", "dismissed", "auto_dismissed", "resolved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """The actions of one event that concern us."""

    begins: frozenset[str]
    again: frozenset[str]
    over: frozenset[str]
    still: frozenset[str] = frozenset()

    def __contains__(self, action: str) -> bool:
        return action in self.begins | self.again | self.over | self.still


class Times(Part):
    """When things happened to an alert; no kind of alert has all of them. Unix milliseconds, 0 is not said."""

    created_at: Millis = 0
    published_at: Millis = 0
    updated_at: Millis = 0
    fixed_at: Millis = 0
    dismissed_at: Millis = 0
    auto_dismissed_at: Millis = 0
    resolved_at: Millis = 0
    withdrawn_at: Millis = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Whether it fires, and the times of the report. `since` is 0 where an action does not know it."""

    firing: bool
    at: int
    since: int
    until: int


def course(actions: Actions, action: str, times: Times, state: str = "") -> Course:
    """Where an alert stands after `action`."""
    made = times.created_at or times.published_at
    ended = max(times.fixed_at, times.dismissed_at, times.auto_dismissed_at, times.resolved_at, times.withdrawn_at)
    over = action in actions.over
    began = made if action in actions.begins else times.updated_at if action in actions.again else 0
    at = times.updated_at or (ended if over else began)
    turns = over or action in actions.again
    return Course(
        firing=not over and state not in CLOSED and not times.withdrawn_at,
        at=ordered(at, step=1 if turns else 0),
        since=began,
        until=ended or times.updated_at,
    )


def severity(*words: str) -> Mapping[str, str]:
    """The label `severity` for the first of GitHub's words that says something; none for a word that we do not know."""
    word = next((word.lower() for word in words if word), "")
    return {"severity": SEVERITIES[word]} if word in SEVERITIES else {}
