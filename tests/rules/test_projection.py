"""From a record to what people see: step by step until nothing is missing."""

from dataclasses import replace

import pytest

from rules import observing
from rules.incident import State
from rules.observed import Sending
from rules.projection import next_step
from rules.steps import EditCard, EditStub, PostCard, PostDetails, PostReply
from tests.rules.situations import MIN, NOW, Desk, act, member, over, policy, report
from tests.rules.slack import Fate, Message, Slack, hushed

A, B, WORSE = member("a"), member("b"), member("w", "critical")


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.hear(report(A))
    return desk


@pytest.fixture
def slack() -> Slack:
    return Slack()


def settle(desk: Desk, slack: Slack) -> None:
    desk.record = slack.finish(desk.incident, desk.now)


def card(slack: Slack) -> Message:
    (only,) = slack.cards
    return only


def test_first_the_card_with_its_ping_then_the_details_then_nothing(desk: Desk, slack: Slack) -> None:
    step = next_step(desk.incident)
    assert isinstance(step, PostCard)
    assert (step.place, step.mention, step.name) == ("#monitoring", ("@oncall",), f"{desk.incident.id}/card/0")
    desk.record = slack.advance(desk.incident, NOW)
    assert isinstance(next_step(desk.incident), PostDetails)
    desk.record = slack.advance(desk.incident, NOW)
    assert next_step(desk.incident) is None
    assert desk.incident.pinged == "P1"
    assert [m.step.split("/")[1] for m in slack.messages] == ["card", "details"]


def test_what_happened_before_the_card_went_out_is_told_by_the_card(desk: Desk, slack: Slack) -> None:
    desk.hear(report(A, B))
    settle(desk, slack)
    assert [m.step.split("/")[1] for m in slack.messages] == ["card", "details"]
    assert card(slack).revision == desk.incident.revision


def test_many_updates_are_one_edit(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    for n in range(50):
        desk.hear(report(A, summary=f"now {n}"))
    assert isinstance(next_step(desk.incident), EditCard)
    desk.record = slack.advance(desk.incident, NOW)
    assert next_step(desk.incident) is None


def test_many_lines_are_one_reply(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    for n in range(1, 6):
        desk.hear(report(A, *(member(f"n{k}") for k in range(n))))
    settle(desk, slack)
    reply = slack.messages[-1]
    assert (reply.told, reply.aloud, reply.mention) == ({1, 2, 3, 4, 5}, False, ())


def test_what_is_aloud_goes_before_the_edit(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    desk.hear(report(over(A)), MIN)
    settle(desk, slack)
    desk.hear(report(member("a", since=NOW + 5 * MIN)), 5 * MIN)
    step = next_step(desk.incident)
    assert isinstance(step, PostReply)
    assert (step.aloud, step.mention) == (True, ())


def test_when_it_is_over_nothing_is_aloud_any_more(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    desk.hear(report(over(A)), MIN)
    desk.hear(report(member("a", since=NOW + 5 * MIN)), 5 * MIN)
    desk.hear(report(over(member("a", since=NOW + 5 * MIN))), MIN)
    settle(desk, slack)
    assert not any(m.aloud for m in slack.messages)
    assert card(slack).revision == desk.incident.revision


def test_worse_moves_and_leaves_a_stub(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    desk.hear(report(A, WORSE))
    step = next_step(desk.incident)
    assert isinstance(step, PostCard)
    assert (step.place, step.mention, step.urgency) == ("#alerts", ("channel",), 0)
    desk.record = slack.advance(desk.incident, NOW)
    assert isinstance(next_step(desk.incident), EditStub)
    settle(desk, slack)
    assert card(slack).place == "#alerts"
    assert slack.messages[0].stub
    assert {seq for m in slack.messages for seq in m.told} == {1}


def test_worse_and_over_before_the_move_ends_where_it_was(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    desk.hear(report(A, WORSE))
    desk.hear(report(over(A), over(WORSE)), MIN)
    settle(desk, slack)
    assert card(slack).place == "#monitoring"
    assert card(slack).revision == desk.incident.revision


def test_worse_while_the_first_card_is_on_its_way_still_pings(desk: Desk, slack: Slack) -> None:
    slack.fate = Fate(answers=False)
    desk.record = slack.advance(desk.incident, NOW)
    desk.hear(report(A, WORSE))
    settle(desk, slack)
    assert [(m.place, m.mention) for m in slack.messages if not m.thread] == [
        ("#monitoring", ("@oncall",)),
        ("#alerts", ("channel",)),
    ]


def test_worse_in_the_same_channel_while_a_first_card_is_lost_on_its_way_still_pings(slack: Slack) -> None:
    desk = Desk(
        policy("").model_copy(update={"channels": {"alerts": "#x", "monitoring": "#x", "fallback": "#general"}})
    )
    desk.hear(report(A))
    slack.fate = Fate(arrives=False)
    desk.record = slack.advance(desk.incident, NOW)
    desk.hear(report(A, WORSE))
    settle(desk, slack)
    assert "channel" in card(slack).mention
    assert desk.incident.pinged == "P0"


def test_a_closed_one_that_was_never_shown_is_shown_once_without_a_ping(desk: Desk, slack: Slack) -> None:
    desk.hear(report(over(A)), MIN)
    settle(desk, slack)
    assert card(slack).mention == ()


def test_a_deleted_card_is_posted_anew_without_another_ping_while_it_is_open(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    card(slack).deleted = True
    desk.hear(report(A, summary="news"))
    settle(desk, slack)
    assert (card(slack).mention, card(slack).step) == ((), f"{desk.incident.id}/card/1")
    assert len([m for m in slack.messages if "/details/" in m.step]) == 2
    card(slack).deleted = True
    desk.hear(report(over(A)), MIN)
    settle(desk, slack)
    assert not slack.cards


def test_a_channel_that_refuses_is_replaced_by_the_fallback(desk: Desk, slack: Slack) -> None:
    slack.refusing = {"#monitoring"}
    settle(desk, slack)
    assert (card(slack).place, card(slack).mention) == ("#general", ("@oncall",))
    assert desk.incident.observed.refused == {"#monitoring": "is_archived"}


def test_a_channel_that_refuses_later_loses_its_card_to_the_fallback_without_another_ping(
    desk: Desk, slack: Slack
) -> None:
    settle(desk, slack)
    slack.refusing = {"#monitoring"}
    desk.hear(report(A, summary="news"))
    settle(desk, slack)
    assert (card(slack).place, card(slack).mention) == ("#general", ())


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(desk: Desk, slack: Slack, arrives: bool) -> None:
    slack.fate = Fate(arrives=arrives, answers=False)
    desk.record = slack.advance(desk.incident, NOW)
    assert desk.incident.observed.sending is not None
    desk.hear(report(A, B))
    settle(desk, slack)
    assert [m.step for m in slack.messages].count(f"{desk.incident.id}/card/0") == 1
    assert card(slack).revision == desk.incident.revision
    assert desk.incident.observed.sending is None


def test_over_the_hours_pings_it_is_a_plain_message_that_says_why(desk: Desk, slack: Slack) -> None:
    desk.record = hushed(desk.incident, NOW)
    settle(desk, slack)
    assert card(slack).mention == ()
    assert "No ping" in desk.lines[-1]
    desk.hear(report(A, WORSE))
    settle(desk, slack)
    assert card(slack).mention == ("channel",)


def test_blocks_that_slack_does_not_take_are_left_out_from_then_on(desk: Desk) -> None:
    plain = observing.blocks_refused(desk.incident)
    assert plain.observed.plain
    assert isinstance(next_step(plain), PostCard)


def test_a_taken_incident_is_edited_and_told(desk: Desk, slack: Slack) -> None:
    settle(desk, slack)
    desk.hear(act("acknowledge"))
    settle(desk, slack)
    assert slack.messages[-1].told == {1}
    assert card(slack).revision == desk.incident.revision


def test_worst_first() -> None:
    p0, p1 = Desk(), Desk()
    p0.hear(report(WORSE))
    p1.hear(report(A))
    steps = [next_step(p0.incident), next_step(p1.incident), next_step(replace(p1.incident, state=State.RESOLVED))]
    urgencies = [step.urgency for step in steps if step]
    assert urgencies == sorted(urgencies)
    assert len(set(urgencies)) == 3


def test_what_was_seen_of_another_message_changes_nothing(desk: Desk) -> None:
    assert observing.edited(desk.incident, 9) == desk.incident
    assert observing.unrolled(desk.incident, "x") is desk.incident


def test_a_commit_whose_answer_was_lost_is_written_down_once(desk: Desk) -> None:
    desk.hear(report(member("a", severity="critical")))
    step = next_step(desk.incident)
    assert isinstance(step, PostCard)
    mark = Sending(step=step.name, channel="C1", place=step.place, at=NOW)
    marked = observing.sending(desk.incident, mark)
    once = observing.sent(marked, mark, "C1", "1.0")
    assert observing.sent(once, mark, "C1", "1.0") == once
    assert once.observed.cards == 1
