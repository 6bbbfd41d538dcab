"""Asking about a release is calm: nobody is named at night or under a mute, and the question comes in the morning."""

from datetime import UTC, datetime

from rules.policy_file import load
from tests.rules.releases import HEAD, PLANS, Room, policy, watched
from tests.rules.situations import HOUR

NIGHTS = 'quiet_hours: {from: "20:00", to: "08:00", whole_days: [sat, sun]}\nteam: SDK\n'
MONDAY_0800 = int(datetime(2027, 1, 18, 7, tzinfo=UTC).timestamp() * 1000)  # in Madrid


def calm() -> Room:
    """Published on a Friday at nine in the morning, with nights and weekends that are quiet."""
    return watched(policy(("channels:", NIGHTS + "channels:")))


def mentions(room: Room, words: str) -> tuple[str, ...]:
    return next(entry.mention for entry in room.one.timeline if words in str(entry.text))


def test_by_day_who_has_to_look_is_named() -> None:
    room = calm().go(1)
    assert mentions(room, "T+0") == ("@chloe", "@ana")


def test_at_the_weekend_a_checkpoint_is_taken_and_names_nobody() -> None:
    room = calm().go(25)
    assert "T+24" in room.one.done
    assert mentions(room, "'name': 'T+24'") == ()


def test_a_follow_up_waits_for_the_morning() -> None:
    room = calm().go(10)
    room.read(latency=1.5)
    room.baselines["latency"] = 1.0
    room.read()
    assert room.breached("latency") == "yellow"
    assert room.one.timers["follow"] == MONDAY_0800
    before = len(room.lines)
    room.go(60)
    assert not [line for line in room.lines[before:] if "How does it go?" in line]
    room.go(72)
    assert room.one.followed_at == MONDAY_0800


def test_the_end_in_a_quiet_hour_is_said_and_asks_in_the_morning() -> None:
    room = watched(load(HEAD.replace("channels:", NIGHTS + "channels:") + PLANS.replace("72h", "40h").replace(
        "      - {name: gate, at: 48h, checks: [wheel, smoke], gate: {passed: Go on., failed: Stop here.}}\n", ""
    ).replace("T+72, at: 40h", "T+40, at: 40h"), "test.yaml"))  # fmt: skip
    room.go(41)
    last = room.one.timeline[-1]
    assert "is over" in last.text.template
    assert (last.mention, last.aloud) == ((), False)
    assert room.one.timers == {"decide": MONDAY_0800}
    room.go(72)
    assert mentions(room, "has been waiting for its decision") == ("@ana",)
    assert room.one.timers["decide"] - room.one.reminded_at == 4 * HOUR


def test_a_mute_of_the_channel_names_nobody() -> None:
    muted = 'mutes: [{channel: "#releases", by: ana, until: "2027-02-01T00:00:00+00:00"}]\n'
    room = watched(policy(("channels:", muted + "channels:"))).go(1)
    assert mentions(room, "T+0") == ()


def test_a_rotation_is_who_is_on_call_then() -> None:
    oncall = "oncall: {platform: {people: [ana, bruno], since: 2027-01-04}}\n"
    room = watched(policy(("channels:", oncall + "channels:"), ('who: ["@chloe", none]', 'who: ["@platform"]'))).go(1)
    assert mentions(room, "T+0")[0] in ("@ana", "@bruno")
