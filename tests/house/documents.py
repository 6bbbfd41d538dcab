"""Takes documents apart: their fenced blocks, their links, the first column of their tables."""

import re
import textwrap
from pathlib import Path

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)(?P<more>[^\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"(?:\]\(|srcset=\"|src=\")([^)\"#\s]+)")


def blocks(path: Path, kind: str, more: str = "") -> list[str]:
    """The bodies of the ```kind blocks, in order; `more` is what must stand after the kind."""
    found = FENCE.finditer(path.read_text(encoding="utf-8"))
    return [textwrap.dedent(one["body"]) for one in found if one["kind"] == kind and one["more"].strip() == more]


def links(path: Path) -> list[str]:
    """What the document points to, without what is on other machines."""
    targets = LINK.findall(path.read_text(encoding="utf-8"))
    return [target for target in targets if not target.startswith(("http://", "https://", "mailto:"))]


def first_cells(path: Path, heading: str) -> list[str]:
    """The code words in the first column of the tables under a heading."""
    text = path.read_text(encoding="utf-8")
    part = text[text.index(f"\n{heading}\n") + len(heading) + 2 :]
    part = re.split(r"^## ", part, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("|")]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]
