"""Whatever comes in whatever order, with whatever Slack does: nothing is lost, nothing is shown twice."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import Field, TypeAdapter

from rules import observing
from rules.decision import Record
from rules.incident import Incident
from rules.projection import PostCard, next_step
from rules.reason import Reason
from rules.signal import Member, Signal
from tests.rules.situations import DAY, HOUR, KEY, MIN, Desk, S, act, policy, report, timer
from tests.rules.slack import Fate, Slack, hushed

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
NAMES = st.sampled_from("abcde")
SEVERITIES = st.sampled_from(["critical", "warning", "warning", "info", ""])
AFTER = st.sampled_from([0, 0, S, 20 * S, 40 * S, 5 * MIN, 45 * MIN, HOUR, 3 * HOUR])
NIGHTS = policy('quiet_hours: {from: "22:00", to: "07:00"}')
ONE_CHANNEL = policy("").model_copy(
    update={"channels": {"alerts": "#alerts", "monitoring": "#alerts", "fallback": "#general"}}
)
LIMITS = settings(
    phases=[Phase.generate, Phase.shrink],
    deadline=None,
    derandomize=True,
    max_examples=120,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class History(RuleBasedStateMachine):
    """An incident with up to five members, people who act on it, and a Slack that fails."""

    POLICY = NIGHTS

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(self.POLICY)
        self.slack = Slack()
        self.source: dict[str, Member] = {}
        self.visible: dict[str, set[int]] = {}

    def hear(self, signal: Signal, after: int = 0) -> str:
        before = self.desk.record
        reason = self.desk.hear(signal, after)
        assert Reason(reason)
        decision = self.desk.said.pop()
        assert decision.changed or decision.record is None or decision.record is before
        self.note()
        return reason

    def note(self) -> None:
        """Remember what is to be told."""
        if isinstance(self.desk.record, Incident):
            told = self.visible.setdefault(self.desk.record.id, set())
            told |= {entry.seq for entry in self.desk.record.timeline if entry.visible}

    def tell(self, ids: Iterable[str], after: int, *, at: int = 0) -> str:
        members = [self.source[id_] for id_ in ids]
        signal = report(*members, at=at)
        reason = self.hear(signal, after)
        again = self.hear(signal)
        doubted = {"late_copy"} if self.desk.record and self.desk.incident.doubts else set()
        assert again in {"repeat", "never_seen"} | doubted, (reason, again)
        return reason

    @rule(ids=st.sets(NAMES, min_size=1), severity=SEVERITIES, after=AFTER)
    def fire(self, ids: set[str], severity: str, after: int) -> None:
        now = self.desk.now + after
        for id_ in ids:
            old = self.source.get(id_)
            since = old.since if old and old.firing else now
            labels = {"instance": id_, "severity": severity}
            self.source[id_] = Member(id=id_, firing=True, labels=labels, what=id_, since=since)
        self.tell(self.source, after)

    @rule(ids=st.sets(NAMES, min_size=1), after=AFTER)
    def resolve(self, ids: set[str], after: int) -> None:
        now = self.desk.now + after
        for id_ in ids & self.source.keys():
            old = self.source[id_]
            self.source[id_] = Member(id=id_, firing=False, labels=old.labels, what=id_, since=old.since, until=now)
        if self.source:
            self.tell(self.source, after)

    @precondition(lambda self: any(not one.firing for one in self.source.values()))
    @rule(after=st.sampled_from([0, S, 20 * S]))
    def late_copy(self, after: int) -> None:
        """The slow half of an HA pair says what was true a moment ago."""
        was = [
            Member(id=one.id, firing=True, labels=one.labels, what=one.what, since=one.since)
            for one in self.source.values()
        ]
        self.hear(report(*was), after)

    @rule()
    def forget(self) -> None:
        """Alertmanager leaves resolved alerts out of the next notification."""
        self.source = {id_: one for id_, one in self.source.items() if one.firing}

    @precondition(lambda self: self.source)
    @rule(at=st.integers(1, 5))
    def old_news(self, at: int) -> None:
        self.hear(report(*self.source.values(), at=at))

    @rule(what=st.sampled_from(["acknowledge", "resolve"]), after=AFTER)
    def person(self, what: str, after: int) -> None:
        self.hear(act(what), after)

    @precondition(lambda self: self.desk.record and self.desk.record.timers)
    @rule()
    def ring(self) -> None:
        incident = self.desk.incident
        name = min(incident.timers, key=lambda name: incident.timers[name])
        self.desk.now = max(self.desk.now, incident.timers[name])
        self.hear(timer(name))
        assert self.desk.incident.timers.get(name, DAY * 10**6) > self.desk.now

    @rule(name=st.sampled_from(["doubt", "settle", "calm", ""]), after=AFTER)
    def stray_timer(self, name: str, after: int) -> None:
        self.hear(timer(name), after)

    @precondition(lambda self: self.desk.record)
    @rule(steps=st.integers(1, 4))
    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.desk.record = self.slack.advance(self.desk.incident, self.desk.now)

    @rule(arrives=st.booleans())
    def lose_the_next_answer(self, arrives: bool) -> None:
        self.slack.fate = Fate(arrives=arrives, answers=False)

    @precondition(lambda self: self.slack.cards and not self.desk.incident.observed.sending)
    @rule()
    def delete_the_card(self) -> None:
        self.slack.cards[-1].deleted = True

    @rule(place=st.sampled_from(["#alerts", "#monitoring"]))
    def archive(self, place: str) -> None:
        self.slack.refusing.add(place)

    @rule()
    def unarchive(self) -> None:
        self.slack.refusing.clear()

    @precondition(lambda self: self.desk.record and isinstance(next_step(self.desk.record), PostCard))
    @rule()
    def over_budget(self) -> None:
        step = next_step(self.desk.incident)
        if self.desk.incident.observed.sending is None and isinstance(step, PostCard) and step.mention:
            self.desk.record = hushed(self.desk.incident, self.desk.now)
            self.note()

    @precondition(lambda self: self.desk.record)
    @rule()
    def quiesce(self) -> None:
        """Slack works again: in the end it shows what is wanted, once."""
        self.slack.fate = Fate()
        posted = self.desk.incident.observed.posted
        if posted and self.slack.find(posted.ts).deleted:
            self.desk.record = observing.card_lost(self.desk.incident, 0)
        incident = self.desk.record = self.slack.finish(self.desk.incident, self.desk.now)
        assert isinstance(incident, Incident)
        assert incident.observed.sending is None
        live = [m for m in self.slack.cards if m.step.startswith(incident.id)]
        if not incident.shown and not incident.observed.cards:
            assert not live
        elif incident.is_open:
            assert [m.place for m in live if m.ts == incident.observed.posted.ts] == [incident.place]
            assert len(live) == 1
            assert live[0].revision == incident.revision
        posted = incident.observed.posted
        if posted and posted.place == incident.place and incident.shown:
            told = Counter(seq for m in self.slack.messages if m.step.startswith(incident.id) for seq in m.told)
            assert set(told.values()) <= {1}, told
            assert told.keys() == {seq for seq in self.visible[incident.id] if seq <= incident.observed.replied}
            assert not [e for e in incident.timeline if e.visible and e.seq > incident.observed.replied]

    @invariant()
    def steps_have_their_names_once(self) -> None:
        assert set(Counter(m.step for m in self.slack.messages).values()) <= {1}

    @invariant()
    def one_ping_for_each_severity(self) -> None:
        pings = Counter((m.step.split("/")[0], m.peak) for m in self.slack.messages if m.mention)
        assert set(pings.values()) <= {1}, pings

    @invariant()
    def the_record_is_sound(self) -> None:
        record = self.desk.record
        if record is None:
            return
        assert isinstance(record, Incident)
        assert record.key == KEY
        assert RECORD.validate_json(RECORD.dump_json(record)) == record
        numbers = [entry.seq for entry in record.timeline]
        assert numbers == sorted(set(numbers))
        assert not numbers or numbers[-1] == record.seq
        assert bool(record.doubts) == ("doubt" in record.timers)
        assert record.is_open or set(record.timers) <= {"doubt"}
        assert record.doubts.keys() <= record.members.keys()
        assert not record.is_open or record.firing or "settle" in record.timers


class OneChannelHistory(History):
    """The same in one channel for all severities, where nothing moves and worse is said aloud."""

    POLICY = ONE_CHANNEL


TestAnyHistory = History.TestCase
TestAnyHistory.settings = LIMITS
TestInOneChannel = OneChannelHistory.TestCase
TestInOneChannel.settings = LIMITS
