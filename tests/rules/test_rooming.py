"""A war-room as its people live it: opened once, commanded by somebody who said yes, written down, closed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import furnishing, rooming
from rules.decide import decide
from rules.furnishing import RETRY_MS, WORDS
from rules.policy import Policy
from rules.policy_file import load
from rules.reason import Reason
from rules.room import Furnishing, Milestone, Phase, Role, Room, Status, key_of
from rules.room_naming import base, numbered, slug
from rules.room_times import faults
from rules.signal import Actor, Kind, Link, Signal
from tests.rules.situations import HOUR, MIN, NOW, words

POLICY_TEXT = """
channels: {fallback: "#general", status: "#status"}
severities: {P0: {checklist: ["Who commands?"]}, P1: {}}
war_room:
  invite: ["@on-call"]
  announce: status
  update_every: 30m
  commander_within: 5m
  bookmarks: [{title: Status, url: "https://status.example.org"}]
"""
POLICY = load(POLICY_TEXT, "policy.yaml")
ANA, BOB = Actor(id="UANA", name="Ana"), Actor(id="UBOB", name="Bob")
KEY, INCIDENT = key_of("K7F3Q2"), "alertmanager:db"
DAY = 24 * HOUR


def facts(key: str = INCIDENT, **more: str) -> dict[str, str]:
    """How an incident stands, as its room hears it."""
    own = {"incident": key, "id": key[-2:].upper(), "title": key, "severity": "P0", "state": "open"}
    return {**own, "since": str(NOW - MIN), "opened_at": str(NOW), **more}


class Story:
    """One room and the time."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy, self.now = policy, NOW
        self.room: Room | None = None

    def does(self, event: str, by: Actor | None = ANA, *, later: int = MIN, **labels: str) -> Reason:
        self.now += later
        return self.takes(Signal(key=KEY, source="slack", kind=Kind.ACT, event=event, labels=labels, actor=by))

    def hears(self, event: str, *, later: int = MIN, people: tuple[str, ...] = (), **labels: str) -> Reason:
        self.now += later
        links = (Link(name="runbook", url=f"https://runbooks.example.org/{labels.get('id', '')}"),)
        return self.takes(Signal(key=KEY, source="sereno", kind=Kind.ROOM, event=event, labels=labels, people=people,
                                 links=links))  # fmt: skip

    def rings(self, name: str, *, later: int = 0) -> Reason:
        self.now += later
        return self.takes(Signal(key=KEY, source="timer", kind=Kind.TIMER, event=name))

    def takes(self, signal: Signal) -> Reason:
        decision = decide(signal, self.room, self.policy, self.now)
        assert decision.record is None or isinstance(decision.record, Room)
        assert decision.changed or decision.record == self.room
        self.room = decision.record or self.room
        return decision.reason

    @property
    def it(self) -> Room:
        assert self.room is not None
        return self.room

    @property
    def lines(self) -> list[str]:
        return [words(entry.text) for entry in self.it.timeline]

    @property
    def mentions(self) -> tuple[str, ...]:
        return self.it.timeline[-1].mention


def opened(severity: str = "P0") -> Story:
    story = Story()
    assert story.does("open", **facts(severity=severity, title="DB down")) is Reason.ROOM_OPENED
    return story


def test_the_second_request_is_led_to_the_first() -> None:
    story = opened()
    first = story.it
    assert first.base == "inc-20270115-db-down"
    assert (first.invite, first.announce, first.incidents) == (("user:UANA", "@on-call"), "#status", (INCIDENT,))
    assert [link.url for link in first.links] == ["https://status.example.org"]
    assert [entry.text.template[:16] for entry in first.timeline] == ["{who} opened thi", "What to do first"]
    assert story.does("open", BOB, title="The same") is Reason.ALREADY
    assert story.it.invite == ("user:UANA", "@on-call", "user:UBOB"), "and is invited"
    assert story.does("open", BOB, title="The same") is Reason.ALREADY
    assert story.it.title == "DB down"


def test_the_policy_opens_one_and_calls_whom_the_incident_calls() -> None:
    story = Story()
    called = ("@dba", "channel", "here", "none")
    assert story.hears("open", people=called, **facts()) is Reason.ROOM_OPENED
    assert story.it.invite == ("@on-call", "@dba"), "nobody invites a whole channel"
    assert story.it.opened_by == ""
    assert story.lines[0] == "The policy opened this room: P0."
    assert story.hears("open", **facts()) is Reason.REPEAT
    assert Story().hears("news", **facts()) is Reason.NO_RECORD
    assert Story().hears("join", **facts()) is Reason.NO_RECORD


def test_who_has_no_right_opens_none() -> None:
    policy = load("channels: {fallback: '#g'}\nseverities: {P0: {}, P1: {}}\nrights: {war_room: []}\n", "p.yaml")
    story = Story(policy)
    assert story.does("open", title="x") is Reason.NOT_ALLOWED
    assert story.room is None


def test_a_commander_has_said_yes() -> None:
    story = opened()
    assert story.does("role", role="commander", who="UBOB", name="Bob") is Reason.ROLE_OFFERED
    assert story.it.commander is None
    assert story.mentions == ("user:UBOB",)
    assert "user:UBOB" in story.it.invite
    assert story.does("role", BOB, role="commander") is Reason.ROLE_GIVEN
    assert story.it.commander
    assert story.it.moments[Milestone.COMMANDER] == story.now
    assert story.does("role", BOB, role="commander") is Reason.ALREADY
    assert story.does("role", role="captain") is Reason.NOT_IN_PLAN
    assert story.does("role", role="scribe", who="UBOB", name="Bob") is Reason.ROLE_GIVEN, "others need no yes"
    assert story.does("role", BOB, role="commander", who="UANA", name="Ana") is Reason.ROLE_OFFERED
    assert story.it.commander.name == "Bob", "until the other one has said yes"


def test_without_a_commander_it_asks_again_and_then_calls_everybody() -> None:
    story = opened()
    assert story.rings("commander", later=MIN) is Reason.TIMER_STALE
    assert story.rings("commander", later=5 * MIN) is Reason.REMINDED
    assert story.mentions == ()
    for _ in range(rooming.ASKED_MAX - 1):
        assert story.rings("commander", later=5 * MIN) is Reason.REMINDED
        assert story.mentions == ("user:UANA", "@on-call")
    assert story.rings("commander", later=5 * MIN) is Reason.TIMER_STALE
    assert "commander" not in story.it.timers


def test_whoever_hands_over_commands_until_the_other_one_has_said_yes() -> None:
    story = opened()
    story.does("role", role="commander")
    assert "commander" not in story.it.timers
    story.does("role", role="scribe")
    assert story.does("handover", who="UBOB", name="Bob") is Reason.ROLE_GIVEN
    assert {role: holder.id for role, holder in story.it.roles.items()} == {Role.COMMANDER: "UANA", Role.SCRIBE: "UBOB"}
    assert story.it.commander
    assert story.mentions == ("user:UBOB",)
    assert story.does("role", role="commander", who="UBOB", name="Bob") is Reason.ALREADY, "Bob is asked already"
    story.does("role", BOB, role="commander")
    assert (story.it.commander.id, story.it.successor) == ("UBOB", None)
    assert story.does("handover", ANA, who="UBOB") is Reason.ALREADY
    assert story.does("handover", BOB, who="UBOB") is Reason.ALREADY


def test_updates_are_asked_for_and_put_off_by_one() -> None:
    story = opened()
    story.does("role", role="commander")
    story.does("update", text="We have found it.", later=20 * MIN)
    assert story.rings("update", later=20 * MIN) is Reason.TIMER_STALE
    assert story.rings("update", later=11 * MIN) is Reason.REMINDED
    assert story.mentions == ("user:UANA",)
    assert story.does("update", text="") is Reason.NO_REASON
    story.does("status", status="resolved")
    assert story.rings("update", later=31 * MIN) is Reason.TIMER_STALE, "nobody is asked how it goes"
    story.does("status", status="investigating")
    assert story.rings("update", later=31 * MIN) is Reason.REMINDED, "until it goes on"


def test_nobody_is_asked_while_its_incidents_are_over() -> None:
    story = opened()
    story.hears("news", **facts(state="resolved", resolved_at=str(story.now)))
    lines, revision = story.lines, story.it.revision
    for _ in range(100):
        assert story.rings("commander", later=5 * MIN) is Reason.TIMER_STALE
        assert story.rings("update", later=25 * MIN) is Reason.TIMER_STALE
    assert (story.lines, story.it.revision, story.it.asked) == (lines, revision, 0)
    story.hears("news", **facts(since=str(story.now)))
    assert story.rings("commander", later=5 * MIN) is Reason.REMINDED, "it is back"
    assert story.rings("update", later=25 * MIN) is Reason.REMINDED


def test_a_room_that_nobody_answers_in_is_left_alone() -> None:
    story = opened()
    asked = 0
    while story.rings("update", later=31 * MIN) is Reason.REMINDED:
        asked += 1
    assert 0 < asked <= rooming.UPDATES_MAX
    assert "update" not in story.it.timers
    story.does("update", text="We are here.")
    assert story.rings("update", later=31 * MIN) is Reason.REMINDED


def test_what_flaps_is_not_said_aloud() -> None:
    story = opened()
    ended = facts(state="resolved", resolved_at=str(NOW + 2 * MIN))
    story.hears("news", **ended)
    assert story.it.timeline[-1].aloud
    story.hears("news", **facts(flapping="yes"))
    assert not story.it.timeline[-1].aloud
    story.hears("news", **{**ended, "flapping": "yes"})
    assert not story.it.timeline[-1].aloud
    assert "is resolved, after" in story.lines[-1]


def test_only_the_first_incident_brings_links_and_not_many() -> None:
    story = opened()
    story.hears("join", **facts("alertmanager:web"))
    assert [link.url for link in story.it.links] == ["https://status.example.org"]
    for number in range(20):
        story.hears("news", **facts(id=str(number)))
    assert len(story.it.links) == 10


def test_status_and_milestones() -> None:
    story = opened()
    story.does("status", status="identified")
    story.does("status", status="monitoring")
    mitigated = story.now
    assert story.it.moments[Milestone.MITIGATED] == mitigated
    assert story.does("status", status="monitoring") is Reason.ALREADY
    assert story.does("status", status="dancing") is Reason.NOT_IN_PLAN
    story.does("status", status="resolved")
    assert story.it.moments[Milestone.MITIGATED] == mitigated, "the first time counts"
    assert story.it.moments[Milestone.RESOLVED] == story.now
    story.does("status", status="investigating")
    assert not {Milestone.MITIGATED, Milestone.RESOLVED} & story.it.moments.keys(), "it was not over"
    story.does("status", status="resolved")
    assert story.it.moments[Milestone.MITIGATED] == story.it.moments[Milestone.RESOLVED] == story.now


@pytest.mark.parametrize("act", [("close", ""), ("status", "monitoring"), ("status", "resolved")])
def test_what_its_incidents_say_is_over_was_mitigated_by_then(act: tuple[str, str]) -> None:
    story = opened()
    ended = story.now + MIN
    story.hears("news", **facts(state="resolved", resolved_at=str(ended)))
    story.does(act[0], status=act[1], later=10 * MIN)
    assert story.it.moments[Milestone.MITIGATED] == story.it.moments[Milestone.RESOLVED] == ended
    assert list(faults(story.it.moments)) == []


def test_its_milestones_come_from_its_incidents() -> None:
    story = opened()
    story.hears("news", **facts(state="acknowledged", taken_at=str(NOW + 2 * MIN), taken_by="bob"))
    story.hears("join", **facts("alertmanager:web", since=str(NOW - HOUR), opened_at=str(NOW + 3 * MIN)))
    moments = story.it.moments
    assert (moments[Milestone.STARTED], moments[Milestone.DETECTED]) == (NOW - HOUR, NOW)
    assert moments[Milestone.ACKNOWLEDGED] == NOW + 2 * MIN
    story.hears("news", **facts(state="resolved", resolved_at=str(NOW + 9 * MIN)))
    assert Milestone.RESOLVED not in story.it.moments, "the other one lasts"
    web = facts("alertmanager:web", state="resolved", resolved_at=str(NOW + 8 * MIN))
    story.hears("news", **web)
    assert story.it.moments[Milestone.RESOLVED] == NOW + 9 * MIN
    story.hears("news", **{**web, "state": "open", "resolved_at": "0"})
    assert Milestone.RESOLVED not in story.it.moments
    assert "alertmanager:web is open again" in story.lines[-1]


def test_whoever_opens_a_room_has_detected_it() -> None:
    story = opened()
    story.hears("join", **facts("declared:x", opened_at=str(story.now + 1)))
    later = Story()
    later.does("open", title="DB down", own="declared:x")
    later.hears("news", **facts("declared:x", since=str(later.now), opened_at=str(later.now + 1)))
    for one in (story, later):
        assert list(faults(one.it.moments)) == []


def test_what_few_may_see_neither_joins_nor_is_joined_by_what_all_see() -> None:
    story = opened()
    assert story.hears("join", **facts("alertmanager:leak", private="yes")) is Reason.NOT_OPEN
    hidden = Story()
    hidden.does("open", private="yes", **facts())
    assert hidden.it.announce == ""
    assert hidden.hears("join", **facts("alertmanager:web")) is Reason.NOT_OPEN
    assert hidden.hears("join", **facts("alertmanager:leak", private="yes")) is Reason.MERGED
    hidden.does("update", text="it is the backup")
    assert "backup" not in "".join(words(one.text) for one in hidden.it.news)


def test_who_joins_is_told_so_and_nobody_else() -> None:
    story = opened()
    story.does("update", text="one")
    assert story.does("merge", **facts("alertmanager:web")) is Reason.MERGED
    assert story.does("merge", **facts("alertmanager:web")) is Reason.ALREADY
    assert [(one.seq, one.to) for one in story.it.news] == [(1, ""), (2, "alertmanager:web")]
    assert story.it.told["alertmanager:web"] == 1, "what was before it is none of its news"
    assert story.lines[-1] == "Ana added EB alertmanager:web to this room."


def test_however_many_join_each_is_told_and_nothing_is_lost() -> None:
    story = opened()
    story.room = furnishing.made(story.it, "inc-x", "C1", story.now)
    for number in range(120):
        story.hears("join", **facts(f"alertmanager:{number}"))
    assert {one.to for one in story.it.news} == {"", *(f"alertmanager:{number}" for number in range(120))}
    story.room = replace(story.it, told=dict.fromkeys(story.it.listeners, story.it.latest))
    for number in range(60):
        story.does("update", text=str(number))
    assert {one.to for one in story.it.news} == {""}, "what was told to one is let go"
    assert [one.seq for one in story.it.news] == list(range(story.it.latest - 49, story.it.latest + 1))


def test_into_a_private_room_nobody_invites_himself() -> None:
    story = Story()
    story.does("open", private="yes", **facts())
    assert story.does("open", BOB, **facts()) is Reason.ALREADY
    assert "user:UBOB" not in story.it.invite
    story.does("role", role="scribe", who="UBOB", name="Bob")
    assert "user:UBOB" in story.it.invite


def test_what_is_written_down() -> None:
    story = opened()
    assert story.does("note", text="restarted db-2", ts="17.2", at=str(NOW - HOUR)) is Reason.NOTED
    assert story.does("note", BOB, text="restarted db-2", ts="17.2") is Reason.ALREADY
    assert story.does("note", text="") is Reason.NO_REASON
    story.does("note", text="later")
    assert [line.text for line in story.it.lines] == ["restarted db-2", "later"]
    assert story.does("unnote", ts="17.2") is Reason.NOTED
    assert story.does("unnote", ts="17.2") is Reason.ALREADY
    assert story.does("unnote") is Reason.ALREADY
    assert [line.text for line in story.it.lines] == ["later"]
    story.does("impact", text="No orders")
    story.does("cause", text="A full disk")
    story.does("fix", text="A larger disk")
    assert (story.it.impact, story.it.cause, story.it.fix) == ("No orders", "A full disk", "A larger disk")
    assert story.does("fix", text="A larger disk") is Reason.ALREADY
    assert story.does("action", text="Alert at 80 %", owner="Bob", due="2027-02-01") is Reason.NOTED
    assert story.does("action", text="Alert", due="2027-02-31") is Reason.NO_REASON
    assert [task.what for task in story.it.tasks] == ["Alert at 80 %"]


def test_severity_wants_a_reason() -> None:
    story = opened()
    assert story.does("severity", severity="P1") is Reason.NO_REASON
    assert story.does("severity", severity="P1", why="only staging") is Reason.SEVERITY_SET
    assert story.it.rank == 1
    assert story.does("severity", severity="P1", why="?") is Reason.ALREADY
    assert story.does("severity", severity="P9", why="?") is Reason.NOT_IN_PLAN


def test_closing_opening_again_and_archiving() -> None:
    story = opened("P1")
    story.does("role", role="commander")
    story.hears("news", **facts(state="resolved", resolved_at=str(story.now)))
    assert story.does("close", later=HOUR) is Reason.ROOM_CLOSED
    assert (story.it.phase, story.it.status, set(story.it.timers)) == (Phase.CLOSED, Status.RESOLVED, {"archive"})
    assert story.does("note", text="late, but true") is Reason.NOTED
    assert story.does("update", text="late") is Reason.NOT_OPEN
    assert story.hears("join", **facts("alertmanager:web")) is Reason.NOT_OPEN
    again = facts(state="acknowledged", taken_by="bob", taken_at=str(NOW))
    assert story.hears("open", **again) is Reason.ROOM_OPENED
    assert story.it.known[INCIDENT].taken_by == "bob", "it knows how its incident stands now"
    assert "commander" not in story.it.timers, "somebody commands still"
    story.does("close")
    assert story.rings("archive", later=7 * DAY) is Reason.ROOM_ARCHIVED
    assert story.it.phase is Phase.ARCHIVED
    for event in ("note", "open", "close", "unnote"):
        assert story.does(event, text="x", title="x") is Reason.NOT_OPEN


def test_the_clock_turns_and_says_once_that_the_target_has_passed() -> None:
    story = opened()
    for minutes in range(5, 30, 5):
        revision = story.it.revision
        assert story.rings("clock", later=5 * MIN) is Reason.CLOCK, minutes
        assert story.it.revision == revision + 1
    assert "The target" not in "".join(story.lines)
    assert story.rings("clock", later=12 * MIN) is Reason.CLOCK, "nobody looked for a while"
    assert story.lines[-1].startswith(f"The target of {30 * MIN} has passed")
    while "clock" in story.it.timers:
        story.rings("clock", later=5 * MIN)
    assert len([line for line in story.lines if "The target" in line]) == 1
    assert story.now - story.it.opened_at <= HOUR + 5 * MIN, "it stops at twice the target"


def test_a_refusal_is_named_said_once_and_tried_again() -> None:
    story = opened()
    story.room = furnishing.failed(story.it, Furnishing.CHANNEL, "restricted_action", "#general", story.now)
    assert (story.it.place, [words(one.text) for one in story.it.news]) == (
        "#general", ["🧯 Its war-room is #general, opened by Ana."],
    )  # fmt: skip
    assert story.rings("retry", later=RETRY_MS) is Reason.RETRIED
    assert furnishing.first(story.it) is Furnishing.CHANNEL
    story.room = furnishing.made(story.it, "inc-x", "C1", story.now)
    assert story.it.place == "#inc-x"
    assert furnishing.first(story.it) is Furnishing.INVITE
    story.room = furnishing.failed(story.it, Furnishing.INVITE, "@ghost: not known", "#general", story.now)
    assert furnishing.first(story.it) is Furnishing.PURPOSE, "the others do not wait"
    story.does("role", role="scribe", who="UBOB", name="Bob")
    assert furnishing.first(story.it) is Furnishing.INVITE, "nor does who comes later"
    story.room = furnishing.failed(story.it, Furnishing.INVITE, "@ghost: not known", "#general", story.now)
    assert len([line for line in story.lines if "Slack refuses" in line]) <= 1, "not said with each try"
    story.does("close")
    assert story.rings("retry", later=RETRY_MS) is Reason.RETRIED
    story.room = furnishing.failed(story.it, Furnishing.TOPIC, "no", "#general", story.now)
    assert story.it.timers["retry"] > story.now + RETRY_MS, "afterwards nobody waits for it"
    assert story.does("retry") is Reason.RETRIED
    assert story.does("retry") is Reason.ALREADY
    story.room = furnishing.failed(story.it, Furnishing.TOPIC, "is_archived", "#general", story.now)
    assert (story.it.furnished.archived, "retry" in story.it.timers) == (True, False), "somebody has archived it"
    assert set(WORDS) == set(Furnishing)


@pytest.mark.parametrize(("age", "pause"), [(MIN, 5 * MIN), (HOUR, 5 * MIN), (12 * HOUR, HOUR), (30 * DAY, DAY)])
def test_the_older_a_room_the_rarer_it_tries(age: int, pause: int) -> None:
    story = opened()
    now = story.it.opened_at + age
    lacking = furnishing.failed(story.it, Furnishing.CHANNEL, "restricted_action", "#general", now)
    assert lacking.timers["retry"] == now + pause
    over = replace(story.it, phase=Phase.CLOSED)
    assert furnishing.failed(over, Furnishing.TOPIC, "no", "", now).timers["retry"] == now + max(pause, HOUR)


def test_names_of_channels() -> None:
    zone = POLICY.zone
    assert base("DB Down!! ÄÖ 🔥 <!channel>", "K7F3Q2", NOW, zone) == "inc-20270115-db-down-ao"
    assert base("🔥", "K7F3Q2", NOW, zone) == "inc-20270115-k7f3q2"
    assert numbered("inc-a", 0) == "inc-a"
    assert numbered("inc-a", 2) == "inc-a-3"


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(0, 200))
def test_any_title_makes_a_name_that_slack_takes(title: str, tried: int) -> None:
    name = numbered(base(title, "K7F3Q2", NOW, POLICY.zone), tried)
    assert 0 < len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug(title).startswith("-")


@pytest.mark.parametrize("event", [*rooming.ACTS])
def test_nothing_is_done_without_a_person(event: str) -> None:
    story = opened()
    assert story.does(event, None) is Reason.NOT_ALLOWED
