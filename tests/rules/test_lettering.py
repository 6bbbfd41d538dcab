"""Who gets a mail of an incident, when, and how often: beside Slack, in its place, and once it is over."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from rules import observing
from rules.incident import Incident
from rules.letter import Letter
from rules.lettering import AWAY, KEPT, unseen, unsent
from rules.mailing import addresses
from rules.policy import Policy
from rules.policy_file import load
from rules.report import Report
from rules.standing import Standing
from rules.text import Text
from tests.rules.situations import DAY, HOUR, MIN, NOW, Desk, S, act, member, over, report, words
from tests.rules.slack import Slack
from tests.rules.test_any_history import LIMITS, QUIET, Watched

TEXT = """
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel, mail: [team@x.org, ana]}
  P1: {label: [warning], channel: monitoring}
  P2: {label: [info], card: counted}
people:
  ana: {name: Ana, mail: ana@x.org}
  bob: {name: Bob, slack: bob@x.org}
  eve: {name: Eve}
oncall:
  rota: {people: [ana, bob], handoff: "0 9 * * *", since: 2027-01-15}
  ops: {group: "@ops"}
mail: {when_slack_is_away: [rota, oncall@x.org]}
rights: {resolve: everyone}
flapping: {flips: 3, within: 1h, hold: 10m}
reopen_within: 48h
routes:
  - {name: privacy, match: topic="privacy", mail: [dpo@x.org, "@ana"], continue: true}
  - {name: db, match: team="db", mail: dba@x.org}
"""
POLICY = load(TEXT, "p.yaml")
NO_MAIL = TEXT.replace(", mail: [team@x.org, ana]", "")
AWAY_ONLY, NOBODY = load(NO_MAIL, "p.yaml"), load(NO_MAIL.replace("[rota, oncall@x.org]", "[]"), "p.yaml")
BAD, WARNING, INFO = member("a", "critical"), member("a", "warning"), member("a", "info")
TEAM, ANA, BOB, ONCALL = "team@x.org", "ana@x.org", "bob@x.org", "oncall@x.org"


def opened(*members: object, policy: Policy = POLICY) -> Desk:
    desk = Desk(policy)
    desk.hear(report(*(members or (BAD,))))  # type: ignore[arg-type]
    return desk


def wrote(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    """What for, and to whom."""
    return [(letter.name.partition("-")[0], letter.to) for letter in desk.incident.letters]


def mail(desk: Desk) -> list[Letter]:
    """A mail server takes what waits."""
    sent = []
    while waiting := unsent(desk.incident):
        sent.append(waiting[0])
        desk.record = observing.mailed(desk.incident, waiting[0], "sent", desk.now)
    return sent


def shown(desk: Desk) -> None:
    """Slack shows all of it."""
    desk.record = Slack().finish(desk.incident, desk.now)


# ---- at once


def test_by_severity() -> None:
    [letter] = opened().incident.letters
    assert letter == Letter(name=f"asks-{NOW}", to=(TEAM, ANA), at=NOW)


@pytest.mark.parametrize(
    ("one", "to"),
    [
        (member("a", "warning"), ()),
        (member("a", "info"), ()),
        (member("a", "warning", team="db"), ("dba@x.org",)),
        (member("a", "warning", topic="privacy"), ("dpo@x.org", ANA)),
        (member("a", "warning", topic="privacy", team="db"), ("dpo@x.org", ANA, "dba@x.org")),
        (member("a", "critical", topic="privacy", team="db"), (TEAM, ANA, "dpo@x.org", "dba@x.org")),
    ],
)
def test_by_severity_and_route_each_address_once(one: object, to: tuple[str, ...]) -> None:
    assert wrote(opened(one)) == ([("asks", to)] if to else [])


def test_a_rotation_is_who_is_on_call_then() -> None:
    policy = load(TEXT.replace("team@x.org, ana]", "rota]"), "p.yaml")
    desk = opened(policy=policy)
    desk.hear(report(over(BAD)), MIN)
    desk.hear(report(member("a", "critical", since=NOW + DAY)), DAY)  # after the hand-off at nine
    assert [to for _, to in wrote(desk)] == [(ANA,), (ANA,), (BOB,)]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["x@x.org", "x@x.org"], ("x@x.org",)),
        (["ana", "@ana", ANA], (ANA,)),
        (["bob"], (BOB,)),
        (["eve", "ops", "@ops"], ()),
        (["gone", "@gone", "channel"], ()),
        ([], ()),
    ],
)
def test_what_names_mean(names: list[str], wanted: tuple[str, ...]) -> None:
    """Also those that the policy does not know any more."""
    assert addresses(POLICY, names, NOW) == wanted


def test_repeats_and_what_joins_write_nothing() -> None:
    desk = opened()
    desk.hear(report(BAD), MIN)
    desk.hear(report(BAD, member("b", "critical")), MIN)
    desk.hear(act("acknowledge"), MIN)
    desk.hear(report(BAD, over(member("b", "critical"))), MIN)
    assert wrote(desk) == [("asks", (TEAM, ANA))]


def test_worse_later_goes_to_the_people_of_the_worst() -> None:
    desk = opened(member("a", "warning", team="db"))
    desk.hear(report(member("a", "critical")), HOUR)
    assert wrote(desk) == [("asks", ("dba@x.org",)), ("asks", (TEAM, ANA))]
    assert len({letter.name for letter in desk.incident.letters}) == 2


def test_what_becomes_worth_showing_is_written_then() -> None:
    desk = opened(INFO)
    assert wrote(desk) == []
    desk.hear(report(BAD), MIN)
    assert wrote(desk) == [("asks", (TEAM, ANA))]


# ---- and when it is over


def test_who_was_told_that_it_began_is_told_that_it_is_over() -> None:
    desk = opened()
    desk.hear(report(over(BAD)), HOUR)
    begun, ended = desk.incident.letters
    assert ended == Letter(name=f"over-asks-{NOW}", to=(TEAM, ANA), at=NOW + HOUR, follows=begun.name)


def test_all_who_were_told_are_told_also_those_of_before_it_got_worse() -> None:
    desk = opened(member("a", "warning", topic="privacy"))
    desk.hear(report(BAD), MIN)
    desk.hear(report(over(BAD)), MIN)
    assert wrote(desk)[-1] == ("over", ("dpo@x.org", ANA, TEAM))
    assert desk.incident.letters[-1].follows == desk.incident.letters[-2].name


def test_nobody_is_told_the_end_of_what_they_did_not_know() -> None:
    desk = opened(WARNING)
    desk.hear(report(over(WARNING)), HOUR)
    assert desk.incident.letters == ()


def test_by_hand_it_is_over_too_and_again_when_it_came_back() -> None:
    desk = opened()
    desk.hear(act("resolve"), MIN)
    desk.hear(report(over(BAD)), MIN)
    desk.hear(report(member("a", "critical", since=NOW + 3 * MIN)), MIN)
    desk.hear(report(over(member("a", "critical", since=NOW + 3 * MIN))), MIN)
    assert [what for what, _ in wrote(desk)] == ["asks", "over", "asks", "over"]
    assert [letter.follows for letter in desk.incident.letters[1::2]] == [
        letter.name for letter in desk.incident.letters[::2]
    ]


def test_one_that_flaps_writes_no_more_until_that_is_over() -> None:
    desk = opened()
    for _ in range(8):
        since = desk.incident.members["a"].since
        desk.hear(report(over(member("a", "critical", since=since), until=desk.now + MIN)), MIN)
        desk.hear(report(member("a", "critical", since=desk.now + MIN)), MIN)
    assert desk.incident.flapping
    assert [what for what, _ in wrote(desk)] == ["asks", "over"] * 3
    desk.hear(report(over(member("a", "critical", since=desk.incident.members["a"].since))), MIN)
    desk.ring("settle")
    assert len(wrote(desk)) == 6, "who was told the end is not told it again"


def test_what_flaps_and_has_been_told_is_over_once_it_settles() -> None:
    desk = opened(BAD, member("b", "critical"))
    for _ in range(3):
        since = desk.incident.members["a"].since
        desk.hear(
            report(over(member("a", "critical", since=since), until=desk.now + MIN), member("b", "critical")), MIN
        )
        desk.hear(report(member("a", "critical", since=desk.now + MIN), member("b", "critical")), MIN)
    assert desk.incident.flapping
    desk.hear(report(*(over(member(name, "critical", since=desk.now)) for name in "ab")), MIN)
    assert [what for what, _ in wrote(desk)] == ["asks"]
    desk.ring("settle")
    assert [what for what, _ in wrote(desk)] == ["asks", "over"]


# ---- in the place of Slack


def test_what_slack_shows_in_time_is_not_written() -> None:
    desk = opened(policy=AWAY_ONLY)
    assert (wrote(desk), desk.incident.timers[AWAY]) == ([], NOW + MIN)
    shown(desk)
    assert desk.ring(AWAY) == "timer_stale"
    assert (wrote(desk), desk.incident.timers) == ([], {})


def test_what_slack_does_not_show_is_written_after_a_minute_and_once() -> None:
    desk = opened(policy=AWAY_ONLY)
    assert desk.ring(AWAY) == "mailed"
    [letter] = desk.incident.letters
    assert letter == Letter(name=f"away-{NOW}", to=(ANA, ONCALL), at=NOW + MIN, instead=True)
    assert words(desk.incident.timeline[-1].text).endswith("it goes to ana@x.org, oncall@x.org by mail.")
    assert not desk.incident.timeline[-1].visible
    assert AWAY not in desk.incident.timers
    shown(desk)
    desk.hear(report(over(BAD)), HOUR)
    assert wrote(desk) == [("away", (ANA, ONCALL)), ("over", (ANA, ONCALL))]


def test_a_mail_to_somebody_else_does_not_keep_it_from_who_is_on_call() -> None:
    desk = opened()
    assert desk.ring(AWAY) == "mailed"
    assert wrote(desk) == [("asks", (TEAM, ANA)), ("away", (ONCALL,))], "ana has it"
    desk.hear(report(over(BAD)), HOUR)
    assert wrote(desk)[-1] == ("over", (TEAM, ANA, ONCALL))


def test_when_all_have_it_nothing_waits_for_slack() -> None:
    desk = opened(policy=load(TEXT.replace("[rota, oncall@x.org]", "[]"), "p.yaml"))
    assert AWAY not in desk.incident.timers
    assert AWAY not in opened(policy=NOBODY).incident.timers


@pytest.mark.parametrize("one", [WARNING, INFO])
def test_only_the_worst_goes_by_mail_in_the_place_of_slack(one: object) -> None:
    assert AWAY not in opened(one, policy=AWAY_ONLY).incident.timers


def test_what_is_over_before_the_minute_is_not_written() -> None:
    for ended in (report(over(BAD)), act("resolve")):
        desk = opened(policy=AWAY_ONLY)
        desk.hear(ended, 30 * S)
        assert AWAY not in desk.incident.timers
        desk.now += HOUR
        assert wrote(desk) == []


def test_worse_later_and_worse_again_have_a_minute_of_their_own() -> None:
    desk = opened(WARNING, policy=AWAY_ONLY)
    shown(desk)
    desk.hear(report(BAD), HOUR)
    assert desk.incident.timers[AWAY] == desk.now + MIN
    assert unseen(desk.incident), "it moves to another channel"
    assert desk.ring(AWAY) == "mailed"
    desk.hear(report(WARNING), MIN)
    desk.hear(report(BAD), HOUR)
    assert desk.ring(AWAY) == "mailed"
    assert [what for what, _ in wrote(desk)] == ["away", "away"]


def test_news_for_the_channel_that_slack_does_not_take() -> None:
    policy = load(NO_MAIL.replace("#monitoring", "#alerts"), "p.yaml")
    desk = opened(WARNING, policy=policy)
    shown(desk)
    desk.hear(report(BAD), HOUR)
    assert unseen(desk.incident)
    desk.ring(AWAY)
    assert [what for what, _ in wrote(desk)] == ["away"]


def test_each_beginning_is_written_while_slack_is_away() -> None:
    desk = opened(policy=AWAY_ONLY)
    desk.ring(AWAY)
    desk.hear(report(over(BAD)), MIN)
    desk.hear(report(member("a", "critical", since=NOW + HOUR)), HOUR)
    desk.ring(AWAY)
    assert [what for what, _ in wrote(desk)] == ["away", "over", "away"]


def test_without_anybody_to_write_to_nothing_waits() -> None:
    desk = opened(policy=AWAY_ONLY)
    desk.policy = NOBODY
    assert desk.ring(AWAY) == "timer_stale"
    assert wrote(desk) == []


# ---- what has not gone out yet


def test_over_before_its_first_mail_could_go_out_is_one_mail() -> None:
    """Each mail says how it stands when it goes out."""
    desk = opened()
    desk.hear(report(over(BAD)), HOUR)
    assert [letter.name for letter in mail(desk)] == [f"over-asks-{NOW}"]


def test_back_before_any_mail_could_go_out_is_one_mail() -> None:
    desk = opened()
    desk.hear(report(over(BAD)), MIN)
    desk.hear(report(member("a", "critical", since=NOW + HOUR)), HOUR)
    assert [letter.name for letter in mail(desk)] == [f"asks-{desk.now}"]
    desk.hear(report(over(member("a", "critical", since=NOW + HOUR))), MIN)
    assert [letter.name for letter in mail(desk)] == [desk.incident.letters[-1].name]


def test_a_mail_that_is_on_its_way_when_it_ends_is_followed_by_the_end() -> None:
    desk = opened()
    [begun] = unsent(desk.incident)
    desk.hear(report(over(BAD)), S)
    desk.record = observing.mailed(desk.incident, begun, "sent", desk.now)
    assert [letter.follows for letter in mail(desk)] == [begun.name]


def test_who_is_not_told_by_the_later_one_still_gets_the_earlier() -> None:
    desk = opened(member("a", "warning", team="db"))
    desk.hear(report(BAD), MIN)
    assert [letter.to for letter in mail(desk)] == [("dba@x.org",), (TEAM, ANA)]
    desk.hear(report(over(BAD)), MIN)
    assert [letter.to for letter in mail(desk)] == [("dba@x.org", TEAM, ANA)]


def test_over_and_back_within_a_millisecond_has_its_names_once() -> None:
    desk = opened()
    desk.hear(report(over(BAD)))
    desk.hear(report(member("a", "critical", since=NOW + 1)))
    assert desk.incident.is_open
    desk.hear(report(over(member("a", "critical", since=NOW + 1))))
    assert [letter.name for letter in desk.incident.letters] == [f"asks-{NOW}", f"over-asks-{NOW}"]


def test_a_mail_that_was_refused_for_good_is_not_tried_again() -> None:
    desk = opened()
    desk.record = observing.mailed(desk.incident, desk.incident.letters[0], "550 no such user", desk.now)
    assert unsent(desk.incident) == ()


def test_only_the_latest_letters_are_kept() -> None:
    desk = opened()
    for _ in range(30):
        desk.hear(report(over(member("a", "critical", since=desk.incident.members["a"].since))), HOUR)
        mail(desk)
        desk.hear(report(member("a", "critical", since=desk.now + HOUR)), HOUR)
        mail(desk)
    letters = desk.incident.letters
    assert len(letters) == KEPT
    assert letters[-1].name == f"asks-{desk.now}"
    assert unsent(desk.incident) == ()
    desk.hear(report(over(member("a", "critical", since=desk.now))), MIN)
    assert mail(desk)[0].follows == letters[-1].name


def test_a_digest_has_its_own_and_other_records_have_none() -> None:
    letter = Letter(name="digest", to=(TEAM,), at=NOW)
    digest = Report(
        key="digest:weekly:2027-01-11", id="X", name="weekly", place="#g", title=Text.of("x"), opened_at=NOW,
        due_at=NOW, since=0, until=NOW, letters=(letter,),
    )  # fmt: skip
    assert unsent(digest) == (letter,)
    assert unsent(observing.mailed(digest, letter, "sent", NOW)) == ()  # type: ignore[arg-type]
    assert unsent(Standing()) == ()


# ---- whatever comes

MAILED = load(
    TEXT.replace("rota: {people: [ana, bob], ", "platform: {people: [ana, bob], ").replace("[rota,", "[platform,")
    + QUIET,
    "mailed.yaml",
)


class Mailed(Watched):
    """Any history with a mail server that now and then takes what waits."""

    POLICY = MAILED

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, list[str]] = {}
        self.sent: list[tuple[str, str]] = []
        self.known: dict[str, set[str]] = {}

    @precondition(lambda self: self.desk.record)
    @rule(lost=st.booleans())
    def post(self, lost: bool) -> None:
        for letter in unsent(self.desk.incident)[:1]:
            self.sent.append((self.desk.incident.id, letter.name))
            if not lost:
                self.desk.record = observing.mailed(self.desk.incident, letter, "sent", self.desk.now)
                self.note()

    @rule()
    def mail_again(self) -> None:
        """The policy that names addresses comes back."""
        self.desk.policy = MAILED

    def note(self) -> None:
        """Remember each letter when it is first there."""
        super().note()
        record = self.desk.record
        if isinstance(record, Incident):
            known = self.names.setdefault(record.id, [])
            known += [letter.name for letter in record.letters if letter.name not in known[-KEPT:]]
            assert len({letter.name for letter in record.letters}) == len(record.letters)

    @invariant()
    def no_letter_comes_twice(self) -> None:
        for names in self.names.values():
            assert set(Counter(names).values()) <= {1}, names

    @invariant()
    def what_is_over_follows_what_began(self) -> None:
        record = self.desk.record
        for index, letter in enumerate(_letters(record)):
            assert letter.to
            assert letter.name.startswith("over-") == bool(letter.follows)
            if letter.follows:
                before = record.letters[:index]
                assert letter.follows in [one.name for one in before] or len(record.letters) == KEPT
        assert not any(one.follows and two.follows for one, two in pairwise(_letters(record)))

    @invariant()
    def who_never_was_asked_for_is_not_written_about(self) -> None:
        record = self.desk.record
        if isinstance(record, Incident) and not record.shown:
            assert record.letters == ()

    @invariant()
    def what_waits_ends_with_the_latest(self) -> None:
        record = self.desk.record
        waiting = unsent(record) if record else ()
        assert len(waiting) == len({one.name for one in waiting})
        letters = _letters(record)
        if letters and letters[-1].name not in record.observed.mailed:
            assert waiting[-1] == letters[-1]


def _letters(record: object) -> tuple[Letter, ...]:
    return record.letters if isinstance(record, Incident) else ()


TestMailed = Mailed.TestCase
TestMailed.settings = settings(LIMITS, max_examples=80, phases=[Phase.generate])
