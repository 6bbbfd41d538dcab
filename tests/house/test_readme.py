"""Each command in README.md and other pages works as it stands, against a bot that runs; the tables name all there is.

The convention: a ```sh block runs under `bash -euo pipefail`, with the port of the test's bot for 8080. A line that
calls make is only asked what it would do (`make -n`). A block that names SERENO_HOOK_SECRET__ talks to a bot that
asks for secrets, every other block to one that does not. A ```yaml block is a policy.
"""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from bot.cli.parser import COMMANDS, build
from bot.metrics import Metrics
from bot.settings import HOOK, Settings
from handlers import registry
from rules import examples, policy_file
from tests.house import documents
from tests.house.running import plain_env, running
from tests.house.tree import ROOT

README = ROOT / "README.md"
SECRETS = {f"{HOOK}ALERTMANAGER": "change-me", f"{HOOK}GITHUB": "change-me-too"}
BLOCKS = documents.blocks(README, "sh")
OTHERS = [block for name in ("CONTRIBUTING.md", "deploy/RUNBOOK.md", "tests/README.md")
          for block in documents.blocks(ROOT / name, "sh")]  # fmt: skip
PAGES = [README, *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "deploy/RUNBOOK.md")),
         *ROOT.glob("*/README.md")]  # fmt: skip
PICTURES = "deploy/pictures/"
SLASHES = registry.slashes().values()


class Stage:
    """A folder that looks like the checkout, and where the bot that runs in it listens."""

    def __init__(self, folder: Path, secrets: dict[str, str]) -> None:
        self.folder, self.env, self.port = folder, plain_env(**secrets), ""
        for entry in ROOT.iterdir():
            if not entry.name.startswith("."):
                (folder / entry.name).symlink_to(entry)
        (folder / ".venv").symlink_to(sys.prefix)

    def sh(self, block: str) -> str:
        """What the block prints. Fails when it fails."""
        block = block.replace("8080", self.port)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=self.folder, env=self.env,
                              capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def open_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Asks for no secret."""
    with _staged(tmp_path_factory.mktemp("open"), {}) as stage:
        yield stage


@pytest.fixture(scope="module")
def signed_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Asks for secrets."""
    with _staged(tmp_path_factory.mktemp("signed"), SECRETS) as stage:
        yield stage


@pytest.mark.parametrize("block", [*BLOCKS, *OTHERS], ids=lambda block: block.strip().splitlines()[0][:60])
def test_every_command_works(block: str, open_stage: Stage, signed_stage: Stage) -> None:
    targets = re.findall(r"^make [^#\n]*", block, re.MULTILINE)
    for target in targets:
        subprocess.run([*shlex.split(target), "-n"], cwd=ROOT, check=True, capture_output=True)
    stage = signed_stage if HOOK in block else open_stage
    stage.sh(re.sub(r"^make [^\n]*\n?", "", block, flags=re.MULTILINE) or "true")


def test_the_first_alert_is_accepted_repeated_and_resolved(tmp_path: Path) -> None:
    firing, resolved = [block for block in BLOCKS if "DiskFull" in block]
    with _staged(tmp_path, {}) as stage:
        assert '"accepted", "why": "opened"' in stage.sh(firing)
        assert '"why": "repeat"' in stage.sh(firing)
        assert "DiskFull" in stage.sh(".venv/bin/sereno list")
        assert '"why": "resolved"' in stage.sh(resolved)


def test_the_secrets_are_needed(signed_stage: Stage) -> None:
    for block in (block for block in BLOCKS if HOOK in block and "curl" in block):
        wrong = f"{HOOK}ALERTMANAGER=no {HOOK}GITHUB=no\n{block}"
        with pytest.raises(AssertionError, match="unsigned"):
            signed_stage.sh(wrong)


@pytest.mark.parametrize("text", documents.blocks(README, "yaml"))
def test_every_policy_loads_and_its_examples_pass(text: str) -> None:
    policy = policy_file.load(text, "README.md")
    assert examples.faults(policy, text, "README.md") == []
    assert any(route.examples for route in policy.routes)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = [target for target in documents.links(page) if not (page.parent / target).exists()]
    assert [target for target in lost if not target.startswith(PICTURES)] == []


def test_the_table_of_settings_is_whole() -> None:
    hooks = {HOOK + source.upper() for source in registry.sources()}
    asked = {name.upper() for name in Settings.model_fields if name != "hook_secrets"} | hooks
    named = {word for word in documents.first_cells(README, "## Settings") if word.isupper()}
    assert named == asked


def test_the_table_of_metrics_is_whole() -> None:
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)", Metrics().page().decode(), re.MULTILINE))
    offered = {name for name in kinds if not name.endswith("_created")}
    named = {word for word in documents.first_cells(README, "## Addresses and metrics") if word.startswith("sereno_")}
    assert named == offered


def test_the_table_of_commands_is_whole() -> None:
    named = {word.split()[1] for word in documents.first_cells(README, "## Commands")}
    assert named == set(COMMANDS)


def test_the_table_of_sub_commands_is_whole() -> None:
    cells = documents.first_cells(README, "## What people do from Slack")
    named = [" ".join(words.split()[:2]) for words in cells if words.startswith("/")]
    offered = [f"{slash.name} {one.usage.split()[0]}" for slash in SLASHES for one in slash.commands.values()]
    assert sorted(named) == sorted([*offered, *(f"{slash.name} help" for slash in SLASHES)])


def test_the_table_of_commands_names_options_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    for words in documents.first_cells(README, "## Commands"):
        name = words.split()[1]
        with pytest.raises(SystemExit, match="0"):
            build([name]).parse_args([name, "--help"])
        helped = capsys.readouterr().out
        assert [option for option in re.findall(r"--[a-z]+", words) if option not in helped] == []
        offered = set(re.findall(r"--[a-z]+", helped)) - {"--help"}
        assert offered <= set(re.findall(r"--[a-z]+", words)), name


def test_the_default_policy_is_valid_yaml_with_every_channel() -> None:
    text = (ROOT / "rules" / "policies" / "default.yaml").read_text(encoding="utf-8")
    assert set(yaml.safe_load(text)["channels"]) == {"alerts", "monitoring", "fallback"}


@contextmanager
def _staged(folder: Path, secrets: dict[str, str]) -> Iterator[Stage]:
    for program in ("bash", "curl", "openssl", "make"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    stage = Stage(folder, secrets)
    with running(folder, stage.env) as url:
        stage.port = url.rpartition(":")[2]
        stage.sh("until curl -sS --fail http://127.0.0.1:8080/-/ready; do :; done")
        yield stage
