"""What interrupts people for little: the lines, the bill, and rules that load and keep quiet just what they name."""

from collections.abc import Mapping
from dataclasses import replace
from string import printable

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.cards.mrkdwn import draw
from bot.cards.plain import plain
from rules.digests.counts import Counts, Noise
from rules.digests.mending import LONGEST, Mend, mends
from rules.digests.noise import SHOWN, noise
from rules.policy import Policy
from rules.policy_file import load
from rules.routing import Ruling, rule

LOUD = Noise(route="db", label="alertname", alert="DiskFull", opened=10, pings=8, people=40, taken=1, by_itself=2)
HEAD = """
channels: {alerts: "#alerts", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel, mail: [team@example.org]}
  P1: {label: [warning], mention: "@ops"}
  P2: {label: [info], card: counted}
"""
ROUTES = """  - {name: bots, match: 'author=~".*bot"', ignore: true}
  - {name: db, match: 'team="db"', owner: DBA, mention: "@dba", continue: true}
  - {name: web, match: 'team="web"', severity: P0, mail: [web@example.org]}
  - {name: calm it, match: 'source="github"', runbook: "https://x.example.org"}
"""
POLICY = load(f"{HEAD}routes:\n{ROUTES}", "policy.yaml")
BARE = load(HEAD, "policy.yaml")


def counts(*alerts: Noise) -> Counts:
    return Counts(signals={}, opened={}, over={}, pings={}, alerts=alerts)


def said(*alerts: Noise, policy: Policy = POLICY) -> list[str]:
    return [plain(line) for line in noise(counts(*alerts), policy)]


def shown(made: Mend) -> str:
    """The lines as a person copies them from Slack."""
    drawn = draw(made.lines).strip("`")
    return drawn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mended(*made: Mend) -> Policy:
    """The policy with the rules put first into `routes:`."""
    lines = "\n".join(shown(one) for one in made)
    first = "".join(f"  {line}\n" for line in lines.splitlines())
    return load(f"{HEAD}routes:\n{first}{ROUTES}", "policy.yaml")


# ---- what is said


def test_nothing() -> None:
    assert said() == ["Nobody was interrupted."]
    assert said(replace(LOUD, pings=0, people=0)) == ["Nobody was interrupted."]


SOON = "*DiskFull* (db): 100% acknowledged, 100% over by itself within 5 minutes"


def test_one() -> None:
    assert said(replace(LOUD, pings=1, people=1, flips=1, opened=1, took={14: 1})) == [
        f"{SOON}, 1 ping, 1 flip, taken after about 2 min 31 s (median)",
        "The bill: one person was interrupted once; 1 ping.",
    ]


def test_many() -> None:
    lines = said(
        *(replace(LOUD, alert=f"A{number:02}", pings=number + 2, taken=9, by_itself=1) for number in range(50))
    )
    assert len(lines) == SHOWN + 2
    assert lines[0].startswith("*A49* (db): 90% acknowledged, 10% over by itself within 5 minutes, 51 pings, 0 flips")
    assert lines[SHOWN:] == ["… and 42 more alerts", "The bill: people were interrupted 2000 times; 1325 pings."]
    assert (
        said(*(replace(LOUD, alert=f"A{number}", taken=9) for number in range(SHOWN + 1)))[SHOWN]
        == "… and 1 more alert"
    )


def test_who_is_named_in_a_thread_is_interrupted_too() -> None:
    lines = said(replace(LOUD, pings=0, people=3))
    assert lines[0].startswith("*DiskFull* (db): ")
    assert lines[1:] == ["The bill: people were interrupted 3 times; 0 pings."]


def test_of_what_opened_before_nobody_says_that_it_was_not_taken() -> None:
    lines = said(replace(LOUD, opened=0, taken=1))
    assert lines[0] == "*DiskFull* (db): opened before this time, 8 pings, 0 flips"
    assert not any("Mend" in line for line in lines)


def test_shares_are_at_most_all() -> None:
    """What was taken on Monday may have opened on Sunday."""
    assert "100% acknowledged, 100% over by itself" in said(replace(LOUD, opened=2, taken=5, by_itself=9))[0]
    [mend] = mends([replace(LOUD, opened=2, taken=0, by_itself=9)], POLICY)
    assert plain(mend.why) == "2 of 2 were over by themselves within 5 minutes"


def test_no_route_and_what_was_too_much_to_count() -> None:
    lines = said(replace(LOUD, route=""), replace(LOUD, route="...", label="", alert="..."))
    assert lines[0].startswith("*...* (...): ")
    assert lines[1].startswith("*DiskFull* (no route): ")
    assert sum("Mend" in line for line in lines) == 1


# ---- which are mended


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (LOUD, "nobody took 9 of 10"),
        (replace(LOUD, by_itself=5), "5 of 10 were over by themselves within 5 minutes"),
        (replace(LOUD, by_itself=9, taken=9), "9 of 10 were over by themselves within 5 minutes"),
        (replace(LOUD, taken=5), "nobody took 5 of 10"),
        (replace(LOUD, taken=6), None),
        (replace(LOUD, pings=1), None),
        (replace(LOUD, label="source", alert="alertmanager"), None),
        (replace(LOUD, alert="a" * 60 + "…"), None),
        (replace(LOUD, label="", alert="..."), None),
        (replace(LOUD, alert=""), None),
    ],
)
def test_what_is_mended_and_why(one: Noise, why: str | None) -> None:
    assert [plain(mend.why) for mend in mends([one], POLICY)] == ([why] if why else [])


def test_the_three_that_would_spare_most() -> None:
    found = mends([replace(LOUD, alert=f"A{number}", pings=number) for number in range(10)], POLICY)
    assert [(mend.noise.alert, mend.saved) for mend in found] == [("A9", 9), ("A8", 8), ("A7", 7)]


def test_an_alert_on_several_routes_is_one_rule() -> None:
    [mend] = mends([LOUD, replace(LOUD, route="web", pings=3)], POLICY)
    assert (mend.saved, plain(mend.why)) == (11, "nobody took 18 of 20")


def test_an_alert_that_is_wanted_on_one_of_its_routes_is_left_alone() -> None:
    assert mends([LOUD, replace(LOUD, route="web", pings=1, opened=1, taken=1, by_itself=0)], POLICY) == []


def test_the_lines() -> None:
    [mend] = mends([LOUD], POLICY)
    assert plain(mend.lines) == (
        '```- name: calm DiskFull\n  match: alertname="DiskFull"\n  mention: none\n  continue: true```'
    )
    event = replace(LOUD, label="event", alert="workflow_run")
    assert 'match: event="workflow_run", alertname=""' in plain(mends([event], POLICY)[0].lines)


def test_a_name_that_is_taken_is_not_taken_again() -> None:
    one, two = mends([replace(LOUD, alert="it"), replace(LOUD, label="event", alert="it")], POLICY)
    assert (one.name, two.name) == ("calm it again", "calm it again again")
    assert mended(one, two).routes[1].name == two.name


# ---- the rules themselves, as they are shown

NASTY = [
    'a "quoted" one', "back\\slash", "trailing\\", "a: b", "job:errors:rate5m", "# no comment", "a #b", "{x}",
    "{{ $x }}", "'", "*bold* _it_ ~no~ `code`", "_x_", "_0", "a__b", "<!channel>", "<@U1>", "&amp;", "- a", "? a",
    "!tag", "%", "@a", "|", ">", "two  spaces", " edge ", "tab\tit", "a\nb", "\\n", "\u202egnp.exe", "\u200bzero",
    "🔥 on fire", "ñandú", "磁盘", "שלום", "é", "no", "null", "1e3", "~", "", "a=b", 'a="b', 'x", team="web', "\x00",
    "\x85", "\ufeff", "a, b", "a/b", ":fire:",
]  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.text(printable, max_size=40),
    st.text("\"\\:=,{}#'*_~`<>&|- \na", max_size=20),
)
OTHERS = st.dictionaries(
    st.sampled_from(["alertname", "event", "team", "severity", "author", "job"]),
    st.sampled_from(["DiskFull", "db", "web", "critical", "warning", "info", "renovate-bot", "issues", ""]) | NAMES,
    max_size=5,
)


def without_ping(ruling: Ruling) -> Ruling:
    return replace(ruling, mention=(), route="", tried=())


@settings(deadline=None, derandomize=True, max_examples=150)
@given(label=st.sampled_from(["alertname", "event"]), name=NAMES, more=OTHERS, other=OTHERS)
@example(label="alertname", name="DiskFull", more={"team": "web", "severity": "critical"}, other={"team": "db"})
def test_the_rule_keeps_just_that_alert_quiet(
    label: str, name: str, more: Mapping[str, str], other: Mapping[str, str]
) -> None:
    made = mends([replace(LOUD, label=label, alert=name)], POLICY)
    assert len(made) == bool(name) or len(name) > 20, "only what cannot be shown whole has no rule"
    for mend in made:
        policy = mended(mend)
        own = {**more, label: name}
        if label == "event":
            own.pop("alertname", None)
        kept, ruling = rule(POLICY, own, "github"), rule(policy, own, "github")
        assert ruling.mention == ()
        assert without_ping(ruling) == without_ping(kept)
        assert ruling.route.partition(", ")[0] == mend.name
        called = {one: value for one in ("alertname", "event") if (value := other.get(one))}
        if next(iter(called.items()), None) != (label, name):
            assert replace(rule(policy, other, "x"), tried=()) == replace(rule(POLICY, other, "x"), tried=())


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.lists(NAMES, min_size=3, max_size=6, unique=True), st.sampled_from([POLICY, BARE]))
def test_three_rules_load_together(names: list[str], policy: Policy) -> None:
    loud = [replace(LOUD, label=label, alert=name) for name in names for label in ("alertname", "event")]
    made = mends(loud, policy)
    loaded = mended(*mends(loud, POLICY)) if policy is POLICY else load(
        f"{HEAD}routes:\n" + "".join(f"{shown(one)}\n" for one in made), "policy.yaml"
    )  # fmt: skip
    assert [route.name for route in loaded.routes[: len(made)]] == [one.name for one in made]


@given(NAMES)
@settings(deadline=None, derandomize=True, max_examples=100)
def test_what_is_shown_is_what_was_meant(name: str) -> None:
    """Nothing on its way to a person changes a letter of it."""
    for mend in mends([replace(LOUD, alert=name)], POLICY):
        assert shown(mend) == plain(mend.lines).strip("`")
        assert len(mend.match) <= LONGEST
        [loaded] = yaml.safe_load(shown(mend))
        assert loaded.keys() == {"name", "match", "mention", "continue"}
