"""What must not fall silent: beats and alarms, what is usual for a source, and how the policy says it."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.plain import plain
from rules import habit, heartbeat
from rules.alarm import ended, opened
from rules.decide import decide
from rules.habit import Habit
from rules.heartbeat import Beats, Pulse
from rules.heartbeat_plan import DAY, HOUR, MINUTE, Sources
from rules.incident import Incident
from rules.policy import Policy
from rules.policy_file import BadPolicy, load
from rules.reason import Reason
from rules.signal import Kind, Member, Signal

HEAD = """channels: {alerts: "#alerts", fallback: "#general"}
severities: {P0: {channel: alerts, mention: channel}, P1: {}}
"""
BEATS = f"""{HEAD}heartbeats:
  prometheus: {{match: 'alertname="Watchdog"', within: 10m, owner: metrics, runbook: "https://runbooks.example.org/x"}}
  backups: {{match: 'source="alertmanager", job="backup"', within: 1d, severity: P1}}
"""
NOW = 1_800_000_000_000


@cache
def policy(text: str = BEATS) -> Policy:
    return load(text, "policy.yaml")


def complaint(text: str) -> str:
    with pytest.raises(BadPolicy) as caught:
        load(HEAD + text, "policy.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("heartbeats: {a: {within: 10m}}", "heartbeats.a.match: is required"),
        ("heartbeats: {a: {match: Watchdog, within: 10m}}", "expected name="),
        (
            "heartbeats: {a: {match: 'a=\"b\"', within: 10s}}",
            "heartbeats.a.within: '10s' is too short; write 1m or more",
        ),
        ("heartbeats: {'a b': {match: 'a=\"b\"', within: 10m}}", "'a b' cannot be the name of a heartbeat"),
        ("heartbeats: {a: {match: 'a=\"b\"', within: 10m, severity: P7}}", "heartbeats.a.severity: 'P7' is not one of"),
        ("silent_sources: {severity: P7}", "silent_sources.severity: 'P7' is not one of"),
        ("silent_sources: {times: 0.5}", "silent_sources.times: write 1 or more, not"),
        ("silent_sources: {at_least: 1m}", "silent_sources.at_least: '1m' is too short; write 10m or more"),
        ("silent_sources: true", "silent_sources: True says nothing here; write a mapping such as {times: 3, at_least"),
        ("silent_sources: nope", "silent_sources: 'nope' says nothing here; write a mapping such as {times: 3, at_"),
        (
            "canary: '#x'",
            "canary: '#x' says nothing here; write a mapping such as {channel: \"#sereno-canary\", every:",
        ),
        (
            "heartbeats: {a: {match: 'a=\"b\"', within: 10m, runbook: wiki}}",
            "heartbeats.a.runbook: 'wiki' is not an address; write one such as https://",
        ),
        ("canary: {channel: canaries}", "canary.channel: 'canaries' is neither a #channel nor one of the roles"),
        ("canary: {channel: '#x', every: 5s}", "canary.every: '5s' is too short; write 1m or more"),
    ],
)
def test_a_fault_in_the_policy_is_named(text: str, wanted: str) -> None:
    found = complaint(text)
    assert found.startswith("policy.yaml:3: ")
    assert wanted in found


@pytest.mark.parametrize("text", ["silent_sources: off", 'silent_sources: "off"', "silent_sources:"])
def test_silent_sources_can_be_off(text: str) -> None:
    assert policy(HEAD + text).silent_sources is None
    assert policy(HEAD).silent_sources == Sources()
    assert (Sources().times, Sources().at_least) == (3, DAY)


@pytest.mark.parametrize("text", ["canary: off", 'canary: "off"', "canary:", ""])
def test_the_canary_can_be_off(text: str) -> None:
    assert policy(HEAD + text).canary is None


def report(*, firing: bool = True, source: str = "alertmanager", **labels: str) -> Signal:
    member = Member(id="one", firing=firing, labels=labels)
    return Signal(key="k", source=source, kind=Kind.REPORT, members=(member,))


def test_a_beat_is_what_fires_and_fits() -> None:
    beats = policy().heartbeats
    assert list(heartbeat.beaten(report(alertname="Watchdog"), beats)) == ["prometheus"]
    assert list(heartbeat.beaten(report(alertname="Watchdog", job="backup"), beats)) == ["prometheus", "backups"]
    assert list(heartbeat.beaten(report(job="backup", source="uptime"), beats)) == []
    assert list(heartbeat.beaten(report(job="backup", source="uptime", **{"from": "alertmanager"}), beats)) == []
    assert list(heartbeat.beaten(report(alertname="Watchdog", firing=False), beats)) == [], "an end is no beat"
    assert list(heartbeat.beaten(report(alertname="Other"), beats)) == []


def test_what_an_alarm_says() -> None:
    known = policy()
    said = heartbeat.alarm("prometheus", known.heartbeats["prometheus"], Beats(known=1, last=NOW), known)
    assert dict(said.labels) == {
        "alertname": "HeartbeatMissing", "heartbeat": "prometheus", "severity": "P0", "owner": "metrics",
    }  # fmt: skip
    assert plain(said.title) == "Heartbeat missing: prometheus"
    assert 'fits alertname="Watchdog" has arrived since 2027-01-15 08:00 UTC; it should' in plain(said.summary)
    never = heartbeat.alarm("backups", known.heartbeats["backups"], Beats(known=NOW), known)
    assert "has ever arrived, though I have listened since 2027-01-15" in plain(never.summary)
    assert never.labels["severity"] == "P1"


def laid(signal: Signal, record: Incident | None, now: int) -> Incident | None:
    found = decide(signal, record, policy(), now).record
    assert found is None or isinstance(found, Incident)
    return found


# Each: so long until the next beat (ms), and whether Sereno was restarted at its beginning.
SILENCES = st.lists(st.tuples(st.integers(1000, 25 * MINUTE), st.booleans()), min_size=1, max_size=15)
LOOK = 30_000


@settings(deadline=None, derandomize=True, max_examples=60)
@given(SILENCES)
def test_one_alarm_for_each_silence_and_none_while_it_beats(silences: list[tuple[int, bool]]) -> None:
    known, record = policy(), None
    plan, beats, listening, now = known.heartbeats["prometheus"], Beats(known=NOW), NOW, NOW
    for silent, restarted in silences:
        listening = now if restarted else listening
        heard, alarms, looks = max(beats.last, beats.known, listening), 0, range(now, now + silent, LOOK)
        for look in looks:
            stands = heartbeat.pulse(plan, beats, listening, look)
            is_open = record is not None and record.is_open
            if stands is Pulse.STOPPED and not is_open:
                record = laid(
                    opened(heartbeat.alarm("prometheus", plan, beats, known), record, "t", "s", look), record, look
                )
                assert record
                assert record.is_open
                alarms += 1
            elif stands is Pulse.BEATS and is_open and record:
                record = laid(ended(record, look), record, look)
        assert alarms == (looks[-1] - heard > plan.within)
        now += silent
        beats = Beats(known=NOW, last=now)


def test_after_a_break_it_has_its_time_again_and_what_is_open_stays() -> None:
    plan, beats = policy().heartbeats["prometheus"], Beats(known=NOW, last=NOW)
    assert heartbeat.pulse(plan, beats, NOW, NOW + 10 * MINUTE) is Pulse.BEATS
    assert heartbeat.pulse(plan, beats, NOW, NOW + 10 * MINUTE + 1) is Pulse.STOPPED
    assert heartbeat.pulse(plan, beats, NOW + HOUR, NOW + HOUR) is Pulse.UNKNOWN
    assert heartbeat.pulse(plan, beats, NOW + HOUR, NOW + HOUR + 10 * MINUTE) is Pulse.UNKNOWN
    assert heartbeat.pulse(plan, beats, NOW + HOUR, NOW + HOUR + 10 * MINUTE + 1) is Pulse.STOPPED


def test_an_alarm_is_an_incident_like_any_other() -> None:
    known = policy()
    wanted = heartbeat.alarm("prometheus", known.heartbeats["prometheus"], Beats(known=NOW, last=NOW), known)
    record = laid(opened(wanted, None, "Heartbeat missing: prometheus", "why", NOW), None, NOW)
    assert record
    assert (record.severity, record.place, record.mention, record.reason) == ("P0", "#alerts", ("channel",), "opened")
    assert [link.name for link in record.links] == ["runbook"]
    over = decide(ended(record, NOW + HOUR), record, known, NOW + HOUR)
    assert over.reason is Reason.RESOLVED


def taught(*hours: float, habit_of: Habit | None = None) -> Habit:
    """What is learnt of a source that is heard at these hours, by a Sereno that is always awake."""
    for hour in hours:
        at = NOW + int(hour * HOUR)
        habit_of = habit.heard(habit_of, at, at - NOW)
    assert habit_of
    return habit_of


WORKDAYS = [day * 24 + hour for day in range(14) if day % 7 not in (5, 6) for hour in (1, 4, 9)]


def test_a_weekend_is_not_a_silence() -> None:
    sources, known = Sources(), None
    for one, following in pairwise([*WORKDAYS, WORKDAYS[-1] + 64]):
        known = taught(one, habit_of=known)
        for hour in range(one, following):
            assert not habit.is_silent(known, sources, hour * HOUR)
    assert known
    assert habit.usual(known) == 64 * HOUR


def test_a_source_is_silent_beyond_its_usual_and_not_before_that_is_known() -> None:
    hourly = taught(*range(24 * 9))
    sources = Sources.model_validate({"times": 3, "at_least": "2h"})

    def silent(after: float, known: Habit = hourly, wanted: Sources = sources) -> bool | None:
        return habit.is_silent(known, wanted, known.awake + int(after * HOUR))

    assert silent(3) is False
    assert silent(3.1) is True
    assert silent(24, wanted=Sources()) is False
    assert silent(24.1, wanted=Sources()) is True
    assert silent(24 * 40) is True, "for as long as it lasts"
    assert silent(1, taught(24 * 40, habit_of=hourly)) is False, "heard again, whatever is known"
    assert silent(24 * 3, taught(*range(24 * 5))) is None, "too new"
    assert silent(24 * 3, taught(0, 24 * 8)) is None, "too rare"


def test_only_two_weeks_are_remembered() -> None:
    known = taught(*range(0, 24 * 40, 6))
    assert len(known.days) == habit.KEPT
    assert set(known.days.values()) == {6 * HOUR}


def test_what_is_said_of_a_silent_source() -> None:
    known = taught(*range(24 * 9))
    now = NOW + 24 * 10 * HOUR
    said = habit.alarm("github", known, Sources(), now - NOW, policy())
    assert dict(said.labels) == {"alertname": "SourceSilent", "from": "github", "severity": "P1"}
    assert plain(said.title) == "github has fallen silent"
    assert plain(said.summary).startswith(
        "Nothing has come from github for 1 d 1 h, the last on 2027-01-24 07:00 UTC; "
    )
    assert "its longest silence in the 14 days before was 1 h." in plain(said.summary)
