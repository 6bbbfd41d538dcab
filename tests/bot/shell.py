"""The console command as a user gives it: a process of its own each time, forked from one that has imported the bot.

To start is most of what a command does: with an interpreter for each, a tenth of the time of all tests went there.
"""

import asyncio
import json
import multiprocessing
import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.__main__ import main
from bot.cli.parser import COMMANDS
from tests.house.tree import ROOT

LONGEST_S = 100
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.bot.shell", *(f"bot.cli.{name}" for name in COMMANDS)])


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(**more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SERENO_", "SLACK_"))}
    return {**plain, "PYTHONWARNINGS": "error", **more}


async def sereno(*words: object, stdin: bytes = b"", **environ: str) -> Said:
    """Run the console command as a user does."""
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        streams[0].write_bytes(stdin)
        child = FORKS.Process(target=_run, args=(streams, [*map(str, words)], environment(**environ)))
        await asyncio.to_thread(child.start)
        await asyncio.to_thread(child.join, LONGEST_S)
        child.kill()
        said = Said(child.exitcode or 0, streams[1].read_text(), streams[2].read_text())
    assert child.exitcode is not None, f"{words} goes on for more than {LONGEST_S} s\n{said}"
    assert "Traceback" not in said.err, said.err
    return said


def _run(streams: list[Path], words: list[str], environ: dict[str, str]) -> None:
    for number, path in enumerate(streams):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - multiprocessing has closed it
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    warnings.simplefilter("error")
    sys.exit(main(words))
