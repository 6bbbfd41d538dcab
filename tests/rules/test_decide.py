"""`decide` on any signal and any record it made itself: it never raises and always says why."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.decide import decide
from rules.decision import Record
from rules.reason import Reason
from rules.signal import Kind, Link, Member, Signal
from tests.rules.situations import KEY, NOW, policy

POLICY = policy('quiet_hours: {from: "22:00", to: "07:00", whole_days: [sun]}')
WORDS = st.sampled_from(
    ["", "a", "b", "critical", "warning", "info", "doubt", "settle", "calm", "acknowledge", "resolve"]
)
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


def signals(kind: Kind) -> st.SearchStrategy[Signal]:
    return st.builds(
        Signal,
        key=st.just(KEY),
        source=WORDS,
        kind=st.just(kind),
        event=WORDS,
        at=TIMES,
        title=TEXTS,
        summary=TEXTS,
        labels=NEWS if kind is Kind.STORM else LABELS,
        members=MEMBERS,
        links=st.lists(st.builds(Link, name=TEXTS, url=TEXTS), max_size=2).map(tuple),
        people=st.lists(TEXTS, max_size=2).map(tuple),
        truncated=st.integers(0, 3),
        complete=st.booleans(),
    )


ANY = st.one_of(*(signals(kind) for kind in Kind), signals(Kind.REPORT), signals(Kind.REPORT))
AGAIN = {Reason.REPEAT, Reason.LATE_COPY, Reason.NEVER_SEEN, Reason.IGNORED, Reason.STALE}


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.lists(st.tuples(ANY, st.sampled_from([0, 1000, 40_000, 700_000, 8_000_000])), max_size=8))
def test_it_never_raises_and_always_says_why(history: list[tuple[Signal, int]]) -> None:
    record: Record | None = None
    now = NOW
    for signal, after in history:
        now += after
        decision = decide(signal, record, POLICY, now)
        assert isinstance(decision.reason, Reason)
        assert decision.record is not None or not decision.changed
        assert decision.changed or decision.record in (None, record)
        assert decide(signal, record, POLICY, now) == decision
        record = decision.record if decision.changed else record
        if signal.kind is Kind.REPORT:
            again = decide(signal, record, POLICY, now)
            assert again.reason in AGAIN, (decision.reason, again.reason)
