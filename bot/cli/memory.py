"""How sub-commands look into the memory of a Sereno that runs: the argument, the connection, the times."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis

from bot.cli.saying import fail, word
from bot.clock import SystemClock
from bot.embedded import Embedded
from bot.memories import Memories
from bot.queues import Queues
from bot.settings import Settings
from bot.store import Store, Unavailable
from rules.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is behind one Redis."""

    store: Store
    queues: Queues
    memories: Memories
    clock: SystemClock


def add_data(parser: argparse.ArgumentParser) -> None:
    """--data DIR."""
    parser.add_argument("--data", type=Path, default=Path(".data"), metavar=word("DIR"),
                        help=word("the data directory of the running Sereno, when it has its own Valkey"))  # fmt: skip


@asynccontextmanager
async def opened(data: Path, settings: Settings) -> AsyncIterator[Memory]:
    """The memory that the settings or the data directory name; its methods raise Unavailable."""
    clock = SystemClock()
    async with Redis.from_url(settings.sereno_redis_url or Embedded(data).url) as redis:
        store, queues = Store(redis, clock), Queues(redis)
        yield Memory(store=store, queues=queues, memories=Memories(store, queues), clock=clock)


def away(error: Unavailable) -> int:
    """Say that there is none to look into; the exit code."""
    return fail(
        Text.of(
            "Sereno does not seem to run: start it, or give this the same SERENO_REDIS_URL or --data ({why})",
            why=str(error),
        )
    )


def when(at: int, *, seconds: bool = False) -> str:
    """Unix milliseconds as a person reads them."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime(f"%Y-%m-%d %H:%M{':%S' if seconds else ''} UTC")
