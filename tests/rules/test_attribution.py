"""Which incidents are a release's: new in it, seen before, or nobody can tell; and what a check counts of them."""

from dataclasses import replace
from typing import Any

import pytest

from rules.attribution import KEPT, SOURCE, counted, related
from rules.incident import Incident, State
from rules.plan import Check
from rules.signal import Origin
from tests.rules.releases import POLICY, VERSION, watched
from tests.rules.situations import DAY, HOUR, MIN, NOW

PLAN = POLICY.releases["sdk"]
WATCH = watched().one
OURS = {"team": "sdk"}
LATER = NOW + HOUR


def incident(opened_at: int = LATER, *, resolved_at: int = 0, **more: Any) -> Incident:
    given: dict[str, Any] = {"source": "alertmanager", "labels": OURS, "peak": "P1"} | more
    state = State.RESOLVED if resolved_at else State.OPEN
    return Incident(
        key=f"k{opened_at}", id="K1", title="Errors", severity="P1", place="#alerts", state=state,
        opened_at=opened_at, resolved_at=resolved_at, **given,
    )  # fmt: skip


def check(incidents: str, **more: Any) -> Check:
    return Check.model_validate({"words": "w", "incidents": incidents, "within": "24h", **more})


def origin(one: Incident) -> Origin | None:
    found = related([one], PLAN, WATCH)
    return found[0].origin if found else None


def test_what_began_since_and_fits_the_plan_is_new() -> None:
    assert origin(incident()) is Origin.NEW
    assert origin(incident(labels={"team": "web"})) is Origin.UNKNOWN
    assert origin(incident(labels={})) is Origin.UNKNOWN


def test_without_a_word_on_incidents_nobody_can_tell() -> None:
    plan = POLICY.releases["sdk"].__class__.model_validate(
        PLAN.model_dump(by_alias=True, exclude_unset=True) | {"incidents": ""}
    )
    assert related([incident()], plan, WATCH)[0].origin is Origin.UNKNOWN


@pytest.mark.parametrize(
    "one",
    [
        incident(NOW - HOUR),
        incident(NOW - HOUR, resolved_at=LATER),
        incident(past=((NOW - 2 * DAY, NOW - DAY), (NOW - HOUR, NOW - 1))),
        incident(began_at=NOW - MIN),  # we heard of it after the release, but it fires since before
    ],
    ids=["open", "over since", "was open under its key", "by its source's word"],
)
def test_what_was_there_before_is_not_new(one: Incident) -> None:
    assert origin(one) is Origin.BEFORE


def test_what_was_open_again_since_the_release_only_is_new() -> None:
    assert origin(incident(LATER + HOUR, past=((NOW + 1, NOW + MIN),))) is Origin.NEW


def test_what_was_over_before_the_release_has_nothing_to_do_with_it() -> None:
    assert origin(incident(NOW - DAY, resolved_at=NOW - 1)) is None
    assert origin(incident(shown=False)) is None, "only counted for the digest"


def test_the_incidents_of_its_own_checks_are_its_own() -> None:
    labels = {"plan": "sdk", "version": VERSION, "check": "errors"}
    (found,) = related([incident(source=SOURCE, labels=labels)], PLAN, WATCH)
    assert (found.origin, found.check) == (Origin.NEW, "errors")
    assert origin(incident(source=SOURCE, labels=labels | {"version": "v1.1.0"})) is None
    assert origin(incident(source=SOURCE, labels=labels | {"plan": "other"})) is None
    (other,) = related([incident(labels=OURS | {"check": "errors"})], PLAN, WATCH)
    assert other.check == "", "a label of somebody else's"


def test_what_is_remembered_of_one() -> None:
    (found,) = related([incident(resolved_at=LATER + MIN, peak="P0", taken_by="Ana")], PLAN, WATCH)
    assert (found.id, found.title, found.severity, found.taken) == ("K1", "Errors", "P0", True)
    assert (found.opened_at, found.resolved_at) == (LATER, LATER + MIN)


def test_the_latest_first_and_not_too_many() -> None:
    found = related([incident(LATER + MIN * number) for number in range(KEPT + 9)], PLAN, WATCH)
    assert len(found) == KEPT
    assert found[0].opened_at == LATER + MIN * (KEPT + 8)
    assert found == tuple(sorted(found, key=lambda one: -one.opened_at))


INCIDENTS = [
    incident(NOW - 2 * DAY),
    incident(NOW - 2 * DAY, resolved_at=NOW - HOUR),
    incident(LATER, resolved_at=LATER + 30 * MIN),
    incident(LATER + MIN, resolved_at=LATER + 91 * MIN),
    incident(LATER + 2 * MIN, labels={"team": "web"}),
    incident(LATER + 3 * MIN, source=SOURCE),
    incident(LATER + 4 * MIN),
]


@pytest.mark.parametrize(
    ("what", "match", "value", "cases"),
    [
        ("opened", "", 3, 3),
        ("opened", 'team="web"', 1, 1),
        ("opened", 'severity="P1"', 4, 4),
        ("opened", 'source="github"', 0, 0),
        ("open", "", 2, 2),
        ("open", 'team="web"', 1, 1),
        ("mttr", "", 60, 2),
        ("mttr", 'team="web"', None, 0),
    ],
)
def test_counts(what: str, match: str, value: float | None, cases: int) -> None:
    """Of those that the plan means, when the check does not say which; never of our own thresholds."""
    given = {"match": match} if match else {}
    assert counted(INCIDENTS, check(what, **given), PLAN, WATCH, NOW + 5 * HOUR) == (value, cases)


def test_counts_are_of_a_time() -> None:
    now = LATER + DAY
    assert counted(INCIDENTS, check("opened"), PLAN, WATCH, now)[0] == 3
    assert counted(INCIDENTS, check("opened"), PLAN, WATCH, now + MIN)[0] == 2
    assert counted(INCIDENTS, check("opened", within="1w"), PLAN, WATCH, now)[0] == 3, "only since the release"
    assert counted(INCIDENTS, check("mttr"), PLAN, WATCH, now + 31 * MIN) == (90, 1)
    assert counted(INCIDENTS, check("mttr", within="1w"), PLAN, WATCH, now)[1] == 2, "only since the release"


def test_how_long_it_took_counts_from_when_it_began() -> None:
    late = incident(LATER, resolved_at=LATER + 30 * MIN, began_at=LATER - 30 * MIN)
    assert counted([late], check("mttr"), PLAN, WATCH, NOW + 5 * HOUR) == (60, 1)
    assert counted([replace(late, state=State.OPEN)], check("mttr"), PLAN, WATCH, NOW + 5 * HOUR) == (None, 0)
