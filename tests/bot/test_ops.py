"""What operators ask: alive, ready and if not why, the metrics that the README names, and a new policy."""

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.playground.faults import Fault, Kind
from bot.policy_box import DEFAULT
from tests.alerts import alert, group
from tests.bot.private import private_stage
from tests.conftest import SlackDouble, Stage, wait_until
from tests.house.tree import ROOT
from tests.system.processes import BotProcess, Valkey


async def get(stage: Stage, path: str) -> tuple[int, Any]:
    async with stage.http.get(f"{stage.bots[0].url}{path}") as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if answer.content_type == "application/json" else text


async def reload(stage: Stage) -> tuple[int, Any]:
    async with stage.http.post(f"{stage.bots[0].url}/-/reload") as answer:
        return answer.status, await answer.json()


def says(stage: Stage, status: int, words: str) -> Callable[[], Any]:
    """A question for wait_until: whether `/-/ready` answers so."""

    async def asked() -> bool:
        got, answer = await get(stage, "/-/ready")
        return got == status and words in json.dumps(answer)

    return asked


async def test_healthy_and_ready(stage: Stage) -> None:
    await stage.bot()
    assert await get(stage, "/-/healthy") == (200, {"status": "healthy"})
    await wait_until(says(stage, 200, '"status": "ready"'))


async def test_not_ready_while_redis_is_away_but_alive(tmp_path: Path) -> None:
    async with private_stage(tmp_path) as (stage, valkey):
        await stage.bot()
        valkey.kill()
        await wait_until(says(stage, 503, "Redis does not answer"))
        assert (await get(stage, "/-/healthy"))[0] == 200
        assert (await get(stage, "/metrics"))[0] == 200
        assert (await get(stage, "/status"))[0] < 600
        await valkey.start()
        await wait_until(says(stage, 200, "ready"))


async def test_not_ready_while_the_token_is_no_good(stage: Stage) -> None:
    word = "invalid_auth"
    stage.slack.faults.add(Fault(method="auth.test", kind=Kind.error, error=word))
    await stage.bot()
    await wait_until(says(stage, 503, f"Slack: {word}: check SLACK_BOT_TOKEN"))
    stage.slack.faults.clear()
    await wait_until(says(stage, 200, "ready"))


async def test_the_metrics_are_those_that_the_readme_names(stage: Stage, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    slo = "\nslos: {up: {words: up, objective: 99, good: 'good[$window]', total: 'all[$window]'}}\n"
    heartbeat = "heartbeats: {prometheus: {match: alertname=Watchdog, within: 10m}}\n"
    policy.write_text(DEFAULT.read_text(encoding="utf-8") + slo + heartbeat, encoding="utf-8")
    bot = await stage.bot(policy, ALERTMANAGER_URL="http://127.0.0.1:9", PROMETHEUS_URL="http://127.0.0.1:9")
    await wait_until(lambda: bot.comparison and "not connected" in bot.comparison.word, what="it was asked")
    await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    await wait_until(lambda: _has(stage, "sereno_source_calls_total{"), what="a source was asked")
    await wait_until(lambda: _has(stage, "sereno_heartbeat_age_seconds{"), what="a heartbeat is listened for")
    _, page = await get(stage, "/metrics")
    rows = re.findall(r"^\| `(sereno_\w+)` \|([^|]*)\|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(rows) >= 7
    for name, labels in rows:
        assert f"# TYPE {name.removesuffix('_total')}" in page, name
        for label in re.findall(r"`(\w+)`", labels):
            assert re.search(rf"^{name}\w*\{{[^}}]*{label}=", page, re.MULTILINE), (name, label)
    families = set(re.findall(r"^# TYPE (sereno_\w+) ", page, re.MULTILINE))
    made = {name.removesuffix("_total") for name in families if not name.endswith("_created")}
    assert made == {name.removesuffix("_total") for name, _ in rows}


async def test_the_metrics_count(stage: Stage) -> None:
    await stage.bot()
    for _ in range(3):
        await stage.send("alertmanager", group(alert()))
    await stage.quiet()
    _, page = await get(stage, "/metrics")
    assert 'sereno_signals_total{reason="opened",source="alertmanager"} 1.0' in page
    assert 'sereno_signals_total{reason="repeat",source="alertmanager"} 2.0' in page
    assert 'sereno_hooks_total{answer="accepted",source="alertmanager"} 3.0' in page
    assert 'sereno_slack_calls_total{method="chat.postMessage",result="ok"} 2.0' in page
    assert 'sereno_hook_seconds_count{source="alertmanager"} 3.0' in page
    await wait_until(lambda: _has(stage, "sereno_lanes_held 16.0"), what="the gauges")


async def _has(stage: Stage, line: str) -> bool:
    return line in (await get(stage, "/metrics"))[1]


def policy_in(folder: Path, text: str = "") -> Path:
    path = folder / "policy.yaml"
    path.write_text(text or DEFAULT.read_text(encoding="utf-8"), encoding="utf-8")
    return path


async def test_a_reload_says_what_changed_and_routes_by_it(stage: Stage, tmp_path: Path) -> None:
    path = policy_in(tmp_path)
    await stage.bot(path)
    await stage.send("alertmanager", group(alert("One", "warning")))
    assert await reload(stage) == (200, {"status": "loaded", "changes": []})
    text = DEFAULT.read_text(encoding="utf-8").replace('monitoring: "#monitoring"', 'monitoring: "#general"')
    policy_in(tmp_path, text.replace("mentions_per_hour: 6", "mentions_per_hour: 7"))
    status, answer = await reload(stage)
    assert (status, answer["status"]) == (200, "loaded")
    assert "channels.monitoring: #monitoring -> #general" in answer["changes"]
    assert "severities.P0.mentions_per_hour: 6 -> 7" in answer["changes"]
    assert len(answer["changes"]) == 2
    await stage.send("alertmanager", group(alert("Two", "warning")))
    await stage.quiet()
    assert stage.slack.card("monitoring", "One")
    assert stage.slack.card("general", "Two")


@pytest.mark.parametrize(
    ("text", "says_"),
    [
        ("team: [", "not YAML"), ("", "mapping"), ("tema: x\n", "did you mean `team`"),
        ("a: &a [*a]\n", "alias"), ("team: Ops\ntimezone: Mars/One\n", "timezone"),
    ],
)  # fmt: skip
async def test_an_invalid_policy_is_refused_and_the_old_one_stays(
    stage: Stage, tmp_path: Path, text: str, says_: str
) -> None:
    path = policy_in(tmp_path)
    await stage.bot(path)
    path.write_text(text, encoding="utf-8")
    status, answer = await reload(stage)
    assert (status, answer["status"]) == (400, "kept the old one")
    assert re.match(rf"{re.escape(str(path))}:\d+: ", answer["faults"][0])
    assert any(says_ in fault for fault in answer["faults"]), answer
    await stage.send("alertmanager", group(alert("Two", "warning")))
    await stage.quiet()
    assert stage.slack.card("monitoring", "Two")


async def test_a_policy_that_is_gone_or_no_text_is_refused_too(stage: Stage, tmp_path: Path) -> None:
    path = policy_in(tmp_path)
    await stage.bot(path)
    path.write_bytes(b"team: \xff\n")
    status, answer = await reload(stage)
    assert status == 400
    assert "UTF-8" in answer["faults"][0]
    path.unlink()
    status, answer = await reload(stage)
    assert status == 400
    assert "no such file or folder" in answer["faults"][0]


async def test_sighup_takes_a_new_policy_and_a_bad_one_harms_nothing(slack: SlackDouble, tmp_path: Path) -> None:
    path = policy_in(tmp_path)
    valkey = Valkey(tmp_path)
    await valkey.start()
    bot = BotProcess(tmp_path, valkey.url, slack.url, SERENO_POLICY=str(path), SERENO_LOG="json")
    log = tmp_path / "bot.log"
    try:
        await bot.start()
        await wait_until(lambda: "slack_is" in log.read_text(), what="it works")
        path.write_text("team: [")
        bot.signal(signal.SIGHUP)
        await wait_until(lambda: "policy_refused" in log.read_text())
        path.write_text(DEFAULT.read_text().replace("team: Platform", "team: Night"))
        bot.signal(signal.SIGHUP)
        await wait_until(lambda: "team: Platform -> Night" in log.read_text())
        bot.kill(signal.SIGTERM)
    finally:
        bot.kill()
        valkey.kill()
    assert "Traceback" not in log.read_text()
