"""The example for Alertmanager: taken by amtool, and a real Alertmanager that runs with it sends what we read."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web

from handlers import registry
from handlers.contract import Delivery
from tests.house.tree import ROOT

EXAMPLE = ROOT / "deploy" / "alertmanager.example.yml"
SECRET = "a-secret-of-the-test"
ALERTS = [
    {"labels": {"alertname": "DiskFull", "cluster": "eu", "service": "db", "instance": name, "severity": "warning"},
     "annotations": {"summary": "the disk is full"}}
    for name in ("db-1", "db-2")
]  # fmt: skip


@dataclass
class Receiver:
    """Takes what Alertmanager sends."""

    url: str = ""
    got: asyncio.Queue[tuple[dict[str, str], bytes]] = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        await self.got.put(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.json_response({"status": "accepted"})


@pytest.mark.skipif(not shutil.which("amtool"), reason="amtool is not installed")
async def test_amtool_takes_it() -> None:
    tool = await asyncio.create_subprocess_exec("amtool", "check-config", str(EXAMPLE), stdout=asyncio.subprocess.PIPE)
    out, _ = await tool.communicate()
    assert tool.returncode == 0, out.decode()


def test_it_sends_resolves_and_all_alerts_with_a_secret_from_a_file() -> None:
    hook = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["receivers"][0]["webhook_configs"][0]
    assert hook["url"].endswith("/hooks/alertmanager")
    assert hook["send_resolved"] is True
    assert hook["max_alerts"] == 0
    assert hook["http_config"]["authorization"]["credentials_file"]


@pytest.mark.skipif(not shutil.which("prometheus-alertmanager"), reason="prometheus-alertmanager is not installed")
async def test_a_real_alertmanager_with_it_sends_what_we_read(tmp_path: Path) -> None:
    async with (
        _receiving() as receiver,
        _alertmanager(tmp_path, receiver.url) as url,
        aiohttp.ClientSession() as session,
    ):
        async with session.post(f"{url}/api/v2/alerts", json=ALERTS) as response:
            assert response.status == 200, await response.text()
        headers, body = await asyncio.wait_for(receiver.got.get(), 20)
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert "content-encoding" not in headers
    assert json.loads(body)["groupLabels"] == {"alertname": "DiskFull", "cluster": "eu", "service": "db"}
    [signal] = registry.sources()["alertmanager"].parse(Delivery(headers=headers, body=body))
    assert signal.title == "DiskFull"
    assert sorted(member.what for member in signal.members) == ["instance=db-1", "instance=db-2"]


@asynccontextmanager
async def _receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hooks/alertmanager", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/alertmanager"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _alertmanager(folder: Path, receiver: str) -> AsyncIterator[str]:
    """The example, with only the address, the file of the secret and the patience changed."""
    config: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    (folder / "secret").write_text(SECRET)
    hook = config["receivers"][0]["webhook_configs"][0]
    hook["url"], hook["http_config"]["authorization"]["credentials_file"] = receiver, str(folder / "secret")
    config["route"]["group_wait"] = "200ms"
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    listen = f"127.0.0.1:{_free_port()}"
    server = await asyncio.create_subprocess_exec(
        "prometheus-alertmanager", f"--config.file={folder / 'config.yml'}", f"--storage.path={folder / 'data'}",
        f"--web.listen-address={listen}", "--cluster.listen-address=", stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await _until_ready(f"http://{listen}")
        yield f"http://{listen}"
    finally:
        server.terminate()
        await server.wait()


async def _until_ready(url: str) -> None:
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/-/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
