"""An incident against what Alertmanager knows: what it forgot, what was restarted, what was silenced there."""

from dataclasses import replace

import pytest

from rules import silencing
from rules.comparing import CONFIRM_MS, FLUSH, HIDDEN, OURS, SETTLE_MS, STARTED
from rules.incident import Compared
from rules.signal import Kind, Member, Signal
from rules.silence import Silence
from tests.rules.situations import DAY, HOUR, KEY, MIN, NOW, Desk, S, act, member, over, report
from tests.rules.test_attention import POLICY, known

A, B = member("a"), member("b")
FOREIGN = Silence(matchers='a="b"', by="eva", reason="disks", since=NOW, until=NOW + 4 * HOUR, id="am-9")


def look(*there: Member, missing: tuple[Member, ...] = (), ours: bool = True, started: int = NOW - DAY,
         silences: tuple[Silence, ...] = ()) -> Signal:  # fmt: skip
    """What bot/comparison.py makes of one look."""
    members = (
        *(Member(id=one.id, firing=True) for one in there),
        *(Member(id=one.id, firing=False) for one in missing),
    )
    labels = {STARTED: str(started), OURS: "yes" if ours else "", HIDDEN: "yes" if silences else ""}
    return Signal(
        key=KEY, source="alertmanager", kind=Kind.COMPARED, event="compared", members=members, labels=labels,
        silences=silences,
    )  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    desk = Desk(POLICY)
    desk.hear(report(A, B))
    return desk


def test_what_it_knows_too_is_noted_once_and_then_nothing_changes(desk: Desk) -> None:
    assert desk.hear(look(A, B), MIN) == "as_known"
    assert desk.said[-1].changed, "from now on it is known to be this Alertmanager's"
    assert desk.incident.compared == Compared(seen_at=NOW + MIN)
    before = desk.incident
    for _ in range(5):
        assert desk.hear(look(A, B), MIN) == "as_known"
        assert not desk.said[-1].changed
    assert desk.incident is before


def test_missing_once_concludes_nothing(desk: Desk) -> None:
    assert desk.hear(look(missing=(A, B)), MIN) == "missing_there"
    assert desk.incident.is_open
    assert not desk.lines
    assert desk.hear(look(A, B), MIN) == "as_known"
    assert not desk.incident.compared.missing_since


def test_missing_twice_but_too_soon_concludes_nothing(desk: Desk) -> None:
    desk.hear(look(missing=(A, B)), MIN)
    before = desk.incident
    assert desk.hear(look(missing=(A, B)), CONFIRM_MS - 1) == "as_known"
    assert desk.incident is before


def test_missing_twice_it_is_over_and_the_thread_says_how_we_know(desk: Desk) -> None:
    desk.hear(look(missing=(A, B)), MIN)
    assert desk.hear(look(missing=(A, B)), CONFIRM_MS) == "lost_resolve"
    assert not desk.incident.is_open
    assert desk.lines == [
        "Alertmanager no longer has 2 of these alerts; the end never reached me.",
        f"Resolved after {desk.now - NOW}.",
    ]
    assert not desk.incident.timers
    assert desk.hear(report(over(A), over(B)), S) == "repeat", "its end comes after all"


def test_an_end_may_be_on_its_way_for_as_long_as_alertmanager_keeps_a_group_to_itself(desk: Desk) -> None:
    late = replace(look(missing=(A, B)), labels={STARTED: "0", OURS: "yes", FLUSH: str(5 * MIN)})
    assert [desk.hear(late, MIN) for _ in range(7)] == ["missing_there", *["as_known"] * 5, "lost_resolve"]


def test_partly_missing_is_partly_over_and_that_is_progress(desk: Desk) -> None:
    desk.hear(look(A, missing=(B,)), MIN)
    assert desk.hear(look(A, missing=(B,)), MIN) == "lost_resolve"
    assert [held.what for held in desk.incident.firing] == ["instance=a"]
    assert desk.incident.is_open
    assert desk.incident.attention.moved_at == desk.now
    assert desk.hear(look(A), MIN) == "as_known"


def test_another_member_each_time_is_missing_once_only(desk: Desk) -> None:
    for missing, there in ((A, B), (B, A), (A, B)):
        assert desk.hear(look(there, missing=(missing,)), MIN) == "missing_there"
    assert len(desk.incident.firing) == 2
    assert desk.hear(look(missing=(A, B)), MIN) == "lost_resolve"
    assert [held.what for held in desk.incident.firing] == ["instance=b"], "b was there a minute ago"


@pytest.mark.parametrize("times", [1, 5])
def test_another_alertmanagers_incident_is_never_touched(desk: Desk, times: int) -> None:
    before = desk.incident
    for _ in range(times):
        assert desk.hear(look(missing=(A, B), ours=False), MIN) == "as_known"
        assert not desk.said[-1].changed
    assert desk.incident is before


def test_what_it_was_seen_to_know_is_its_own_whatever_its_address(desk: Desk) -> None:
    desk.hear(look(A, B, ours=False), MIN)
    desk.hear(look(missing=(A, B), ours=False), MIN)
    assert desk.hear(look(missing=(A, B), ours=False), MIN) == "lost_resolve"


def test_a_look_at_nothing_does_not_make_another_alertmanagers_incident_its_own(desk: Desk) -> None:
    before = desk.incident
    assert desk.hear(look(ours=False), MIN) == "as_known"
    assert desk.incident is before, "while a resolve is held nothing fires, so nothing was compared"


def test_an_end_that_overtakes_the_look_is_the_usual_end(desk: Desk) -> None:
    desk.hear(look(A, missing=(B,)), MIN)
    desk.hear(report(A, over(B)), S)
    assert desk.hear(look(A, missing=(B,)), MIN) == "as_known"
    assert not desk.lines


def test_what_was_missing_before_it_began_anew_says_nothing(desk: Desk) -> None:
    desk.hear(look(missing=(A, B)), MIN)
    desk.hear(report(over(A), over(B)), S)
    desk.hear(report(member("a", since=NOW + HOUR)), HOUR)
    assert desk.hear(look(missing=(A,)), S) == "missing_there"
    assert desk.incident.is_open


def test_a_restart_is_said_once_and_closes_nothing_until_everything_had_time_to_come_back(desk: Desk) -> None:
    desk.hear(look(A, B), MIN)
    started = desk.now + HOUR
    desk.now = started
    seen = [desk.hear(look(missing=(A, B), started=started), MIN) for _ in range(10)]
    assert seen == ["missing_there", "missing_there", *["as_known"] * 7, "lost_resolve"]
    assert desk.now - started == SETTLE_MS
    assert desk.lines[0] == "Alertmanager was restarted and does not know this alert (yet)."
    assert sum("restarted" in line for line in desk.lines) == 1


def test_after_a_restart_it_comes_back_and_all_is_as_it_was(desk: Desk) -> None:
    desk.hear(look(A, B), MIN)
    started = desk.now = desk.now + HOUR
    for _ in range(3):
        desk.hear(look(missing=(A, B), started=started), MIN)
    assert desk.incident.compared.told
    assert desk.hear(look(A, B, started=started), MIN) == "as_known"
    assert desk.incident.compared == Compared(seen_at=desk.now)
    assert desk.incident.is_open


def test_what_is_closed_is_not_compared(desk: Desk) -> None:
    desk.hear(report(over(A), over(B)), MIN)
    before = desk.incident
    assert desk.hear(look(missing=(A, B), silences=(FOREIGN,)), MIN) == "not_open"
    assert desk.incident is before


def test_without_a_record_there_is_nothing_to_compare() -> None:
    assert Desk(POLICY).hear(look(A)) == "no_record"


# ---- silences


def test_silenced_there_is_said_and_puts_reminders_off(desk: Desk) -> None:
    assert desk.hear(look(A, B, silences=(FOREIGN,)), MIN) == "silenced_there"
    assert desk.lines == [f"Silenced in Alertmanager by eva until {FOREIGN.until}: disks"]
    assert desk.incident.timers["remind"] == FOREIGN.until
    before = desk.incident
    desk.hear(look(A, B, silences=(FOREIGN,)), MIN)
    assert desk.incident is before
    assert desk.hear(act("unsilence", "ana", "ana")) == "not_silenced", "it is not ours to end"


def test_no_longer_silenced_there_is_said_and_reminders_go_on(desk: Desk) -> None:
    desk.hear(look(A, B, silences=(FOREIGN,)), MIN)
    assert desk.hear(look(A, B), 2 * HOUR) == "silence_over"
    assert desk.lines[-1] == "The silence by eva is over."
    assert desk.incident.timers["remind"] == desk.now
    assert f"silence-over/{FOREIGN.id}" not in desk.incident.timers


def test_a_silence_of_ours_that_was_ended_there_is_over(desk: Desk) -> None:
    desk.hear(known("silence", "ana", matchers='a="b"', until=str(NOW + 4 * HOUR)))
    token = desk.incident.silences[0].token
    desk.record = silencing.made(desk.incident, token, "am-1", desk.now)
    there = (replace(desk.incident.silences[0], token=token),)
    desk.hear(look(A, B, silences=there), MIN)
    assert len(desk.incident.silences) == 1
    assert desk.hear(look(A, B), MIN) == "silence_over"
    assert desk.incident.silences == ()


def test_a_silence_that_was_made_during_the_look_is_not_taken_for_ended(desk: Desk) -> None:
    desk.hear(look(A, B), MIN)
    desk.hear(known("silence", "ana", matchers='a="b"', until=str(NOW + 4 * HOUR)))
    desk.record = silencing.made(desk.incident, desk.incident.silences[0].token, "am-1", desk.now)
    before = desk.incident
    assert desk.hear(look(A, B), S) == "as_known"
    assert desk.incident is before


def test_a_silence_of_ours_is_not_taken_for_somebody_elses_before_we_know_its_name(desk: Desk) -> None:
    desk.hear(look(A, B), MIN)
    desk.hear(known("silence", "ana", matchers='a="b"', until=str(NOW + 4 * HOUR)))
    before = desk.incident
    assert desk.hear(look(A, B, silences=(replace(before.silences[0], id="am-1"),)), S) == "as_known"
    assert (desk.incident.silences, desk.incident.timeline) == (before.silences, before.timeline)


def test_a_silence_that_is_to_be_ended_is_not_taken_for_over(desk: Desk) -> None:
    desk.hear(known("silence", "ana", matchers='a="b"', until=str(NOW + 4 * HOUR)))
    desk.record = silencing.made(desk.incident, desk.incident.silences[0].token, "am-1", desk.now)
    desk.hear(known("unsilence", "ana"), 2 * MIN)
    desk.hear(look(A, B), MIN)
    assert [one.ending for one in desk.incident.silences] == [True]
