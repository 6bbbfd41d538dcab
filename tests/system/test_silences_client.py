"""The client of Alertmanager against a real one: silences made, seen by amtool, ended; alerts as they are."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clients.alertmanager import Alertmanager, Known, Rejected
from bot.clock import SystemClock
from rules.matching import parse
from rules.silence import Silence
from tests.conftest import wait_until
from tests.system.alertmanagers import BINARY, STARTED, alertmanagers, fire
from tests.system.alertmanagers import Alertmanager as Daemon

pytestmark = pytest.mark.skipif(
    not BINARY or not shutil.which("amtool"), reason="prometheus-alertmanager is not installed"
)
HOUR = 3_600_000
NOBODY = "http://127.0.0.1:9"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NASTY = 'say "hi", {x}=~\\d \\n ünï 💥 a+b&c;%41#'


@dataclass
class Night:
    """The daemon, our client of it, and the time."""

    daemon: Daemon
    client: Alertmanager
    now: int
    seen: list[tuple[str, str]]

    def silence(self, matchers: str = 'alertname="DiskFull"', **more: Any) -> Silence:
        wanted = Silence(matchers=matchers, by="Ada", reason="new disks", since=self.now, until=self.now + HOUR)
        return replace(wanted, **more)

    async def amtool(self, *words: str) -> str:
        tool = await asyncio.create_subprocess_exec(
            "amtool", f"--alertmanager.url={self.daemon.url}", *words, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await tool.communicate()
        assert tool.returncode == 0
        return out.decode()

    async def known(self, matchers: str = "", count: int = 1) -> list[Known]:
        """The alerts, once there are as many as there must be."""
        wanted = parse(matchers) if matchers else ()

        async def all_there() -> list[Known]:
            found = await self.client.alerts(wanted)
            return found if len(found) == count else []

        found: list[Known] = await wait_until(all_there, what=f"{count} alerts")
        return found


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    seen: list[tuple[str, str]] = []
    async with alertmanagers(tmp_path, NOBODY, 1) as [daemon], aiohttp.ClientSession() as http:
        client = Alertmanager(http, f"{daemon.url}/", {}, lambda *told: seen.append(told))
        yield Night(daemon, client, SystemClock().now(), seen)


async def test_a_silence_from_its_beginning_to_its_end(night: Night) -> None:
    await fire([night.daemon], "db-1")
    [before] = await night.known()
    assert (before.silenced_by, before.receivers) == ((), ("sereno",))
    assert before.since == int(STARTED.timestamp() * 1000)

    made = await night.client.create(night.silence(token="t0k3n"))
    [row] = json.loads(await night.amtool("silence", "query", "-o", "json"))
    assert (row["id"], row["createdBy"], row["comment"]) == (made, "Ada", "new disks [sereno t0k3n]")
    [silence] = await night.client.silences()
    assert night.now <= silence.since < night.now + 60_000
    assert silence == night.silence(id=made, token="t0k3n", since=silence.since)
    [silenced] = await night.known()
    assert silenced.silenced_by == (made,)

    await night.client.expire(made)
    assert await night.client.silences() == []
    assert (await night.known())[0].silenced_by == ()
    await night.client.expire(made)
    assert {result for _, result in night.seen} == {"ok"}


async def test_one_that_is_unknown_or_no_uuid_is_ended_already(night: Night) -> None:
    await night.client.expire(UNKNOWN)
    await night.client.expire("what-is-this")


async def test_what_amtool_made_has_no_token(night: Night) -> None:
    words = ["add", "--author=Grace", "--comment=by hand", "--duration=1h", 'alertname=~"Disk.*"', "cluster!=us"]
    made = (await night.amtool("silence", *words)).strip()
    [silence] = await night.client.silences()
    assert (silence.id, silence.by, silence.reason, silence.token) == (made, "Grace", "by hand", "")
    assert set(parse(silence.matchers)) == set(parse('alertname=~"Disk.*", cluster!="us"'))
    assert abs(silence.until - silence.since - HOUR) < 1000


async def test_one_for_later_is_listed_and_can_be_taken_back(night: Night) -> None:
    made = await night.client.create(night.silence(since=night.now + HOUR, until=night.now + 2 * HOUR))
    [silence] = await night.client.silences()
    assert silence == night.silence(id=made, since=night.now + HOUR, until=night.now + 2 * HOUR)
    await night.client.expire(made)
    assert await night.client.silences() == []


@pytest.mark.parametrize("op", ["=", "!="])
@pytest.mark.parametrize("value", [NASTY, f"{NASTY}\ntwo lines"])
async def test_values_of_any_kind_arrive_and_are_found(night: Night, op: str, value: str) -> None:
    await fire([night.daemon], value, "db-1")
    await night.known(count=2)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    matchers = f'instance{op}"{escaped}", alertname="DiskFull"'
    chosen = value if op == "=" else "db-1"
    assert [one.labels["instance"] for one in await night.known(matchers)] == [chosen]

    made = await night.client.create(night.silence(matchers))
    [silence] = await night.client.silences()
    assert parse(silence.matchers) == parse(matchers)
    silenced = {one.labels["instance"]: one.silenced_by for one in await night.known(count=2)}
    assert silenced == {value: (), "db-1": (), chosen: (made,)}


@pytest.mark.parametrize(
    ("filters", "count"),
    [('alertname="DiskFull"', 3), ('instance=~"db-[12]"', 2), ('instance!~"db-[12]", cluster="eu"', 1),
     ('instance="a+b&c;%41#"', 0), ('"k8s.io/x"=""', 3), ('"k8s.io/x"!=""', 0), ('nothing=""', 3)],
)  # fmt: skip
async def test_matchers_choose_alerts(night: Night, filters: str, count: int) -> None:
    await fire([night.daemon], "db-1", "db-2", "db-3")
    await night.known(count=3)
    assert len(await night.client.alerts(parse(filters))) == count


async def test_what_has_ended_is_no_longer_known(night: Night) -> None:
    await fire([night.daemon], "db-1", "db-2")
    await night.known(count=2)
    await fire([night.daemon], "db-1", over=True)
    [left] = await night.known(count=1)
    assert left.labels["instance"] == "db-2"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"matchers": 'alertname=~".*"'}, "at least one matcher must not match the empty string"),
        ({"until": 1}, "must be before end time"),
        ({"matchers": '"k8s.io/x"="y"'}, "label name"),
    ],
)
async def test_its_no_is_in_its_own_words(night: Night, wrong: dict[str, Any], words: str) -> None:
    if words == "label name" and '"0.2' not in await _version(night):
        pytest.skip("newer ones take any label name")
    with pytest.raises(Rejected, match=words):
        await night.client.create(night.silence(**wrong))
    assert night.seen[-1] == ("create", "rejected")


async def test_it_says_since_when_it_runs(night: Night) -> None:
    assert night.now - 60_000 < (await night.client.running()).since <= night.now


async def _version(night: Night) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"{night.daemon.url}/api/v2/status") as answer:
        return await answer.text()
