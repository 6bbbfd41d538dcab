"""Whatever comes in whatever order, with whatever Slack does: nothing is lost, nothing is shown twice."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import Field, TypeAdapter

from rules import observing, silencing
from rules.attention import JUST_MS
from rules.decision import Record
from rules.hushing import hush
from rules.incident import Incident
from rules.observed import Sending
from rules.policy import Policy
from rules.policy_file import load
from rules.projection import next_step
from rules.reason import Reason
from rules.signal import Kind, Member, Signal
from rules.silence import Silence
from rules.standing import Muted, Standing, applied
from rules.steps import EndSilence, MakeSilence, PostCard, PostDirect
from tests.rules.situations import DAY, HOUR, KEY, MIN, NOW, Desk, S, act, policy, report, timer
from tests.rules.slack import Fate, Message, Slack, hushed
from tests.rules.test_attention import TEAM

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
NAMES = st.sampled_from("abcde")
SEVERITIES = st.sampled_from(["critical", "warning", "warning", "info", ""])
AFTER = st.sampled_from([0, 0, S, 20 * S, 40 * S, 5 * MIN, 45 * MIN, HOUR, 3 * HOUR])
NIGHTS = policy('quiet_hours: {from: "22:00", to: "07:00"}')
ONE_CHANNEL = policy("").model_copy(
    update={"channels": {"alerts": "#alerts", "monitoring": "#alerts", "fallback": "#general"}}
)
QUIET = 'quiet_hours: {from: "22:00", to: "07:00", whole_days: [sat, sun]}\n'
OFTEN = TEAM.replace("remind_every: 15m", "remind_every: 4m")
TEAM_NIGHTS, TEAM_DAYS = load(OFTEN + QUIET, "nights.yaml"), load(OFTEN, "days.yaml")
TEAM_BARE = load(
    """
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities: {P0: {label: [critical], channel: alerts}, P1: {label: [warning], channel: monitoring, remind_every: 1h}}
""",
    "bare.yaml",
)
LIMITS = settings(
    phases=[Phase.generate, Phase.shrink],
    deadline=None,
    derandomize=True,
    max_examples=80,
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
        others = {name for name in record.timers if not name.startswith("silence-over/")}
        assert record.is_open or others <= {"doubt"}
        assert len({one.name for one in record.silences}) == len(record.silences)
        assert record.doubts.keys() <= record.members.keys()
        assert not record.is_open or record.firing or "settle" in record.timers


class OneChannelHistory(History):
    """The same in one channel for all severities, where nothing moves and worse is said aloud."""

    POLICY = ONE_CHANNEL


class Watched(History):
    """With people, rotations, quiet hours, reminders and steps up; silences, and an Alertmanager that is asked."""

    POLICY = TEAM_NIGHTS

    def __init__(self) -> None:
        super().__init__()
        self.slack = Workspace()
        self.acted: dict[str, int] = {}
        self.asked: tuple[str, int, int] = ("", 0, 0)
        self.seq = ("", 0)

    def hear(self, signal: Signal, after: int = 0) -> str:
        old = self.desk.record
        reason = super().hear(signal, after)
        if isinstance(self.desk.record, Incident) and self.desk.record is not old:
            self.check_what_is_new(
                old.seq if isinstance(old, Incident) and old.id == self.desk.record.id else 0, reason
            )
            self.check_times(self.desk.record)
        return reason

    def check_what_is_new(self, seq: int, reason: str) -> None:
        incident = self.desk.incident
        rotations = {f"@{name}" for name in self.desk.policy.oncall} | set(self.desk.policy.oncall)
        for entry in incident.timeline:
            assert entry.seq <= seq or not rotations & {*entry.mention, entry.to}, entry
            if entry.seq > seq and reason in ("reminded", "escalated"):
                assert incident.is_open
                for name in (*entry.mention, entry.to):
                    assert self.desk.now - self.acted.get(name.removeprefix("@"), 0) > JUST_MS, name
        asked = (incident.id, incident.attention.asked_at)
        count = (self.asked[2] if self.asked[:2] == asked else 0) + (reason == "reminded")
        self.asked = (*asked, count)
        assert reason != "reminded" or count <= self.desk.policy.rule(incident.severity).reminders
        assert self.seq[0] != incident.id or incident.seq >= self.seq[1]
        self.seq = (incident.id, incident.seq)

    def check_times(self, incident: Incident) -> None:
        policy, now = self.desk.policy, self.desk.now
        floor = max(incident.attention.snoozed_until, incident.silenced_until)
        for name, at in incident.timers.items():
            if name == "remind" or name.startswith("escalate/"):
                assert incident.is_open
                assert at >= floor
                assert not hush(policy, incident.severity, incident.place, incident.route, max(at, now)), (name, at)

    @precondition(lambda self: self.desk.record)
    @rule(
        what=st.sampled_from(["acknowledge", "resolve", "escalate", "snooze", "silence", "unsilence"]),
        who=st.sampled_from(["ana", "bob", "boss", "guest"]),
        whom=st.sampled_from(["", "", "@platform", "@boss", "@web", "user:U0000BOB"]),
        after=AFTER,
        lasting=st.sampled_from([0, 10 * MIN, HOUR, 10 * HOUR]),
    )
    def act(self, what: str, who: str, whom: str, after: int, lasting: int) -> None:
        self.desk.now += after
        self.act_now(what, who, whom, lasting)

    def act_now(self, what: str, who: str, whom: str = "", lasting: int = 0) -> None:
        known = (who,) if who != "guest" else ("@guests",)
        until, ends = str(self.desk.now + lasting), "yes" if whom else ""
        before = dict(self.acted)
        self.acted |= dict.fromkeys([f"user:U0000{who.upper()}", *known], self.desk.now)
        signal = act(what, who, *known, whom=whom, until=until, matchers='a="b"', ends_with=ends)
        if self.hear(signal) in ("not_allowed", "not_open", "already", "no_step", "not_silenced"):
            self.acted = before

    @precondition(lambda self: self.desk.record and self.desk.record.timers)
    @rule(who=st.sampled_from(["ana", "bob", "boss"]))
    def act_just_before(self, who: str) -> None:
        """Somebody acts a few minutes before a time comes."""
        self.desk.now = max(self.desk.now, min(self.desk.incident.timers.values()) - 3 * MIN)
        self.act_now("snooze", who)
        for _ in range(3):
            if self.desk.incident.timers:
                self.ring()

    @precondition(lambda self: self.desk.record and self.desk.incident.firing)
    @rule(gone=st.sets(NAMES), hidden=st.booleans(), ours=st.booleans(), after=AFTER)
    def compare(self, gone: set[str], hidden: bool, ours: bool, after: int) -> None:
        incident = self.desk.incident
        members = tuple(Member(id=i, firing=i not in gone) for i, one in incident.members.items() if one.firing)
        there = tuple(one for one in incident.silences if one.id)
        foreign = Silence(matchers='a="b"', by="eva", reason="", since=NOW, until=self.desk.now + HOUR, id="f1")
        known = "f1" in {one.id for one in there}
        signal = Signal(
            key=KEY, source="alertmanager", kind=Kind.COMPARED, members=members,
            labels={"started": str(NOW), "ours": "yes" if ours else "", "hidden": "yes" if hidden else ""},
            silences=(*there, foreign) if hidden and not known else there if hidden else (),
        )  # fmt: skip
        self.hear(signal, after)

    @precondition(lambda self: self.desk.record)
    @rule(which=st.sampled_from([TEAM_NIGHTS, TEAM_DAYS, TEAM_BARE]), mute=st.sampled_from([0, 0, HOUR, 20 * HOUR]))
    def new_policy(self, which: Policy, mute: int) -> None:
        one = Muted(route="", channel=self.desk.incident.place, by="ana", reason="", until=self.desk.now + mute)
        self.desk.policy = applied(which, Standing(mutes=(one,) if mute else ()))

    @precondition(lambda self: self.desk.record and self.desk.record.timers)
    @rule(late=st.sampled_from([0, S, HOUR, 10 * HOUR]))
    def ring_twice(self, late: int) -> None:
        """Two processes bring the same time, perhaps late."""
        name = min(self.desk.incident.timers, key=lambda name: self.desk.incident.timers[name])
        self.desk.now = max(self.desk.now, self.desk.incident.timers[name]) + late
        self.hear(timer(name))
        assert self.hear(timer(name)) == "timer_stale"

    @invariant()
    def one_ping_for_each_severity(self) -> None:
        """Reminders and steps ping too; the channel is pinged once for each, and by the step that says so."""
        whole = Counter((m.step.split("/")[0], m.peak) for m in self.slack.messages if m.mention and not m.thread)
        assert set(whole.values()) <= {1}, whole


class Workspace(Slack):
    """A Slack that has direct messages too, and an Alertmanager beside it."""

    def advance(self, record: Record, now: int) -> Record:
        step = None if record.observed.sending else next_step(record)
        match step:
            case MakeSilence(silence=silence):
                return silencing.made(record, silence.token, f"am-{silence.token}", now)
            case EndSilence(silence=silence):
                return silencing.ended(record, silence.token)
            case PostDirect(name=name, entry=entry):
                return self._direct(record, name, entry.to, now)
            case _:
                return super().advance(record, now)

    def _direct(self, record: Record, name: str, to: str, now: int) -> Record:
        mark = Sending(step=name, channel=to, place=to, at=now)
        marked = observing.sending(record, mark)
        fate, self.fate = self.fate, Fate()
        if fate.arrives:
            self.messages.append(Message(
                step=name, ts=f"{len(self.messages)}.0", place=to, thread="direct", mention=(), aloud=False, peak="",
                told=set(), revision=0,
            ))  # fmt: skip
        return observing.sent(marked, mark, to, "0") if fate.arrives and fate.answers else marked


TestAnyHistory = History.TestCase
TestAnyHistory.settings = LIMITS
TestInOneChannel = OneChannelHistory.TestCase
TestInOneChannel.settings = LIMITS
TestWatched = Watched.TestCase
TestWatched.settings = LIMITS
