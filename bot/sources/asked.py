"""What a source is asked: one check of one watched release, at one moment."""

from dataclasses import dataclass

from rules import durations
from rules.plan import Check, Plan
from rules.watch import Watch


class NotSet(Exception):
    """There is no such source here; the message says which setting is missing."""


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
        version = release or self.watch.release
        named = {"$version": version, "$number": bare(version), "$window": durations.show(self.check.within)}
        for name, value in named.items():
            text = text.replace(name, value)
        return text


def bare(version: str) -> str:
    """v1.1.0 as registries know it: 1.1.0."""
    return version[1:] if version[:1] in "vV" and version[1:2].isdigit() else version
