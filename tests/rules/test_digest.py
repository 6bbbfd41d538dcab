"""What a digest says of a week: nothing, one thing, many, what is missing, and what anybody may have named so."""

from dataclasses import replace
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter

from bot.cards.letters import of_report
from bot.cards.mrkdwn import draw
from rules import languages, observing, settling
from rules.community import Measured
from rules.decide import decide
from rules.decision import Record
from rules.digest_plan import SECTIONS
from rules.digests.counts import count
from rules.digests.facts import Facts
from rules.digests.health import key_of
from rules.incident import State
from rules.reason import Reason
from rules.report import Report
from rules.signal import Kind, Signal
from rules.tallies import counted as tallied
from rules.text import Text
from rules.watch import Watch
from tests.rules.digests import (
    DUE,
    REPOSITORY,
    TEXT,
    TUESDAY,
    at,
    away,
    counted,
    drawn,
    facts,
    gathered,
    incident,
    lead,
    numbers,
    period,
    policy,
    sections,
    wish,
    workflow,
)  # fmt: skip
from tests.rules.releases import VERSION, Room, plain
from tests.rules.situations import DAY, HOUR, MIN
from tests.rules.slack import Slack

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
QUIET = "A quiet time: no incident, no ping, no release."
REPOSITORIES = f"{{repositories: [{REPOSITORY}]}}"
PLAN = "{plan: sdk, health: [errors, nps], users: [nps], community: [latency]}"
NAME = "=alert|db|alertname=DiskFull|"


def watch(began: int = TUESDAY, **values: float | None) -> Watch:
    """A release that was published then and read once."""
    room = Room(policy(PLAN), now=began)
    room.publish()
    room.read(MIN, **values)
    return room.one


def week(**more: object) -> Facts:
    """One incident, one ping, and nothing from before."""
    tallies = counted({"alertmanager|alert|P0|opened": 1, "=open|P0": 1, "=ping|P0": 1, f"{NAME}pings": 1,
                       f"{NAME}people": 1, f"{NAME}opened": 1})  # fmt: skip
    return facts(**{"incidents": (incident(),), "tallies": tallies, **more})


# ---- a quiet week, one thing, many


def test_nothing() -> None:
    report = drawn(facts())
    assert (lead(report), report.parts, report.timeline) == ([QUIET], (), ())
    assert plain(report.title) == "Platform: the week from 2027-01-11 to 2027-01-17"
    assert len(report.bars) == 7


def test_a_quiet_week_still_tells_what_is_measured() -> None:
    found = facts(community={REPOSITORY: numbers(stars=Measured(value=12))}, since=at("2027-01-01"))
    report = drawn(found, policy(REPOSITORIES))
    assert lead(report) == [QUIET]
    assert list(sections(report)) == ["System health", "Community"]
    assert sections(report)["System health"] == [
        "P0: *0* opened (before: 0), *0* over (before: 0), 0 open now",
        "P1: *0* opened (before: 0), *0* over (before: 0), 0 open now",
        "Open bugs in acme/sdk: *0*",
    ]
    assert "Stars: *12*" in sections(report)["Community"]


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_of_nothing_by_itself(section: str) -> None:
    found = week(incidents=(), tallies=counted({"=open|P1": 1}), since=DUE)
    report = drawn(found, policy(f"{{sections: [{section}]}}"))
    said = {
        "health": ["P0: *0* opened, *0* over, 0 open now", "P1: *1* opened, *0* over, 0 open now"],
        "incidents": ["No incidents."],
        "noise": ["Nobody was interrupted."],
        "actions": ["Nothing stands out: keep it so."],
    }
    found = drawn(
        replace(week(incidents=(), tallies=counted({"=open|P1": 1})), since=DUE), policy(f"{{sections: [{section}]}}")
    )
    assert [line for lines in sections(found).values() for line in lines] == said.get(section, [])
    assert len(report.parts) <= 1


def test_one() -> None:
    report = drawn(replace(week(), since=DUE), policy(REPOSITORIES), now=DUE)
    assert lead(report) == [
        "1 P0, 0 P1 opened, 1 open now; 1 signal, 1 ping.",
        "Next: Close or hand over K7F3Q2 DiskFull: open for 142h.",
    ]
    assert sections(report)["Incidents"] == [f"🔴 P0 K7F3Q2 DiskFull · since <{TUESDAY}>, still open"]
    assert sections(report)["Noise"][1] == "The bill: one person was interrupted once; 1 ping."
    assert sections(report)["Action items"] == ["1. Close or hand over K7F3Q2 DiskFull: open for 142h."]


def test_many() -> None:
    tallies = counted({"alertmanager|alert|P0|opened": 900, "=open|P0": 40, "=rose|P0": 2, "=over|P0": 41,
                       "=ping|P0": 50, "=open|P2": 9}, {"=open|P0": 3})  # fmt: skip
    open_ones = [incident(f"O{one}", began=TUESDAY + one) for one in range(12)]
    ended = [incident(f"E{one}", began=TUESDAY + one, lasted=HOUR, taken_at=TUESDAY + 10 * MIN) for one in range(12)]
    report = drawn(facts(incidents=(*ended, *open_ones), tallies=tallies, since=at("2027-01-01")))
    assert lead(report)[0] == "42 P0, 0 P1 opened, 12 open now; 900 signals, 50 pings."
    said = sections(report)
    assert said["System health"][0] == "P0: *42* opened (before: 3), *41* over (before: 0), 12 open now"
    assert [line[0] for line in said["Incidents"][:15]] == ["🔴"] * 12 + ["🟢"] * 3
    assert said["Incidents"][15] == "… and 9 more, less bad."
    assert said["Incidents"][17] == "Mean time to resolve (MTTR): 1h"
    assert said["Incidents"][-1] == "📝 … and for 7 more."
    assert len([line for line in said["Incidents"] if "A postmortem is owed for" in line]) == 5
    assert len(said["Action items"]) == 2


def test_a_severity_that_is_only_counted_is_in_no_section_but_makes_no_quiet_week() -> None:
    report = drawn(facts(tallies=counted({"=open|P2": 3})))
    assert lead(report)[0] == "0 P0, 0 P1 opened, 0 open now; 0 signals, 0 pings."
    assert not any("P2" in line for lines in sections(report).values() for line in lines)


# ---- which incidents


@pytest.mark.parametrize(
    ("one", "told", "owed"),
    [
        (incident(began=at("2027-01-01"), lasted=HOUR), False, False),
        (incident(began=at("2027-01-01"), lasted=DAY * 20), True, False),
        (incident(began=at("2027-01-10 23:59"), lasted=MIN), True, True),
        (incident(began=TUESDAY, lasted=HOUR), True, True),
        (incident(began=TUESDAY, lasted=HOUR, severity="P1"), True, False),
        (incident(began=TUESDAY, lasted=HOUR, shown=False), False, False),
        (incident(began=at("2027-01-17 23:00"), lasted=2 * HOUR), True, False),  # owed next week
        (incident(began=at("2027-01-18 00:00"), lasted=HOUR), False, False),
        (incident(began=at("2027-01-18 08:00")), False, False),
    ],
)
def test_what_was_open_at_some_time_in_the_week_is_told(one: object, told: bool, owed: bool) -> None:
    said = sections(drawn(week(incidents=(one,))))["Incidents"]
    assert (said[0] != "No incidents.") == told
    assert any("postmortem" in line for line in said) == owed


def test_open_now_is_now_also_what_opened_this_morning() -> None:
    found = week(incidents=(incident(), incident(began=at("2027-01-18 08:00")), incident(shown=False)))
    assert "opened, 2 open now" in lead(drawn(found))[0]


def test_means_count_from_when_it_last_began() -> None:
    again = incident(began=TUESDAY, lasted=HOUR, opened_at=TUESDAY - 4 * DAY, taken_at=TUESDAY + 6 * MIN)
    early = incident(began=TUESDAY, lasted=-MIN, taken_at=TUESDAY - MIN)  # the clock of its source is ahead
    said = sections(drawn(week(incidents=(again,))))["Incidents"]
    assert said[1:3] == ["Mean time to acknowledge (MTTA): 0.1h", "Mean time to resolve (MTTR): 1h"]
    assert sections(drawn(week(incidents=(early,))))["Incidents"][1:3] == [
        "Mean time to acknowledge (MTTA): 0h", "Mean time to resolve (MTTR): 0h",
    ]  # fmt: skip


# ---- a digest of some incidents only


def test_a_digest_that_matches_counts_what_matches() -> None:
    """The counts of days are of the whole team: they say nothing of the labels."""
    tallies = counted({"alertmanager|alert|P0|opened": 500, "=open|P0": 70, "=over|P0": 60, "=ping|P0": 50,
                       f"{NAME}pings": 5, f"{NAME}people": 9, f"{NAME}opened": 5,
                       "=alert|web|alertname=Slow|pings": 9}, {"=open|P0": 3})  # fmt: skip
    own = (
        incident(route="db", lasted=HOUR),
        incident("Lag", began=at("2027-01-01"), severity="P1", past=((TUESDAY, TUESDAY + HOUR), (0, 5))),
        incident("Gone", lasted=HOUR, shown=False, members={}),
    )
    found = facts(incidents=own, tallies=tallies, since=at("2026-12-01"))
    report = drawn(found, policy("{match: 'team=\"db\"'}"))
    assert lead(report)[0] == '1 P0, 1 P1 opened, 1 open now, of those that fit team="db".'
    said = sections(report)
    assert said["System health"] == [
        "P0: *1* opened, *1* over, 0 open now", "P1: *1* opened, *1* over, 1 open now",
    ]  # fmt: skip
    assert said["Noise"][0] == "Counted by alert and route, also what `match` leaves out of those."
    assert said["Noise"][1].startswith("*DiskFull* (db): ")
    assert not any("Slow" in line for line in said["Noise"])
    assert (report.bars, {entry.picture for entry in report.timeline}) == ((), {""})


def test_a_digest_that_matches_nothing_is_quiet_whatever_the_team_has() -> None:
    tallies = counted({"alertmanager|alert|P0|opened": 500, "=open|P0": 70, "=ping|P0": 50, f"{NAME}pings": 5})
    report = drawn(facts(tallies=tallies), policy("{match: 'team=\"db\"'}"))
    assert (lead(report), report.parts) == ([QUIET], ())


# ---- what is not known


def test_the_first_week_compares_with_nothing() -> None:
    for since, compares in (
        (at("2027-01-04"), True),
        (at("2027-01-05"), True),
        (at("2027-01-05 00:00:01"), False),
        (DUE, False),
    ):
        said = sections(drawn(week(since=since)))["System health"][0]
        assert ("before" in said) == compares


def test_what_could_not_be_had_is_incomplete_and_never_zero() -> None:
    found = week(
        community={REPOSITORY: away()}, previous={f"{REPOSITORY}/stars": 99, f"{REPOSITORY}/bugs": 4},
        incomplete=(Text.of("GitHub ({repo}): {why}", repo=REPOSITORY, why="rate limited"), Text.of("and more")),
    )  # fmt: skip
    report = drawn(found, policy(REPOSITORIES))
    assert lead(report)[-1] == "⚠️ Incomplete: GitHub (acme/sdk): rate limited; and more"
    said = sections(report)
    assert "⚠️ Open bugs in acme/sdk: incomplete, rate limited" in said["System health"]
    assert len(said["Community"]) == 11
    assert all(line.endswith("incomplete, rate limited") for line in said["Community"][1:])
    assert "⚠️ Feature requests: incomplete, rate limited" in said["Community"]
    assert report.numbers == {f"{REPOSITORY}/stars": 99, f"{REPOSITORY}/bugs": 4}, "what is known stays known"


def test_a_repository() -> None:
    some = Measured(value=40, at_least=True, note=Text.of("only the newest 100 were looked at"))
    busy = numbers(
        stars=Measured(value=1300), forks=Measured(value=8), open_bugs=Measured(value=3), bugs_opened=some,
        first_response=Measured(note=Text.of("none of 2 issues was answered")), failed_runs=Measured(value=9),
        workflows=(workflow("ci", 20, 8), workflow("docs", 1, 1), workflow("ok", 5, 0)),
        top_requests=(wish(votes=1), wish(8, "More", 0), wish(9, "Less", 12)),
    )  # fmt: skip
    previous = {
        f"{REPOSITORY}/stars": 1234.0,
        f"{REPOSITORY}/forks": 9.0,
        f"{REPOSITORY}/bugs": 5.0,
        "gone/x/stars": 1.0,
    }
    report = drawn(week(community={REPOSITORY: busy}, previous=previous), policy(REPOSITORIES))
    said = sections(report)
    assert "Open bugs in acme/sdk: *3* (before: 5)" in said["System health"]
    assert said["Community"] == [
        "*acme/sdk*", "Stars: *1300* (+66)", "Forks: *8* (−1)", "New contributors: *0*", "First-time reporters: *0*",
        "Bugs opened: at least *40* (only the newest 100 were looked at)", "Bugs closed: *0*",
        "Hours to the first answer, median: none of 2 issues was answered", "Hours to close an issue, median: none",
        "Failed workflow runs: *9*", "• ci: 8 of 20 failed", "• docs: 1 of 1 failed",
        "Wanted most, 1: #7 Dark mode, 1 vote", "Wanted most, 2: #8 More, 0 votes", "Wanted most, 3: #9 Less, 12 votes",
    ]  # fmt: skip
    assert said["Action items"][-1] == "3. Answer #7 Dark mode: 1 vote."
    assert "2. Look at ci in acme/sdk: 8 of its 20 runs failed." in said["Action items"]
    assert report.numbers == {f"{REPOSITORY}/stars": 1300, f"{REPOSITORY}/forks": 8, f"{REPOSITORY}/bugs": 3}


# ---- the checks of a plan


def test_rates_of_a_plan() -> None:
    found = week(watches=(watch(errors=0.4, latency=1.5),), previous={key_of("sdk", "errors"): 0.9})
    said = sections(drawn(found, policy(PLAN)))
    assert said["System health"][-2:] == ["Errors: *0.4%* (before: 0.9%)", "⚠️ NPS: incomplete, not measured"]
    assert said["Users"] == ["⚠️ NPS: incomplete, not measured"]
    assert said["Community"] == ["Latency: *1.5*"]


def test_a_check_without_an_answer_says_why() -> None:
    said = sections(drawn(week(watches=(watch(errors=None),)), policy(PLAN)))
    assert said["System health"][-2] == "⚠️ Errors: incomplete, no answer: http_502"


def test_a_plan_of_which_nothing_was_watched() -> None:
    said = sections(drawn(week(), policy(PLAN)))
    assert said["Users"] == ["No release of sdk has been watched: nothing was measured."]


def test_a_watch_that_is_older_than_the_week_says_so() -> None:
    old, older = watch(TUESDAY - 30 * DAY, errors=0.2), watch(TUESDAY - 60 * DAY, errors=0.1)
    said = sections(drawn(week(watches=(older, old)), policy(PLAN)))
    assert said["System health"][-2] == f"Errors: *0.2%* (measured before this time, of {VERSION})"


def test_checks_that_were_renamed_since_are_not_measured_and_forgotten() -> None:
    """The watch still has the old names."""
    renamed = policy(
        PLAN.replace("errors", "failures"), TEXT.replace("errors:", "failures:").replace("errors,", "failures,")
    )
    found = week(watches=(watch(errors=0.2),), previous={key_of("sdk", "errors"): 0.9, key_of("sdk", "failures"): 0.5})
    report = drawn(found, renamed)
    assert sections(report)["System health"][-2] == "⚠️ Errors: incomplete, not measured"
    assert key_of("sdk", "errors") not in report.numbers
    assert report.numbers[key_of("sdk", "failures")] == 0.5


def test_a_plan_that_is_gone_leaves_its_releases_readable() -> None:
    bare = policy(text=TEXT[: TEXT.index("\nreleases:")] + "\n")
    said = sections(drawn(week(watches=(watch(),)), bare))
    assert said["Releases"][0].startswith(("🟢 ", "⬜ ", "🟡 ", "🔴 "))


def test_releases_watched_decided_and_long_over() -> None:
    room = Room(policy(PLAN), now=TUESDAY)
    room.publish()
    room.read()
    running = room.one
    room.go(73)
    waiting = room.one
    room.decide("rollback", "it is *bad*")
    decided = room.one
    stopped = replace(running, phase="stopped", ended_at=TUESDAY + DAY)
    said = sections(
        drawn(week(watches=(running, waiting, decided, stopped, replace(stopped, ended_at=1))), policy(PLAN))
    )
    assert len(said["Releases"]) == 4
    assert said["Releases"][2].startswith("✅ ")
    assert said["Releases"][2].endswith(": it is *bad*")
    assert said["Releases"][3].startswith("⚪ ")
    assert said["Action items"][0].startswith("1. Decide ")


# ---- counts


def test_signals_are_what_comes_from_outside() -> None:
    fields = {
        "alertmanager|alert|P0|opened": 1, "alertmanager|alert|P0|repeat": 5, "github|issues|P1|opened": 2,
        "alertmanager|compared|P0|repeat": 10_000, "timer|remind|P0|reminded": 9,
        "slack|acknowledge|P0|acknowledged": 9,
        "sereno|storm|P1|storm_grew": 9, "github|star|-|tallied": 9, "odd": 9, "a|b|P0|c|d": 9,
    }  # fmt: skip
    assert count([fields, fields]).signals == {"P0": 12, "P1": 4}


def test_bars_are_by_day() -> None:
    tallies = {
        "2027-01-12": {"a|b|P0|c": 2, "=ping|P0": 1},
        "2027-01-05": {"a|b|P1|c": 3},
        "2027-01-18": {"a|b|P0|c": 99},
    }
    bars = drawn(facts(tallies=tallies)).bars
    assert [bar.day for bar in bars] == list(period().days)
    assert (bars[1].signals, bars[1].pings, bars[1].signals_before) == ({"P0": 2}, {"P0": 1}, {"P1": 3})
    assert sum(sum(bar.signals.values()) for bar in bars) == 2


# ---- names that anybody may have written

HOSTILE = ["<!channel> <@U1> <https://x|y>", "*b* _i_ ~s~ `c`", "a|b=c|d", "a\nb\r\nc", "x" * 300, "\u202egnp.exe",
           "🔥💥", "{title} %s $x", "", " ", "=", "&lt;", "> quote", ":fire:"]  # fmt: skip
ANY = st.sampled_from(HOSTILE) | st.text(max_size=60)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(name=ANY, label=ANY)
def test_no_name_breaks_out_of_its_line(name: str, label: str) -> None:
    one = incident(name, route=label, lasted=HOUR)
    fields = {**tallied(None, replace(one, state=State.OPEN)), "=ping|P0": 3}
    field = next(field for field in fields if field.endswith("|opened")).removesuffix("opened")
    fields |= {f"{field}pings": 3, f"{field}people": 3}
    busy = numbers(failed_runs=Measured(value=3), workflows=(workflow(name),), top_requests=(wish(title=name),))
    found = week(
        incidents=(one,), tallies=counted(fields), community={REPOSITORY: busy}, incomplete=(Text.of("{x}", x=name),)
    )
    report = drawn(found, policy(REPOSITORIES))
    assert RECORD.validate_json(RECORD.dump_json(report)) == report
    for line in (report.title, *report.lead, *(line for part in report.parts for line in part.lines)):
        said = draw(line)
        assert "<!channel>" not in said
        assert "<@" not in said
        if "Mend" not in said:
            assert "\n" not in said
            assert "`" not in said
    assert of_report(replace(report, bars=()))["Subject"]


# ---- writing it down


def test_it_is_written_once_late_rather_than_never() -> None:
    found = gathered(replace(week(), late=90 * MIN))
    decision = decide(found, None, policy(), DUE + 95 * MIN)
    assert isinstance(decision.record, Report)
    assert (decision.reason, decision.changed) == (Reason.DIGEST_WRITTEN, True)
    assert lead(decision.record)[-1] == "It comes 1.5h late: I was not running when it was due."
    again = decide(found, decision.record, policy(), DUE + DAY)
    assert (again.reason, again.changed, again.record) == (Reason.ALREADY, False, decision.record)
    soon = gathered(replace(week(), late=5 * MIN))
    slow = decide(soon, None, policy(), DUE + 20 * MIN).record
    assert "late" not in lead(slow)[-1], "gathering took its time, nobody was away"  # type: ignore[arg-type]


def test_who_asks_for_it_later_is_not_told_that_it_is_late() -> None:
    assert not any("late" in line for line in lead(drawn(week(), now=DUE + 6 * HOUR)))


def test_one_that_is_too_late_is_a_note() -> None:
    decision = decide(gathered(replace(week(), missed=True)), None, policy("{mail: x@example.org}"), DUE + 2 * DAY)
    report = decision.record
    assert isinstance(report, Report)
    assert (decision.reason, report.missed, report.parts, report.letters) == (Reason.DIGEST_MISSED, True, (), ())
    assert lead(report)[0].startswith("There is none for this time: I was not running when it was due")


def test_a_digest_that_the_policy_no_longer_has_is_not_written() -> None:
    found = gathered(replace(week(), digest="monthly"))
    assert decide(found, None, policy(), DUE).reason is Reason.NO_RECORD
    odd = Signal(key="digest:weekly:x", source="sereno", kind=Kind.DIGEST)
    assert decide(odd, None, policy(), DUE).reason is Reason.NO_RECORD


def test_its_mail_and_its_place() -> None:
    spanish = policy("{mail: [x@example.org, x@example.org], channel: alerts, language: es}")
    report = drawn(week(), spanish)
    assert (report.place, languages.of_report(spanish, report).language) == ("#alerts", "es")
    [letter] = report.letters
    assert (letter.name, letter.to, letter.at) == ("digest", ("x@example.org",), DUE)
    assert drawn(week()).letters == ()


def test_its_sections_are_messages_in_order_and_the_first_has_the_picture() -> None:
    report = drawn(week(), policy("{sections: [noise, incidents]}"))
    assert [plain(entry.text).split("\n")[0] for entry in report.timeline] == ["*Noise*", "*Incidents*"]
    assert [entry.picture for entry in report.timeline] == ["digest", ""]
    assert not any(entry.mention or entry.aloud for entry in report.timeline)


def test_what_is_told_is_let_go_and_stays_in_its_parts() -> None:
    report = drawn(week())
    first, *_ = report.timeline
    assert settling.told(report) is report
    told = settling.told(replace(report, observed=replace(report.observed, replied=first.seq)))
    assert told.timeline == report.timeline[1:]
    finished = Slack().finish(report, DUE)
    assert isinstance(finished, Report)
    assert (finished.timeline, finished.parts) == ((), report.parts)
    assert settling.told(finished) is finished
    assert observing.card_lost(finished, DUE).timeline == ()


def large(name: str) -> Report:
    """Of 50 alerts on routes, 100 incidents and three repositories, all named so."""
    fields = {f"a|b|P{one % 3}|c": 9 for one in range(9)} | {f"=open|P{one}": 99 for one in range(3)} | {"=ping|P0": 50}
    for one in range(50):
        field = f"=alert|route-{one}|alertname={name[:60]}{one}|"
        fields |= {f"{field}{what}": 9 for what in ("pings", "people", "opened", "took8")}
    many = tuple(incident(name, began=TUESDAY + one, lasted=one % 2 * HOUR) for one in range(100))
    busy = numbers(workflows=(workflow(name),) * 9, top_requests=(wish(title=name),) * 3)
    repositories = {f"{REPOSITORY}-{one}": replace(busy, repository=f"{REPOSITORY}-{one}") for one in range(3)}
    tallies = dict.fromkeys((*period().days, *period().before), fields)
    found = week(incidents=many, tallies=tallies, watches=(watch(),) * 5, community=repositories)
    return drawn(found, policy(PLAN.replace("{plan", f"{{repositories: [{', '.join(repositories)}], plan")))


def test_a_large_week_is_a_small_record() -> None:
    report = large("AVeryLongNameOfAnAlertThatSomebodyWroteIntoTheirRules")
    assert len(report.parts) == 7
    assert len(RECORD.dump_json(report)) < 60_000
    assert len(RECORD.dump_json(Slack().finish(report, DUE))) < 35_000, "its thread has the rest"


def test_names_without_end_do_not_make_it_larger() -> None:
    assert len(RECORD.dump_json(large("n" * 100_000))) == len(RECORD.dump_json(large("n" * 1000))) < 100_000
