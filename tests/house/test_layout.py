"""Where things are: the top level, the tests' folders, the lock files, the payloads of each source."""

import contextlib
import re
import shutil
import subprocess
import tomllib

import pytest

from handlers import registry
from handlers.contract import Delivery, Unsupported
from tests.house.tree import ROOT

FOLDERS = {"bot", "handlers", "rules", "deploy", "tests", "requirements", ".ci", ".github"}
FILES = {
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "SECURITY.md", "pyproject.toml",
    ".gitignore", ".gitattributes",
}  # fmt: skip
ADDRESS = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|\b(https?|file)://| @ ")
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_the_top_level_holds_what_the_design_names() -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    asked = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    folders = {name.partition("/")[0] for name in listed if "/" in name}
    files = {name for name in listed if "/" not in name}
    assert folders <= FOLDERS, "documentation lives in READMEs beside what it explains"
    assert files <= FILES


def test_no_package_marker_under_tests() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py")), "it would let tests/rules shadow rules"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_files_name_no_address_and_hash_everything(lock: object) -> None:
    text = (ROOT / "requirements" / str(lock)).read_text(encoding="utf-8")
    asked = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert not ADDRESS.search(asked)
    pinned = re.findall(r"^([\w.\-]+)==(?:.*\\\n)((?:\s+--hash=.*\n?)+)", asked, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[\w.\-]+", asked, re.MULTILINE)) > 10


def test_the_lock_has_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {name.lower() for name in re.findall(r"^([\w.\-]+)==", (LOCKS[-1]).read_text(), re.MULTILINE)}
    asked = {re.split(r"[<>=!~ \[;]", line)[0].lower() for line in project["dependencies"]}
    assert asked <= locked, "run `make lock`"


@pytest.mark.parametrize("name", sorted(registry.sources()))
def test_every_source_has_payloads_and_reads_them(name: str) -> None:
    files = sorted((ROOT / "tests" / "payloads" / name).glob("*__*.json"))
    assert files, f"put what {name} really sends into tests/payloads/{name}/<event>__<case>.json"
    for file in files:
        event = file.name.partition("__")[0]
        headers = {f"x-{name}-event": event, "content-type": "application/json"}
        with contextlib.suppress(Unsupported):
            registry.sources()[name].parse(Delivery(headers=headers, body=file.read_bytes()))


@pytest.mark.parametrize("room", ["bot", "rules"])
def test_a_rooms_readme_knows_its_modules(room: str) -> None:
    page = (ROOT / room / "README.md").read_text(encoding="utf-8")
    modules = [path.name for path in (ROOT / room).glob("*.py") if not path.name.startswith("__")]
    assert [name for name in modules if f"`{name}`" not in page] == []
