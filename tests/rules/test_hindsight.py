"""What a release leaves behind: the summary, the backlog, and which thresholds cried wolf or missed."""

from dataclasses import replace
from typing import Any

import pytest

from rules.hindsight import backlog, scorecard
from rules.signal import Origin, Related
from rules.summary import closing, mttr, summary
from rules.watch import Watch
from tests.rules.releases import BRUNO, POLICY, Room, plain, policy, watched
from tests.rules.situations import HOUR, MIN, NOW

PLAN = POLICY.releases["sdk"]


def happened(id_: str, origin: Origin = Origin.NEW, opened: int = 1, over: int = 0, **more: Any) -> Related:
    """`opened`, `over`: hours after the release; 0: it is open."""
    given: dict[str, Any] = {"severity": "P0", "title": f"title {id_}"} | more
    resolved_at = NOW + over * HOUR if over else 0
    return Related(key=id_, id=id_, origin=origin, opened_at=NOW + opened * HOUR, resolved_at=resolved_at, **given)


def left_over(room: Room) -> list[str]:
    return [plain(line) for line in backlog(room.one, room.policy.releases["sdk"])]


def learnt(watch: Watch) -> list[str]:
    return [plain(line) for line in scorecard(watch, PLAN, POLICY)]


def perfect() -> Room:
    room = watched(baselines={"latency": 1.0})
    room.tick()
    room.act("set", check="nps", value="60")
    return room


def test_nothing_is_left_over() -> None:
    assert left_over(perfect()) == ["Nothing is left over."]


def test_the_backlog_is_numbered_worst_first() -> None:
    room = watched(baselines={"latency": 1.0})
    room.read(MIN, wheel=0)
    room.read(MIN, wheel=1)
    room.incidents = (
        happened("I1"),
        happened("I2", Origin.BEFORE),
        happened("I3", over=2),
        happened("I4", Origin.UNKNOWN),
    )
    room.read(MIN, latency=1.5, errors=6)
    found = left_over(room)
    assert found[:-1] == [
        "1. Open incident I1 P0: title I1",
        "2. Open incident I4 P0: title I4",
        "3. 🔴 Errors is beyond its threshold",
        "4. must: ❌ Errors: not fulfilled (6%)",
        "5. must: ⬜ Smoke test: still to be ticked",
        "6. 🟡 Latency is beyond its threshold",
        "7. should: ❌ Latency: not fulfilled (1.5)",
        "8. Wheel went beyond its threshold 1×",
        "9. NPS was never entered",
    ]
    assert found[-1].startswith("10. nice to have: ⬜ NPS")


def test_what_no_source_could_tell() -> None:
    room = perfect()
    room.read(MIN, latency=None)
    assert left_over(room)[-1] == "2. Latency could not be read: give it a source that answers"


def test_nothing_to_learn() -> None:
    assert learnt(perfect().one) == ["None cried wolf, and none missed an incident that we know of."]


def test_a_threshold_that_cried_wolf() -> None:
    room = perfect()
    for errors in (6, 0.1, 7, 0.1):
        room.read(HOUR, errors=errors)
    (line,) = learnt(room.one)
    assert line.startswith("🐺 Errors went beyond 2× and came back by itself; nobody took it.")
    assert "`releases.sdk.checks.errors`" in line
    assert line.endswith("The worst value that I kept: 7%.")


def test_what_somebody_took_was_no_wolf() -> None:
    room = perfect()
    room.read(MIN, errors=6)
    room.incidents = (happened("I1", check="errors", taken=True, over=2),)
    room.read(HOUR, errors=0.1)
    assert learnt(room.one) == ["None cried wolf, and none missed an incident that we know of."]


def test_what_is_still_beyond_is_no_wolf() -> None:
    room = perfect()
    room.read(MIN, errors=6)
    assert learnt(room.one) == ["None cried wolf, and none missed an incident that we know of."]


def test_an_item_that_failed_at_first_is_no_threshold() -> None:
    room = perfect()
    room.tick(good=False)
    room.tick()
    assert learnt(room.one) == ["None cried wolf, and none missed an incident that we know of."]


@pytest.mark.parametrize(("red", "wanted"), [('"< 1"', "no"), ('"> 1"', "yes"), ("falling", "no")])
def test_the_worst_value_is_on_the_side_of_the_threshold(red: str, wanted: str) -> None:
    room = perfect()
    for wheel in (0, 1):
        room.read(HOUR, wheel=wheel)
    room.policy = policy(('value: wheel, red: "< 1"', f"value: wheel, red: {red}"))
    room.watch = replace(room.one, judged={**room.one.judged, "wheel": replace(room.one.judged["wheel"], times=1)})
    lines = [plain(line) for line in scorecard(room.one, room.policy.releases["sdk"], room.policy)]
    assert lines[0].endswith(f"The worst value that I kept: {wanted}.")


def test_a_check_that_said_nothing() -> None:
    room = perfect()
    room.read(MIN, wheel=None)
    assert learnt(room.one) == ["⬜ Wheel said nothing at the end: is `releases.sdk.checks.wheel` right?"]


def test_an_incident_that_no_threshold_saw() -> None:
    room = perfect()
    room.incidents = (
        happened("I1"), happened("I2", Origin.BEFORE), happened("I3", Origin.UNKNOWN), happened("I4", severity="P2"),
    )  # fmt: skip
    room.read(MIN)
    assert learnt(room.one) == [
        "🙈 I1 P0 title I1: no threshold saw it. Is there a check for it to add to `releases.sdk.checks`?"
    ]


def test_an_incident_at_the_time_of_a_threshold_was_seen() -> None:
    room = perfect()
    room.incidents = (
        happened("I1", opened=1, over=3),
        happened("I2", opened=2, over=4, check="errors"),
        happened("I3", opened=5, over=6),
    )  # fmt: skip
    room.read(MIN)
    assert [line.split()[1] for line in learnt(room.one)] == ["I3"]


def test_questions_for_afterwards() -> None:
    asking = policy(("    window: 72h", '    window: 72h\n    retrospective: ["Was $version calm?"]'))
    lines = [plain(line) for line in scorecard(perfect().one, asking.releases["sdk"], asking)]
    assert lines[-1] == "❔ Was v1.1.1 calm?"


def test_the_summary_has_all_its_parts() -> None:
    room = perfect()
    room.incidents = (happened("I1", over=2), happened("I2", Origin.BEFORE, over=9))
    room.go(72)
    told = [plain(text) for text in closing(room.one, PLAN, POLICY, room.now)]
    assert [line.splitlines()[0] for line in told] == [
        "*Health of v1.1.1 after its release*",
        "*Criteria*",
        "*Incidents*",
        "*Backlog for the next version, most important first*",
        "*How the thresholds did*",
        "*Checks at the end*",
    ]
    assert "Python SDK, watched for 72h" in told[0]
    assert "Not decided: waits for its decision." in told[0]
    assert "must: ✅ Smoke test: fulfilled" in told[1]
    assert told[2].endswith("Mean time to resolve those of the release: 1h.")


def test_the_summary_of_a_decision() -> None:
    room = perfect()
    room.watch = replace(room.one, baseline="v1.1.0")
    room.decide("patch", "errors on ARM", BRUNO)
    first = plain(closing(room.one, PLAN, POLICY, room.now)[0])
    assert "Compared with v1.1.0." in first
    assert f"Decision: *patch*, by bruno, <{room.now}>: errors on ARM" in first
    assert "Kept by" not in first


def test_the_summary_counts_up_to_now() -> None:
    room = watched()
    first = plain(summary(room.one, PLAN, POLICY, room.one.began_at + HOUR // 2)[0].lines[0])
    assert "watched for 0.5h from" in first
    room.decide("patch", "errors on ARM", BRUNO)
    over = summary(room.one, PLAN, POLICY, room.now + 9 * HOUR)[0].lines[0]
    assert plain(over) == plain(summary(room.one, PLAN, POLICY, room.now)[0].lines[0])


def test_a_check_whose_target_nobody_can_tell_did_say_something() -> None:
    known = policy(('unit: yes/no, registry: pypi/sdk, value: wheel, red: "< 1"',
                    'registry: pypi/sdk, value: downloads, target: ">= +50 in 60h"'))  # fmt: skip
    room = watched(known, baselines={"latency": 1.0})
    room.read(MIN, wheel=7)
    lines = [plain(line) for line in scorecard(room.one, known.releases["sdk"], known)]
    assert not [line for line in lines if "said nothing" in line and "Wheel" in line]


def test_a_plan_without_criteria() -> None:
    bare = policy(("    criteria: {must: [wheel, errors, smoke], should: [latency], nice: [nps >= 50]}\n", ""))
    parts = summary(perfect().one, bare.releases["sdk"], bare, NOW)
    assert [plain(line) for line in parts[1].lines] == ["The plan names none."]


def test_the_mean_time_to_resolve_is_of_its_own_incidents() -> None:
    assert mttr(()) is None
    assert mttr((happened("I1"), happened("I2", Origin.UNKNOWN, over=3))) is None
    assert mttr((happened("I1", opened=1, over=2), happened("I2", opened=1, over=4))) == 2 * HOUR
