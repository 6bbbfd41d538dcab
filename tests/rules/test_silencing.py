"""Silences of Alertmanager: asked for, made, near their end, over, ended, replaced; and what would hide everything."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import silencing
from rules.incident import Incident
from rules.matching import BadMatcher, Matcher, Op
from rules.policy_file import load
from rules.projection import next_step
from rules.silencing import NEAR, OVER, WARN_MS
from rules.steps import EndSilence, MakeSilence
from tests.rules.situations import DAY, HOUR, MIN, NOW, Desk, member, over, report, timer, words
from tests.rules.slack import Slack
from tests.rules.test_attention import POLICY, TEAM, WARNING, at, known, last, opened

SERVICE = 'service="checkout"'


def ask(desk: Desk, lasting: int = 2 * HOUR, who: str = "ana", **more: str) -> str:
    """Ask for a silence; its token."""
    given = {"matchers": SERVICE, "until": str(desk.now + lasting), "reason": "known", **more}
    assert desk.hear(known("silence", who, **given)) == "silence_asked"
    return desk.incident.silences[-1].token


def make(desk: Desk, token: str, id_: str = "am-1") -> None:
    """Alertmanager takes it, as bot/silences.py sees it."""
    made = silencing.made(desk.incident, token, id_, desk.now)
    desk.record = replace(made, compared=replace(made.compared, hidden=True))  # as the next comparison will see


@pytest.fixture
def desk() -> Desk:
    return opened(WARNING)


def settled(desk: Desk) -> Incident:
    """The incident when Slack has all there is to see."""
    shown = replace(desk.incident, silences=())
    seen = Slack().finish(shown, desk.now)
    assert isinstance(seen, Incident)
    return replace(desk.incident, observed=replace(seen.observed, directed=desk.incident.seq))


def test_asked_for_it_is_said_and_wanted_of_alertmanager(desk: Desk) -> None:
    token = ask(desk)
    assert last(desk)[0] == f"ana silences {SERVICE} until {NOW + 2 * HOUR}: known"
    (silence,) = desk.incident.silences
    assert (silence.by, silence.by_id, silence.reason, silence.since, silence.until, silence.id, silence.is_there) == (
        "ana", "U0000ANA", "known", NOW, NOW + 2 * HOUR, "", False,
    )  # fmt: skip
    step = next_step(settled(desk))
    assert isinstance(step, MakeSilence)
    assert step.silence.token == token
    assert desk.incident.silenced_until == 0


def test_made_it_is_there_and_the_card_is_drawn_anew(desk: Desk) -> None:
    token, before = ask(desk), desk.incident.revision
    make(desk, token)
    assert (desk.incident.silenced_until, desk.incident.revision) == (NOW + 2 * HOUR, before + 1)
    assert next_step(settled(desk)) is None


def test_a_right_is_needed(desk: Desk) -> None:
    desk.policy = load(TEAM.replace("silence: everyone", "silence: boss"), "x.yaml")
    before = desk.incident
    given = {"matchers": SERVICE, "until": str(NOW + HOUR)}
    assert desk.hear(known("silence", "ana", **given)) == "not_allowed"
    assert desk.hear(known("unsilence", "ana")) == "not_allowed"
    assert desk.incident is before


@pytest.mark.parametrize(("lasting", "before"), [(2 * HOUR, WARN_MS), (20 * MIN, 5 * MIN), (3 * DAY, WARN_MS)])
def test_near_its_end_who_asked_for_it_is_told_while_it_fires(desk: Desk, lasting: int, before: int) -> None:
    token = ask(desk, lasting)
    make(desk, token)
    assert desk.incident.timers[f"{NEAR}/{token}"] == NOW + lasting - before
    assert desk.ring(f"{NEAR}/{token}") == "silence_near_end"
    text = f"ana, your silence ends at {NOW + lasting}, and this still fires."
    assert last(desk) == (text, ("user:U0000ANA",))
    assert desk.hear(timer(f"{NEAR}/{token}")) == "timer_stale"


def test_near_its_end_is_said_once_whatever_happens_to_other_silences(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    desk.ring(f"{NEAR}/{token}")
    said = len(desk.lines)
    desk.record = silencing.ended(silencing.timed(desk.incident), "another")
    assert f"{NEAR}/{token}" not in desk.incident.timers
    assert len(desk.lines) == said


def test_near_its_end_nothing_is_said_of_what_does_not_fire(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    desk.record = replace(desk.incident, members={"a": replace(desk.incident.members["a"], firing=False)})
    said = len(desk.lines)
    assert desk.ring(f"{NEAR}/{token}") == "timer_stale"
    assert len(desk.lines) == said


def test_near_its_end_in_quiet_hours_nobody_is_pinged() -> None:
    desk = opened(WARNING, at("2027-01-15 21:00"), load(TEAM + 'quiet_hours: {from: "22:00", to: "07:00"}\n', "x.yaml"))
    token = ask(desk)
    make(desk, token)
    desk.ring(f"{NEAR}/{token}")
    assert last(desk)[0].startswith("ana, your silence ends")
    assert last(desk)[1] == ()


def test_at_its_end_it_is_over(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    assert desk.ring(f"{OVER}/{token}") == "silence_over"
    assert (desk.incident.silences, last(desk)[0]) == ((), "The silence by ana is over.")
    assert not [name for name in desk.incident.timers if name.startswith("silence")]
    assert desk.hear(timer(f"{OVER}/{token}")) == "timer_stale"


def test_ended_by_hand_it_is_gone_once_alertmanager_says_so(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    assert desk.hear(known("unsilence", "bob"), MIN) == "silence_ending"
    assert last(desk)[0] == "bob ends the silence."
    assert desk.incident.silenced_until == 0
    step = next_step(settled(desk))
    assert isinstance(step, EndSilence)
    assert desk.hear(known("unsilence", "bob")) == "not_silenced"
    desk.record = silencing.ended(desk.incident, token)
    assert desk.incident.silences == ()
    assert next_step(settled(desk)) is None


def test_what_was_to_be_ended_is_let_go_without_a_word_when_its_time_is_over(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    desk.hear(known("unsilence", "bob"), MIN)
    said = len(desk.lines)
    assert f"{NEAR}/{token}" not in desk.incident.timers
    assert desk.ring(f"{OVER}/{token}") == "silence_over"
    assert (len(desk.lines), desk.incident.silences) == (said, ())


def test_there_is_nothing_to_end_without_a_silence_of_ours(desk: Desk) -> None:
    assert desk.hear(known("unsilence", "bob")) == "not_silenced"


def test_another_replaces_it(desk: Desk) -> None:
    first = ask(desk)
    make(desk, first)
    second = ask(desk, 4 * HOUR, "bob")
    assert first != second
    assert [(one.token, one.ending) for one in desk.incident.silences] == [(first, True), (second, False)]
    assert f"{NEAR}/{first}" not in desk.incident.timers
    make(desk, second, "am-2")
    desk.record = silencing.ended(desk.incident, first)
    assert desk.incident.silenced_until == NOW + 4 * HOUR
    assert {f"{NEAR}/{second}", f"{OVER}/{second}"} < desk.incident.timers.keys()


@pytest.mark.parametrize("how", ["report", "resolve"])
@pytest.mark.parametrize("ends", ["yes", ""])
def test_it_ends_with_the_incident_when_that_was_asked_for(desk: Desk, how: str, ends: str) -> None:
    token = ask(desk, ends_with=ends)
    make(desk, token)
    desk.hear(known("resolve", "ana") if how == "resolve" else report(over(WARNING)), MIN)
    (silence,) = desk.incident.silences
    assert silence.ending is (ends == "yes")
    assert desk.incident.timers == {f"{OVER}/{token}": silence.until}


def test_a_silence_that_outlasts_its_incident_ends_quietly_and_can_be_ended_by_hand(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    desk.hear(report(over(WARNING)), MIN)
    other = replace(desk)
    assert desk.ring(f"{OVER}/{token}") == "silence_over"
    assert not desk.incident.is_open
    assert not desk.incident.timers
    assert other.hear(known("unsilence", "ana"), MIN) == "silence_ending"


def test_when_it_opens_again_under_its_silence_the_end_is_told_beforehand(desk: Desk) -> None:
    token = ask(desk)
    make(desk, token)
    desk.hear(report(over(WARNING)), MIN)
    assert desk.hear(report(member("a", since=NOW + 10 * MIN)), 10 * MIN) == "reopened"
    assert f"{NEAR}/{token}" in desk.incident.timers


def test_trouble_is_said_once_until_it_has_worked(desk: Desk) -> None:
    token = ask(desk)
    for why in ("not connected", "not connected", "timeout"):
        desk.record = silencing.troubled(desk.incident, token, why, NOW + MIN)
    text = "Alertmanager has not taken the change of the silence: not connected. I keep trying."
    assert [line for line in desk.lines if "not taken" in line] == [text]
    assert desk.incident.silences[0].trouble == "timeout"
    make(desk, token)
    assert desk.incident.silences[0].trouble == ""
    desk.record = silencing.troubled(desk.incident, token, "gone again", NOW + HOUR)
    assert "gone again" in last(desk)[0]


def test_what_is_said_of_a_silence_that_is_gone_changes_nothing(desk: Desk) -> None:
    before = desk.incident
    assert silencing.troubled(before, "x", "why", NOW) is before
    for after in (silencing.made(before, "x", "id", NOW), silencing.ended(before, "x")):
        assert replace(after, revision=before.revision) == before


# ---- what would hide everything

ALPHABET = st.characters(exclude_categories=["Cs", "Cc"])
NAMES = st.sampled_from(["service", "a", "severity", "ünï"])
WIDE = [
    '=""', '!="x"', '!=""', '=~".*"', '=~".+"', '=~""', '=~"a*"', '=~"(?s).*"', '=~"critical|"', '!~"a"', '!~"a|b.*"',
    '=~".*.*"', '=~"\\\\w.*"', '=~".*[a-zA-Z0-9].*"', '=~"[^~]+"', '=~"..*"', '!~""', '!~"\\\\s+"',
]  # fmt: skip
CHOOSING = ['="checkout"', '=~"check.*"', '=~"a|b"', '=~"[a-z]+"', '=~"\\\\d+"']


@pytest.mark.parametrize("wide", WIDE)
def test_what_takes_any_value_or_alerts_without_the_label_is_refused(wide: str) -> None:
    with pytest.raises(BadMatcher, match="would hide everything"):
        silencing.parse(f"service{wide}")


@pytest.mark.parametrize("choosing", CHOOSING)
def test_what_chooses_is_taken(choosing: str) -> None:
    assert silencing.parse(f"service{choosing}")


@pytest.mark.parametrize("text", ["", "{}", "service", 'service="a', 'service=~"("'])
def test_what_is_no_matcher_is_refused(text: str) -> None:
    with pytest.raises(BadMatcher):
        silencing.parse(text)


@settings(deadline=None, derandomize=True)
@given(NAMES, st.text(ALPHABET, min_size=1, max_size=8), st.lists(st.tuples(NAMES, st.sampled_from(WIDE)), max_size=3))
def test_with_one_value_that_is_named_it_is_never_refused(name: str, value: str, wide: list[tuple[str, str]]) -> None:
    parts = [*(f"{other}{how}" for other, how in wide), str(Matcher(name, Op.EQUAL, value))]
    assert len(silencing.parse(", ".join(parts))) == len(parts)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(NAMES, st.sampled_from(WIDE)), min_size=1, max_size=4))
def test_wide_ones_together_are_always_refused(wide: list[tuple[str, str]]) -> None:
    with pytest.raises(BadMatcher):
        silencing.parse(", ".join(f"{name}{how}" for name, how in wide))


def test_the_reason_may_be_left_out() -> None:
    desk = Desk(POLICY)
    desk.hear(report(WARNING))
    ask(desk, reason="")
    assert words(desk.incident.timeline[-1].text).endswith(": -")
