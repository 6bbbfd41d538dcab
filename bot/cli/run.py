"""`sereno run`: take alerts and show them, until it is told to stop."""

import argparse
import asyncio
import errno
import gc
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import logs
from bot.app import Bot, Options
from bot.cli.policy_argument import add_policy, fail, no_policy, policy_path
from bot.clock import SystemClock
from bot.embedded import DataInUse
from bot.settings import Settings, read
from rules.policy_file import BadPolicy


def arguments(parser: argparse.ArgumentParser) -> None:
    """--policy, --host, --port, --data."""
    add_policy(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8080, help="port to listen on, 0 for any (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=Path(".data"), metavar="DIR",
                        help="where the embedded Valkey keeps its data (default: %(default)s)")  # fmt: skip


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port: 0 to 65535")
    return port


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Start, say where, work until SIGINT or SIGTERM, stop in order."""
    settings = read(environ)
    logs.configure(settings.sereno_log, settings.sereno_log_level)
    return asyncio.run(_run(given, settings))


async def _run(given: argparse.Namespace, settings: Settings) -> int:
    path = policy_path(given, settings)
    try:
        bot = Bot(settings, Options(policy=path, host=given.host, port=given.port, data=given.data), SystemClock())
    except BadPolicy as error:
        return fail(str(error))
    except OSError as error:
        return fail(no_policy(path, error))
    try:
        await bot.start()
    except (DataInUse, RuntimeError) as error:
        return fail(str(error))
    except OSError as error:
        return fail(_no_start(given, error))
    gc.collect()
    gc.freeze()  # what is loaded by now stays; the collector need not look at it again with each alert
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(bot.run())
    asked = asyncio.Event()

    def stop() -> None:
        asked.set()
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, bot.ops.take_policy)
    print(f"Sereno watches at {bot.url}/", file=sys.stderr)
    for name in bot.closed_sources:
        print(f"/hooks/{name} is closed: set SERENO_HOOK_SECRET__{name.upper()} to open it.", file=sys.stderr)
    if bot.is_playground:
        print(f"No SLACK_BOT_TOKEN: open {bot.url}/playground/ in a browser to see it work.", file=sys.stderr)
    try:
        await work
    except asyncio.CancelledError:
        return 0 if asked.is_set() else fail("stopped by a fault of its own; see the log", 1)
    finally:
        await bot.stop()
    return fail("a part of the work ended, which it never should; see the log", 1)


def _no_start(given: argparse.Namespace, error: OSError) -> str:
    """The cause of a start that failed, and what to do."""
    where = f"{given.host}:{given.port}"
    if error.filename is not None:
        return f"cannot write the data directory {given.data}: {error.strerror}; choose another with --data"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is in use by another program; stop that, or choose another port: --port {_next(given.port)}"
    if error.errno == errno.EACCES:
        return f"this user may not listen on {where}; choose a port from 1024 on: --port 8080"
    return f"cannot listen on {where}: {error.strerror or error}; choose another --host or --port"


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 8080
