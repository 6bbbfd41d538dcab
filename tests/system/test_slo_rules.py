"""The rules that `sereno slo rules` prints: Prometheus takes them, and each alert fires when it must and only then."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules import slo_rules
from rules.policy_file import load
from rules.slo import span
from rules.slo_plan import BURNS, BurnWindow
from tests.bot.shell import environment, sereno
from tests.house.tree import ROOT

with_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
HEAD = 'channels: {fallback: "#general"}\nseverities: {P0: {}, P1: {}, P2: {}}\n'
QUERIES = """
    good: sum(rate(http_requests_total{code!~"5.."}[$window]))
    total: sum(rate(http_requests_total[$window]))
"""
BY_INCIDENTS = f"{HEAD}slos:\n  down:\n    words: x\n    objective: 99\n    alerts: a=b\n"
ALL = 1_000_000  # requests from one sample to the next
BURNS_FAST, BUDGET = "ErrorBudgetBurns", "ErrorBudget(RunsOut|Spent)"
Shares = Sequence[tuple[int, float]]  # so many samples with this share of errors


def policy(more: str = "", window: str = "30d") -> str:
    return f"{HEAD}slos:\n  shop:\n    words: Answered\n    objective: 99.9\n    window: {window}{QUERIES}    {more}\n"


MANY = f"""{policy()}
  by-incidents: {{words: x, objective: 99, alerts: a=b}}
  odd:
    words: '{{{{ "'
    objective: 90
    window: 1d
    good: |
      sum(rate(ok[$window]))  # and another one
    total: rate(all[$window])
"""


def burning(burn: BurnWindow) -> str:
    fields = burn.model_dump(mode="json")
    return policy(f"burn: [{{{', '.join(f'{name}: {value}' for name, value in fields.items())}}}]")


def counters(shares: Shares, codes: Sequence[str] = ("200", "503")) -> list[dict[str, str]]:
    good, bad = [0], [0]
    for count, share in shares:
        for _ in range(count):
            bad.append(bad[-1] + round(ALL * share))
            good.append(good[-1] + ALL - round(ALL * share))
    values = {"200": good, "503": bad}
    return [
        {"series": f'http_requests_total{{code="{code}"}}', "values": " ".join(map(str, values[code]))}
        for code in codes
    ]


def scene(
    step: int, series: list[dict[str, str]], firing: dict[int, list[dict[str, str]]], name: str, of: str = BURNS_FAST
) -> dict[str, Any]:
    """One history, a sample each `step` ms; after so many samples the labels of those alerts that must fire."""
    asked = [
        {
            "expr": f'sum without (alertstate, slo) (ALERTS{{alertstate="firing", alertname=~"{of}"}})',
            "eval_time": span(at * step),
            "exp_samples": [
                {"labels": "{" + ", ".join(f'{k}="{v}"' for k, v in one.items()) + "}", "value": 1} for one in wanted
            ],
        }
        for at, wanted in firing.items()
    ]
    return {"name": name, "interval": span(step), "input_series": series, "promql_expr_test": asked}


def passes(folder: Path, text: str, step: int, *scenes: dict[str, Any]) -> None:
    """`promtool test rules` with the rules of a policy. Evaluated as often as there are samples."""
    (folder / "rules.yaml").write_text(yaml.safe_dump(slo_rules.made(load(text, "policy.yaml"))))
    tests = {"rule_files": ["rules.yaml"], "evaluation_interval": span(step),
             "group_eval_order": ["slo-shop-long", "slo-shop"], "tests": list(scenes)}  # fmt: skip
    (folder / "tests.yaml").write_text(yaml.safe_dump(tests))
    done = subprocess.run(["promtool", "test", "rules", "tests.yaml"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@with_promtool
@pytest.mark.parametrize("burn", BURNS, ids=lambda burn: f"{span(burn.short)}-{span(burn.long)}")
def test_each_burn_fires_when_both_windows_are_over_its_limit(burn: BurnWindow, tmp_path: Path) -> None:
    step = burn.short // 5  # `long` is 60 of them
    limit = burn.factor * 0.001
    labels = {"alertname": "ErrorBudgetBurns", "severity": burn.severity, "short": span(burn.short),
              "long": span(burn.long)}  # fmt: skip
    passes(
        tmp_path, burning(burn), step,
        scene(step, counters([(80, limit * 1.5)]), {65: [labels], 80: [labels]}, "steady errors"),
        scene(step, counters([(80, limit * 0.9)]), {65: [], 80: []}, "fewer errors than the limit"),
        scene(step, counters([(80, 0.0)]), {65: [], 80: []}, "no errors"),
        scene(step, counters([(60, limit * 3), (10, 0.0)]), {60: [labels], 70: []}, "over long ago: short is clean"),
        scene(step, counters([(120, 0.0), (6, limit * 3)]), {126: []}, "just begun: long is not over the limit"),
        scene(step, counters([(120, 0.0), (30, limit * 3)]), {150: [labels]}, "begun, and it goes on"),
    )  # fmt: skip


@with_promtool
def test_a_full_outage_fires_and_nothing_at_all_does_not(tmp_path: Path) -> None:
    minute, text = 60_000, burning(BURNS[0])
    labels = {"alertname": "ErrorBudgetBurns", "severity": "P0", "short": "5m", "long": "1h"}
    nothing = {"expr": '{__name__=~"slo:.*|ALERTS"}', "eval_time": "80m", "exp_samples": []}
    none = [{"series": 'http_requests_total{code="200"}', "values": " ".join(["7"] * 90)}]
    passes(
        tmp_path, text, minute,
        scene(minute, counters([(80, 1.0)], ["503"]), {65: [labels]}, "nothing ever succeeded: no such series"),
        {**scene(minute, none, {}, "no traffic"), "promql_expr_test": [nothing]},
        scene(minute, [], {65: []}, "no series at all"),
        scene(minute, counters([(60, 0.5), (30, 0.0)]), {62: [labels], 90: []}, "it ends by itself"),
    )  # fmt: skip


@with_promtool
def test_the_alerts_on_what_is_left(tmp_path: Path) -> None:
    step = 300_000
    near = {"alertname": "ErrorBudgetRunsOut", "severity": "P1"}
    spent = {"alertname": "ErrorBudgetSpent", "severity": "P1"}
    # No burn alerts, so the default severity. A day is 288 samples.
    passes(
        tmp_path, policy("burn: []\n    approaching: 50", window="1d"), step,
        scene(step, counters([(100, 0.0004)]), {90: []}, "less than half is used", BUDGET),
        scene(step, counters([(100, 0.0006)]), {90: [near]}, "more than half is used", BUDGET),
        scene(step, counters([(100, 0.0012)]), {90: [spent]}, "all of it is used", BUDGET),
        scene(step, counters([(100, 0.0012), (400, 0.0)]), {90: [spent], 480: []}, "a day later it is back", BUDGET),
        scene(step, [], {90: []}, "nothing is known", BUDGET),
    )  # fmt: skip


@with_promtool
def test_what_an_alert_says(tmp_path: Path) -> None:
    minute = 60_000
    text = policy('service: "{{ checkout }}"\n    owner: "@platform"').replace("Answered", '"Answered {{in time}}"')
    told = {
        "summary": "Answered {{in time}}: the error budget burns at over 14.4× its pace",
        "description": "In the last 1h 5% was bad; an objective of 99.9% over 30d allows 0.1%. It goes on: the last 5m "
        "are no better. At this pace the whole budget of 30d is gone within 2d2h.",
        "action": "Find out what changed when it began, and undo it: a release, a setting, something that this depends "
        "on. It ends by itself soon after the errors end.",
    }
    labels = {"severity": "P0", "slo": "shop", "service": "{{ checkout }}", "owner": "@platform", "short": "5m",
              "long": "1h"}  # fmt: skip
    wanted = {"alertname": "ErrorBudgetBurns", "eval_time": "2m",
              "exp_alerts": [{"exp_labels": labels, "exp_annotations": told}]}  # fmt: skip
    passes(tmp_path, text, minute, {**scene(minute, counters([(30, 0.05)]), {}, "words"), "alert_rule_test": [wanted]})


def test_the_rules_are_plain() -> None:
    made = slo_rules.made(load(policy('burn: []\n    when_spent: "Only fixes."'), "policy.yaml"))
    slow, fast = made["groups"]
    assert (slow["name"], slow["interval"], fast["name"]) == ("slo-shop-long", "2m", "slo-shop")
    assert [rule["record"] for rule in slow["rules"]] == ["slo:errors:ratio_rate30d", "slo:error_budget_spent:ratio"]
    assert slow["rules"][1]["expr"] == 'slo:errors:ratio_rate30d{slo="shop"} / 0.001'
    assert [rule["alert"] for rule in fast["rules"]] == ["ErrorBudgetRunsOut", "ErrorBudgetSpent"]
    assert fast["rules"][1]["annotations"]["action"] == "Only fixes."
    usual = slo_rules.made(load(policy(), "policy.yaml"))["groups"][1]["rules"]
    assert [rule["for"] for rule in usual if "alert" in rule] == ["1m", "3m", "12m", "36m", "15m", "15m"]
    assert [rule["labels"]["severity"] for rule in usual if "alert" in rule] == ["P0", "P0", "P1", "P1", "P1", "P1"]
    assert slo_rules.made(load(BY_INCIDENTS, "policy.yaml")) == {"groups": []}


async def test_the_command_prints_what_prometheus_takes(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(MANY)
    said = await sereno("slo", "rules", "--policy", tmp_path / "policy.yaml")
    assert (said.code, said.err) == (0, "")
    made = yaml.safe_load(said.out)
    assert [group["name"] for group in made["groups"]] == ["slo-shop-long", "slo-shop", "slo-odd-long", "slo-odd"]
    assert made == slo_rules.made(load(MANY, "policy.yaml"))
    assert (await sereno("slo", "rules", "--json", SERENO_POLICY=str(tmp_path / "policy.yaml"))).json == made
    assert "&" not in said.out, "no anchors: people read it"


@with_promtool
def test_prometheus_takes_them(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(MANY)
    asked = [sys.executable, "-m", "bot", "slo", "rules", "--policy", str(tmp_path / "policy.yaml")]
    said = subprocess.run(asked, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    (tmp_path / "rules.yaml").write_text(said.stdout)
    asked = ["promtool", "check", "rules", "--lint=all", "--lint-fatal", str(tmp_path / "rules.yaml")]
    done = subprocess.run(asked, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    for text, words in [
        (HEAD, f"{path} has no SLO; write one under `slos:`, with `objective`, `good` and `total`"),
        (BY_INCIDENTS, f"no SLO of {path} has `good` and `total`; one that has `alerts` needs no rules"),
        (policy().replace("99.9", "100"), f"{path}:6: slos.shop.objective: 100: write percent between 0 and 100"),
    ]:
        path.write_text(text)
        said = await sereno("slo", "rules", "--policy", path)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"sereno: {words}"), said.err
    lost = await sereno("slo", "rules", "--policy", tmp_path / "none.yaml")
    assert (lost.code, lost.err.startswith("sereno: there is no policy file")) == (2, True)
    assert (await sereno("slo")).code == 2
