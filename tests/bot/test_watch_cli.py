"""`sereno watch`: start, list, summary and chart, beside a Sereno that runs."""

import json
from pathlib import Path

import pytest

from tests.bot.shell import sereno
from tests.conftest import Stage
from tests.e2e.releases import OTHER, POLICY, says, written

NOWHERE = "http://127.0.0.1:9"
PNG = b"\x89PNG\r\n\x1a\n"


class Shell:
    """The command line, as somebody types it."""

    def __init__(self, stage: Stage, policy: Path) -> None:
        self._redis, self._policy = stage.redis_url, policy

    async def __call__(self, *words: str) -> tuple[int, str]:
        said = await sereno("watch", *words, "--policy", self._policy, SERENO_REDIS_URL=self._redis)
        return said.code, said.out + said.err


@pytest.fixture
async def shell(stage: Stage, tmp_path: Path) -> Shell:
    path = written(tmp_path)
    await stage.bot(path, GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    return Shell(stage, path)


async def test_a_watch_that_is_started_here_is_seen_in_slack(shell: Shell, stage: Stage) -> None:
    assert await shell("start", "v1.1.1", "--baseline", "v1.1.0") == (0, "v1.1.1 is watched\n")
    await says(stage, "*T+0* of v1.1.1")
    assert await shell("start", "v1.1.1") == (0, "v1.1.1 is watched already\n")
    code, listed = await shell("list")
    assert code == 0
    assert "v1.1.1" in listed
    assert "1 release" in listed
    code, listed = await shell("list", "--json")
    row = json.loads(listed)[0]
    assert (row["release"], row["plan"], row["phase"], row["decision"]) == ("v1.1.1", "sdk", "watching", None)


async def test_a_summary_is_markdown(shell: Shell, stage: Stage) -> None:
    await shell("start", "v1.1.1")
    await says(stage, "*T+0* of v1.1.1")
    code, said = await shell("summary", "v1.1.1")
    assert code == 0
    assert said.startswith("# Health of v1.1.1 after its release\n")
    assert "## Backlog for the next version, most important first" in said
    assert "- 🔴" not in said
    assert (await shell("summary", "v9"))[0] == 1
    assert "there is sdk:v1.1.1" in (await shell("summary", "v9"))[1]


async def test_a_chart_is_a_picture(shell: Shell, stage: Stage, tmp_path: Path) -> None:
    await shell("start", "v1.1.1")
    await says(stage, "*T+0* of v1.1.1")
    code, _ = await shell("chart", "v1.1.1", "--out", str(tmp_path / "chart.png"))
    assert code == 0
    assert (tmp_path / "chart.png").read_bytes().startswith(PNG)


async def test_a_picture_that_cannot_be_written(shell: Shell, stage: Stage) -> None:
    await shell("start", "v1.1.1")
    await says(stage, "*T+0* of v1.1.1")
    code, said = await shell("chart", "v1.1.1", "--out", "/nowhere/chart.png")
    assert code == 2
    assert "cannot write /nowhere/chart.png: no such file or folder; give another file as --out" in said


async def test_a_version_of_two_plans(stage: Stage, tmp_path: Path) -> None:
    path = written(tmp_path, POLICY + OTHER)
    await stage.bot(path, GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    shell = Shell(stage, path)
    for plan in ("sdk", "container"):
        assert (await shell("start", "v1.1.1", plan))[0] == 0
    code, said = await shell("summary", "v1.1.1")
    assert code == 1
    assert "several plans watch v1.1.1; say which: container:v1.1.1, sdk:v1.1.1" in said
    assert (await shell("summary", "sdk:v1.1.1"))[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("start", "v 1"), "a version has letters"),
        (("start", "v1", "sdkk"), "name one of the plans of the policy: sdk"),
        (("start", "v1", "sdk", "--baseline", "$(x)"), "a version has letters"),
    ],
)
async def test_what_cannot_be_started(shell: Shell, words: tuple[str, ...], said: str) -> None:
    code, told = await shell(*words)
    assert code == 1
    assert said in told


async def test_without_a_redis(tmp_path: Path) -> None:
    said = await sereno("watch", "list", "--policy", written(tmp_path), SERENO_REDIS_URL="redis://127.0.0.1:9")
    assert said.code == 2
    assert "start it, or give this the same SERENO_REDIS_URL" in said.err
