"""Whatever is read, done, missed or decided in whatever order: no checkpoint is lost, and nothing is made up."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import Field, TypeAdapter

from rules import observing
from rules.cadence import due
from rules.deciding import DESPITE, blockers
from rules.decision import Record
from rules.judging import standing
from rules.plan import Plan
from rules.points import POINTS
from rules.projection import next_step
from rules.reading import Level
from rules.reason import Reason
from rules.signal import Actor, Kind, Signal
from rules.steps import TellCheck
from rules.text import Joined, Moment, Number, Span, Text
from rules.watch import Phase as Stage
from rules.watch import Verdict, Watch, key_of
from tests.rules.releases import ANA, BRUNO, CHLOE, NOBODY, VERSION, Room, policy, published, started
from tests.rules.situations import DAY, HOUR, MIN, NOW, S

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
LITERALS = {
    node.value
    for path in Path("rules").glob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}
DAILY = ("{name: T+24, at: 24h,", '{name: T+24, cron: "0 9 * * *",')
OFTEN = ("{name: T+0, at: 0h,", "{name: T+0, every: 5h, since: 9h, until: 60h,")
PLAIN = policy()
POLICIES = [PLAIN, PLAIN, policy(DAILY, OFTEN), policy(("at: 48h", "at: 40h"), ("> 1 for 20m", "> 1")),
            policy(("> 1 for 20m", "> +1 in 8h")), policy(("  sdk:", "  other:"))]  # fmt: skip
VALUES = st.sampled_from([None, None, 0.0, 0.4, 1.0, 1.5, 2.5, 9.0])
AFTER = st.sampled_from([0, S, MIN, MIN, 20 * MIN, 45 * MIN, HOUR, 7 * HOUR, 30 * HOUR])
WHO = st.sampled_from([ANA, ANA, BRUNO, CHLOE, NOBODY])
LIMITS = settings(
    phases=[Phase.generate, Phase.shrink],
    deadline=None,
    derandomize=True,
    max_examples=40,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Release(RuleBasedStateMachine):
    """One version: read by sources that fail, worked on by people, with clocks that ring late, twice or never."""

    POLICIES = tuple(POLICIES)

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(self.POLICIES[0])
        self.known: dict[str, str] = {}  # the level that the incident of each check has heard of

    def hear(self, signal: Signal, after: int = 0) -> str:
        before = self.room.watch
        reason = self.room.hear(signal, after)
        assert Reason(reason)
        self.check(before, self.room.watch)
        return reason

    def check(self, before: Watch | None, now: Watch | None) -> None:
        if now is None or now is before:
            return
        if before is None or before.id != now.id:
            assert now.taken == ()
            return
        assert now.revision >= before.revision
        self.check_judged(before, now)
        self.check_taken(before, now)
        self.check_decided(before, now)

    def check_judged(self, before: Watch, now: Watch) -> None:
        for name, old in before.judged.items():
            judged = now.judged.get(name)
            if judged and old.breached and not judged.breached:
                assert judged.level is Level.GOOD, f"{name} came back without a good reading"

    def check_taken(self, before: Watch, now: Watch) -> None:
        fresh = now.taken[len(before.taken) :]
        assert len(fresh) <= 1
        for one in fresh:
            assert before.phase is Stage.WATCHING
            assert one.planned <= one.at == self.room.now
            assert one.planned > before.done.get(one.name, -1), f"{one.name} is taken twice"
            assert now.done[one.name] == one.planned
        assert {**now.done, **before.done}.keys() == now.done.keys()
        if before.phase is Stage.WATCHING and now.phase is Stage.DECIDING:
            left = due(self.room.policy.releases["sdk"], now, self.room.policy.zone)
            assert not {name for name, at in left.items() if at <= self.room.now}, "a checkpoint is left out"

    def check_decided(self, before: Watch, now: Watch) -> None:
        if before.decision or now.decision is None:
            return
        signed, plan = now.decision, self.room.policy.releases["sdk"]
        assert signed.reason
        if signed.verdict is Verdict.KEEP and blockers(now_as(before, plan, self.room.now), plan):
            assert before.proposed is not None
            assert before.proposed.by_id != signed.by_id
            assert signed.second == before.proposed.by
            assert signed.despite

    @rule(tag=st.just(VERSION), old=st.sampled_from([0, 0, HOUR, 50 * HOUR, 4 * DAY]), after=AFTER)
    def publish(self, tag: str, old: int, after: int) -> None:
        labels = {**published(tag).labels, "plan": "sdk", "release": tag}
        at = self.room.now + after - old
        self.hear(Signal(key=key_of("sdk", tag), source="github", kind=Kind.RELEASE, at=at, labels=labels), after)

    @rule(who=WHO, baseline=st.sampled_from(["", "v1.1.0"]))
    def start(self, who: Actor, baseline: str) -> None:
        self.hear(started(who, baseline=baseline), 1)  # another millisecond is another record

    @precondition(lambda self: self.room.watch)
    @rule(errors=VALUES, latency=VALUES, wheel=VALUES, few=st.booleans(), compared=st.booleans(), after=AFTER)
    def read(
        self, errors: float | None, latency: float | None, wheel: float | None, few: bool, compared: bool, after: int
    ) -> None:
        room, before = self.room, self.room.watch
        room.samples = {"errors": 3 if few else 400}
        room.baselines = {"latency": 1.0} if compared else {}
        assert Reason(room.read(after, errors=errors, latency=latency, wheel=wheel))
        self.check(before, room.watch)

    @precondition(lambda self: self.room.watch)
    @rule(what=st.sampled_from(["tick", "set", "tick", "set", "stop"]), who=WHO, good=st.booleans(), after=AFTER,
          check=st.sampled_from(["smoke", "smoke", "nps", "nps", "wheel", "none"]))  # fmt: skip
    def work(self, what: str, who: Actor, good: bool, after: int, check: str) -> None:
        labels = {"check": check, "good": "yes" if good else "no", "value": "60" if good else "12.5", "note": check}
        self.hear(self.act(what, who, labels), after)

    @precondition(lambda self: self.room.watch)
    @rule(verdict=st.sampled_from(["keep", "keep", "keep", "patch", "rollback"]), who=WHO, despite=st.booleans(),
          why=st.sampled_from(["calm", "calm", " ", ""]), after=AFTER)  # fmt: skip
    def decide(self, verdict: str, who: Actor, despite: bool, why: str, after: int) -> None:
        labels = {"verdict": verdict, "reason": why, DESPITE: "yes" if despite else ""}
        self.hear(self.act("decide", who, labels), after)

    @precondition(lambda self: self.room.watch)
    @rule(event=st.sampled_from(["newer", "older", "older"]), release=st.sampled_from(["v1.1.0", "v1.2.0", ""]))
    def succeed(self, event: str, release: str) -> None:
        labels = {"release": release, "began": str(NOW - DAY)}
        self.hear(Signal(key=self.room.one.key, source="sereno", kind=Kind.SUCCESSION, event=event, labels=labels))

    @precondition(lambda self: self.room.watch and self.room.watch.timers)
    @rule(late=st.sampled_from([0, 0, 0, S, HOUR, 10 * HOUR]), twice=st.booleans())
    def ring(self, late: int, twice: bool) -> None:
        """The next time comes, perhaps late, perhaps from two processes."""
        timers = self.room.one.timers
        name = min(timers, key=lambda one: timers[one])
        self.room.now = max(self.room.now, timers[name]) + late
        reason = self.hear(self.timer(name))
        assert self.room.one.timers.get(name, DAY * 10**6) > self.room.now or reason in (
            "timer_stale",
            "awaits_reading",
        )
        if twice and reason == "checkpoint":
            taken = len(self.room.one.taken)
            self.hear(self.timer(name))
            assert len(self.room.one.taken) == taken

    @precondition(lambda self: self.room.watch)
    @rule(
        name=st.sampled_from(["checkpoint/T+0", "checkpoint/gone", "end", "decide", "follow", "clocks", ""]),
        after=AFTER,
    )
    def stray_timer(self, name: str, after: int) -> None:
        self.hear(self.timer(name), after)

    @precondition(lambda self: self.room.watch)
    @rule(hours=st.sampled_from([1, 5, 26]))
    def go(self, hours: int) -> None:
        """All is well for a while: what is due is taken, and nothing rings without end."""
        room = self.room
        for _ in range(hours):
            room.now += HOUR
            self.read(0.4, 1.0, 1.0, False, True, 0)
            for _ in range(60):
                name = next((name for name, at in room.one.timers.items() if at <= room.now), None)
                if name is None:
                    break
                self.hear(self.timer(name))
            else:
                raise AssertionError(f"timers without end: {room.one.timers}")
            plan = room.policy.releases.get("sdk")
            if plan and room.one.phase is Stage.WATCHING:
                assert min(due(plan, room.one, room.policy.zone).values(), default=room.now + 1) > room.now

    @rule(which=st.sampled_from(range(len(POLICIES))))
    def new_policy(self, which: int) -> None:
        self.room.policy = self.POLICIES[which % len(self.POLICIES)]

    @precondition(lambda self: self.room.watch)
    @rule()
    def tell(self) -> None:
        """The incidents of the checks hear how they stand."""
        for _ in range(20):
            step, watch = next_step(self.room.one), self.room.one
            if not isinstance(step, TellCheck):
                break
            judged = watch.judged.get(step.check)
            left = watch.phase in (Stage.STOPPED, Stage.SUPERSEDED)
            assert step.level or left or judged is None or not judged.breached, "nothing said that it is over"
            record = observing.check_told(watch, step.check, step.level, (), self.room.now)
            assert isinstance(record, Watch)
            self.room.watch = record
            self.known[step.check] = step.level
        assert self.room.one.told == {name: level for name, level in self.known.items() if level}

    @invariant()
    def the_record_is_sound(self) -> None:
        watch = self.room.watch
        if watch is None:
            return
        assert RECORD.validate_json(RECORD.dump_json(watch)) == watch
        assert watch.is_open or not watch.timers
        assert watch.phase is not Stage.DECIDING or set(watch.timers) <= {"decide"}
        assert (watch.phase is Stage.DECIDED) == (watch.decision is not None)
        numbers = [entry.seq for entry in watch.timeline]
        assert numbers == sorted(set(numbers))
        assert all(len(points) <= 2 * POINTS for points in watch.points.values())
        assert not [entry for entry in watch.timeline if "none" in entry.mention]

    @invariant()
    def sentences_are_texts(self) -> None:
        """A template stands in the source as it is: nothing was put into it before it is drawn."""
        if self.room.watch:
            for entry in self.room.watch.timeline[-6:]:
                assert set(templates(entry.text)) <= LITERALS

    def act(self, what: str, who: Actor, labels: dict[str, str]) -> Signal:
        return Signal(key=self.room.one.key, source="slack", kind=Kind.ACT, event=what, actor=who, labels=labels)

    def timer(self, name: str) -> Signal:
        return Signal(key=self.room.one.key, source="timer", kind=Kind.TIMER, event=name)


def now_as(watch: Watch, plan: Plan, now: int) -> Watch:
    """The watch with what is too old by now left out."""
    return replace(watch, judged=standing(plan, watch, now))


def templates(value: object) -> Iterator[str]:
    """The templates of a text and of those within it."""
    if isinstance(value, Joined):
        for one in value.texts:
            yield from templates(one)
    elif isinstance(value, Text):
        yield value.template
        for part in value.values.values():
            assert isinstance(part, str | int | Moment | Span | Number | Text | Joined)
            yield from templates(part)


class OnePlan(Release):
    """The same under one policy that does not change."""

    POLICIES = (policy(DAILY, OFTEN, ("> 1 for 20m", "> 1")),)


TestAnyWatch = Release.TestCase
TestAnyWatch.settings = LIMITS
TestOnePlan = OnePlan.TestCase
TestOnePlan.settings = LIMITS
