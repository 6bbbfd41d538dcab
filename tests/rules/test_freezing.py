"""Freezes: one person or two, their end, the reminder before it; whatever is done in whatever order."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.cards.plain import plain
from rules import durations
from rules.decide import decide
from rules.freeze import Freeze, Wish, key_of
from rules.freeze import Phase as Stage
from rules.freezing import CONFIRM, FREEZE, LAPSE, NEAR, OVER, PROPOSAL_MS, UNFREEZE, WARN_MS
from rules.policy_file import load
from rules.projection import next_step
from rules.reason import Reason
from rules.signal import Kind, Signal
from rules.steps import PostCard
from tests.rules.situations import HOUR, MIN, NOW, POLICY_TEXT, S, person
from tests.rules.slack import Slack

TEXT = (
    POLICY_TEXT.replace("rights: {", 'rights: {freeze: [ana, "@on-call"], ')
    + """
people: {ana: {name: Ana Ruiz, slack: U0000ANA}}
scopes:
  production: {words: the shop, channel: alerts, two_people: true}
  staging: {channel: "#staging", default: 2h, longest: 8h}
"""
)
POLICY = load(TEXT, "x.yaml")
ANA, BRUNO, NOBODY = person("ana", "ana"), person("bruno", "@on-call"), person("chloe")


@dataclass
class Room:
    """One scope without I/O, and a clock to turn."""

    scope: str = "staging"
    now: int = NOW
    record: Freeze | None = None
    said: list[str] = field(default_factory=list)

    @property
    def freeze(self) -> Freeze:
        assert self.record is not None
        return self.record

    @property
    def locked(self) -> bool:
        return self.record is not None and self.record.locks(self.now)

    def hear(self, kind: Kind, event: str, who: object = None, **labels: str) -> str:
        signal = Signal(key=key_of(self.scope), source="x", kind=kind, event=event, actor=who, labels=labels)  # type: ignore[arg-type]
        decision = decide(signal, self.record, POLICY, self.now)
        before, after = self.record, decision.record
        assert after is None or isinstance(after, Freeze)
        if decision.changed and after:
            assert after.reason == decision.reason or decision.reason is Reason.TIMER_STALE
            old = before.seq if before and before.id == after.id else 0
            self.said += [plain(entry.text) for entry in after.timeline if entry.seq > old]
            self.record = replace(after, version=after.version + 1)
        else:
            assert after is before
        return decision.reason

    def act(self, event: str, who: object = ANA, why: str = "a move", length: int = 0) -> str:
        return self.hear(Kind.ACT, event, who, **{"why": why, "for": durations.show(length) if length else ""})

    def ring(self, event: str) -> str:
        return self.hear(Kind.TIMER, event)


def test_one_person_freezes_where_one_is_enough() -> None:
    room = Room()
    assert room.act(FREEZE) == "frozen"
    freeze = room.freeze
    assert (freeze.owner, freeze.why, freeze.since, freeze.until) == ("ana", "a move", NOW, NOW + 2 * HOUR)
    assert (freeze.place, freeze.title, freeze.phase) == ("#staging", "staging", Stage.FROZEN)
    assert freeze.timers == {NEAR: NOW + 2 * HOUR - WARN_MS, OVER: NOW + 2 * HOUR}
    step = next_step(freeze)
    assert isinstance(step, PostCard)
    assert (step.place, step.mention, step.named) == ("#staging", (), ())
    assert Slack().finish(freeze, NOW).observed.replied == freeze.seq, "the card tells it all"


def test_only_with_the_right() -> None:
    room = Room()
    assert [room.act(event, NOBODY) for event in (FREEZE, UNFREEZE, CONFIRM)] == ["not_allowed"] * 3
    assert room.hear(Kind.ACT, FREEZE) == "not_allowed"
    assert room.record is None


@pytest.mark.parametrize(
    ("scope", "why", "length", "reason"),
    [("nowhere", "x", 0, "no_scope"), ("staging", " ", 0, "no_reason"), ("staging", "x", 8 * HOUR + S, "too_long"),
     ("staging", "x", 8 * HOUR, "frozen")],
)  # fmt: skip
def test_what_is_asked_must_fit(scope: str, why: str, length: int, reason: str) -> None:
    assert Room(scope).act(FREEZE, why=why, length=length) == reason


def test_freezing_again_makes_it_longer_and_keeps_the_reason() -> None:
    room = Room()
    room.act(FREEZE, length=HOUR)
    first, room.now = room.freeze, NOW + 50 * MIN
    assert room.ring(NEAR) == "freeze_near_end"
    assert room.act(FREEZE, BRUNO, why="", length=3 * HOUR) == "frozen"
    freeze = room.freeze
    assert (freeze.id, freeze.why, freeze.owner, freeze.since) == (first.id, "a move", "bruno", NOW)
    assert freeze.until == room.now + 3 * HOUR
    assert freeze.timers[NEAR] == freeze.until - WARN_MS, "near its new end there is another reminder"


def test_its_owner_is_reminded_once() -> None:
    room = Room()
    room.act(FREEZE, length=40 * MIN)
    assert room.freeze.timers[NEAR] == NOW + 30 * MIN
    assert room.ring(NEAR) == "timer_stale"
    room.now = NOW + 30 * MIN
    assert [room.ring(NEAR), room.ring(NEAR)] == ["freeze_near_end", "timer_stale"]
    assert room.freeze.timeline[-1].mention == ("user:U0000ANA",)
    assert "`/war-room freeze staging for 1h` makes it longer" in room.said[-1]


def test_its_end_is_the_clocks_whether_anybody_heard_of_it_or_not() -> None:
    room = Room()
    room.act(FREEZE, length=HOUR)
    room.now = NOW + HOUR - 1
    assert room.locked
    room.now += 1
    assert not room.locked
    assert room.act(UNFREEZE) == "not_frozen"
    assert room.ring(NEAR) == "timer_stale", "too late for a reminder"
    assert room.ring(OVER) == "freeze_over"
    assert (room.freeze.phase, room.freeze.ended_at, room.freeze.timers) == (Stage.OVER, NOW + HOUR, {})


def test_the_next_one_is_another() -> None:
    room = Room()
    room.act(FREEZE, length=HOUR)
    first, room.now = room.freeze, NOW + 2 * HOUR
    assert room.act(FREEZE, why="") == "no_reason"
    assert room.act(FREEZE, why="again") == "frozen"
    assert (room.freeze.id != first.id, room.freeze.observed.cards, room.freeze.seq) == (True, 0, 1)


def test_two_people_freeze_where_two_are_needed() -> None:
    room = Room("production")
    assert room.act(FREEZE, length=HOUR) == "proposed"
    assert not room.locked
    assert room.freeze.timeline[-1].mention == ("@ana", "@on-call")
    step = next_step(room.freeze)
    assert isinstance(step, PostCard)
    assert step.named == ("@ana", "@on-call")
    assert room.act(CONFIRM) == "already"
    assert room.act(FREEZE, why="better said", length=2 * HOUR) == "proposed"
    room.now += 10 * MIN
    assert room.act(CONFIRM, BRUNO) == "frozen"
    freeze = room.freeze
    assert (freeze.owner, freeze.second, freeze.why) == ("ana", "bruno", "better said")
    assert freeze.until == room.now + 2 * HOUR, "it begins when it is confirmed"
    assert room.act(CONFIRM, BRUNO) == "nothing_proposed"
    assert room.said[-1].endswith("better said (confirmed by bruno)")


def test_who_says_the_same_confirms_it() -> None:
    room = Room("production")
    room.act(FREEZE, length=HOUR)
    assert room.act(FREEZE, BRUNO, why="me too", length=3 * HOUR) == "frozen"
    assert (room.freeze.why, room.freeze.until) == ("a move", NOW + HOUR)
    assert [room.act(UNFREEZE), room.act(UNFREEZE), room.locked] == ["proposed", "already", True]
    assert room.act(UNFREEZE, BRUNO) == "unfrozen"
    assert (room.freeze.ended_by, room.locked) == ("ana", False)


def test_nobody_confirms_it() -> None:
    room = Room("production")
    room.act(FREEZE)
    room.now += PROPOSAL_MS
    assert room.act(CONFIRM, BRUNO) == "nothing_proposed"
    assert room.ring(LAPSE) == "lapsed"
    assert (room.freeze.phase, room.freeze.until) == (Stage.OVER, 0)
    room.act(FREEZE)
    room.act(CONFIRM, BRUNO)
    room.act(UNFREEZE)
    room.now += PROPOSAL_MS
    assert room.ring(LAPSE) == "lapsed"
    assert (room.locked, room.freeze.proposed) == (True, None)


def test_it_can_be_taken_back() -> None:
    room = Room("production")
    room.act(FREEZE)
    assert room.act(UNFREEZE) == "unfrozen"
    assert room.said[-1] == "ana took it back: the shop is not frozen."
    assert room.act(CONFIRM, BRUNO) == "nothing_proposed"


@pytest.mark.parametrize(
    ("scopes", "fault"),
    [
        ("Prod: {}", "a name has small letters"),
        ("a: {default: 3d}", "longer than `longest`, 1d"),
        ("a: {channel: nowhere}", "neither a #channel nor one of the roles"),
        ("a: {environments: [x]}\n  b: {environments: [X], repositories: [o/r]}", "'x' is gated by a already"),
        ("a: {repositories: [o]}", "write what fits the pattern"),
    ],
)
def test_a_scope_that_cannot_be(scopes: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        load(f"{POLICY_TEXT}\nscopes:\n  {scopes}\n", "x.yaml")


def test_a_scope_gates_environments() -> None:
    apart = "scopes: {a: {environments: [x], repositories: [o/r]}, b: {environments: [x], repositories: [o/s]}}"
    one, other = load(f"{POLICY_TEXT}\n{apart}\n", "x.yaml").scopes.values()
    assert (one.gates("O/R", "X"), one.gates("o/s", "x"), other.gates("o/s", "x")) == (True, False, True)
    assert not one.gates("o/r", "y")


class AnyFreeze(RuleBasedStateMachine):
    """Whoever does what, and whatever times ring late, twice or never."""

    SCOPE = "staging"

    def __init__(self) -> None:
        super().__init__()
        self.room, self.reminded = Room(self.SCOPE), list[tuple[str, int]]()

    def pass_(self, ms: int) -> None:
        self.room.now += ms

    @rule(
        event=st.sampled_from([FREEZE, FREEZE, UNFREEZE, CONFIRM]),
        who=st.sampled_from([ANA, BRUNO, NOBODY]),
        length=st.sampled_from([0, MIN, HOUR, 5 * HOUR, 30 * HOUR]),
        why=st.sampled_from(["", "x", "y"]),
        after=st.sampled_from([0, S, 20 * MIN, HOUR, 5 * HOUR]),
    )
    def act(self, event: str, who: object, length: int, why: str, after: int) -> None:
        self.pass_(after)
        before, was_locked = self.room.record, self.room.locked
        reason = self.room.act(event, who, why, length)
        now = self.room.record
        if who is NOBODY:
            assert now is before
        if self.SCOPE == "production" and self.room.locked and (not was_locked or now.until != before.until):  # type: ignore[union-attr]
            assert before is not None
            assert before.proposed is not None
            assert before.proposed.wish is Wish.FREEZE
            assert before.proposed.by_id != getattr(who, "id", ""), "one person alone"
            assert reason == "frozen"
        if self.SCOPE == "production" and was_locked and not self.room.locked:
            assert before is not None
            assert before.proposed is not None
            assert before.proposed.by_id != getattr(who, "id", ""), "one person alone"

    @rule(event=st.sampled_from([NEAR, OVER, LAPSE]), after=st.sampled_from([0, MIN, 20 * MIN, 4 * HOUR]))
    def ring(self, event: str, after: int) -> None:
        self.pass_(after)
        was_locked = self.room.locked
        if self.room.ring(event) == "freeze_near_end":
            freeze = self.room.freeze
            assert freeze.until - self.room.now <= WARN_MS
            assert (freeze.id, freeze.until) not in self.reminded
            self.reminded.append((freeze.id, freeze.until))
        assert self.room.locked == was_locked, "a time that rings opens and locks nothing: the clock does"

    @rule()
    def ring_all(self) -> None:
        """As bot/timers.py does, in the order of the record."""
        for event, at in (self.room.record.timers if self.room.record else {}).items():
            if at <= self.room.now:
                self.ring(event, 0)

    @invariant()
    def nothing_is_locked_after_its_end(self) -> None:
        freeze = self.room.record
        if freeze is not None:
            assert not freeze.locks(freeze.until)
            assert freeze.phase is Stage.OVER or freeze.timers, "what is open ends by itself"
            assert all(at <= freeze.until or name == LAPSE for name, at in freeze.timers.items())


class AnyFreezeOfTwo(AnyFreeze):
    """The same where two are needed."""

    SCOPE = "production"


LIMITS = settings(
    phases=[Phase.generate, Phase.shrink], deadline=None, derandomize=True, max_examples=80, stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestAnyFreeze = AnyFreeze.TestCase
TestAnyFreezeOfTwo = AnyFreezeOfTwo.TestCase
TestAnyFreeze.settings = TestAnyFreezeOfTwo.settings = LIMITS


def closes(room: Room, who: object, key: str = "room:1") -> str:
    return room.hear(Kind.ROOM, "closed", who, room=key)


def test_with_its_war_room_it_ends_when_who_closes_that_may_end_it() -> None:
    for who, ended in ((ANA, True), (BRUNO, True), (NOBODY, False), (None, False)):
        room = Room()
        room.hear(Kind.ACT, FREEZE, ANA, why="until we know", room="room:1")
        assert closes(room, who, "room:2") == "not_frozen", "another room"
        assert closes(room, who) == "let_go"
        assert room.locked is not ended
        assert ("and the freeze of staging with it" in room.said[-1]) is ended, room.said[-1]


def test_closing_a_room_alone_ends_no_freeze_that_takes_two() -> None:
    room = Room("production")
    room.hear(Kind.ACT, FREEZE, ANA, why="until we know", room="room:1")
    room.hear(Kind.ACT, CONFIRM, BRUNO)
    assert closes(room, ANA) == "let_go"
    assert room.locked
    assert room.said[-1].endswith(
        "Is the freeze of the shop over, too? *Unfreeze* ends it, once a second person confirms."
    )


def test_a_room_that_only_touched_a_freeze_does_not_end_it() -> None:
    room = Room()
    room.hear(Kind.ACT, FREEZE, ANA, why="quarter end")
    room.hear(Kind.ACT, FREEZE, BRUNO, why="", room="room:1")
    assert closes(room, BRUNO) == "not_frozen"
    two = Room("production")
    two.hear(Kind.ACT, FREEZE, ANA, why="quarter end")
    two.hear(Kind.ACT, CONFIRM, BRUNO)
    two.hear(Kind.ACT, FREEZE, ANA, why="also that", room="room:1")
    assert closes(two, ANA) == "not_frozen", "what was only proposed there"
    assert two.locked
    longer = Room()
    longer.hear(Kind.ACT, FREEZE, ANA, why="until we know", room="room:1")
    longer.hear(Kind.ACT, FREEZE, ANA, why="")
    assert closes(longer, ANA) == "not_frozen", "made longer from elsewhere"
