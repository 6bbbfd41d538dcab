"""A deployment that GitHub holds until we say whether it may go on: one deployment protection rule's question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

APPROVED, REJECTED, REFUSED = "approved", "rejected", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The question, and what came of it. It has no card: what keeps it says so in its own thread.

    `callback`: where the answer goes. `answer`: "" until GitHub has taken one; APPROVED, REJECTED, or REFUSED: GitHub
    does not take it, `why` says why. Times in unix milliseconds.
    """

    kind: Literal["deployment"] = "deployment"
    key: str
    id: str
    version: int = 0
    repository: str
    environment: str
    callback: str
    asked_at: int
    answer: str = ""
    answered_at: int = 0
    why: str = ""
    timers: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether GitHub still waits."""
        return not self.answer
