"""The files in deploy/ say what is so: settings, manifest, compose file, Dockerfile, alert rules."""

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.manifest import manifest
from bot.metrics import Metrics
from bot.settings import HOOK, Settings, read
from handlers import registry
from tests.house.running import plain_env
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"


def _env_example() -> dict[str, str]:
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_env_example_names_every_setting_and_no_other() -> None:
    hooks = {HOOK + source.upper() for source in registry.sources()}
    asked = {name.upper() for name in Settings.model_fields if name != "hook_secrets"} | hooks
    assert set(_env_example()) == asked


def test_env_example_is_the_defaults() -> None:
    assert {
        name: secret for name, secret in read(_env_example()).hook_secrets.items() if secret.get_secret_value()
    } == {}
    assert read(_env_example()).model_copy(update={"hook_secrets": {}}) == read({})


def test_every_line_of_env_example_is_explained() -> None:
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    bare = [line for before, line in pairwise(lines) if "=" in line and not before.startswith("#")]
    assert [line for line in bare if not line.startswith("#")] == []


def test_the_slack_manifest_is_what_the_program_prints() -> None:
    printed = subprocess.run([sys.executable, "-m", "bot", "manifest"], cwd=ROOT, env=plain_env(), capture_output=True,
                             text=True, check=True).stdout  # fmt: skip
    assert (DEPLOY / "slack-manifest.yaml").read_text(encoding="utf-8") == printed, "sereno manifest > deploy/..."
    assert yaml.safe_load(printed) == manifest("https://sereno.example.org")


def test_compose_gives_the_bot_a_redis_that_forgets_nothing() -> None:
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    command = compose["services"]["valkey"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"
    assert compose["services"]["valkey"]["volumes"] == ["valkey:/data"]
    assert (DEPLOY / compose["services"]["bot"]["build"]["context"]).resolve() == ROOT


def test_compose_sets_only_settings_that_exist(tmp_path: Path) -> None:
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    bot = compose["services"]["bot"]
    assert set(bot["secrets"]) == set(compose["secrets"])
    environment = {}
    for name, value in bot["environment"].items():
        assert name.removesuffix("_FILE") in _env_example()
        environment[name] = value
        if name.endswith("_FILE"):
            (tmp_path / Path(value).name).write_text("a-secret\n")
            environment[name] = str(tmp_path / Path(value).name)
            assert Path(value).name in bot["secrets"]
    settings = read(environment)
    assert settings.secrets_of("github") == settings.secrets_of("alertmanager") == ["a-secret"]


def test_the_image_is_small_safe_and_locked() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    build, final = text.split("\nFROM ")[1:]
    assert "--require-hashes" in build
    assert "USER 10001:10001" in final
    assert "/-/healthy" in final
    assert "EXPOSE 8080" in final
    assert "pip install" not in final
    assert "curl" not in final
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", build, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split())


def test_the_image_leaves_behind_what_only_building_needs() -> None:
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    only_for_building = re.findall(r"^([\w.\-]+)==.*\\\n(?:    --hash.*\n)+    # via hatchling$", lock, re.MULTILINE)
    removed = re.search(r"pip uninstall -y (editables[^\\&]*)", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    assert removed
    assert {"hatchling", "editables", *only_for_building} <= set(removed[1].split())


def test_hadolint_finds_nothing() -> None:
    subprocess.run([str(Path(sys.executable).with_name("hadolint")), str(DEPLOY / "Dockerfile")], check=True)


def _rules() -> str:
    blocks = re.findall(r"```yaml\n(.*?)```", (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(next(block for block in blocks if block.startswith("groups:")))


def test_the_runbooks_rules_ask_for_metrics_that_exist() -> None:
    asked = set(re.findall(r"\bsereno_\w+", _rules()))
    page = Metrics().page().decode()
    offered = {
        f"{name}{ending}" for name in re.findall(r"^# TYPE (\w+)", page, re.MULTILINE) for ending in ("", "_bucket")
    }
    assert asked <= offered


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_takes_the_runbooks_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(_rules())
    done = subprocess.run(["promtool", "check", "rules", str(tmp_path / "rules.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_runbook_knows_every_word_of_ready() -> None:
    book = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    said = re.findall(r"why\.append\(f?\"([^\"{]+)", (ROOT / "bot" / "ops.py").read_text(encoding="utf-8"))
    assert said
    assert [words for words in said if words.strip() not in book] == []


def test_the_runbook_names_log_events_that_exist() -> None:
    book = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    table = book[book.index("## What happens when") : book.index("A card that shows nothing")]
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    events = set(re.findall(r'log\.\w+\(\s*"(\w+)"', written))
    cells = [row.split("|")[3] for row in table.splitlines() if row.startswith("| ")]
    named = {word for cell in cells for word in re.findall(r"`([a-z]+_[a-z_]+)`", cell)}
    assert named
    assert {word for word in named if not word.startswith("sereno_")} <= events


def test_the_workflow_is_careful() -> None:
    workflow: dict[Any, Any] = yaml.safe_load(
        (ROOT / ".github" / "workflows" / "check.yaml").read_text(encoding="utf-8")
    )
    assert workflow["permissions"] == {"contents": "read"}
    job = workflow["jobs"]["check"]
    checkout = next(step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"]["persist-credentials"] is False
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert job["steps"][-1]["run"] == ".ci/run"


def test_json_of_the_manifest_is_the_same() -> None:
    printed = subprocess.run([sys.executable, "-m", "bot", "manifest", "--json"], cwd=ROOT, env=plain_env(),
                             capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert json.loads(printed) == yaml.safe_load((DEPLOY / "slack-manifest.yaml").read_text(encoding="utf-8"))
