"""Checkpoints are taken once, on time or late, with readings of their own time or without; who is named; the end."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.checkpoints import AGAIN_MS, PATIENCE_MS
from rules.reading import Level
from rules.signal import Origin, Related
from rules.watch import Phase
from tests.rules.releases import VERSION, Room, plain, policy, watched
from tests.rules.situations import HOUR, MIN, NOW, S

EVERY = ("{name: T+24, at: 24h,", "{name: T+24, every: 6h,")


def taken(room: Room, name: str = "") -> list[tuple[str, float]]:
    """Which were taken, and how many hours after the release they were due."""
    return [(one.name, (one.planned - NOW) / HOUR) for one in room.one.taken if name in ("", one.name)]


def test_each_is_taken_once_at_its_time() -> None:
    room = watched()
    room.go(80)
    assert taken(room) == [("T+0", 0), ("T+24", 24), ("gate", 48), ("T+72", 72)]
    assert all(one.at - one.planned < MIN for one in room.one.taken)
    for name in ("T+0", "T+24", "gate", "T+72"):
        assert len([line for line in room.lines if line.startswith(f"*{name}* of {VERSION}\n")]) == 1
    assert room.ring("checkpoint/T+24") == "timer_stale"


def test_what_a_checkpoint_says() -> None:
    room = watched()
    room.go(24)
    first, second = room.line("*T+0*").splitlines(), room.line("*T+24*").splitlines()
    assert first[0] == "*T+0* of v1.1.1"
    assert first[1] == "Artefacts of v1.1.1."
    assert first[2].startswith("⬜ Smoke test: to be ticked"), "worst first"
    assert first[3].startswith("🟢 Wheel: yes (")
    assert first[4:] == ["No incidents since the release."]
    assert second[1] == "Compared with the version before."
    assert len(second) == 2 + 5 + 1, "no checks named are all checks"
    assert "→ as at T+0" in room.line("🟢 Errors: 0.4%")


def test_it_says_what_changed_since_the_last_one() -> None:
    room = watched()
    room.go(23)
    room.values["errors"] = 0.9
    room.go(24)
    assert "↗ +0.5 points since T+0" in room.line("*T+24*")


def test_incidents_of_its_time() -> None:
    room = watched()
    room.incidents = tuple(
        Related(key=id_, id=id_, title=f"title {id_}", severity="P1", origin=origin, opened_at=NOW, resolved_at=over)
        for id_, origin, over in (
            ("I1", Origin.BEFORE, 0), ("I2", Origin.NEW, 0), ("I3", Origin.UNKNOWN, NOW + HOUR), ("I4", Origin.NEW, 0),
        )
    )  # fmt: skip
    room.go(24)
    lines = [line for line in room.line("*T+24*").splitlines() if "title" in line]
    assert [line.split()[1] for line in lines] == ["I2", "I4", "I1", "I3"], "what is open and new first"
    assert lines[0] == f"🔸 I2 P1 title I2: open since <{NOW}>, new in this release"
    assert lines[3] == "🟢 I3 P1 title I3: over after 1h, cannot tell"
    room.incidents = room.incidents * 3
    room.go(72)
    assert "… and 4 more" in room.line("*T+72*")


def test_who_is_named() -> None:
    room = watched()
    room.go(1)
    first = next(entry for entry in room.one.timeline if "*T+0*" in plain(entry.text))
    assert first.mention == ("@chloe", "@ana"), "who it names, and who ticks what is to be ticked; not `none`"
    room.tick()
    room.values.update(wheel=0, latency=None)
    room.go(24)
    second = next(entry for entry in room.one.timeline if "*T+24*" in plain(entry.text))
    assert second.mention == ("@bruno",), "who answers for what is beyond"
    assert second.picture == "chart"


def test_it_waits_for_a_reading_of_its_own_time() -> None:
    room = watched()
    room.is_read = False
    room.go(24)
    assert taken(room) == [("T+0", 0)]
    assert room.one.waited_since == room.now
    assert room.one.timers["checkpoint/T+24"] == room.now + AGAIN_MS
    room.read(S)
    assert room.one.waited_since == 0
    assert room.ring("checkpoint/T+24") == "checkpoint"
    assert "late" not in room.line("*T+24*")


def test_it_goes_without_when_nothing_can_be_read() -> None:
    room = watched()
    room.go(23.5)
    room.is_read = False
    room.values["wheel"] = 0
    room.go(25)
    (late,) = [one for one in room.one.taken if one.name == "T+24"]
    assert late.at - late.planned == PATIENCE_MS
    head = room.line("*T+24*").splitlines()[0]
    assert head.startswith(
        "*T+24* of v1.1.1, 0.0333333h late; nothing could be read at its time, the latest reading: <"
    )


def test_a_reading_that_is_too_old_by_then_is_not_taken_for_health() -> None:
    """Stopped for hours, and then nothing can be read: neither a green line nor a gate that is passed."""
    room = watched()
    room.tick()
    room.is_read = False
    room.now = NOW + 60 * HOUR
    for _ in range(4):
        room.ring_all()
        room.now += PATIENCE_MS
    assert taken(room) == [("T+0", 0), ("T+24", 24), ("gate", 48)]
    assert room.one.taken[-1].gate is False
    assert room.one.taken[-1].levels == {"wheel": Level.NO_DATA, "smoke": Level.GOOD}
    assert "⬜ Wheel: yes, but that was at" in room.line("*gate*")


def test_late_after_a_stop() -> None:
    room = watched()
    room.go(1)
    room.now = NOW + 50 * HOUR
    room.ring_all()
    assert taken(room) == [("T+0", 0), ("T+24", 24), ("gate", 48)]
    assert room.line("*T+24* of v1.1.1, 26.0003h late\n")
    assert room.line("*gate* of v1.1.1, 2.00028h late\n")


def test_one_stands_for_those_that_were_missed() -> None:
    room = watched(policy(EVERY))
    room.go(7)
    room.now = NOW + 33 * HOUR
    room.read()
    room.ring_all()
    assert taken(room, "T+24") == [("T+24", 6), ("T+24", 30)]
    assert "it stands for 3 more that passed meanwhile" in room.line("*T+24* of v1.1.1, 21h late")
    room.go(37)
    assert taken(room, "T+24")[-1] == ("T+24", 36), "from here on as planned"


def test_again_and_again_until_the_window_ends() -> None:
    room = watched(policy(EVERY))
    room.go(80)
    assert [hours for _, hours in taken(room, "T+24")] == [6.0 * count for count in range(1, 13)]


def test_a_policy_that_moves_a_checkpoint() -> None:
    """The old time rings before anybody has reckoned anew: that is not its time any more."""
    room = watched()
    room.go(23)
    room.policy = policy(("{name: T+24, at: 24h,", "{name: T+24, at: 30h,"))
    room.now = NOW + 24 * HOUR
    assert room.ring("checkpoint/T+24") == "timer_stale"
    assert room.one.timers["checkpoint/T+24"] == NOW + 30 * HOUR
    room.go(31)
    assert taken(room, "T+24") == [("T+24", 30)]
    room.policy = policy(("{name: T+24, at: 24h,", "{name: T+24, at: 36h,"))
    room.go(40)
    assert taken(room, "T+24") == [("T+24", 30)], "once"


def test_a_policy_that_drops_a_checkpoint() -> None:
    room = watched()
    room.go(23)
    room.policy = policy(("{name: T+24, at: 24h,", "{name: other, at: 25h,"))
    room.now = NOW + 24 * HOUR
    assert room.ring("checkpoint/T+24") == "timer_stale"
    assert "checkpoint/T+24" not in room.one.timers
    room.go(26)
    assert taken(room)[-1] == ("other", 25)


def test_the_window_ends_after_its_last_checkpoint() -> None:
    room = watched()
    room.go(72)
    assert taken(room)[-1] == ("T+72", 72)
    assert room.one.phase is Phase.DECIDING
    checkpoint, ended = room.line("*T+72*"), room.line("The window of v1.1.1 is over.")
    assert room.lines.index(checkpoint) < room.lines.index(ended)
    assert "❔ Keep v1.1.1?" in checkpoint
    last = room.one.timeline[-1]
    assert (last.mention, last.aloud) == (("@ana",), True)


def test_the_end_waits_for_a_checkpoint_that_waits() -> None:
    room = watched()
    room.go(71.9)
    room.is_read = False
    room.now = NOW + 72 * HOUR
    assert room.ring("end") == "awaits_reading"
    assert room.one.phase is Phase.WATCHING
    assert room.ring("checkpoint/T+72") == "awaits_reading"
    room.is_read = True
    room.go(73)
    assert taken(room)[-1] == ("T+72", 72)
    assert room.one.phase is Phase.DECIDING


def test_the_end_says_what_is_against_keeping_it() -> None:
    room = watched()
    room.go(72)
    ended = room.line("The window of v1.1.1 is over.")
    assert "Against keeping it:\n• gate was not passed\n• ⬜ Smoke test: still to be ticked" in ended
    calm = watched()
    calm.tick()
    calm.go(72)
    assert "The window of v1.1.1 is over. Every must is fulfilled." in calm.line("The window")


def test_it_is_asked_again_until_it_is_decided() -> None:
    room = watched()
    room.tick()
    room.go(72 + 9)
    waits = [line for line in room.lines if "has been waiting for its decision for" in line]
    assert [line.split(" for ")[2].split("h")[0] for line in waits] == ["4", "8"]
    assert room.one.timeline[-1].mention == ("@ana",)
    assert not room.one.timeline[-1].aloud
    assert room.decide() == "decided"
    assert room.one.timers == {}
    assert room.ring("decide") == "timer_stale"


def test_it_is_read_on_while_it_waits_for_its_decision() -> None:
    room = watched()
    room.go(73)
    assert room.read(MIN, wheel=0) == "watch_turned"
    assert set(room.one.timers) == {"decide"}


@pytest.mark.parametrize("name", ["checkpoint/T+24", "checkpoint/none", "follow", "end", "decide", "clocks", ""])
def test_a_time_that_nobody_waits_for(name: str) -> None:
    room = watched()
    before = room.one
    assert room.ring(name) == "timer_stale"
    assert room.one == before


def test_clocks_are_set_anew_with_the_policy() -> None:
    room = watched()
    room.policy = policy(("{name: T+24, at: 24h,", "{name: T+24, at: 20h,"))
    assert room.ring("clocks") == "timer_stale"
    assert room.one.timers["checkpoint/T+24"] == NOW + 20 * HOUR


def test_what_the_gates_said_is_remembered_whatever_comes_after() -> None:
    """With a checkpoint every hour the early ones are let go; that a gate was not passed is not."""
    many = policy(("window: 72h", "window: 3w"), ("{name: T+24, at: 24h,", "{name: T+24, every: 1h,"))
    room = watched(many)
    room.go(24 * 21)
    assert len(room.one.taken) < 200
    assert [one.gate for one in room.one.taken if one.name == "gate"] == [False]
    assert "gate was not passed" in room.line("The window of v1.1.1 is over.")


def test_nobody_is_named_twice_or_called_none() -> None:
    room = watched(policy(('owner: "@ana"', "owner: none")))
    room.read(MIN, wheel=0, latency=9)
    room.go(72)
    assert all(len(set(entry.mention)) == len(entry.mention) for entry in room.one.timeline)
    assert not [entry for entry in room.one.timeline if "none" in entry.mention]
    assert room.one.owner == ()


def test_nobody_is_called_in_quiet_hours() -> None:
    hours = ("rights:", 'quiet_hours: {from: "22:00", to: "07:00"}\nrights:')
    quiet = policy(hours, ("{name: T+24, at: 24h,", "{name: T+24, at: 14h,"))
    room = watched(quiet)
    room.go(72 + 24)
    night = [entry for entry in room.one.timeline if entry.mention and not 7 <= hour_of(entry.at) < 22]
    assert not night
    assert "*T+24* of v1.1.1\n" in room.line("*T+24*"), "it is taken at its time all the same"
    waits = [entry for entry in room.one.timeline if "has been waiting" in plain(entry.text)]
    assert all(entry.mention == ("@ana",) for entry in waits), "what only asks waits for the morning"
    assert [hour_of(entry.at) for entry in waits] == [13, 17, 21, 7]


def test_who_is_on_call_is_asked_by_name() -> None:
    rota = ("rights:", "oncall: {first: {people: [chloe], since: 2026-01-05}}\nrights:")
    room = watched(policy(rota, ('owner: "@ana"', 'owner: "@first"')))
    room.go(72)
    assert room.one.timeline[-1].mention == ("@chloe",)


def hour_of(at: int) -> int:
    return datetime.fromtimestamp(at / 1000, ZoneInfo("Europe/Madrid")).hour
