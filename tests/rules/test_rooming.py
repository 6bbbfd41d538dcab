"""A war-room as its people live it: opened once, commanded by somebody who said yes, written down, closed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import rooming
from rules.decide import decide
from rules.policy import Policy
from rules.policy_file import load
from rules.reason import Reason
from rules.room import Milestone, Phase, Role, Room, Status, key_of
from rules.room_naming import base, numbered, slug
from rules.signal import Actor, Kind, Signal
from tests.rules.situations import HOUR, MIN, NOW

POLICY = load(
    """
channels: {fallback: "#general"}
severities: {P0: {}, P1: {}}
war_room: {invite: ["@on-call"], update_every: 30m, commander_within: 5m}
""",
    "policy.yaml",
)
ANA, BOB = Actor(id="UANA", name="Ana"), Actor(id="UBOB", name="Bob")
KEY = key_of("alertmanager:db")


def ask(event: str, by: Actor | None = ANA, kind: Kind = Kind.ACT, **labels: str) -> Signal:
    return Signal(key=KEY, source="slack", kind=kind, event=event, labels=labels, actor=by)


class Story:
    """One room and the time."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy, self.now = policy, NOW
        self.room: Room | None = None

    def does(self, event: str, by: Actor | None = ANA, *, later: int = MIN, **labels: str) -> Reason:
        self.now += later
        return self.takes(ask(event, by, **labels))

    def rings(self, name: str, *, later: int) -> Reason:
        self.now += later
        return self.takes(ask(name, None, Kind.TIMER))

    def takes(self, signal: Signal) -> Reason:
        decision = decide(signal, self.room, self.policy, self.now)
        assert decision.record is None or isinstance(decision.record, Room)
        self.room = decision.record or self.room
        return decision.reason

    @property
    def it(self) -> Room:
        assert self.room is not None
        return self.room

    @property
    def last(self) -> str:
        return self.it.timeline[-1].text.template


def opened() -> Story:
    story = Story()
    assert story.does("open", title="DB down", severity="P0", incident="alertmanager:db") is Reason.ROOM_OPENED
    return story


def test_the_second_request_is_led_to_the_first() -> None:
    story = opened()
    first = story.it
    assert story.does("open", BOB, title="The same") is Reason.ALREADY
    assert story.it == first
    assert first.base == "inc-20270115-db-down"
    assert first.invite == ("@on-call", "user:UANA")


def test_who_has_no_right_opens_none() -> None:
    policy = load("channels: {fallback: '#g'}\nseverities: {P0: {}, P1: {}}\nrights: {war_room: []}\n", "p.yaml")
    story = Story(policy)
    assert story.does("open", title="x") is Reason.NOT_ALLOWED
    assert story.room is None


def test_a_commander_has_said_yes() -> None:
    story = opened()
    assert story.does("role", role="commander", who="UBOB", name="Bob") is Reason.ROLE_OFFERED
    assert story.it.commander is None
    assert story.it.timeline[-1].mention == ("user:UBOB",)
    assert story.does("role", BOB, role="commander") is Reason.ROLE_GIVEN
    assert story.it.commander
    assert story.it.moments[Milestone.COMMANDER] == story.now
    assert story.does("role", BOB, role="commander") is Reason.ALREADY
    assert story.does("role", role="captain") is Reason.NOT_IN_PLAN
    assert story.does("role", role="scribe", who="UBOB", name="Bob") is Reason.ROLE_GIVEN, "others need no yes"


def test_without_a_commander_it_asks_again_and_then_calls_everybody() -> None:
    story = opened()
    assert story.rings("commander", later=MIN) is Reason.TIMER_STALE
    assert story.rings("commander", later=5 * MIN) is Reason.REMINDED
    assert story.it.timeline[-1].mention == ()
    assert story.rings("commander", later=5 * MIN) is Reason.REMINDED
    assert story.it.timeline[-1].mention == ("@on-call",)
    story.does("role", role="commander")
    assert "commander" not in story.it.timers


def test_updates_are_asked_for_and_put_off_by_one() -> None:
    story = opened()
    story.does("role", role="commander")
    story.does("update", text="We have found it.", later=20 * MIN)
    assert story.rings("update", later=20 * MIN) is Reason.TIMER_STALE
    assert story.rings("update", later=11 * MIN) is Reason.REMINDED
    assert story.it.timeline[-1].mention == ("user:UANA",)
    assert story.does("update", text="") is Reason.NO_REASON


def test_status_and_milestones() -> None:
    story = opened()
    story.does("status", status="identified")
    story.does("status", status="monitoring")
    mitigated = story.now
    assert story.does("status", status="monitoring") is Reason.ALREADY
    assert story.does("status", status="dancing") is Reason.NOT_IN_PLAN
    story.does("status", status="investigating")
    story.does("status", status="resolved")
    assert story.it.moments[Milestone.MITIGATED] == mitigated, "the first time counts"
    assert story.it.moments[Milestone.RESOLVED] == story.now


def test_what_is_written_down() -> None:
    story = opened()
    assert story.does("note", text="restarted db-2", ts="17.2", at=str(NOW - HOUR)) is Reason.NOTED
    assert story.does("note", BOB, text="restarted db-2", ts="17.2") is Reason.ALREADY
    story.does("note", text="later")
    assert [line.text for line in story.it.lines] == ["restarted db-2", "later"]
    assert story.does("unnote", ts="17.2") is Reason.NOTED
    assert story.does("unnote", ts="17.2") is Reason.ALREADY
    assert [line.text for line in story.it.lines] == ["later"]
    story.does("impact", text="No orders")
    story.does("cause", text="A full disk")
    story.does("fix", text="A larger disk")
    assert (story.it.impact, story.it.cause, story.it.fix) == ("No orders", "A full disk", "A larger disk")
    assert story.does("fix", text="A larger disk") is Reason.ALREADY
    assert story.does("action", text="Alert at 80 %", owner="Bob", due="2027-02-01") is Reason.NOTED
    assert story.does("action", text="Alert", due="2027-02-31") is Reason.NO_REASON
    assert [task.what for task in story.it.tasks] == ["Alert at 80 %"]


def test_a_handover_gives_all_roles_and_a_commander_says_yes() -> None:
    story = opened()
    story.does("role", role="commander")
    story.does("role", role="scribe")
    assert story.does("handover", who="UBOB", name="Bob") is Reason.ROLE_GIVEN
    assert {role: holder.id for role, holder in story.it.roles.items()} == {Role.COMMANDER: "UBOB", Role.SCRIBE: "UBOB"}
    assert story.it.commander is None
    story.does("role", BOB, role="commander")
    assert story.it.commander


def test_severity_wants_a_reason() -> None:
    story = opened()
    assert story.does("severity", severity="P1") is Reason.NO_REASON
    assert story.does("severity", severity="P1", why="only staging") is Reason.SEVERITY_SET
    assert story.it.rank == 1
    assert story.does("severity", severity="P9", why="?") is Reason.NOT_IN_PLAN


def test_closing_and_archiving() -> None:
    story = opened()
    assert story.does("merge", incident="alertmanager:web", title="Web slow") is Reason.MERGED
    assert story.does("close", later=HOUR) is Reason.ROOM_CLOSED
    assert (story.it.phase, story.it.status) == (Phase.CLOSED, Status.RESOLVED)
    assert story.does("note", text="too late") is Reason.NOT_OPEN
    assert story.rings("archive", later=7 * 24 * HOUR) is Reason.ROOM_ARCHIVED
    assert story.it.phase is Phase.ARCHIVED
    assert story.does("open", title="DB down") is Reason.ROOM_OPENED, "the same incident again: another room"


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


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*rooming.ACTS, "open", "note", "unnote", "impact", "action", "handover"]),
            st.sampled_from([ANA, BOB]),
            st.sampled_from(["", "commander", "resolved", "P1", "x"]),
        )
    )
)
def test_any_history_keeps_what_must_hold(acts: list[tuple[str, Actor, str]]) -> None:
    story = Story()
    for event, who, word in acts:
        told = {"role": word, "status": word, "severity": word, "why": word, "text": word, "who": "UBOB", "name": "Bob"}
        before = story.room
        story.does(event, who, **told)
        if before is not None and before.is_open and story.it.id == before.id:
            assert set(before.moments.items()) <= set(story.it.moments.items()), "a milestone never moves"
            assert story.it.revision >= before.revision
        if story.room is not None and story.it.commander is not None:
            assert story.it.commander.agreed


@pytest.mark.parametrize("event", [*rooming.ACTS, "note"])
def test_nothing_is_done_without_a_person(event: str) -> None:
    story = opened()
    assert story.does(event, None) is Reason.NOT_ALLOWED
