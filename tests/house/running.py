"""A bot as users start it: a process of its own, on a free port, in a folder of its own."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_S, STOP_S = 20.0, 20.0
LISTENS = re.compile(r"watches at (http://\S+?)/\s")


def plain_env(**more: str) -> dict[str, str]:
    """This environment without what would set up a bot."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SERENO_", "SLACK_"))} | more


@contextmanager
def running(folder: Path, env: dict[str, str]) -> Iterator[str]:
    """The address of a bot that is ready; it is told to stop afterwards, and must."""
    log = folder / "bot.log"
    with log.open("wb") as out:
        asked = [sys.executable, "-m", "bot", "run", "--port", "0"]
        bot = subprocess.Popen(asked, cwd=folder, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        yield _ready(bot, log)
    finally:
        bot.terminate()
        try:
            assert bot.wait(STOP_S) == 0, log.read_text()
        finally:
            bot.kill()


def _ready(bot: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until and bot.poll() is None:
        if found := LISTENS.search(log.read_text()):
            with urllib.request.urlopen(f"{found[1]}/-/healthy", timeout=5):
                return found[1]
        time.sleep(0.05)
    raise AssertionError(f"the bot did not start\n{log.read_text()}")
