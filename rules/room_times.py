"""How long an incident took, by its milestones; and milestones that cannot be right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from rules.room import Milestone
from rules.text import Moment, Text

ORDER = tuple(Milestone)
WORDS = {
    Milestone.STARTED: Text.of("started"),
    Milestone.DETECTED: Text.of("detected"),
    Milestone.ACKNOWLEDGED: Text.of("acknowledged"),
    Milestone.ROOM: Text.of("room opened"),
    Milestone.COMMANDER: Text.of("commander"),
    Milestone.MITIGATED: Text.of("mitigated"),
    Milestone.RESOLVED: Text.of("resolved"),
}
_FREE = {(Milestone.ACKNOWLEDGED, Milestone.ROOM), (Milestone.ACKNOWLEDGED, Milestone.COMMANDER)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds, None where nobody can know. `tta` counts from when it was detected, the others from its start."""

    ttd: int | None = None
    tta: int | None = None
    ttm: int | None = None
    ttr: int | None = None


def times(moments: Mapping[Milestone, int]) -> Times:
    """To detect, to acknowledge, to mitigate, to resolve; None of milestones in the wrong order."""
    return Times(
        ttd=_between(moments, Milestone.STARTED, Milestone.DETECTED),
        tta=_between(moments, Milestone.DETECTED, Milestone.ACKNOWLEDGED),
        ttm=_between(moments, Milestone.STARTED, Milestone.MITIGATED),
        ttr=_between(moments, Milestone.STARTED, Milestone.RESOLVED),
    )


def faults(moments: Mapping[Milestone, int]) -> Iterator[Text]:
    """Each pair that stands in the wrong order; who takes a card after opening the room is no fault."""
    known = [one for one in ORDER if one in moments]
    for sooner, later in combinations(known, 2):
        if moments[sooner] > moments[later] and (sooner, later) not in _FREE:
            yield Text.of(
                "{later} ({at}) is before {sooner} ({other})",
                later=WORDS[later], at=Moment(at=moments[later]), sooner=WORDS[sooner],
                other=Moment(at=moments[sooner]),
            )  # fmt: skip


def _between(moments: Mapping[Milestone, int], start: Milestone, end: Milestone) -> int | None:
    if start not in moments or end not in moments or moments[end] < moments[start]:
        return None
    return moments[end] - moments[start]
