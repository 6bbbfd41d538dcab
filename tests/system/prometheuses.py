"""A real Prometheus that has been running for days: recorded series are put into its storage before it starts."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.conftest import wait_until
from tests.system.processes import Process, free_port

BINARY, TOOL = shutil.which("prometheus"), shutil.which("promtool")
MISSING = not (BINARY and TOOL)
Series = Mapping[str, Sequence[tuple[int, float]]]


def open_metrics(series: Series) -> str:
    """The text that promtool reads: `name{label="x"}` to (unix milliseconds, value) pairs, oldest first.

    All series of one name have to stand together. A value may be `float("nan")`.
    """
    lines: list[str] = []
    for name in sorted({key.partition("{")[0] for key in series}):
        lines.append(f"# TYPE {name} gauge")
        for key, points in series.items():
            if key.partition("{")[0] == name:
                lines += [f"{key} {value!r} {ms / 1000:.3f}" for ms, value in points]
    return "\n".join([*lines, "# EOF", ""]).replace(" nan ", " NaN ")


class Prometheus(Process):
    """It scrapes nothing; all that it knows is what was recorded."""

    def __init__(self, folder: Path, series: Series) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "prometheus.log")
        self._folder, self._data = folder, folder / "data"
        self._listen = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self._listen}"
        (folder / "prometheus.yml").write_text("global: {}\n")
        (folder / "recorded.txt").write_text(open_metrics(series))

    async def start(self) -> None:
        if not self._data.exists():
            await asyncio.to_thread(self._record)
        self.spawn(
            str(BINARY), f"--config.file={self._folder / 'prometheus.yml'}", f"--storage.tsdb.path={self._data}",
            f"--web.listen-address={self._listen}", "--storage.tsdb.retention.time=10y",
        )  # fmt: skip
        async with aiohttp.ClientSession() as http:
            await wait_until(lambda: _is_ready(http, f"{self.url}/-/ready"), within=30, what="Prometheus")

    def _record(self) -> None:
        self._data.mkdir()
        told = [str(TOOL), "tsdb", "create-blocks-from", "openmetrics", str(self._folder / "recorded.txt")]
        done = subprocess.run([*told, str(self._data)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


async def _is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@asynccontextmanager
async def prometheus(folder: Path, series: Series) -> AsyncIterator[Prometheus]:
    """One that answers; gone afterwards."""
    one = Prometheus(folder, series)
    try:
        await one.start()
        yield one
    finally:
        one.kill()
