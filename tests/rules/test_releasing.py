"""How the watch of a release begins, by itself or by hand, and what becomes of it when another release comes."""

from dataclasses import replace

import pytest

from rules.reading import Level
from rules.releasing import addressed
from rules.signal import Kind, Link, Signal
from rules.watch import Phase, key_of
from tests.rules.releases import (
    ANA,
    BRUNO,
    CHLOE,
    NOBODY,
    POLICY,
    VERSION,
    Room,
    plain,
    policy,
    published,
    started,
    watched,
)
from tests.rules.situations import HOUR, MIN, NOW

FIXED = policy(("    window: 72h", "    window: 72h\n    baseline: v1.0.0"))
NO_BASELINE = policy(("    window: 72h", "    window: 72h\n    baseline: none"))

SECOND = """
  other:
    words: any
    match: tag=~".*"
    checks: {a: {words: a, tick: t}}
    checkpoints: [{name: x, at: 0h}]
    yellow: {severity: P1}
    red: {severity: P0}
"""


def other(event: str, release: str = "v1.1.0", began: int = NOW - 100 * HOUR) -> Signal:
    labels = {"release": release, "began": str(began)} if release else {"release": ""}
    return Signal(key=key_of("sdk", VERSION), source="sereno", kind=Kind.SUCCESSION, event=event, labels=labels)


@pytest.mark.parametrize("action", ["published", "released"])
def test_a_release_that_a_plan_is_for(action: str) -> None:
    found = addressed(published(action=action, at=NOW - HOUR), POLICY)
    assert (found.kind, found.key) == (Kind.RELEASE, "watch:sdk:v1.1.1")
    assert (found.labels["plan"], found.labels["release"]) == ("sdk", "v1.1.1")
    assert found.at == (NOW - HOUR if action == "published" else 0), "a promotion has the time of the pre-release"


@pytest.mark.parametrize(
    "signal",
    [
        published(prerelease="true"),
        published(draft="true"),
        published("nightly"),
        published(""),
        published('v1"}) or vector(1'),
        published("v1 0"),
        published("v" * 101),
        published(action="created"),
        published(action="edited"),
        published(action="deleted"),
        replace(published(), event="push"),
        replace(published(), kind=Kind.REPORT),
        replace(published(), source="gitlab"),
    ],
    ids=str,
)
def test_what_no_plan_is_for_stays_what_it_is(signal: Signal) -> None:
    assert addressed(signal, POLICY) is signal


def test_a_plan_without_match_starts_by_hand_only() -> None:
    by_hand = policy(('    match: source="github", event="release", prerelease="false", tag=~"v.*"\n', ""))
    assert addressed(published(), by_hand).kind is Kind.TALLY
    assert Room(by_hand).hear(started()) == "watch_began"


def test_the_first_plan_that_fits() -> None:
    two = policy(("releases:\n", "releases:\n" + SECOND))
    assert addressed(published(), two).key == "watch:other:v1.1.1"
    assert addressed(published(prerelease="true"), two).key == "watch:other:v1.1.1"


def test_it_begins_when_it_was_published() -> None:
    room = Room()
    assert room.publish(at=NOW - HOUR, author="ana-r") == "watch_began"
    one = room.one
    assert (one.release, one.plan, one.title, one.place, one.owner) == (
        VERSION,
        "sdk",
        "Python SDK",
        "#releases",
        ("@ana",),
    )
    assert (one.began_at, one.opened_at, one.ends_at) == (NOW - HOUR, NOW, NOW + 71 * HOUR)
    assert one.phase is Phase.WATCHING
    assert one.timers == {
        "checkpoint/T+0": NOW - HOUR, "checkpoint/T+24": NOW + 23 * HOUR, "checkpoint/gate": NOW + 47 * HOUR,
        "checkpoint/T+72": NOW + 71 * HOUR, "end": NOW + 71 * HOUR,
    }  # fmt: skip
    assert room.lines == ["ana-r released v1.1.1; I watch it from here on."]


def test_a_clock_that_is_ahead_at_github() -> None:
    room = Room()
    room.publish(at=NOW + HOUR)
    assert room.one.began_at == NOW


def test_a_promotion_begins_with_itself() -> None:
    room = Room()
    assert room.publish(prerelease="true", at=NOW - 30 * HOUR) == "tallied"
    assert room.watch is None
    assert room.publish(action="released", at=NOW - 30 * HOUR) == "watch_began"
    assert room.one.began_at == NOW


def test_redelivery_and_the_second_word_of_it_change_nothing() -> None:
    room = watched()
    before = room.one
    assert room.publish() == "already"
    assert room.publish(action="released") == "already"
    assert room.one is before


def test_what_is_too_old_is_not_watched() -> None:
    room = Room()
    assert room.publish(at=NOW - 72 * HOUR - 1) == "stale"
    assert room.watch is None
    assert room.publish(at=NOW - 72 * HOUR) == "watch_began"


def test_by_hand_with_the_right() -> None:
    room = Room()
    assert room.hear(started(BRUNO, baseline="v1.0.9")) == "watch_began"
    assert (room.one.baseline, room.one.started_by, room.one.began_at) == ("v1.0.9", "bruno", NOW)
    assert room.lines == ["bruno has v1.1.1 watched from here on."]


@pytest.mark.parametrize(("who", "wanted"), [(ANA, "watch_began"), (CHLOE, "not_allowed"), (NOBODY, "not_allowed")])
def test_by_hand_with_and_without_a_right(who: object, wanted: str) -> None:
    """Ana owns the plan; Chloe may decide, which is another right."""
    assert Room().hear(replace(started(), actor=who)) == wanted


def test_who_is_on_call_may_own_a_plan() -> None:
    rota = ("rights:", "oncall: {first: {people: [chloe], since: 2026-01-05}}\nrights:")
    room = Room(policy(rota, ('owner: "@ana"', 'owner: "@first"')))
    assert room.hear(started(ANA)) == "not_allowed"
    assert room.hear(started(CHLOE)) == "watch_began"


def test_by_hand_without_a_plan() -> None:
    assert Room().hear(started(plan="sdkk")) == "no_plan"
    assert Room().hear(started(tag="")) == "no_plan"


def test_what_is_watched_is_not_started_again() -> None:
    room = watched()
    assert room.hear(started()) == "already"


def test_what_was_stopped_begins_anew_only_by_hand() -> None:
    room = watched()
    first = room.one.id
    assert room.act("stop", note="was never rolled out") == "stopped"
    assert room.line("ana stopped the watch of v1.1.1: was never rolled out")
    assert room.publish() == "already"
    assert not room.one.is_open
    assert room.hear(started(), HOUR) == "watch_began"
    assert room.one.id != first
    assert (room.one.began_at, room.one.taken) == (room.now, ())


def test_an_incident_that_a_decision_left_open_is_ended_by_the_next_watch() -> None:
    room = watched()
    room.read(MIN, wheel=0)
    room.watch = replace(room.one, told={"wheel": "red"})
    assert room.decide("rollback", "the wheel is gone") == "decided"
    assert room.hear(started(), HOUR) == "watch_began"
    assert (room.one.told, room.breached("wheel")) == ({"wheel": "red"}, "red"), "not before anything was read"
    assert room.read(MIN) == "watch_read"
    room.read(MIN, wheel=1)
    assert (room.level("wheel"), room.breached("wheel")) == (Level.GOOD, "")


def test_a_newer_release_ends_it() -> None:
    room = watched()
    assert room.hear(other("newer", "v1.2.0")) == "superseded"
    one = room.one
    assert (one.phase, one.ended_by, one.ended_at, one.timers) == (Phase.SUPERSEDED, "v1.2.0", NOW, {})
    assert room.line("v1.2.0 is out and is watched instead.")
    assert room.hear(other("newer", "v1.3.0")) == "not_open"
    assert room.one.ended_by == "v1.2.0"
    for act in (room.tick, room.decide, room.read):
        assert act() == "not_open"


def test_the_release_before_is_the_baseline() -> None:
    room = watched()
    assert room.hear(other("older")) == "preceded"
    assert (room.one.baseline, room.one.baseline_at, room.one.introduced) == ("v1.1.0", NOW - 100 * HOUR, True)


def test_there_was_none_before() -> None:
    """Nothing was watched before, or it was rolled back: there is nothing to compare with."""
    room = watched()
    assert room.hear(other("older", "")) == "preceded"
    assert (room.one.baseline, room.one.baseline_at, room.one.introduced) == ("", 0, True)


@pytest.mark.parametrize(
    ("rules", "by_hand", "before", "wanted"),
    [
        (POLICY, "v1.0.9", "v1.1.0", ("v1.0.9", 0)),
        (POLICY, "v1.1.0", "v1.1.0", ("v1.1.0", NOW - 100 * HOUR)),
        (FIXED, "", "v1.1.0", ("v1.0.0", 0)),
        (FIXED, "", "v1.0.0", ("v1.0.0", NOW - 100 * HOUR)),
        (FIXED, "v1.0.9", "v1.1.0", ("v1.0.9", 0)),
        (NO_BASELINE, "", "v1.1.0", ("", 0)),
        (NO_BASELINE, "v1.0.9", "v1.1.0", ("v1.0.9", 0)),
        (POLICY, VERSION, "v1.1.0", ("v1.1.0", NOW - 100 * HOUR)),
    ],
)
def test_which_baseline(rules: object, by_hand: str, before: str, wanted: tuple[str, int]) -> None:
    room = Room(rules)  # type: ignore[arg-type]
    room.hear(started(baseline=by_hand))
    room.hear(other("older", before))
    assert (room.one.baseline, room.one.baseline_at) == wanted


def test_when_the_baseline_was_released_may_come_with_a_reading() -> None:
    room = Room()
    room.hear(started(baseline="v1.0.9"))
    known = Signal(key=room.one.key, source="readings", kind=Kind.READ, at=NOW, labels={"began": str(NOW - 5 * HOUR)})
    room.hear(known)
    assert room.one.baseline_at == NOW - 5 * HOUR
    room.hear(replace(known, labels={"began": "7"}))
    assert room.one.baseline_at == NOW - 5 * HOUR, "once known it stays"


def test_words_of_the_plan_have_the_versions_in_them() -> None:
    room = watched()
    room.hear(other("older"))
    room.go(24)
    assert "Compared with v1.1.0." in room.line("*T+24*")


def test_links_come_along() -> None:
    link = Link(name="release", url="https://github.com/acme/sdk/releases/v1.1.1")
    room = Room()
    room.hear(replace(addressed(published(), POLICY), links=(link,)))
    assert room.one.links == (link,)
    assert plain(room.one.timeline[0].text) == "v1.1.1 is watched from here on."
