"""Keeps a workspace across a kill of the process: one JSON line for each change, replayed and compacted at start."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

Line = tuple[str, dict[str, Any]]


class Saved:
    """An append-only file of (what, body) lines; appending flushes, so that SIGKILL loses nothing acknowledged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def read(self) -> Iterator[Line]:
        """Every whole line in order; a line torn by a crash is skipped."""
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8", errors="replace") as file:
            for raw in file:
                line = _parsed(raw)
                if line:
                    yield line

    def start(self, lines: Iterable[Line]) -> None:
        """Replaces the file, in one step, by `lines` (the state after replay) and opens it for appending."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._file = self._path.open("a", encoding="utf-8")

    def append(self, what: str, body: dict[str, Any]) -> None:
        """Writes one change; opens the file again if it was closed."""
        if self._file is None:
            self._file = self._path.open("a", encoding="utf-8")
        self._file.write(json.dumps((what, body)) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Closes the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _parsed(raw: str) -> Line | None:
    try:
        what, body = json.loads(raw)
    except (ValueError, TypeError):
        return None
    return (what, body) if isinstance(what, str) and isinstance(body, dict) else None
