"""What each change of an incident adds to the counts: once, under its severity and its alert, whatever happens."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant

from rules import observing, storming, tallies
from rules.decision import Record
from rules.digests.counts import Counts, Noise, count
from rules.incident import Incident, State
from rules.observed import Sending
from rules.policy_file import load
from rules.projection import wanted_step
from rules.signal import Signal
from rules.steps import PostCard, PostDirect, PostReply
from rules.tallies import NAME_MAX, SOON_MS, alert, bucket, counted, middle, reach
from tests.rules.situations import HOUR, KEY, MIN, NOW, POLICY, Desk, S, act, member, over, report, timer
from tests.rules.slack import Slack
from tests.rules.test_any_history import LIMITS, History, Watched

BAD, WARNING, INFO = member("a", "critical"), member("a", "warning"), member("a", "info")
NAME = "=alert||alertname=HighErrorRate|"


class Counting(Desk):
    """A desk that counts each change of its record, as the store does with each commit."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "record" and value is not None:
            self.fields.update(counted(getattr(self, "record", None), value))
            assert counted(value, value) == {}, "what has not changed is counted again"
            assert counted(value, replace(value)) == {}
        super().__setattr__(name, value)

    @property
    def fields(self) -> Counter[str]:
        """All counts so far."""
        found: Counter[str] = self.__dict__.setdefault("_fields", Counter())
        return found

    @property
    def counts(self) -> Counts:
        """The same as a digest reads them."""
        return count([self.fields])

    @property
    def noise(self) -> Noise:
        """Of the one alert that there is."""
        [one] = self.counts.alerts
        return one

    def open(self, one: Signal) -> "Counting":
        self.hear(one)
        return self

    def post(self, reached: int = 1, ts: str = "1.0") -> None:
        """Slack takes the next message, which interrupts so many."""
        self.record = observing.edited(self.incident, self.incident.revision)
        step = wanted_step(self.incident)
        assert isinstance(step, PostCard | PostReply | PostDirect)
        pings = isinstance(step, PostCard | PostReply) and bool(step.mention)
        pings = pings and (not isinstance(step, PostReply) or step.aloud)
        mark = Sending(
            step=step.name, channel="C", place=self.incident.place, at=self.now, pings=pings, reached=reached
        )
        self.record = observing.sending(self.incident, mark)
        assert self.incident.observed.sending
        self.record = observing.sent(self.incident, self.incident.observed.sending, "C", ts)


def test_it_opens_and_is_over() -> None:
    desk = Counting().open(report(WARNING))
    assert desk.fields == {"=open|P1": 1, f"{NAME}opened": 1}
    desk.hear(report(over(WARNING)), HOUR)
    assert desk.fields == {"=open|P1": 1, f"{NAME}opened": 1, "=over|P1": 1}


def test_repeats_and_new_members_count_nothing() -> None:
    desk = Counting().open(report(WARNING))
    before = dict(desk.fields)
    desk.hear(report(WARNING), MIN)
    desk.hear(report(WARNING, member("b", "warning")), MIN)
    desk.hear(report(over(WARNING), member("b", "warning")), MIN)
    desk.hear(act("snooze", until=str(NOW + HOUR)), MIN)
    assert desk.fields == before


def test_worse_is_of_both_severities_and_over_only_of_the_worst() -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(report(BAD), MIN)
    desk.hear(report(WARNING), MIN)
    desk.hear(report(over(WARNING)), HOUR)
    assert (desk.counts.opened, desk.counts.over) == ({"P0": 1, "P1": 1}, {"P0": 1})
    assert desk.noise.opened == 1


def test_what_comes_back_less_bad_is_counted_as_what_it_was() -> None:
    """Else P0 would be over more often than it opened."""
    desk = Counting().open(report(BAD))
    desk.hear(report(over(BAD)), MIN)
    desk.hear(report(member("a", "warning", since=NOW + 2 * MIN)), 2 * MIN)
    desk.hear(report(over(member("a", "warning", since=NOW + 2 * MIN))), MIN)
    assert (desk.counts.opened, desk.counts.over) == ({"P0": 2}, {"P0": 2})
    assert (desk.noise.opened, desk.noise.flips) == (2, 1)


def test_what_comes_back_worse() -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(report(over(WARNING)), MIN)
    desk.hear(report(member("a", "critical", since=NOW + 2 * MIN)), 2 * MIN)
    assert (desk.counts.opened, desk.counts.over) == ({"P0": 1, "P1": 1}, {"P1": 1})


def test_after_it_was_forgotten_it_is_another_one_and_no_flip() -> None:
    desk = Counting().open(report(INFO))
    desk.hear(report(over(INFO)), MIN)
    desk.hear(report(member("a", "info", since=NOW + 5 * HOUR)), 5 * HOUR)
    assert (desk.counts.opened, desk.noise.opened, desk.noise.flips) == ({"P2": 2}, 2, 0)


def test_the_end_of_what_was_never_seen_counts_nothing() -> None:
    desk = Counting()
    assert desk.hear(report(over(BAD), at=NOW)) == "never_seen"
    assert desk.fields == {}


@pytest.mark.parametrize(("lasted", "by_itself"), [(SOON_MS, 1), (SOON_MS + 1, 0)])
def test_over_by_itself_within_five_minutes(lasted: int, by_itself: int) -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(report(over(WARNING)), lasted)
    assert (desk.noise.by_itself, desk.noise.taken) == (by_itself, 0)


def test_what_got_worse_after_hours_was_not_over_within_five_minutes() -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(report(BAD), 2 * HOUR)
    desk.hear(report(over(BAD)), MIN)
    assert desk.noise.by_itself == 0


def test_what_comes_back_is_over_within_five_minutes_of_that() -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(report(over(WARNING)), HOUR)
    again = member("a", since=NOW + 2 * HOUR)
    desk.hear(report(again), HOUR)
    desk.hear(report(over(again)), MIN)
    assert (desk.noise.by_itself, desk.noise.opened) == (1, 2)


def test_who_takes_it_and_how_soon() -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(act("acknowledge"), 4 * MIN)
    desk.hear(act("acknowledge", "bob"), MIN)
    desk.hear(report(over(WARNING)), MIN)
    assert (desk.noise.taken, desk.noise.by_itself, sum(desk.noise.took.values())) == (1, 0, 1)
    assert desk.noise.median_ms == pytest.approx(4 * MIN, rel=0.25)


def test_who_ends_it_by_hand_at_once_had_it() -> None:
    desk = Counting().open(report(WARNING))
    desk.hear(act("resolve"), MIN)
    assert (desk.noise.taken, desk.noise.by_itself) == (1, 0)
    assert desk.noise.median_ms == pytest.approx(MIN, rel=0.25)
    taken_before = Counting().open(report(WARNING))
    taken_before.hear(act("acknowledge"), MIN)
    taken_before.hear(act("resolve"), MIN)
    assert taken_before.noise.taken == 1


def test_while_it_flaps_it_is_one_that_is_over_once() -> None:
    desk = Counting().open(report(WARNING))
    for _ in range(6):
        since = desk.incident.members["a"].since
        desk.hear(report(over(member("a", since=since), until=desk.now + MIN)), MIN)
        desk.hear(report(member("a", since=desk.now + MIN)), MIN)
    assert desk.incident.flapping
    assert (desk.noise.opened, desk.noise.flips) == (4, 3)
    assert desk.counts.over == {"P1": 3}
    assert desk.hear(report(over(member("a", since=desk.now))), MIN) == "resolve_held"
    assert desk.counts.over == {"P1": 3}
    desk.ring("settle")
    assert desk.counts.over == {"P1": 4}
    assert desk.noise.by_itself == 3, "a resolve that was held came late"


def test_what_a_storm_catches_is_counted_though_it_has_no_card() -> None:
    desk = Counting().open(report(WARNING))
    desk.record = storming.caught_by(desk.incident)
    desk.record = observing.storm_told(desk.incident, desk.incident.revision, "board")
    desk.hear(report(over(WARNING)), MIN)
    assert (desk.counts.opened, desk.counts.over, desk.counts.pings) == ({"P1": 1}, {"P1": 1}, {})


# ---- pings, and the people they interrupt


def test_a_ping_counts_when_slack_has_it() -> None:
    desk = Counting().open(report(BAD))
    assert desk.counts.pings == {}
    desk.post(reached=7)
    assert (desk.counts.pings, desk.noise.pings, desk.noise.people) == ({"P0": 1}, 1, 7)
    desk.hear(report(BAD, member("b", "critical")), MIN)
    desk.post(reached=0)
    assert (desk.noise.pings, desk.noise.people) == (1, 7)


def test_a_message_that_did_not_arrive_and_one_that_is_lost_count_nothing() -> None:
    desk = Counting().open(report(BAD))
    mark = Sending(step=f"{desk.incident.id}/card/0", channel="C", place="#alerts", at=NOW, pings=True, reached=7)
    for gone in (
        observing.not_sent,
        lambda record: observing.place_refused(record, "#alerts", "is_archived", "#general"),
        observing.blocks_refused,
        lambda record: observing.card_lost(record, NOW),
    ):
        desk.record = observing.sending(desk.incident, mark)
        desk.record = gone(desk.incident)  # type: ignore[no-untyped-call, unused-ignore]
    assert (desk.counts.pings, desk.noise.people) == ({}, 0)


def test_a_ping_over_the_budget_is_none() -> None:
    desk = Counting().open(report(BAD))
    desk.record = observing.unpinged(desk.incident, NOW + HOUR, 6, NOW)
    desk.post(reached=0)
    assert desk.counts.pings == {}


def test_a_reply_to_the_channel_pings_and_one_in_the_thread_only_reaches_people() -> None:
    desk = Counting(policy=load(TEAM, "team.yaml")).open(report(BAD))
    desk.post(reached=2)
    desk.ring("remind")
    desk.post(reached=1)
    assert (desk.noise.pings, desk.noise.people) == (1, 3)
    desk.hear(report(over(BAD)), HOUR)
    desk.post(reached=0)
    desk.hear(report(member("a", "critical", since=desk.now + MIN)), MIN)
    desk.post(reached=0)
    assert desk.noise.pings == 1, "the same severity pings once"


def test_a_direct_message_reaches_one() -> None:
    desk = Counting(policy=load(TEAM, "team.yaml")).open(report(BAD))
    desk.post(reached=2)
    desk.ring("escalate/0")
    desk.post(reached=1)
    assert (desk.noise.pings, desk.noise.people) == (1, 3)
    desk.record = observing.not_direct(desk.incident, desk.incident.timeline[-1], "no such user", NOW)
    assert desk.noise.people == 3


TEAM = """
channels: {alerts: "#alerts", fallback: "#general"}
severities:
  P0:
    label: [critical]
    channel: alerts
    mention: channel
    respond_within: 10m
    remind: "@ana"
    reminders: 1
    escalate: [{after: 20m, dm: ana}]
  P1: {}
people: {ana: {name: Ana}, bob: {name: Bob}}
"""


@pytest.mark.parametrize(
    ("names", "people"),
    [
        ([], 0), (["@ana"], 1), (["@ana", "ana"], 1), (["@ops"], 1), (["channel"], 2), (["here"], 2),
        (["channel", "@ana"], 2), (["channel", "@ops"], 3), (["@ana", "@bob", "@ops"], 3), (["channel", "here"], 2),
    ],
)  # fmt: skip
def test_how_many_people_are_interrupted(names: list[str], people: int) -> None:
    assert reach(load(TEAM, "team.yaml"), names) == people
    assert reach(POLICY, ["channel"]) == 1, "a policy without people"


# ---- names


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        ({"alertname": "Full", "event": "x"}, "alertname=Full"),
        ({"alertname": "", "event": "issues"}, "event=issues"),
        ({"event": "issues"}, "event=issues"),
        ({}, "source=alertmanager"),
    ],
)
def test_what_an_incident_is_called(labels: dict[str, str], wanted: str) -> None:
    assert alert(Counting().open(report(BAD, labels=labels)).incident) == wanted


HOSTILE = [
    "a|b",
    "a=b",
    "a%7Cb%|%25",
    "|",
    "=",
    "%",
    "a\nb|\n",
    "<!channel> *b* `c`",
    "\u202egnp.exe",
    "🔥" * 20,
    "...",
    "|opened",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_comes_back_as_it_was(name: str) -> None:
    noise = Counting().open(report(BAD, labels={"alertname": name})).noise
    assert (noise.label, noise.alert, noise.opened) == ("alertname", name, 1)
    desk = Counting().open(replace(report(BAD, labels={}), source=name))
    desk.record = replace(desk.incident, route=name, state=State.ACKNOWLEDGED)
    assert {(one.label, one.alert) for one in desk.counts.alerts} == {("source", name)}
    assert {one.route for one in desk.counts.alerts} == {"", name}


def test_a_long_name_is_cut_and_says_so() -> None:
    noise = Counting().open(report(BAD, labels={"alertname": "|" * 300})).noise
    assert noise.name == "alertname=" + "|" * (NAME_MAX - 11) + "…"


def test_only_incidents_are_counted() -> None:
    assert counted(None, storming.gather(_news(), None, POLICY, NOW).record) == {}  # type: ignore[arg-type]


def _news() -> Signal:
    labels = {"incident": KEY, "place": "#a", "id": "X", "severity": "P1", "state": "open", "carded": "no"}
    return replace(timer("arrived"), labels=labels)


@pytest.mark.parametrize("ms", [-5, 0, 1, S, 10 * S, MIN, 5 * MIN, HOUR, 30 * HOUR])
def test_a_class_of_times_is_about_as_long_as_what_is_in_it(ms: int) -> None:
    assert bucket(ms) <= bucket(ms + 1)
    assert middle(bucket(ms)) == pytest.approx(max(ms, 0), rel=0.25, abs=S)


# ---- any history


class Committing(Slack):
    """Each mark and each answer is written down by itself, as by bot/posting.py."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def advance(self, record: Record, now: int) -> Record:
        fate, looks = self.fate, record.observed.sending is not None
        self.fate = replace(fate, answers=False)
        fresh = super().advance(record, now)
        self.desk.record = fresh
        if fresh.observed.sending is None or looks:
            self.fate = fate
        elif fate.arrives and fate.answers:
            fresh = super().advance(fresh, now)
            self.desk.record = fresh
        return fresh


class CountedHistory(History):
    """Any history, counted change by change."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Counting = Counting(self.POLICY)
        self.slack = Committing(self.desk)

    @invariant()
    def what_is_open_is_what_opened_and_is_not_over(self) -> None:
        counts, record = self.desk.counts, self.desk.record
        rose = sum(number for name, number in self.desk.fields.items() if name.startswith("=rose|"))
        is_open = isinstance(record, Incident) and record.is_open
        assert sum(counts.opened.values()) - rose - sum(counts.over.values()) == is_open
        assert all(counts.over[name] <= counts.opened[name] for name in counts.over)
        assert sum(one.opened for one in counts.alerts) == sum(counts.opened.values()) - rose
        assert sum(one.taken + one.by_itself for one in counts.alerts) <= sum(one.opened for one in counts.alerts)

    @invariant()
    def each_ping_that_people_saw_is_counted_once(self) -> None:
        counts = self.desk.counts
        assert sum(counts.pings.values()) == sum(one.pings for one in counts.alerts)
        seen = [one for one in self.slack.messages if one.mention]
        assert sum(counts.pings.values()) <= len(seen)
        record = self.desk.record
        if isinstance(record, Incident) and record.observed.sending is None:
            assert sum(counts.pings.values()) == len(seen)

    @invariant()
    def all_counts_are_numbers_of_things(self) -> None:
        assert all(number > 0 for number in self.desk.fields.values())
        assert all(name.startswith(tallies.OWN) for name in self.desk.fields)


class CountedWatched(Watched):
    """The same with people who act, reminders, silences and policies that change."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Counting = Counting(self.POLICY)

    what_is_open = CountedHistory.what_is_open_is_what_opened_and_is_not_over


FEWER = settings(LIMITS, max_examples=60, phases=[Phase.generate])
TestCountedHistory = CountedHistory.TestCase
TestCountedHistory.settings = FEWER
TestCountedWatched = CountedWatched.TestCase
TestCountedWatched.settings = FEWER
