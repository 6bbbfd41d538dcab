"""What a source is asked: one check of one watched release, at one moment."""

from dataclasses import dataclass

from rules import durations
from rules.plan import Check, Plan
from rules.unfit import Said
from rules.watch import Watch


class NotSet(Said):
    """There is no such source here; `said` is which setting is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`now`: unix milliseconds."""

    check: Check
    watch: Watch
    plan: Plan
    now: int

    @property
    def since(self) -> int:
        """From when on the value counts (unix milliseconds)."""
        return self.now - self.check.within

    @property
    def elapsed(self) -> int:
        """How long the release has been out (milliseconds)."""
        return self.now - self.watch.began_at

    def filled(self, text: str, release: str = "") -> str:
        """A text of the plan with a release in it: the watched one, when none is named."""
        return filled(text, release or self.watch.release, self.check.within)


def filled(text: str, version: str, within: int) -> str:
    """A text of a plan with a version and a length of time (milliseconds) in it."""
    named = {"$version": version, "$number": bare(version), "$window": durations.show(within)}
    for name, value in named.items():
        text = text.replace(name, value)
    return text


def bare(version: str) -> str:
    """v1.1.0 as registries know it: 1.1.0."""
    return version[1:] if version[:1] in "vV" and version[1:2].isdigit() else version
