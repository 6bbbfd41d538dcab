"""Runs that changed their mind, from webhooks alone: GitHub's API does not answer."""

from pathlib import Path

from tests.conftest import Stage
from tests.e2e.releases import says, written

POLICY = """
channels: {monitoring: "#monitoring", fallback: "#general"}
severities: {P0: {label: [critical], channel: monitoring}, P1: {label: [error], channel: monitoring}}
releases:
  sdk:
    words: SDK
    match: event="release"
    repository: acme/sdk
    channel: monitoring
    checks: {flaky: {words: flaky runs, github: flaky, yellow: "> 0"}}
    checkpoints: [{name: T+0, at: 2s}]
    yellow: {severity: P1}
    red: {severity: P0}
"""


async def ran(stage: Stage, attempt: int, conclusion: str) -> None:
    run = {
        "id": 7, "workflow_id": 3, "name": "CI", "path": ".github/workflows/ci.yml", "head_branch": "main",
        "head_sha": "a" * 40, "conclusion": conclusion, "run_attempt": attempt,
    }  # fmt: skip
    repository = {"full_name": "acme/sdk", "default_branch": "main"}
    body = {"action": "completed", "workflow_run": run, "workflow": {"name": "CI", "id": 3}, "repository": repository}
    headers = {"X_GitHub_Event": "workflow_run", "X_GitHub_Delivery": f"run-{attempt}"}
    assert await stage.send("github", body, **headers) == 200


async def test_a_run_that_was_tried_again_and_changed_its_mind(stage: Stage, tmp_path: Path) -> None:
    await stage.bot(written(tmp_path, POLICY), GITHUB_API_URL="http://127.0.0.1:9")
    await ran(stage, 1, "failure")
    await ran(stage, 2, "success")
    release = {"tag_name": "v1.1.1", "prerelease": False, "draft": False}
    body = {"action": "published", "release": release, "repository": {"full_name": "acme/sdk"}}
    assert await stage.send("github", body, X_GitHub_Event="release", X_GitHub_Delivery="r-1") == 200
    first = await says(stage, "*T+0* of v1.1.1")
    assert "🟡 flaky runs: 1 (yellow above 0; 2 cases; CI at aaaaaaa;" in first
