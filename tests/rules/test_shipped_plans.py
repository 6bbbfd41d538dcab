"""The ready-made plans carry what the documents of the teams ask for, line by line, and can be carried out."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
import yaml

from rules import cadence, durations
from rules.plan import Check, Plan
from rules.policy import Policy
from rules.policy_file import load
from rules.slo import queries
from tests.house.running import plain_env
from tests.house.tree import ROOT
from tests.rules import checklist, checklist_weeks

POLICIES = ROOT / "rules" / "policies"
ALERTS = ROOT / "deploy" / "prometheus"
FILES = ("aris3-sdk.yaml", "caro.yaml", "credit-slo.yaml", "retail-deploy.yaml")
TABLES = (checklist.S0, checklist.S1, checklist.S2, checklist_weeks.S3, checklist_weeks.S4)
ELSEWHERE = ("watch", "report", "later")
# Of these the table names a part, of all others the whole value.
WORDY = {
    "match", "prometheus", "expr", "good", "words", "text", "tick", "enter", "do", "summary", "passed", "failed",
    "when_spent",
}  # fmt: skip
LEVELS: tuple[Literal["target", "yellow", "red"], ...] = ("target", "yellow", "red")
JANUARY_24 = datetime(2026, 1, 24, 10, tzinfo=UTC)
promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")


class Row(NamedTuple):
    """One thing that a bullet asks for, and where it is: a file and a path in it, or one of ELSEWHERE and a reason."""

    bullet: str
    what: str
    file: str
    path: str
    value: str


def rows() -> Iterator[Row]:
    """All rows of the tables."""
    section = bullet = ""
    for line in filter(None, "".join(TABLES).splitlines()):
        if line.startswith("@"):
            section = line[1:]
        elif not line.startswith(" "):
            bullet = line
            yield Row(bullet, "", "", "", "")
        else:
            what, place, value = (part.strip() for part in line.split(" | ", 2))
            whole = place if place in ELSEWHERE or re.match(r"\S+\.yaml ", place) else f"{section}.{place}"
            file, _, path = whole.partition(" ")
            yield Row(bullet, what, file, path, value)


ROWS = tuple(rows())
PLACED = [row for row in ROWS if row.path]
DOCUMENTS: dict[str, Any] = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (*POLICIES.glob("*.yaml"), *ALERTS.glob("*.yaml"))
}
SHIPPED: dict[str, Policy] = {name: load((POLICIES / name).read_text(encoding="utf-8"), name) for name in FILES}
PLANS = [
    pytest.param(policy, plan, id=f"{file}:{name}")
    for file, policy in SHIPPED.items()
    for name, plan in policy.releases.items()
]


def find(node: Any, path: str) -> Any:
    """What stands at a path: by key, in a list by name, alert or number. Keys may have dots. Raises LookupError."""
    if not path:
        return node
    known = dict(_named(node)) if isinstance(node, dict | list) else {}
    for key in sorted(known, key=len, reverse=True):
        if path == key or path.startswith(f"{key}."):
            return find(known[key], path[len(key) + 1 :])
    raise LookupError(f"{path!r} is none of {', '.join(known) or repr(node)}")


def _named(node: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        yield from ((str(key), value) for key, value in node.items())
        return
    for index, one in enumerate(node):
        yield str(index), one
        if isinstance(one, dict):
            yield str(one.get("name", one.get("alert", index))), one


def is_wanted(found: Any, path: str, wanted: str) -> bool:
    """A name is one of a list; words are a part of what stands there; anything else is the same."""
    key = path.rsplit(".", 1)[-1]
    if isinstance(found, list) and key in ("checks", "labels", "label", "mention", "who"):
        return wanted in found
    if isinstance(found, list | dict):
        return any(is_wanted(one, f"{path}.words", wanted) for one in _values(found))
    if isinstance(found, bool):
        return wanted == str(found).lower()
    return wanted in str(found) if key in WORDY or ".roles." in path else wanted == str(found)


def _values(node: list[Any] | dict[str, Any]) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else node


# --- what the documents ask for -----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", PLACED, ids=lambda row: f"{row.bullet}: {row.what}")
def test_what_a_document_asks_for_stands_in_its_policy(row: Row) -> None:
    found = find(DOCUMENTS[row.file], row.path)
    assert is_wanted(found, row.path, row.value), f"{row.file} {row.path} is {found!r}, not {row.value!r}"


def test_no_bullet_of_the_documents_is_missing() -> None:
    bullets = [row.bullet for row in ROWS if not row.what]
    assert len(set(bullets)) == len(bullets), "a bullet has one paragraph"
    assert Counter(bullet[:2] for bullet in bullets) == checklist.COUNTS
    assert {row.bullet for row in ROWS if row.what} == set(bullets), "each bullet has its rows"


def test_what_is_not_in_a_policy_says_why() -> None:
    assert [row for row in ROWS if row.what and (not row.value or row.file not in (*ELSEWHERE, *DOCUMENTS))] == []
    for bullet in {row.bullet for row in ROWS}:
        carried = [row for row in ROWS if row.bullet == bullet and row.path]
        assert carried, f"nothing of {bullet!r} is in a policy"


def test_all_fifteen_alerts_have_an_example_of_where_they_go() -> None:
    rules = [rule for group in DOCUMENTS["retail-deploy.rules.yaml"]["groups"] for rule in group["rules"]]
    examples = [one.labels for route in SHIPPED["retail-deploy.yaml"].routes for one in route.examples]
    shown = {(labels["alertname"], labels["severity"]) for labels in examples if "alertname" in labels}
    assert len(rules) == 15
    assert {(rule["alert"], rule["labels"]["severity"]) for rule in rules} == shown


# --- that they can be carried out ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_sereno_check_passes(file: str) -> None:
    asked = [sys.executable, "-m", "bot", "check", str(POLICIES / file)]
    done = subprocess.run(asked, cwd=ROOT, env=plain_env(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fine" in done.stdout


@pytest.mark.parametrize(("policy", "plan"), PLANS)
def test_every_checkpoint_comes_within_the_window(policy: Policy, plan: Plan) -> None:
    """Whatever day of the week it is released on: at the time of caro's release, and on each of the six days after."""
    for day in range(7):
        began = int((JANUARY_24 + timedelta(days=day)).timestamp() * 1000)
        for point in plan.checkpoints:
            found = list(cadence.times(point, began, began + plan.window, policy.zone))
            assert found, f"{point.name} never comes"
            assert began <= found[0] <= found[-1] <= began + plan.window, point.name


@pytest.mark.parametrize(("policy", "plan"), PLANS)
def test_every_name_means_something(policy: Policy, plan: Plan) -> None:
    named = {name for point in plan.checkpoints for name in point.checks}
    named |= {text.split()[0] for kind in ("must", "should", "nice") for text in getattr(plan.criteria, kind)}
    assert named <= set(plan.checks)
    assert {check.slo for check in plan.checks.values() if check.slo} <= set(policy.slos)
    assert all(plan.repository for check in plan.checks.values() if check.github)
    with_all = any(not point.checks for point in plan.checkpoints)
    unseen = [
        name for name, one in plan.checks.items()
        if name not in named and not with_all and not (one.yellow or one.red or one.every)
    ]  # fmt: skip
    assert unseen == [], "a check that nobody looks at, and that never says a thing by itself"


@pytest.mark.parametrize(("policy", "plan"), PLANS)
def test_a_gate_can_be_passed(policy: Policy, plan: Plan) -> None:
    """What nobody can tell does not pass: no target of a gate goes by a trend or by a baseline that is not there."""
    for point in plan.checkpoints:
        for check in (plan.checks[name] for name in plan.looked_at(point) if point.gate):
            target = check.threshold("target")
            assert not (target and (target.trend or target.relative)), f"{point.name}: {check.words}"


@pytest.mark.parametrize(("policy", "plan"), PLANS)
def test_what_is_compared_has_something_to_compare_with(policy: Policy, plan: Plan) -> None:
    """Only Prometheus remembers the release before; any other source needs the number in the plan."""
    for name, check in plan.checks.items():
        relative = [limit for level in LEVELS if (limit := check.threshold(level)) and limit.relative]
        assert not relative or check.prometheus or check.baseline is not None, name
        assert not relative or plan.baseline != "none", name


@pytest.mark.parametrize(("policy", "plan"), PLANS)
def test_somebody_may_watch_and_decide(policy: Policy, plan: Plan) -> None:
    assert plan.owner
    assert policy.rights.watch
    assert policy.rights.decide


# --- what Prometheus is asked -------------------------------------------------------------------------------------


def filled(text: str, check: Check) -> str:
    """As bot/sources/asked.py fills it."""
    values = {"$version": "v1.1.0", "$number": "1.1.0", "$window": durations.show(check.within)}
    for name, value in values.items():
        text = text.replace(name, value)
    assert "$" not in text, text
    return text


def asked(policy: Policy) -> Iterator[str]:
    """Every expression of a policy."""
    for check in (check for plan in policy.releases.values() for check in plan.checks.values()):
        yield from (filled(text, check) for text in (check.prometheus, check.baseline_prometheus, check.sample) if text)
    for slo in policy.slos.values():
        yield from (text for both in queries(slo).values() for text in both)


@promtool
@pytest.mark.parametrize("file", FILES)
def test_prometheus_can_read_every_expression(file: str, tmp_path: Path) -> None:
    recorded = [{"record": f"asked:{index}", "expr": text} for index, text in enumerate(asked(SHIPPED[file]))]
    assert recorded
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": recorded}]}))
    run("check", "rules", path)


@promtool
def test_the_alert_rules_are_good_and_fire_at_their_limits() -> None:
    run("check", "rules", "--lint=all", "--lint-fatal", ALERTS / "retail-deploy.rules.yaml")
    run("test", "rules", ALERTS / "retail-deploy.tests.yaml")


def run(*words: object) -> None:
    done = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
