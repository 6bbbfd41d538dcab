"""Lives of issues, runs and alerts, from GitHub's payloads to decisions under the default policy."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from handlers.contract import Delivery
from handlers.webhooks.github import parse
from rules.decide import decide
from rules.incident import Incident, State
from rules.policy_file import load
from rules.reason import Reason
from rules.signal import Kind, Signal

PAYLOADS = Path("tests/payloads/github")
POLICY = load(Path("rules/policies/default.yaml").read_text(), "default.yaml")
MINUTE = 60_000
BEGIN = 1_800_000_000_000
Change = Callable[[dict[str, Any]], None]


def report_of(name: str, change: Change | None = None) -> Signal:
    body = json.loads((PAYLOADS / f"{name}.json").read_text())
    if change:
        change(body)
    headers = {"x-github-event": name.partition("__")[0], "x-github-delivery": "d-1"}
    return next(s for s in parse(Delivery(headers=headers, body=json.dumps(body).encode())) if s.kind is Kind.REPORT)


class Life:
    """Plays reports one after the other, `step` milliseconds apart, and keeps the incident."""

    def __init__(self, step: int = MINUTE) -> None:
        self.now, self.step = BEGIN, step
        self.incident: Incident | None = None

    def hear(self, signal: Signal) -> Reason:
        self.now += self.step
        decision = decide(signal, self.incident, POLICY, self.now)
        assert decision.record is None or isinstance(decision.record, Incident)
        self.incident = decision.record
        return decision.reason

    @property
    def known(self) -> Incident:
        assert self.incident is not None
        return self.incident


def issue(action: str, at: str, *labels: str, state: str = "open") -> Signal:
    def change(body: dict[str, Any]) -> None:
        body["action"] = action
        body["issue"] |= {
            "state": state,
            "updated_at": at,
            "closed_at": at if state == "closed" else None,
            "labels": [{"name": label} for label in labels],
        }

    return report_of("issues__opened", change)


def run(conclusion: str, created: str, attempt: int = 1, started: str = "") -> Signal:
    def change(body: dict[str, Any]) -> None:
        body["workflow_run"] |= {
            "conclusion": conclusion,
            "created_at": created,
            "run_started_at": started or created,
            "run_attempt": attempt,
            "html_url": f"https://github.com/o/r/actions/runs/{created}",
        }

    return report_of("workflow_run__failure", change)


def test_the_life_of_an_issue() -> None:
    for step in (1_000, MINUTE):  # within the 30 s in which a late copy is doubted, and after them
        life = Life(step)
        assert life.hear(issue("opened", "2019-05-15T15:20:18Z", "bug")) is Reason.OPENED
        assert life.hear(issue("labeled", "2019-05-15T15:20:18Z", "bug")) is Reason.REPEAT
        assert life.hear(issue("labeled", "2019-05-15T15:21:00Z", "bug", "P0")) is Reason.WORSE
        assert (life.known.severity, life.known.place) == ("P0", "#alerts")
        assert life.hear(issue("unlabeled", "2019-05-15T15:22:00Z", "bug")) is Reason.EASED
        assert life.hear(issue("closed", "2019-05-15T15:30:00Z", "bug", state="closed")) is Reason.RESOLVED
        assert life.hear(issue("labeled", "2019-05-15T15:31:00Z", "P0", state="closed")) is Reason.REPEAT
        assert life.known.state is State.RESOLVED
        assert life.hear(issue("reopened", "2019-05-15T15:32:00Z", "bug")) is Reason.REOPENED
        assert life.hear(issue("labeled", "2019-05-15T15:33:00Z", "bug", "crash")) is Reason.REPEAT
        assert life.hear(issue("labeled", "2019-05-15T15:34:00Z", "P0")) is Reason.WORSE
        assert life.known.severity == "P0"
        assert life.hear(issue("closed", "2019-05-15T15:40:00Z", "P0", state="closed")) is Reason.RESOLVED


def test_a_counted_issue_is_shown_once_it_is_urgent() -> None:
    life = Life()
    assert life.hear(issue("opened", "2019-05-15T15:20:18Z", "question")) is Reason.COUNTED
    assert life.hear(issue("labeled", "2019-05-15T15:21:00Z", "question", "security")) is Reason.WORSE
    assert life.known.shown
    assert life.known.mention == ("channel",)


def test_late_news_of_an_issue_is_stale() -> None:
    life = Life()
    life.hear(issue("opened", "2019-05-15T15:20:18Z", "P0"))
    life.hear(issue("closed", "2019-05-15T15:30:00Z", "P0", state="closed"))
    assert life.hear(issue("opened", "2019-05-15T15:20:18Z", "P0")) is Reason.STALE
    assert life.hear(issue("labeled", "2019-05-15T15:30:00Z", "P0")) is Reason.STALE  # in the second of the close
    assert life.hear(issue("reopened", "2019-05-15T15:30:00Z", "P0")) is Reason.REOPENED  # in that same second


def test_a_missed_reopening_is_learned_from_what_follows() -> None:
    life = Life()
    life.hear(issue("opened", "2019-05-15T15:20:18Z", "P0"))
    life.hear(issue("closed", "2019-05-15T15:30:00Z", "P0", state="closed"))
    assert life.hear(issue("labeled", "2019-05-15T15:50:00Z", "P0", "bug")) is Reason.REOPENED


def test_the_recorded_issue() -> None:
    life = Life()
    heard = [
        life.hear(report_of(f"issues__{case}"))
        for case in ("opened", "labeled_p0", "edited_title", "closed", "labeled_when_closed", "reopened", "deleted")
    ]
    assert heard == [
        Reason.OPENED,
        Reason.WORSE,
        Reason.EASED,
        Reason.RESOLVED,
        Reason.REPEAT,
        Reason.REOPENED,
        Reason.RESOLVED,
    ]


def test_a_failing_workflow() -> None:
    life = Life(step=1_000)
    assert life.hear(run("failure", "2020-10-05T17:00:00Z")) is Reason.OPENED
    assert (life.known.severity, life.known.place) == ("P1", "#monitoring")
    assert life.hear(run("failure", "2020-10-05T17:30:00Z")) is Reason.UPDATED  # a newer run: only its link is news
    assert len(life.known.members) == 1
    assert life.hear(run("success", "2020-10-05T18:00:00Z")) is Reason.RESOLVED
    assert life.known.links[0].url.endswith("17:30:00Z")
    assert life.hear(run("timed_out", "2020-10-05T19:00:00Z")) is Reason.REOPENED
    assert life.hear(run("success", "2020-10-05T20:00:00Z")) is Reason.RESOLVED


def test_the_late_success_of_an_older_run_hides_nothing() -> None:
    life = Life()
    life.hear(run("failure", "2020-10-05T17:30:00Z"))
    assert life.hear(run("success", "2020-10-05T17:00:00Z")) is Reason.STALE
    assert life.hear(run("success", "2020-10-05T17:00:00Z", 2, started="2020-10-05T17:40:00Z")) is Reason.STALE
    assert life.known.is_open
    assert life.hear(run("failure", "2020-10-05T17:00:00Z")) is Reason.STALE


def test_attempts_of_one_run() -> None:
    life = Life(step=1_000)
    life.hear(run("failure", "2020-10-05T17:00:00Z"))
    assert life.hear(run("success", "2020-10-05T17:00:00Z", 2)) is Reason.RESOLVED
    assert life.hear(run("failure", "2020-10-05T17:00:00Z", 1)) is Reason.STALE
    assert life.hear(run("failure", "2020-10-05T17:00:00Z", 3)) is Reason.REOPENED
    newer = run("success", "2020-10-05T17:05:00Z")  # started before the third attempt did, and yet the newer run
    assert life.hear(newer) is Reason.RESOLVED


def test_the_recorded_runs() -> None:
    life = Life()
    cases = ("failure", "success_of_the_rerun", "success_later", "failure_again", "success")
    heard = [life.hear(report_of(f"workflow_run__{case}")) for case in cases]
    assert heard == [Reason.OPENED, Reason.RESOLVED, Reason.REPEAT, Reason.REOPENED, Reason.STALE]


def test_a_run_off_the_default_branch_is_only_counted() -> None:
    assert Life().hear(report_of("workflow_run__failure_of_a_fork")) is Reason.COUNTED


def test_a_success_that_nobody_waits_for() -> None:
    for name in ("workflow_run__success", "check_suite__success", "deployment_status__success", "issues__closed"):
        assert Life().hear(report_of(name)) is Reason.NEVER_SEEN


def test_a_deployment_that_recovers() -> None:
    def later(body: dict[str, Any]) -> None:
        body["deployment_status"]["created_at"] = "2019-05-15T15:26:00Z"

    life = Life()
    assert life.hear(report_of("deployment_status__failure")) is Reason.OPENED
    assert life.hear(report_of("deployment_status__success")) is Reason.STALE  # that step came before the failure
    assert life.hear(report_of("deployment_status__success", later)) is Reason.RESOLVED


def test_a_leaked_secret() -> None:
    def again(body: dict[str, Any]) -> None:
        body["action"] = "reopened"
        body["alert"] |= {"state": "open", "resolved_at": None, "updated_at": "2026-03-01T11:00:00Z"}

    life = Life(step=1_000)
    assert life.hear(report_of("secret_scanning_alert__created")) is Reason.OPENED
    assert life.known.severity == "P0"
    assert life.hear(report_of("secret_scanning_alert__resolved")) is Reason.RESOLVED
    assert life.hear(report_of("secret_scanning_alert__created")) is Reason.STALE
    assert life.hear(report_of("secret_scanning_alert__resolved", again)) is Reason.REOPENED
