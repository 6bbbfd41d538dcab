"""`decide` on any signal and any record it made itself: it never raises and always says why."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import standing
from rules.decide import decide
from rules.decision import Record
from rules.policy import Policy
from rules.policy_file import load
from rules.reason import Reason
from rules.signal import Actor, Kind, Link, Member, Signal
from rules.silence import Silence
from rules.standing import Muted, Standing, Taken, applied
from tests.rules.situations import HOUR, KEY, NOW, person, policy
from tests.rules.test_attention import TEAM

QUIET = 'quiet_hours: {from: "22:00", to: "07:00", whole_days: [sun]}\n'
FULL = load(TEAM + QUIET, "full.yaml")
LONG = NOW + 30 * 24 * HOUR
ADDED = Standing(
    mutes=(Muted(route="", channel="#alerts", by="x", reason="", until=LONG),),
    overrides=(Taken(rotation="platform", person="boss", by="x", since=NOW, until=LONG),),
)
SMALL = load("channels: {fallback: '#general'}\nseverities: {P1: {respond_within: end_of_day}}", "small.yaml")
POLICIES = st.sampled_from([policy(QUIET), FULL, FULL, applied(FULL, ADDED), SMALL])
WORDS = st.sampled_from(
    [
        "", "a", "b", "critical", "warning", "info", "doubt", "settle", "calm", "acknowledge", "resolve", "escalate",
        "snooze", "silence", "unsilence", "mute", "unmute", "override", "remind", "escalate/0", "escalate/1",
        "escalate/9", "clocks", "escalate/x", "silence-near/am-1", "silence-over/am-1", "silence-over",
    ]
)  # fmt: skip
TEXTS = WORDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
LABELS = st.dictionaries(st.sampled_from(["severity", "author", "team", "x"]), TEXTS, max_size=3)
TIMES = st.sampled_from([0, 1, NOW - 3_600_000, NOW - 1000, NOW, NOW + 1000, 10**15])
MEMBERS = st.lists(
    st.builds(Member, id=TEXTS, firing=st.booleans(), labels=LABELS, what=TEXTS, since=TIMES, until=TIMES),
    max_size=5,
    unique_by=lambda member: member.id,
).map(tuple)
NEWS = st.fixed_dictionaries(
    {
        "incident": TEXTS,
        "place": st.just("#x"),
        "id": TEXTS,
        "severity": st.sampled_from(["P0", "P1", "P2", "gone"]),
        "state": st.sampled_from(["open", "acknowledged", "resolved"]),
        "carded": st.sampled_from(["yes", "no"]),
    }
)


SOON = st.sampled_from([NOW - HOUR, NOW, NOW + HOUR, LONG]).map(str)
PARTICULARS = st.fixed_dictionaries(
    {
        "until": SOON, "matchers": st.just('a="b"'), "rotation": st.sampled_from(["platform", "web", "gone"]),
        "person": st.sampled_from(["ana", "boss", "gone"]), "route": st.sampled_from(["", "db"]),
    },
    optional={
        "whom": st.sampled_from(["", "@platform", "@web", "@gone", "user:U1", "channel", "here", "none"]),
        "reason": TEXTS, "channel": st.sampled_from(["#alerts", ""]), "since": SOON,
        "ends_with": st.sampled_from(["", "yes"]),
    },
)  # fmt: skip
FLAG = st.sampled_from(["", "yes"])
LOOKS = st.fixed_dictionaries(
    {"started": TIMES.map(str)}, optional={"ours": FLAG, "hidden": FLAG, "flush": st.just("300000")}
)
ACTORS = st.none() | st.sampled_from([person("ana", "ana"), person("boss", "boss"), person("x", "@on-call"), Actor(
    id="", name="")])  # fmt: skip
FAR = st.sampled_from([NOW - HOUR, NOW + 1, NOW + HOUR, LONG, 253_402_300_799_000])
SILENCES = st.lists(
    st.builds(
        Silence, matchers=TEXTS, by=TEXTS, reason=TEXTS, since=TIMES, until=FAR, id=st.sampled_from(["am-1", "am-2"]),
        token=st.sampled_from(["", "t"]),
    ), max_size=2, unique_by=lambda silence: silence.id,
).map(tuple)  # fmt: skip
SAID = {Kind.STORM: NEWS, Kind.ACT: PARTICULARS, Kind.COMPARED: LOOKS}


def signals(kind: Kind) -> st.SearchStrategy[Signal]:
    return st.builds(
        Signal,
        key=st.sampled_from([KEY, KEY, standing.KEY]) if kind is Kind.ACT else st.just(KEY),
        source=WORDS,
        kind=st.just(kind),
        event=WORDS,
        at=TIMES,
        title=TEXTS,
        summary=TEXTS,
        labels=SAID.get(kind, LABELS),
        members=MEMBERS,
        actor=ACTORS,
        silences=SILENCES,
        links=st.lists(st.builds(Link, name=TEXTS, url=TEXTS), max_size=2).map(tuple),
        people=st.lists(TEXTS, max_size=2).map(tuple),
        truncated=st.integers(0, 3),
        complete=st.booleans(),
    )


ANY = st.one_of(*(signals(kind) for kind in Kind), signals(Kind.REPORT), signals(Kind.REPORT))
AGAIN = {Reason.REPEAT, Reason.LATE_COPY, Reason.NEVER_SEEN, Reason.IGNORED, Reason.STALE}


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.lists(st.tuples(ANY, st.sampled_from([0, 1000, 40_000, 700_000, 8_000_000]), POLICIES), max_size=12))
def test_it_never_raises_and_always_says_why(history: list[tuple[Signal, int, Policy]]) -> None:
    records: dict[str, Record | None] = {}
    now = NOW
    for signal, after, rules in history:
        now += after
        record = records.get(signal.key)
        decision = decide(signal, record, rules, now)
        assert isinstance(decision.reason, Reason)
        assert decision.record is not None or not decision.changed
        assert decision.changed or decision.record in (None, record)
        assert decide(signal, record, rules, now) == decision
        record = records[signal.key] = decision.record if decision.changed else record
        if signal.kind is Kind.REPORT:
            again = decide(signal, record, rules, now)
            assert again.reason in AGAIN, (decision.reason, again.reason)


def test_what_is_read_of_a_release_is_no_act_on_an_incident() -> None:
    fires = Signal(key=KEY, source="alertmanager", kind=Kind.REPORT, members=(Member(id="a", firing=True),))
    incident = decide(fires, None, FULL, NOW).record
    ana = Actor(id="U0000ANA", name="ana")
    read = Signal(key=KEY, source="", kind=Kind.READ, event="silence", actor=ana)
    decision = decide(read, incident, FULL, NOW)
    assert (decision.reason, decision.changed, decision.record) == (Reason.NO_RECORD, False, incident)
