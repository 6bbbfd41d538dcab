"""Keep, patch or roll back: what speaks against a keep, two who keep all the same, and what people tick and enter."""

from dataclasses import replace

import pytest

from rules.deciding import blockers
from rules.projection import next_step
from rules.reading import Level
from rules.signal import Actor
from rules.steps import TellCheck
from rules.watch import Phase, Verdict
from tests.rules.releases import ANA, BRUNO, CHLOE, NOBODY, Room, plain, policy, watched
from tests.rules.situations import HOUR, MIN


def over(**values: float | None) -> Room:
    """The window is over, all is ticked and calm; then these values are read."""
    room = watched()
    room.tick()
    room.go(72)
    assert room.one.phase is Phase.DECIDING
    if values:
        room.read(MIN, **values)
    return room


def against(room: Room) -> list[str]:
    return [plain(line) for line in blockers(room.one, room.policy.releases["sdk"])]


def test_a_keep_when_nothing_speaks_against_it() -> None:
    room = over()
    assert against(room) == []
    assert room.decide("keep", "  all is calm  ") == "decided"
    one, signed = room.one, room.one.decision
    assert signed is not None
    assert (signed.verdict, signed.by, signed.by_id, signed.at) == (Verdict.KEEP, "ana", ANA.id, room.now)
    assert (signed.reason, signed.despite, signed.second) == ("all is calm", (), "")
    assert (one.phase, one.ended_at, one.ended_by, one.timers) == (Phase.DECIDED, room.now, "ana", {})
    assert room.line("Decision: *keep*, by ana")
    for again in (room.decide, room.tick, room.read):
        assert again() == "not_open"


def test_before_the_window_is_over() -> None:
    room = watched()
    room.tick()
    room.go(10)
    assert against(room) == ["its window is still open"]
    assert room.decide() == "blocked"
    assert room.one.decision is None


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"wheel": 0}, ["❌ Wheel: not fulfilled (no)"]),
        ({"wheel": None}, ["⬜ Wheel: not enough data (–)"]),
        ({"errors": 6}, ["❌ Errors: not fulfilled (6%)"]),
        ({"latency": 9}, []),
    ],
)
def test_a_must_that_is_not_surely_fulfilled(values: dict[str, float | None], wanted: list[str]) -> None:
    room = over(**values)
    assert against(room) == wanted
    assert room.decide() == ("blocked" if wanted else "decided")


def test_too_few_cases_are_not_enough_data() -> None:
    room = over()
    room.samples = {"errors": 49}
    room.read(MIN)
    assert against(room) == ["⬜ Errors: not enough data (0.4%)"]
    assert room.decide() == "blocked"


def test_a_must_whose_incident_is_open_though_it_cannot_be_read_now() -> None:
    room = over(wheel=0)
    room.read(MIN, wheel=None)
    assert against(room) == ["❌ Wheel: not fulfilled (–)"]


def test_what_is_not_ticked_and_a_gate_that_was_not_passed() -> None:
    room = watched()
    room.go(72)
    assert against(room) == ["gate was not passed", "⬜ Smoke test: still to be ticked"]
    assert room.decide() == "blocked"
    room.tick(good=False)
    assert against(room) == ["gate was not passed", "❌ Smoke test: not fulfilled"]
    room.tick()
    assert against(room) == []
    assert room.decide() == "decided"


def test_a_keep_does_not_rest_on_readings_of_long_ago() -> None:
    """The bot was stopped over night; nothing has been read since, and somebody is quick."""
    room = over()
    room.now += 10 * HOUR
    assert room.decide() == "blocked"
    assert room.level("wheel") is Level.NO_DATA
    room.read()
    assert room.decide() == "decided"


def test_two_people_may_keep_it_all_the_same() -> None:
    room = over(wheel=0)
    assert room.decide("keep", "the mirror is fine", despite=True) == "proposed"
    told = room.line("ana would keep v1.1.1 despite what follows: the mirror is fine")
    assert "• ❌ Wheel: not fulfilled (no)" in told
    assert "`/release-status decide v1.1.1 keep --despite WHY`" in told
    assert room.one.decision is None
    assert room.decide("keep", "agreed", BRUNO, despite=True) == "decided"
    signed = room.one.decision
    assert signed is not None
    assert (signed.by, signed.second, signed.reason, signed.despite) == (
        "bruno",
        "ana",
        "agreed",
        ("wheel (not fulfilled)",),
    )
    assert room.one.proposed is None
    assert room.line("Kept by ana and bruno despite: wheel")


def test_the_same_person_twice_is_not_two() -> None:
    room = over(wheel=0)
    assert [room.decide("keep", "yes", despite=True) for _ in range(3)] == ["proposed", "already", "already"]
    renamed = replace(ANA, name="Ana from another client")
    assert room.decide("keep", "yes", renamed, despite=True) == "already"
    assert room.decide("keep", "yes", NOBODY, despite=True) == "not_allowed"
    assert room.one.phase is Phase.DECIDING


def test_the_second_has_to_say_despite_too() -> None:
    room = over(wheel=0)
    room.decide("keep", "yes", despite=True)
    assert room.decide("keep", "yes", BRUNO) == "blocked"


def test_what_came_up_since_the_first_did_not_speak_for() -> None:
    room = over(wheel=0)
    room.decide("keep", "the mirror is fine", despite=True)
    room.read(MIN, errors=9)
    assert room.decide("keep", "agreed", BRUNO, despite=True) == "proposed"
    assert room.one.proposed is not None
    assert room.one.proposed.by == "bruno"
    assert room.decide("keep", "that too", despite=True) == "decided"
    assert room.one.decision is not None
    assert room.one.decision.despite == ("wheel (not fulfilled)", "errors (not fulfilled)")


def test_what_is_worse_now_the_first_did_not_speak_for() -> None:
    room = watched()
    room.go(73)
    assert room.decide("keep", "nobody ticked it", despite=True) == "proposed", "the smoke test is open"
    room.tick(good=False)
    assert room.decide("keep", "agreed", BRUNO, despite=True) == "proposed", "it has failed meanwhile"


def test_a_proposal_lapses() -> None:
    room = over(wheel=0)
    room.decide("keep", "yes", despite=True)
    room.go(72 + 25)
    assert room.decide("keep", "late", BRUNO, despite=True) == "proposed"


def test_what_came_back_since_needs_no_second_word() -> None:
    room = over(wheel=0, errors=9)
    room.decide("keep", "we mean it", despite=True)
    room.read(MIN, errors=0.1)
    assert room.decide("keep", "agreed", BRUNO, despite=True) == "decided"
    room = over(wheel=0)
    room.decide("keep", "we mean it", despite=True)
    room.read(MIN, wheel=1)
    assert room.decide("keep", "it is back", BRUNO) == "decided"
    assert room.one.decision is not None
    assert room.one.decision.second == ""


@pytest.mark.parametrize("verdict", ["patch", "rollback"])
def test_patch_and_rollback_always(verdict: str) -> None:
    for room in (watched(), over(wheel=0), over()):
        assert room.decide(verdict, "the wheel is gone", CHLOE) == "decided"
        assert room.one.decision is not None
        assert (room.one.decision.verdict, room.one.decision.despite) == (verdict, ())


@pytest.mark.parametrize("verdict", ["keep", "patch", "rollback"])
@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decision_has_a_reason(verdict: str, reason: str) -> None:
    room = over()
    before = room.one
    assert room.decide(verdict, reason) == "no_reason"
    assert room.one is before


@pytest.mark.parametrize(
    ("act", "who", "wanted"),
    [
        ("decide", ANA, "decided"),
        ("decide", CHLOE, "decided"),
        ("decide", NOBODY, "not_allowed"),
        ("tick", ANA, "ticked"),
        ("tick", BRUNO, "ticked"),
        ("tick", CHLOE, "not_allowed"),
        ("set", CHLOE, "not_allowed"),
        ("set", BRUNO, "entered"),
        ("stop", CHLOE, "not_allowed"),
        ("stop", ANA, "stopped"),
        ("resolve", BRUNO, "not_allowed"),
    ],
)
def test_rights(act: str, who: Actor, wanted: str) -> None:
    """Ana owns the plan; Bruno may watch, Bruno and Chloe may decide."""
    given = {"verdict": "keep", "reason": "calm", "check": "nps" if act == "set" else "smoke", "value": "42"}
    assert over().act(act, who, **given) == wanted


def test_without_a_plan_it_can_only_be_stopped() -> None:
    room = over()
    room.policy = policy(("  sdk:", "  other:"))
    assert room.decide(who=BRUNO) == "no_plan"
    assert room.tick(who=BRUNO) == "no_plan"
    assert room.decide(who=ANA) == "not_allowed", "without the plan nobody owns it"
    assert room.act("stop", BRUNO) == "stopped"
    assert room.line("bruno stopped the watch of v1.1.1.")


def test_ticks() -> None:
    room = watched()
    assert room.tick(note="all green, https://ci.example.org/7") == "ticked"
    assert room.line("✅ Smoke test: done, says ana. all green, https://ci.example.org/7")
    assert (room.level("smoke"), room.one.reason) == (Level.GOOD, "ticked")
    assert room.tick(good=False) == "ticked"
    assert room.lines[-2] == "❌ Smoke test: failed, says ana."
    assert room.breached("smoke") == "red"
    assert room.line("Beyond its threshold. 🔴 Smoke test: failed, says ana")
    room.watch = replace(room.one, introduced=True)
    step = next_step(room.one)
    assert isinstance(step, TellCheck)
    assert (step.check, step.level) == ("smoke", "red")
    assert room.tick("wheel") == "not_in_plan", "it is read, nobody ticks it"
    assert room.tick("smok") == "not_in_plan"
    assert room.tick("") == "not_in_plan"


def test_entered_values() -> None:
    room = watched()
    assert room.act("set", check="nps", value="42", note="survey") == "entered"
    assert room.line("ana entered NPS: 42. survey")
    assert (room.one.readings["nps"].value, room.one.readings["nps"].source) == (42, "ana")
    room.read(HOUR)
    assert room.one.readings["nps"].value == 42, "a round of readings leaves it"
    assert room.act("set", check="nps", value="20") == "entered"
    assert room.lines[-2] == "ana entered NPS: 20."
    assert room.line("Beyond its threshold. 🟡 NPS: 20")
    assert room.act("set", check="wheel", value="1") == "not_in_plan"
