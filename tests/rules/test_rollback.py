"""Rollbacks: one person or two, the checklist, GitHub told at most once, the version seen; whatever comes when."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rules.dispatching import LATEST_MS, REFUSED, SENT, UNKNOWN, UNSENT
from rules.observing import room_told
from rules.projection import next_step
from rules.rollback import Phase as Stage
from rules.rollback import Sent
from rules.rollback_outcome import LAPSE, LASTS_MS, LATE, LATE_MS, OVER, PROPOSAL_MS, otherwise, watch_told
from rules.rolling_back import AGAIN, CONFIRM, STOP, UNSEEN
from rules.signal import Actor, Kind, Signal
from rules.steps import DecideWatch, PostCard, RelayLine, StartRollback
from rules.watch import Signed, Verdict
from tests.rules import releases
from tests.rules.releases import plain
from tests.rules.rollbacks import ANA, BRUNO, BY_GITHUB, BY_HAND, CHLOE, NOBODY, RUNNING, WHOLE, Story, policy, shown
from tests.rules.situations import DAY, HOUR, MIN, NOW, S


def begun(story: Story) -> Story:
    story.ask()
    story.act(CONFIRM, CHLOE)
    return story


def test_by_hand_one_person_is_enough_and_all_steps_are_needed() -> None:
    story = Story()
    assert story.ask() == "rollback_begun"
    one = story.one
    assert (one.phase, one.by, one.second, one.to, one.place) == (Stage.BEGUN, "ana", "", "v1.1.0", "#releases")
    assert [step.text for step in one.steps] == ["pip install sdk==v1.1.0", "See that v1.1.1 is gone."]
    story.now += MIN
    assert [story.tick(2, BRUNO), story.tick(2), story.tick(3), story.tick("x")] == [
        "step_done", "already", "not_in_plan", "not_in_plan"
    ]  # fmt: skip
    assert (story.one.coming, story.one.steps[1].done_by, story.one.steps[1].done_at) == (1, "bruno", story.now)
    assert story.tick(1) == "rollback_done"
    assert (story.one.phase, story.one.timers, story.one.ended_at) == (Stage.DONE, {}, story.now)
    assert story.said[0] == "ana rolls back v1.1.1 to v1.1.0: it does not start"
    assert story.said[-2:] == [
        "✅ 1. pip install sdk==v1.1.0 (ana)", "v1.1.1 is rolled back to v1.1.0, 0.0166667h after it began."
    ]  # fmt: skip
    assert story.tick(1) == story.act(STOP, why="x") == "not_open"


def test_only_with_the_right_a_target_and_a_reason() -> None:
    story = Story()
    assert [story.ask(NOBODY), story.ask(to=""), story.ask(to="1.1.1"), story.ask(to="a b"), story.ask(why=" ")] == [
        "not_allowed", "no_target", "no_target", "no_target", "no_reason"
    ]  # fmt: skip
    assert story.tick(1, BRUNO) == story.act(CONFIRM, CHLOE) == "no_record"
    assert story.act("rollback", plan="nowhere", release="v1", to="v0", why="x", who=BRUNO) == "no_plan"
    assert story.record is None
    story.ask()
    assert [story.tick(1, NOBODY), story.act(STOP, NOBODY, why="x"), story.act(CONFIRM, NOBODY)] == ["not_allowed"] * 3


def test_what_github_starts_takes_two_people() -> None:
    story = Story(BY_GITHUB)
    assert story.ask() == "proposed"
    assert story.one.timeline[-1].mention == ("@bruno", "@chloe", "@ana")
    step = next_step(story.one)
    assert isinstance(step, PostCard)
    assert step.named == ("@bruno", "@chloe", "@ana")
    assert [story.act(CONFIRM), story.ask(), story.tick(1), story.send()] == ["already", "already", "not_begun", False]
    assert story.ask(BRUNO, to="v1.0.9") == "already"
    assert story.act(CONFIRM, BRUNO) == "rollback_begun"
    assert (story.one.by, story.one.second, story.one.begun_at) == ("ana", "bruno", story.now)
    assert story.act(CONFIRM, CHLOE) == "nothing_proposed"
    assert story.said[-1].endswith("it does not start (confirmed by bruno)")
    assert dict(story.call.inputs) == {"from": "v1.1.1", "to": "v1.1.0"}


def test_who_says_the_same_confirms_it() -> None:
    story = Story(BY_GITHUB)
    story.ask()
    assert story.ask(BRUNO, to="1.1.0", why="me too") == "rollback_begun"
    assert (story.one.second, story.one.why) == ("bruno", "it does not start")


def test_nobody_confirms_it() -> None:
    story = Story(BY_GITHUB)
    story.ask()
    story.now += PROPOSAL_MS
    assert story.act(CONFIRM, BRUNO) == "not_open"
    assert story.ring(LAPSE) == "lapsed"
    assert (story.one.phase, story.one.begun_at) == (Stage.GIVEN_UP, 0)
    first = story.one.id
    story.now += S
    assert story.ask() == "proposed"
    assert (story.one.id != first, story.one.seq) == (True, 1)


def test_github_is_told_once_and_the_version_is_awaited() -> None:
    story = begun(Story(WHOLE))
    assert isinstance(next_step(story.one), StartRollback), "before the card: Slack may be away"
    assert [story.send(), story.send(), len(story.sent)] == [True, False, 1]
    assert isinstance(next_step(story.one), DecideWatch)
    assert story.hears_of(SENT) == "rollback_sent"
    assert story.one.timers[LATE] == story.now + LATE_MS
    assert story.runs("v1.1.1") == "version_seen"
    assert story.runs("v1.1.1") == "repeat"
    story.tick(1)
    story.tick(2)
    assert story.one.is_open, "v1.1.1 still runs"
    story.now += LATE_MS
    assert [story.ring(LATE), story.ring(LATE)] == ["rollback_late", "timer_stale"]
    assert story.said[-1] == "After 0.25h v1.1.0 does not run yet: v1.1.1 does."
    assert story.one.timeline[-1].mention == (f"user:{ANA.id}",)
    assert story.runs("v1.1.0, v1.1.1") == "version_seen"
    assert story.one.is_open, "both run"
    assert story.runs("1.1.0") == "rollback_done"
    assert story.said[-2] == "1.1.0 runs now."


def test_an_answer_that_is_lost_is_not_sent_again_by_itself() -> None:
    story = begun(Story(BY_GITHUB))
    story.send()
    assert story.act(AGAIN) == "already"
    assert story.hears_of(UNKNOWN) == "rollback_unknown"
    assert "look at the Actions page of acme/sdk" in story.said[-1]
    assert story.send() is False
    assert story.act(AGAIN, BRUNO) == "sent_again"
    assert story.send() is True
    assert story.hears_of(UNKNOWN, attempt=1) == "stale", "of the first attempt"
    assert story.hears_of(SENT) == "rollback_sent"
    assert [attempt for _, attempt in story.sent] == [1, 2]


def test_a_late_answer_is_better_than_none() -> None:
    story = begun(Story(BY_GITHUB))
    story.send()
    story.hears_of(UNKNOWN)
    assert story.hears_of(SENT) == "rollback_sent"
    assert story.hears_of(REFUSED) == "stale"


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "no: GITHUB_TOKEN is not set, or not valid"), (403, "no: GITHUB_TOKEN needs contents: write there"),
     (404, "no: there is no such repository"), (422, "no: look at `ref` and `inputs`"), (0, "no")],
)  # fmt: skip
def test_githubs_no_is_named_and_can_be_tried_again(status: int, says: str) -> None:
    story = begun(Story(BY_GITHUB))
    story.send()
    assert story.hears_of(REFUSED, why="no", status=status) == "rollback_refused"
    assert story.said[-1].startswith(f"GitHub did not start the event roll-back of acme/sdk: {says}")
    assert story.act(AGAIN) == "sent_again"
    assert story.send() is True


def test_what_surely_did_not_arrive_is_tried_again_but_not_for_long() -> None:
    story = begun(Story(BY_GITHUB))
    for _ in range(2):
        story.send()
        assert story.hears_of(UNSENT, why="not connected") == "rollback_unsent"
    assert len([line for line in story.said if "does not answer" in line]) == 1
    assert not isinstance(next_step(story.one), StartRollback), "what Slack lacks goes first now"
    story.now += LATEST_MS + 1
    assert story.hears_of("sending") == "rollback_refused"
    assert "it could not be reached within 0.166667h (not connected)" in story.said[-1]
    assert story.act(AGAIN) == "sent_again"


def test_it_can_be_given_up_and_ends_by_itself() -> None:
    story = Story()
    story.ask()
    assert [story.act(STOP), story.act(STOP, id="K7F3Q2", why="x")] == ["no_reason", "not_open"]
    assert story.act(STOP, BRUNO, why="v1.1.0 is worse") == "rollback_given_up"
    assert (story.one.phase, story.one.ended_by, story.one.ended_why) == (Stage.GIVEN_UP, "bruno", "v1.1.0 is worse")
    story.now += S
    story.ask()
    story.now += LASTS_MS
    assert story.ring(OVER) == "rollback_given_up"
    assert story.said[-1] == "It was not done within 24h."


def test_without_steps_in_the_policy_there_is_one_of_ours_or_the_version() -> None:
    story = Story(policy())
    story.ask()
    assert [plain(step.text) for step in story.one.steps] == ["See that v1.1.0 runs."]
    story = Story(policy(RUNNING))
    story.ask()
    assert (story.one.steps, story.one.is_open) == ((), True)
    assert story.runs("", "http_502") == "version_seen"
    assert story.runs("v1.1.0") == "rollback_done"


def test_ticked_and_not_running_is_reminded_of_and_a_plan_may_forget_how_to_look() -> None:
    story = Story(policy(RUNNING, '    rollback: ["x"]\n'))
    story.ask()
    story.tick(1)
    assert story.one.timers[LATE] == story.now + LATE_MS
    story.now += LATE_MS
    story.ring(LATE)
    assert story.said[-1] == "After 0.25h I cannot see yet whether v1.1.0 runs."
    assert story.hear(Kind.READ, UNSEEN) == "rollback_done"


def test_its_watch_and_its_room_hear_of_it_once() -> None:
    story = Story()
    story.ask(room="room:x")
    assert isinstance(next_step(story.one), DecideWatch)
    told = watch_told(story.one, None)
    step = next_step(told)
    assert isinstance(step, RelayLine)
    assert plain(step.entry.text).startswith("ana rolls back v1.1.1")
    assert isinstance(next_step(room_told(told, step.entry.seq)), PostCard)
    story = Story(BY_GITHUB)
    story.ask(room="room:x")
    assert isinstance(next_step(story.one), PostCard), "what only waits decides nothing"
    story.act(CONFIRM, BRUNO)
    assert story.one.untold is not None
    assert plain(story.one.untold.text).endswith("(confirmed by bruno)")


def test_a_watch_that_was_decided_otherwise_is_named() -> None:
    story, room = Story(), releases.watched()
    story.ask()
    assert plain(otherwise(None, story.one)).startswith("v1.1.1 is remembered no more")
    assert "has no plan sdk" in plain(otherwise(room.one, story.one))
    signed = Signed(verdict=Verdict.KEEP, by="bruno", by_id="U1", at=NOW, reason="calm")
    kept = replace(room.one, decision=signed)
    assert plain(otherwise(kept, story.one)) == "v1.1.1 was decided before: keep, by bruno"
    assert otherwise(replace(room.one, decision=replace(signed, verdict=Verdict.ROLLBACK)), story.one) is None
    room.act("stop", BRUNO)
    assert plain(otherwise(room.one, story.one)) == "the watch of v1.1.1 was over before: stopped"


def test_a_rollback_decides_its_watch_though_its_author_has_the_right_no_more() -> None:
    room = releases.watched()
    labels = {"verdict": "rollback", "reason": "it does not start"}
    signal: dict[str, Any] = {"key": room.one.key, "kind": Kind.ACT, "event": "decide", "actor": NOBODY}
    slack = Signal(source="slack", labels=labels, **signal)
    assert room.hear(slack) == "not_allowed"
    assert room.hear(replace(slack, source="sereno")) == "decided"
    assert (room.one.decision.verdict, room.one.decision.by) == (Verdict.ROLLBACK, NOBODY.name)  # type: ignore[union-attr]


class AnyRollback(RuleBasedStateMachine):
    """Whoever does what, whatever GitHub answers, and whatever times ring late, twice or never."""

    POLICY = WHOLE

    def __init__(self) -> None:
        super().__init__()
        self.story = Story(self.POLICY)

    @initialize(is_begun=st.sampled_from([True, True, False]))
    def begin(self, is_begun: bool) -> None:
        if is_begun:
            self.story.ask()
            self.story.act(CONFIRM, BRUNO)

    @rule(
        what=st.sampled_from(["ask", "ask", CONFIRM, CONFIRM, STOP, AGAIN]),
        who=st.sampled_from([ANA, BRUNO, NOBODY]),
        why=st.sampled_from(["", "x", "y"]),
        after=st.sampled_from([0, 0, 0, S, S, S, 20 * MIN, HOUR]),
    )
    def act(self, what: str, who: Actor, why: str, after: int) -> None:
        story, before = self.story, self.story.record
        story.now += after
        reason = story.ask(who, why=why) if what == "ask" else story.act(what, who, why=why)
        if who is NOBODY:
            assert story.record is before
        if reason == "rollback_begun" and story.one.call:
            assert before is not None
            assert before.by_id != who.id, "one person alone"
            assert story.one.second

    @rule(number=st.integers(0, 4), who=st.sampled_from([ANA, BRUNO]))
    def tick(self, number: int, who: Actor) -> None:
        self.story.tick(number, who)

    @rule(version=st.sampled_from(["", "v1.1.1", "1.1.0", "v1.1.0, v1.1.1"]), trouble=st.sampled_from(["", "http_502"]))
    def see(self, version: str, trouble: str) -> None:
        self.story.runs(version, trouble)

    @rule(slow=st.booleans())
    def send(self, slow: bool) -> None:
        """A process that knows how it stands; or one that was slow, and tries whatever it stands like."""
        if self.story.record and self.story.one.call:
            self.story.send(whatever=slow)

    @rule(event=st.sampled_from([SENT, UNSENT, UNKNOWN, REFUSED]), earlier=st.integers(0, 1))
    def answer(self, event: str, earlier: int) -> None:
        if self.story.record and self.story.one.call:
            before = self.story.one
            attempt = max(self.story.call.attempt - earlier, 1)
            if self.story.hears_of(event, attempt, "no") == "rollback_sent":
                assert (before.id, attempt) in self.story.sent
            if event == UNSENT and self.story.call != before.call:
                self.story.sent.remove((before.id, attempt))  # it surely did not arrive

    @rule(event=st.sampled_from([UNKNOWN, REFUSED]), slow=st.booleans())
    def try_again(self, event: str, slow: bool) -> None:
        """It went wrong, somebody looks and has it sent once more, and a slow process comes, too."""
        self.send(slow)
        self.answer(event, 0)
        self.act(AGAIN, ANA, "x", 0)
        self.send(slow)
        self.send(not slow)

    @rule(event=st.sampled_from([LATE, LAPSE, OVER]), after=st.sampled_from([0, 0, S, 20 * MIN, DAY]))
    def ring(self, event: str, after: int) -> None:
        self.story.now += after
        if self.story.record:
            self.story.ring(event)

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert len(self.story.sent) == len(set(self.story.sent))

    @invariant()
    def nothing_is_sent_that_two_people_did_not_want(self) -> None:
        one = self.story.record
        if one and one.call and not one.second:
            assert one.call.state is Sent.WANTED
            assert not isinstance(next_step(one), StartRollback)
            assert not any(id_ == one.id for id_, _ in self.story.sent)

    @invariant()
    def it_is_done_with_all_of_it_only(self) -> None:
        one = self.story.record
        if one and one.phase is Stage.DONE:
            assert all(step.done_at for step in one.steps)
            assert one.is_back or not one.looks
            assert one.call is None or one.call.state not in (Sent.WANTED, Sent.SENDING)
        if one and one.is_open:
            assert one.timers, "what is open ends by itself"

    @invariant()
    def it_comes_to_an_end_in_slack(self) -> None:
        one = self.story.record
        if one and one.phase is Stage.DONE:
            assert next_step(shown(one)) is None, next_step(shown(one))


class AnyRollbackByHand(AnyRollback):
    """The same without GitHub."""

    POLICY = BY_HAND


LIMITS = settings(
    phases=[Phase.generate, Phase.shrink], deadline=None, derandomize=True, max_examples=100, stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
TestAnyRollback = AnyRollback.TestCase
TestAnyRollbackByHand = AnyRollbackByHand.TestCase
TestAnyRollback.settings = TestAnyRollbackByHand.settings = LIMITS
