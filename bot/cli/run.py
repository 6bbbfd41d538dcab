"""`sereno run`: take alerts and show them, until it is told to stop."""

import argparse
import asyncio
import errno
import gc
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot import file_words, logs
from bot.app import Bot, Options
from bot.cards.plain import plain
from bot.cards.tongue import ENGLISH, speaking
from bot.cli.policy_argument import add_policy, no_policy, policy_path
from bot.cli.saying import fail, word
from bot.clock import SystemClock
from bot.embedded import NoValkey
from bot.settings import HOOK, Settings, read
from rules.policy_file import BadPolicy
from rules.text import Text

ABOUT = Text.of("take alerts and show them, until it is told to stop.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """--policy, --host, --port, --data."""
    add_policy(parser)
    parser.add_argument("--host", default="127.0.0.1", help=word("address to listen on (default: %(default)s)"))
    parser.add_argument(
        "--port",
        type=_port,
        default=8080,
        metavar=word("PORT"),
        help=word("port to listen on, 0 for any (default: %(default)s)"),
    )
    parser.add_argument("--data", type=Path, default=Path(".data"), metavar=word("DIR"),
                        help=word("where the embedded Valkey keeps its data (default: %(default)s)"))  # fmt: skip


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(plain(Text.of("{port} is not a port: 0 to 65535", port=text)))
    return int(text)


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
        return fail(error.text)
    except OSError as error:
        return fail(no_policy(path, error))
    try:
        with speaking(ENGLISH):  # what it begins says all in the language of its reader, and nothing in the terminal's
            await bot.start()
    except NoValkey as error:
        return fail(error.said)
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
    _greet(bot)
    try:
        await work
    except asyncio.CancelledError:
        return 0 if asked.is_set() else fail(Text.of("stopped by a fault of its own; see the log"), 1)
    finally:
        await bot.stop()
    return fail(Text.of("a part of the work ended, which it never should; see the log"), 1)


def _greet(bot: Bot) -> None:
    """Where it is, and what is still closed."""
    lines = [Text.of("Sereno watches at {url}/", url=bot.url)]
    lines += [
        Text.of("/hooks/{name} is closed: set {secret} to open it.", name=name, secret=f"{HOOK}{name.upper()}")
        for name in bot.closed_sources
    ]
    if bot.is_playground:
        lines.append(Text.of("No SLACK_BOT_TOKEN: open {url}/playground/ in a browser to see it work.", url=bot.url))
    for line in lines:
        print(plain(line), file=sys.stderr)


def _no_start(given: argparse.Namespace, error: OSError) -> Text:
    """The cause of a start that failed, and what to do."""
    where, why = f"{given.host}:{given.port}", file_words.why(error)
    if error.filename is not None:
        return Text.of(
            "cannot write the data directory {data}: {why}; choose another with --data", data=str(given.data), why=why
        )
    if error.errno == errno.EADDRINUSE:
        return Text.of(
            "{where} is in use by another program; stop that, or choose another port: --port {port}",
            where=where, port=_next(given.port),
        )  # fmt: skip
    if error.errno == errno.EACCES:
        return Text.of("this user may not listen on {where}; choose a port from 1024 on: --port 8080", where=where)
    return Text.of("cannot listen on {where}: {why}; choose another --host or --port", where=where, why=why)


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 8080
