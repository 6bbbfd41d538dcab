"""What ruff does not ask: names, first lines, notes to self, swallowed errors."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, ROOT, named, parsed, python

REFUSED_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
NOTES = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
WRITTEN = {".py", ".md", ".js", ".css", ".html", ".yaml", ".yml", ".toml", ".example", ".txt"}
# The borders, where whatever goes wrong must not stop the others; each says so in a comment.
BROAD = {"bot/readings.py", "bot/reconciler.py", "bot/slack_app.py", "bot/timers.py", "bot/web.py"}


def test_every_module_begins_with_one_sentence() -> None:
    silent = [named(path) for path in python(*ROOMS, "tests") if path.stat().st_size and not _has_sentence(path)]
    assert not silent, "the first line is a docstring of one sentence: what the module answers for"


def test_no_module_is_a_drawer_for_everything() -> None:
    vague = [named(path) for path in python(*ROOMS, "tests") if REFUSED_NAMES & set(re.split(r"[_.\-]", path.stem))]
    assert not vague, f"a module is named for its one responsibility, not {sorted(REFUSED_NAMES)}"


def test_no_notes_to_self() -> None:
    files = [p for room in (*ROOMS, "deploy", ".github") for p in (ROOT / room).rglob("*") if p.suffix in WRITTEN]
    files += [path for path in ROOT.iterdir() if path.suffix in WRITTEN]
    noted = [named(path) for path in files if NOTES.search(path.read_text(encoding="utf-8"))]
    assert not noted, "do it now, or open an issue"


def test_no_error_is_swallowed() -> None:
    silent = [
        f"{named(path)}:{node.lineno}"
        for path in python(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _does_nothing(node))
    ]
    assert not silent, "handle it, or let it go up; no bare except, no except: pass"


def test_broad_excepts_stand_only_at_the_borders() -> None:
    found = {
        named(path)
        for path in python(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ExceptHandler) and _names(node.type) & {"Exception", "BaseException"}
        if not _raises_again(node)
    }
    assert found <= BROAD, "name the errors that you expect"


@pytest.mark.parametrize("text", ['"""What it is."""\n', '"""What it is.\n\nMore."""\n'])
def test_a_sentence_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(text)
    assert _has_sentence(tmp_path / "x.py")


@pytest.mark.parametrize("text", ["import os\n", '\n"""Late."""\n', '"""Goes on\non the next line."""\n'])
def test_no_sentence_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(text)
    assert not _has_sentence(tmp_path / "x.py")


def _has_sentence(path: Path) -> bool:
    first = parsed(path).body[:1]
    words = (ast.get_docstring(parsed(path), clean=False) or "").split("\n")
    return bool(first and first[0].lineno == 1 and words[0].strip() and not (words[1:2] and words[1].strip()))


def _does_nothing(node: ast.ExceptHandler) -> bool:
    return len(node.body) == 1 and isinstance(node.body[0], ast.Pass)


def _names(node: ast.expr | None) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node else set()


def _raises_again(node: ast.ExceptHandler) -> bool:
    return any(isinstance(part, ast.Raise) for part in ast.walk(node))
