"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import ROOMS, ROOT, lines, named, parsed, python

FILE_MAX, TEST_FILE_MAX, PAGE_FILE_MAX, FUNCTION_MAX = 300, 500, 300, 40
PAGE = (".js", ".css", ".html")


def test_files_of_the_rooms_are_short() -> None:
    long = [f"{named(path)}: {lines(path)} lines" for path in python(*ROOMS) if lines(path) > FILE_MAX]
    assert not long, f"at most {FILE_MAX} lines; split by responsibility"


def test_test_files_are_short() -> None:
    long = [f"{named(path)}: {lines(path)} lines" for path in python("tests") if lines(path) > TEST_FILE_MAX]
    assert not long, f"at most {TEST_FILE_MAX} lines"


def test_files_of_the_playground_page_are_short() -> None:
    pages = [path for path in (ROOT / "bot").rglob("*") if path.suffix in PAGE]
    assert pages, "the playground has a page"
    long = [f"{named(path)}: {lines(path)} lines" for path in pages if lines(path) > PAGE_FILE_MAX]
    assert not long, f"at most {PAGE_FILE_MAX} lines"


def test_functions_are_short() -> None:
    long = [found for path in python(*ROOMS, "tests") for found in _long(named(path), parsed(path))]
    assert not long, f"at most {FUNCTION_MAX} lines"


@pytest.mark.parametrize(("body", "found"), [("    pass\n" * 39, 0), ("    pass\n" * 40, 1)])
def test_the_measure_itself(body: str, found: int) -> None:
    assert len(list(_long("x.py", ast.parse(f"def f():\n{body}")))) == found


def _long(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_MAX:
                yield f"{name}:{node.lineno} {node.name}: {size} lines"
