"""An incident that comes and goes: it goes quiet, says so once, and is over when that has lasted."""

import pytest

from tests.rules.situations import HOUR, KEY, MIN, Desk, act, member, report, timer

LIMIT, HOLD = 3, 10 * MIN


@pytest.fixture
def desk() -> Desk:
    """Just over the limit, and firing."""
    desk = Desk()
    desk.hear(report(member()))
    for _ in range(LIMIT):
        flip(desk)
    return desk


def flip(desk: Desk, after: int = MIN) -> tuple[str, str]:
    """Over, and then it fires anew."""
    ended = desk.hear(report(member("a", firing=False, since=desk.incident.members["a"].since)), after)
    return ended, desk.hear(report(member("a", since=desk.now + after)), after)


def test_under_the_limit_each_flip_is_told() -> None:
    desk = Desk()
    desk.hear(report(member()))
    for n in range(1, LIMIT):
        assert flip(desk) == ("resolved", "reopened")
        assert len(desk.incident.flips) == n
        assert not desk.incident.flapping


def test_at_the_limit_it_says_so_once_and_goes_quiet(desk: Desk) -> None:
    assert desk.incident.flapping
    said = [line for line in desk.lines if "flapping" in line]
    assert said == [
        f"It came back {LIMIT} times within {HOUR}: flapping. I go quiet; a resolve counts once it has lasted {HOLD}."
    ]
    visible = len(desk.lines)
    for _ in range(5):
        assert flip(desk) == ("resolve_held", "new_member")
    assert len(desk.lines) == visible
    assert not any(entry.aloud for entry in desk.incident.timeline[-5:])


def test_a_resolve_is_held_and_counts_once_it_has_lasted(desk: Desk) -> None:
    assert desk.hear(report(member("a", firing=False, since=desk.now)), MIN) == "resolve_held"
    assert desk.incident.is_open
    assert desk.incident.timers == {"settle": desk.now + HOLD}
    assert desk.hear(report(member("a", firing=False, since=desk.incident.members["a"].since)), MIN) == "repeat"
    assert desk.hear(timer("settle"), MIN) == "timer_stale"
    assert desk.ring("settle") == "settled"
    assert not desk.incident.is_open
    assert (desk.incident.flapping, desk.incident.flips, desk.incident.timers) == (False, (), {})
    assert desk.lines[-1].startswith("Resolved after")


def test_a_refire_takes_the_held_resolve_back(desk: Desk) -> None:
    assert flip(desk) == ("resolve_held", "new_member")
    assert not desk.incident.timers
    assert desk.hear(timer("settle"), HOUR) == "timer_stale"
    assert desk.incident.is_open


def test_worse_is_said_even_when_it_flaps(desk: Desk) -> None:
    assert desk.hear(report(member("a", since=desk.now), member("w", "critical", since=desk.now)), MIN) == "worse"
    assert (desk.incident.place, desk.incident.mention) == ("#alerts", ("channel",))
    assert desk.lines[-1] == "Worse: P0 now, was P1."


def test_flips_long_ago_do_not_count() -> None:
    desk = Desk()
    desk.hear(report(member()))
    for _ in range(6):
        assert flip(desk, 40 * MIN) == ("resolved", "reopened")
    assert not desk.incident.flapping


def test_a_person_may_close_it_while_it_is_held(desk: Desk) -> None:
    desk.hear(report(member("a", firing=False, since=desk.now)), MIN)
    assert desk.hear(act("resolve")) == "resolved_by_hand"
    assert not desk.incident.timers
    assert desk.hear(timer("settle"), HOUR) == "timer_stale"
    assert desk.incident.key == KEY
