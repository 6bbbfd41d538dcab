"""Real Alertmanagers: one, or a pair that gossips, with Sereno's example configuration and short times."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from tests.conftest import wait_until
from tests.house.tree import ROOT
from tests.system.processes import Process, free_port

BINARY = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
EXAMPLE = ROOT / "deploy" / "alertmanager.example.yml"
SECRET = "a-secret-of-the-test"
STARTED = datetime.now(UTC) - timedelta(minutes=5)


class Alertmanager(Process):
    """One of them; `bot` is where it sends to."""

    def __init__(self, folder: Path, bot: str, *, repeat: str = "1h") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / "alertmanager.log")
        self.folder, self.gossip = folder, f"127.0.0.1:{free_port()}"
        self._listen = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self._listen}"
        _configure(folder, bot, repeat)

    async def start(self, *peers: str, alone: bool = False) -> None:
        cluster = [f"--cluster.listen-address={'' if alone else self.gossip}"]
        cluster += [f"--cluster.peer={peer}" for peer in peers]
        times = ["--cluster.settle-timeout=1s", "--cluster.peer-timeout=1s", "--cluster.gossip-interval=50ms",
                 "--cluster.pushpull-interval=1s"]  # fmt: skip
        self.spawn(
            str(BINARY), f"--config.file={self.folder / 'config.yml'}", f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address={self._listen}", *cluster, *([] if alone else times), "--log.level=debug",
        )  # fmt: skip
        async with aiohttp.ClientSession() as http:
            await wait_until(lambda: _is_up(http, f"{self.url}/-/ready"), within=20, what="Alertmanager")


def _configure(folder: Path, bot: str, repeat: str) -> None:
    """The example, with only addresses, the secret's file and the patience changed."""
    config: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    (folder / "secret").write_text(SECRET)
    hook = config["receivers"][0]["webhook_configs"][0]
    hook["url"] = f"{bot}/hooks/alertmanager"
    hook["http_config"]["authorization"]["credentials_file"] = str(folder / "secret")
    config["route"] |= {"group_wait": "300ms", "group_interval": "1s", "repeat_interval": repeat}
    config["global"] = {"resolve_timeout": "1h"}
    (folder / "config.yml").write_text(yaml.safe_dump(config))


async def _is_up(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@asynccontextmanager
async def alertmanagers(folder: Path, bot: str, count: int, *, repeat: str = "1h") -> AsyncIterator[list[Alertmanager]]:
    """As many as asked for, started one after another, each with the others as peers; gone afterwards."""
    made = [Alertmanager(folder / f"am{number}", bot, repeat=repeat) for number in range(count)]
    async with AsyncExitStack() as stack:
        for one in made:
            stack.callback(one.kill)
        await asyncio.gather(*(one.start(*(p.gossip for p in made if p is not one), alone=count == 1) for one in made))
        yield made


async def fire(ams: list[Alertmanager], *instances: str, name: str = "DiskFull", over: bool = False) -> None:
    """Tell all of them of the same alerts, as Prometheus does; `over`: they have ended."""
    now = datetime.now(UTC)
    alerts = [
        {
            "labels": {"alertname": name, "cluster": "eu", "service": "db", "instance": one, "severity": "critical"},
            "annotations": {"summary": "the disk is full"},
            "startsAt": STARTED.isoformat(),
            **({"endsAt": (now - timedelta(seconds=1)).isoformat()} if over else {}),
        }
        for one in instances
    ]
    async with aiohttp.ClientSession() as http:
        for am in ams:
            async with http.post(f"{am.url}/api/v2/alerts", json=alerts) as answer:
                assert answer.status == 200, await answer.text()


async def sent(am: Alertmanager) -> int:
    """How many notifications it says it has sent through webhooks."""
    async with aiohttp.ClientSession() as http, http.get(f"{am.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    wanted = 'alertmanager_notifications_total{integration="webhook"'
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(wanted)))
