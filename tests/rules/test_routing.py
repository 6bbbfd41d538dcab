"""Which severity, channel, ping and owner labels get, and by which route; and the ready-made policies."""

from pathlib import Path

import pytest

from rules.examples import faults
from rules.policy import Policy
from rules.policy_file import load
from rules.routing import Ruling, rule, worst

POLICIES = sorted(Path("rules/policies").glob("*.yaml"))


def ready(name: str) -> Policy:
    return load(Path(f"rules/policies/{name}.yaml").read_text(), f"{name}.yaml")


DEFAULT, CARO = ready("default"), ready("caro")
TEAM = load(
    """
channels: {fallback: "#general", alerts: "#alerts", dba: "#dba"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel}
  P1: {label: [warning]}
  P2: {card: counted}
routes:
  - {name: owners, match: team="db", owner: DBA, channel: dba, continue: true}
  - {name: bots, match: author=~".*bot", ignore: true}
  - {name: disk, match: alertname="Disk", severity: P1, mention: "@ops", owner: nobody, runbook: "https://r.example"}
  - {name: rest, match: alertname!="", mention: [here, "@lead"]}
""",
    "team.yaml",
)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        *((word, "P0") for word in ("critical", "page", "emergency", "P0", "p0", "Critical", "PAGE")),
        *((word, "P1") for word in ("warning", "error", "P1", "", "unheard-of", "sev1", "P3", " critical")),
        *((word, "P2") for word in ("info", "none", "debug", "P2", "Info")),
    ],
)
def test_the_default_policy_reads_the_label_severity(word: str, severity: str) -> None:
    assert rule(DEFAULT, {"alertname": "A", "severity": word}, "alertmanager").severity == severity


def test_no_severity_is_p1() -> None:
    assert rule(DEFAULT, {}, "alertmanager").severity == "P1"


def test_what_the_default_severities_do() -> None:
    assert rule(DEFAULT, {"severity": "page"}, "x") == Ruling(
        severity="P0", channel="#alerts", mention=("channel",), tried=tuple(route.name for route in DEFAULT.routes)
    )
    p1 = rule(DEFAULT, {"severity": "warning"}, "x")
    assert (p1.channel, p1.mention, p1.shown) == ("#monitoring", (), True)
    p2 = rule(DEFAULT, {"severity": "info"}, "x")
    assert (p2.shown, p2.mention, p2.ignored) == (False, (), False)


def test_the_first_route_that_matches_decides_unless_it_continues() -> None:
    assert rule(TEAM, {"team": "db", "alertname": "Disk", "severity": "critical"}, "x") == Ruling(
        severity="P1",
        channel="#dba",
        mention=("@ops",),
        owner="DBA",
        runbook="https://r.example",
        route="owners, disk",
        tried=("owners", "bots", "disk"),
    )


def test_what_no_route_sets_is_left_to_the_severity() -> None:
    found = rule(TEAM, {"alertname": "X", "severity": "critical"}, "x")
    assert (found.severity, found.channel, found.mention) == ("P0", "#alerts", ("here", "@lead"))
    assert rule(TEAM, {}, "x").route == ""
    assert rule(TEAM, {"team": "db"}, "x").route == "owners"


def test_an_ignored_one_is_not_heard_unless_all_are() -> None:
    ignored = rule(TEAM, {"author": "robot", "severity": "critical"}, "x")
    heard = rule(TEAM, {"severity": "warning"}, "x")
    assert ignored.ignored
    assert worst(TEAM, [ignored, heard]) is heard
    assert worst(TEAM, [ignored]) is ignored


def test_a_group_goes_by_its_worst_and_the_first_of_equals() -> None:
    first, second = rule(TEAM, {"severity": "critical"}, "x"), rule(TEAM, {"severity": "critical", "team": "db"}, "x")
    assert worst(TEAM, [rule(TEAM, {}, "x"), first, second]) is first


def test_what_the_routes_cannot_tell_apart_is_asked_once() -> None:
    one = rule(TEAM, {"alertname": "Disk", "pod": "a"}, "x")
    assert rule(TEAM, {"alertname": "Disk", "pod": "b", "extra": "c"}, "x") is one
    assert rule(TEAM, {"alertname": "Disk"}, "y") is not one
    assert rule(TEAM, {"alertname": "Disk"}, "y") == one
    for n in range(5000):
        rule(TEAM, {"alertname": str(n)}, "x")
    assert rule(TEAM, {"alertname": "Disk"}, "x") == one
    assert len(TEAM.memory) <= 4096


def test_the_source_is_the_sources_own_word() -> None:
    assert rule(DEFAULT, {"source": "github", "event": "issues", "labels": ",P0,"}, "alertmanager").severity == "P1"
    assert rule(DEFAULT, {"event": "issues", "labels": ",P0,"}, "github").severity == "P0"


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_ready_made_policy_loads_and_its_examples_pass(path: Path) -> None:
    text = path.read_text()
    policy = load(text, path.name)
    assert faults(policy, text, path.name) == []
    assert all(route.examples for route in policy.routes)


def issue(*labels: str) -> Ruling:
    return rule(CARO, {"event": "issues", "labels": "".join(f",{label}" for label in labels) + ","}, "github")


def alert(name: str, severity: str = "") -> Ruling:
    return rule(CARO, {"alertname": name, "severity": severity}, "alertmanager")


@pytest.mark.parametrize("label", ["P0", "critical", "security", "SECURITY"])
def test_caro_says_urgent_issues_at_once_with_channel(label: str) -> None:
    found = issue("bug", label)
    assert (found.severity, found.channel, found.mention) == ("P0", "#caro-alerts", ("channel",))


@pytest.mark.parametrize("label", ["P1", "bug", "regression", "installation", "privacy", "crash"])
def test_caro_sends_triage_to_monitoring_as_a_standard_message(label: str) -> None:
    found = issue(label)
    assert (found.severity, found.channel, found.mention, found.shown) == ("P1", "#caro-monitoring", (), True)


def test_caro_only_counts_other_issues() -> None:
    assert not issue("question").shown
    assert not issue().shown


@pytest.mark.parametrize(
    ("found", "mention"),
    [
        (issue("pii"), "@team"),
        (issue("privacy-leak", "bug"), "@team"),
        (alert("PIIReportReceived"), "@team"),
        (alert("PrivacyLeak", "warning"), "@team"),
        (alert("CrateYanked"), "channel"),
        (alert("CrashRateHigh", "critical"), "@engineering"),
        (alert("Anything", "critical"), "channel"),
    ],
)
def test_caro_alerts_the_right_people_immediately(found: Ruling, mention: str) -> None:
    assert (found.severity, found.channel, found.mention) == ("P0", "#caro-alerts", (mention,))


@pytest.mark.parametrize("name", ["SuccessRateLow", "InstallFailureSpike"])
def test_caro_reviews_quality_in_monitoring(name: str) -> None:
    found = alert(name, "critical")
    assert (found.severity, found.channel, found.mention) == ("P1", "#caro-monitoring", ())


def test_caro_above_half_a_percent_crashes_is_p1() -> None:
    found = alert("CrashRateHigh", "warning")
    assert (found.severity, found.channel, found.mention) == ("P1", "#caro-monitoring", ())


def test_caro_keeps_the_weekend_for_p0() -> None:
    assert CARO.quiet_hours
    assert CARO.quiet_hours.whole_days == ["sat", "sun"]
    assert [name for name, severity in CARO.severities.items() if severity.interrupts_quiet_hours] == ["P0"]
