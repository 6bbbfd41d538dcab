"""Whether somebody looks after it: the deadline, reminders and steps up, told as a watch that lets the hours go by."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.attention import JUST_MS
from rules.incident import State
from rules.policy import Policy
from rules.policy_file import load
from rules.signal import Member, Signal
from tests.rules.situations import DAY, HOUR, MIN, NOW, Desk, S, act, member, over, report, timer, words

TEAM = """
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0:
    label: [critical]
    channel: alerts
    mention: [channel, "@platform"]
    interrupts_quiet_hours: true
    respond_within: 10m
    remind_every: 15m
    reminders: 3
    escalate:
      - {after: 20m, mention: "@platform", dm: [boss]}
      - {after: 50m, mention: channel}
      - {after: 1h, when: without_progress, mention: "@platform", dm: [platform, boss]}
  P1:
    label: [warning]
    channel: monitoring
    mention: "@ops"
    respond_within: 1h
    remind_every: 2h
    reminders: 2
    escalate: [{after: 3h, dm: boss}]
  P2: {label: [info], channel: monitoring, respond_within: end_of_day}
people: {ana: {name: Ana Ruiz}, bob: {name: Bob Costa}, boss: {name: Chloe Martin}}
oncall:
  platform: {people: [ana, bob], handoff: "0 9 * * *", since: 2027-01-15}
  web: {group: "@web-team"}
rights: {resolve: platform, escalate: everyone, silence: everyone, mute: boss, override: boss}
flapping: {flips: 3, within: 1h, hold: 10m}
routes:
  - {name: db, match: team="db", owner: DBA}
"""
POLICY = load(TEAM, "team.yaml")
BAD, WARNING, INFO = member("a", "critical"), member("a", "warning"), member("a", "info")


def at(text: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Madrid"), fold=fold).timestamp() * 1000)


def changed(old: str, new: str, more: str = "") -> Policy:
    assert old in TEAM
    return load(TEAM.replace(old, new) + more, "team.yaml")


def opened(one: Member, when: int = NOW, policy: Policy = POLICY) -> Desk:
    desk = Desk(policy, now=when)
    desk.hear(report(one))
    return desk


def watch(desk: Desk, lasting: int) -> list[tuple[int, str]]:
    """Let the time go by, with each timer as it comes: (minutes since the start, reason)."""
    start, end, seen = desk.now, desk.now + lasting, []
    while desk.incident.timers and min(desk.incident.timers.values()) <= end:
        name = min(desk.incident.timers, key=lambda name: desk.incident.timers[name])
        reason = desk.ring(name)
        seen.append(((desk.now - start) // MIN, reason))
    desk.now = end
    return seen


def last(desk: Desk) -> tuple[str, tuple[str, ...]]:
    """The latest visible line, and whom it mentions."""
    entry = [entry for entry in desk.incident.timeline if entry.visible][-1]
    return words(entry.text), entry.mention


def direct(desk: Desk) -> list[str]:
    return [entry.to for entry in desk.incident.timeline if entry.to]


def known(event: str, who: str, **particulars: str) -> Signal:
    """An act of somebody in the people map."""
    return act(event, who, who, **particulars)


# ---- the deadline and reminders


def test_nobody_takes_it_and_the_first_reminder_comes_at_the_deadline_and_mentions_who_was_called() -> None:
    desk = opened(WARNING)
    assert desk.incident.timers == {"remind": NOW + HOUR, "escalate/0": NOW + 3 * HOUR}
    assert desk.ring("remind") == "reminded"
    assert last(desk) == (f"Nobody has it yet, {HOUR} after it asked for somebody.", ("@ops",))
    assert not desk.incident.timeline[-1].aloud


def test_a_reminder_does_not_ping_the_whole_channel_again() -> None:
    desk = opened(BAD)
    desk.ring("remind")
    assert last(desk)[1] == ("@ana",)
    assert not any(entry.aloud for entry in desk.incident.timeline)


def test_reminders_come_as_often_as_the_policy_says_and_the_last_one_says_so() -> None:
    desk = opened(WARNING, policy=changed("    escalate: [{after: 3h, dm: boss}]\n", ""))
    assert watch(desk, 30 * HOUR) == [(60, "reminded"), (180, "reminded")]
    assert desk.lines == [
        f"Nobody has it yet, {HOUR} after it asked for somebody.",
        f"Nobody has it yet, {3 * HOUR} after it asked for somebody.",
        "This was the last reminder; I stay quiet about it from here on.",
    ]


@pytest.mark.parametrize(("more", "seen"), [("reminders: 0", []), ("reminders: 1", [(60, "reminded")])])
def test_few_reminders(more: str, seen: list[tuple[int, str]]) -> None:
    desk = opened(WARNING, policy=changed("reminders: 2\n    escalate: [{after: 3h, dm: boss}]", more))
    assert watch(desk, 30 * HOUR) == seen


def test_without_remind_every_there_is_the_deadline_only() -> None:
    desk = opened(WARNING, policy=changed("    remind_every: 2h\n", ""))
    assert watch(desk, 30 * HOUR) == [(60, "reminded"), (180, "escalated")]
    assert "last" not in last(desk)[0]


def test_without_a_deadline_the_first_reminder_comes_after_remind_every() -> None:
    desk = opened(WARNING, policy=changed("    respond_within: 1h\n", ""))
    assert watch(desk, 2 * HOUR) == [(120, "reminded")]


def test_whom_reminders_mention_may_be_named() -> None:
    desk = opened(WARNING, policy=changed("reminders: 2", 'reminders: 2\n    remind: ["@platform", "@web", here]'))
    desk.ring("remind")
    assert last(desk)[1] == ("@ana", "@web-team")


def test_reminders_that_are_to_mention_nobody_mention_nobody() -> None:
    desk = opened(WARNING, policy=changed("reminders: 2", "reminders: 2\n    remind: none"))
    desk.ring("remind")
    assert last(desk)[1] == ()


@pytest.mark.parametrize(
    ("opens", "deadline"),
    [
        ("2027-01-15 09:00", "2027-01-15 18:00"),
        ("2027-01-15 17:59:59", "2027-01-15 18:00"),
        ("2027-01-15 18:00", "2027-01-18 18:00"),
        ("2027-01-15 22:00", "2027-01-18 18:00"),
        ("2027-01-16 12:00", "2027-01-18 18:00"),
        ("2027-01-18 03:00", "2027-01-18 18:00"),
        ("2027-01-18 19:00", "2027-01-19 18:00"),
        ("2027-03-26 20:00", "2027-03-29 18:00"),  # over the night when the clocks go forward
        ("2027-10-29 20:00", "2027-11-01 18:00"),  # and back
    ],
)
def test_by_the_end_of_the_day_is_the_working_day_of_the_team(opens: str, deadline: str) -> None:
    desk = opened(INFO, at(opens))
    assert desk.incident.timers == {"remind": at(deadline)}
    assert watch(desk, 10 * DAY) == [((at(deadline) - at(opens)) // MIN, "reminded")]


def test_the_end_of_a_day_that_is_an_hour_shorter_is_by_the_clock_on_the_wall() -> None:
    policy = changed("timezone: Europe/Madrid\n", "timezone: Europe/Madrid\nworking_hours: {days: [sun]}\n")
    desk = opened(INFO, at("2027-03-28 01:00"), policy)
    assert desk.incident.timers["remind"] - desk.now == 16 * HOUR


# ---- somebody has it


def test_who_takes_it_stops_the_clock_of_the_unacknowledged_and_starts_that_of_no_progress() -> None:
    desk = opened(BAD)
    assert desk.incident.timers.keys() == {"remind", "escalate/0", "escalate/1"}
    desk.hear(known("acknowledge", "bob"), 5 * MIN)
    assert desk.incident.timers == {"remind": desk.now + 15 * MIN, "escalate/2": desk.now + HOUR}
    desk.ring("remind")
    wanted = f"bob has it since {NOW + 5 * MIN}, and nothing has moved for {15 * MIN}."
    assert last(desk) == (wanted, ("user:U0000BOB",))


def test_each_act_is_progress() -> None:
    desk = opened(BAD)
    desk.hear(known("acknowledge", "bob"))
    for what in ({"event": "escalate", "whom": "@ops"}, {"event": "snooze", "until": "0"}):
        desk.hear(known(who="ana", **what), 10 * MIN)
        assert desk.incident.timers["remind"] == desk.now + 15 * MIN
        assert desk.incident.timers["escalate/2"] == desk.now + HOUR


def test_what_was_refused_or_is_so_already_is_no_progress() -> None:
    desk = opened(BAD)
    desk.hear(known("acknowledge", "bob"))
    before = desk.incident
    assert desk.hear(known("acknowledge", "ana"), MIN) == "already"
    assert desk.hear(known("resolve", "boss"), MIN) == "not_allowed"
    assert desk.incident is before


@pytest.mark.parametrize("fewer", [(over(BAD), member("b", "critical")), (WARNING, member("b", "warning"))])
def test_what_gets_better_is_progress(fewer: tuple[Member, ...]) -> None:
    desk = opened(BAD)
    desk.hear(report(BAD, member("b", "critical")))
    desk.hear(known("acknowledge", "bob"))
    assert desk.hear(report(*fewer), 10 * MIN) in ("partly_resolved", "eased")
    assert desk.incident.attention.moved_at == desk.now


def test_a_new_member_and_a_repeat_are_no_progress() -> None:
    desk = opened(BAD)
    desk.hear(known("acknowledge", "bob"))
    for members in ((BAD, member("b", "critical")), (BAD, member("b", "critical"))):
        desk.hear(report(*members), MIN)
        assert desk.incident.attention.moved_at == NOW


def test_without_progress_the_step_goes_to_the_thread_and_to_people_directly() -> None:
    desk = opened(BAD)
    desk.hear(known("acknowledge", "bob"))
    watch(desk, HOUR)
    text = f"bob has it since {NOW}, and nothing has moved for {HOUR}."
    step = [entry for entry in desk.incident.timeline if entry.at == NOW + HOUR]
    assert [(words(e.text), e.mention, e.visible, e.to) for e in step if "moved" in words(e.text)][-3:] == [
        (text, ("@ana",), True, ""),
        (text, (), False, "ana"),
        (text, (), False, "boss"),
    ]


# ---- steps up


def test_nobody_takes_it_and_it_goes_up_step_by_step() -> None:
    desk = opened(BAD)
    assert watch(desk, DAY) == [
        (10, "reminded"), (20, "escalated"), (25, "reminded"), (40, "reminded"), (50, "escalated"),
    ]  # fmt: skip
    steps = [entry for entry in desk.incident.timeline if entry.at in (NOW + 20 * MIN, NOW + 50 * MIN)]
    assert [(e.mention, e.aloud, e.to) for e in steps] == [
        (("@ana",), False, ""), ((), False, "boss"), (("channel",), True, ""),
    ]  # fmt: skip


def test_a_step_reaches_who_is_on_call_when_it_is_taken() -> None:
    desk = opened(BAD, at("2027-01-16 08:35"))
    assert desk.incident.mention == ("channel", "@ana")
    desk.ring("escalate/0")
    assert last(desk)[1] == ("@ana",), "it is five to nine"
    desk.hear(known("acknowledge", "boss"), MIN)
    desk.ring("escalate/2")
    assert last(desk)[1] == ("@bob",), "bob has taken over at nine"
    assert direct(desk)[-2:] == ["bob", "boss"]


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
def test_the_hand_off_is_by_the_clock_on_the_wall_when_the_clocks_change(day: str, hours: int) -> None:
    before, after = (opened(BAD, at(f"{day} 09:00") - minutes * MIN) for minutes in (21, 19))
    assert (at(f"{day} 09:00") - at(f"{day} 00:00")) // HOUR == hours - 15
    assert {before.ring("escalate/0"), after.ring("escalate/0")} == {"escalated"}
    assert {last(before)[1], last(after)[1]} == {("@ana",), ("@bob",)}


def test_whoever_stands_in_is_told_instead() -> None:
    more = "\n    overrides: [{person: boss, from: 2027-01-15T08:15:00Z, until: 2027-01-15T09:00:00Z}]"
    policy = changed(
        '  platform: {people: [ana, bob], handoff: "0 9 * * *", since: 2027-01-15}',
        f'  platform:\n    people: [ana, bob]\n    handoff: "0 9 * * *"\n    since: 2027-01-15{more}',
    )
    desk = opened(BAD, policy=policy)
    desk.ring("escalate/0")
    assert (last(desk)[1], direct(desk)) == (("@boss",), ["boss"])


def test_a_user_group_cannot_be_written_to_so_it_is_mentioned() -> None:
    desk = opened(WARNING, policy=changed("dm: boss", "dm: [boss, web]"))
    desk.ring("escalate/0")
    assert last(desk)[1] == ("@web-team",)
    assert direct(desk) == ["boss"]


def test_who_just_acted_is_mentioned_by_no_step_and_no_reminder() -> None:
    desk = opened(BAD, policy=changed("remind_every: 15m", "remind_every: 9m"))
    desk.hear(known("acknowledge", "ana"))
    assert desk.ring("remind") == "reminded"
    assert last(desk)[1] == (), "ana has acted nine minutes ago"
    desk.ring("remind")
    assert last(desk)[1] == ("user:U0000ANA",)


@pytest.mark.parametrize(("after", "who"), [(JUST_MS, ("channel",)), (JUST_MS + 1, ("@ana",))])
def test_who_just_acted_is_left_out_for_ten_minutes(after: int, who: tuple[str, ...]) -> None:
    desk = opened(BAD)
    desk.hear(known("snooze", "ana", until="0"))
    desk.hear(known("escalate", "boss"), after)
    assert last(desk)[1] == who, "a step that reaches nobody but who just acted is passed over"
    assert not direct(desk), "boss is the one who does it"


def test_a_step_for_who_just_acted_alone_waits_until_that_is_some_time_ago() -> None:
    desk = opened(WARNING, policy=changed("    remind_every: 2h\n    reminders: 2\n", "    reminders: 0\n"))
    desk.hear(known("snooze", "boss", until="0"), 3 * HOUR - MIN)
    assert watch(desk, 30 * MIN) == [(1, "put_off"), (11, "escalated")]
    assert direct(desk) == ["boss"]


def test_of_several_who_just_acted_none_is_mentioned() -> None:
    desk = opened(BAD)
    desk.hear(known("snooze", "ana", until="0"))
    desk.hear(known("escalate", "bob"), MIN)
    assert last(desk)[1] == ()
    assert desk.incident.attention.acted.keys() == {"ana", "user:U0000ANA", "bob", "user:U0000BOB"}


def test_who_has_just_taken_it_is_not_mentioned_when_it_gets_worse_at_once() -> None:
    desk = opened(WARNING, policy=changed("remind_every: 15m", "remind_every: 5m"))
    desk.hear(known("acknowledge", "ana"))
    desk.hear(report(WARNING, member("b", "critical")), MIN)
    desk.ring("remind")
    assert last(desk)[1] == ()


# ---- passed on by hand


def test_passed_on_by_hand_goes_to_the_next_step_until_none_is_left() -> None:
    desk = opened(BAD)
    seen = []
    for who in ("bob", "ana", "boss"):
        assert desk.hear(known("escalate", who), 20 * MIN) == "escalated"
        seen.append(last(desk))
    assert seen == [
        ("bob passes it on: step 1, @platform, boss.", ("@ana",)),
        ("ana passes it on: step 2, channel.", ("channel",)),
        ("boss passes it on: step 3, @platform, platform, boss.", ("@ana",)),
    ]
    assert direct(desk) == ["boss", "ana"]
    before = desk.incident
    assert desk.hear(known("escalate", "bob")) == "no_step"
    assert desk.incident is before


def test_a_step_that_was_taken_by_hand_is_not_taken_again() -> None:
    desk = opened(BAD)
    desk.hear(known("escalate", "bob"))
    assert "escalate/0" not in desk.incident.timers
    assert (20, "escalated") not in watch(desk, DAY)


@pytest.mark.parametrize(
    ("whom", "mention"),
    [("@platform", "@ana"), ("@boss", "@boss"), ("@web", "@web-team"), ("user:U1", "user:U1"), ("@x", "@x")],
)
def test_passed_on_to_whom_is_named(whom: str, mention: str) -> None:
    desk = opened(WARNING)
    said = "bob passes it on." if whom.startswith("user:") else f"bob passes it on to {whom}."
    assert desk.hear(known("escalate", "bob", whom=whom)) == "escalated"
    assert last(desk) == (said, (mention,))
    assert "escalate/0" in desk.incident.timers, "it is none of the policy's steps"


def test_passed_on_to_oneself_says_so_and_pings_nobody() -> None:
    desk = opened(WARNING)
    desk.hear(known("escalate", "ana", whom="@platform"))
    assert last(desk) == ("ana passes it on to @platform.", ())


# ---- it begins anew


def test_worse_begins_anew() -> None:
    desk = opened(WARNING)
    desk.ring("remind")
    assert desk.hear(report(WARNING, member("b", "critical")), MIN) == "worse"
    assert desk.incident.timers == {
        "remind": desk.now + 10 * MIN, "escalate/0": desk.now + 20 * MIN, "escalate/1": desk.now + 50 * MIN,
    }  # fmt: skip
    assert [minutes for minutes, what in watch(desk, DAY) if what == "reminded"] == [10, 25, 40]


def test_as_bad_again_after_hours_begins_anew_and_not_with_all_steps_at_once() -> None:
    desk = opened(BAD)
    desk.hear(report(WARNING), MIN)
    watch(desk, 5 * HOUR)
    assert desk.hear(report(BAD)) == "worse"
    assert [minutes for minutes, _ in watch(desk, DAY)] == [10, 20, 25, 40, 50]
    assert not any("late" in line for line in desk.lines)


def test_opened_again_begins_anew_and_is_nobodys() -> None:
    desk = opened(BAD)
    desk.hear(known("acknowledge", "boss"))
    desk.hear(report(over(BAD)), MIN)
    assert not desk.incident.timers
    assert desk.hear(report(member("a", "critical", since=NOW + HOUR)), HOUR) == "reopened"
    assert desk.incident.timers["remind"] == desk.now + 10 * MIN
    desk.ring("remind")
    assert last(desk) == (f"Nobody has it yet, {10 * MIN} after it asked for somebody.", ("@ana",))
    assert desk.hear(known("resolve", "boss")) == "not_allowed", "boss had it before, not now"


@pytest.mark.parametrize("how", ["report", "resolve"])
def test_when_it_is_over_nothing_is_said_any_more(how: str) -> None:
    desk = opened(BAD)
    desk.hear(known("resolve", "ana") if how == "resolve" else report(over(BAD)), MIN)
    assert not desk.incident.timers
    said = len(desk.lines)
    assert {desk.hear(timer(name), DAY) for name in ("remind", "escalate/0")} == {"timer_stale"}
    assert len(desk.lines) == said


def test_partly_over_goes_on_asking() -> None:
    desk = opened(BAD)
    desk.hear(report(BAD, member("b", "critical")))
    timers = desk.incident.timers
    desk.hear(report(BAD, over(member("b", "critical"))), MIN)
    assert desk.incident.timers == timers


def test_what_flaps_goes_quiet() -> None:
    desk = opened(BAD)
    for _ in range(3):
        desk.hear(report(over(member("a", "critical", since=desk.now))), MIN)
        desk.hear(report(member("a", "critical", since=desk.now + MIN)), MIN)
    assert desk.incident.flapping
    assert desk.incident.is_open
    assert not desk.incident.timers


@pytest.mark.parametrize("event", ["remind", "escalate/0"])
def test_a_time_that_two_processes_bring_is_kept_once(event: str) -> None:
    desk = opened(WARNING)
    desk.now = desk.incident.timers[event]
    assert desk.hear(timer(event)) in ("reminded", "escalated")
    after = desk.incident
    assert desk.hear(timer(event)) == "timer_stale"
    assert desk.incident is after


def test_too_early_or_unheard_of_times_are_stale() -> None:
    desk = opened(WARNING)
    for name in ("remind", "escalate/0", "escalate/7", "escalate", "escalate/x", "silence-over/x", "silence-near", ""):
        assert desk.hear(timer(name), S) == "timer_stale", name


def test_what_comes_late_says_how_late() -> None:
    desk = opened(WARNING)
    assert desk.hear(timer("remind"), HOUR + MIN) == "reminded"
    assert "late" not in last(desk)[0]
    assert desk.hear(timer("escalate/0"), 4 * HOUR) == "escalated"
    assert last(desk)[0].endswith(f"(I say so {2 * HOUR + MIN} late.)")
    desk.hear(known("acknowledge", "ana"))
    desk.hear(timer("remind"), 3 * HOUR)
    assert desk.lines[-2].endswith(f"nothing has moved for {3 * HOUR}. (I say so {HOUR} late.)")


# ---- what is not asked for, and a policy that changes


def test_what_is_only_counted_asks_for_nobody_until_it_is_shown() -> None:
    desk = opened(
        INFO, policy=changed("P2: {label: [info], channel: monitoring,", "P2: {label: [info], card: counted,")
    )
    assert not desk.incident.timers
    desk.hear(report(INFO, member("b", "warning")), HOUR)
    assert desk.incident.timers["remind"] == desk.now + HOUR


def test_a_policy_that_loses_a_step_while_its_time_runs() -> None:
    desk = opened(BAD)
    desk.policy = changed("      - {after: 50m, mention: channel}\n", "")
    assert watch(desk, DAY)[-1] == (40, "reminded"), "the step is gone, so there is nothing to say"
    assert desk.incident.timers == {}


def test_a_policy_that_loses_all_steps_and_reminders() -> None:
    desk = opened(WARNING)
    desk.policy = load("channels: {fallback: '#general'}\nseverities: {P0: {}, P1: {label: [warning]}}", "small.yaml")
    assert desk.ring("remind") == "put_off"
    assert desk.incident.timers == {}
    assert desk.hear(act("escalate", "ana")) == "not_allowed"


def test_a_policy_that_has_another_severity_only() -> None:
    desk = opened(BAD)
    desk.policy = load("channels: {fallback: '#general'}\nseverities: {P1: {respond_within: 5m}}", "small.yaml")
    desk.hear(report(BAD, member("b")), MIN)
    assert desk.incident.timers == {"remind": NOW + 5 * MIN}
    assert watch(desk, DAY) == [(4, "reminded")]
    assert desk.incident.state is State.OPEN
